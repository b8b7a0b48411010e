"""`ccguard init`, `install` and `uninstall`: real programs, a real repository, a home folder of their own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import GitRepo

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
STAGES = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push")
POLICY = 'version = 1\n[claude]\nmode = "supervised"\n'
Snapshot = dict[str, tuple[int, bytes]]


class Person:
    """Somebody with a home folder and a repository in it."""

    def __init__(self, home: Path, repo: GitRepo) -> None:
        self.home = home
        self.repo = repo
        identity = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example"}
        identity |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@acme.example"}
        self.environment = {**repo.environment, **identity, "HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}

    @property
    def launcher(self) -> Path:
        return self.home / ".local/share/ccguard/hook"

    def tried(self, *words: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ccguard", *words],
            cwd=folder or self.repo.path,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def ccguard(self, *words: str, folder: Path | None = None, **environment: str) -> str:
        """What a ccguard command prints that has to end with 0."""
        done = self.tried(*words, folder=folder, **environment)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refused(self, *words: str, folder: Path | None = None, code: int = 2, **environment: str) -> str:
        """What a ccguard command says that has to end with an error and must leave everything as it was."""
        before = self.everything()
        done = self.tried(*words, folder=folder, **environment)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert self.everything() == before
        return done.stderr

    def commit(self, *files: str) -> subprocess.CompletedProcess[str]:
        self.repo.git("add", "--all", *files)
        return subprocess.run(
            ["git", "commit", "-m", "Change"],
            cwd=self.repo.path,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def everything(self) -> Snapshot:
        """Every file and folder of the home folder but what git and pre-commit keep for themselves."""
        own = (".git/objects", ".git/logs", ".git/index", ".git/COMMIT_EDITMSG", ".cache/pre-commit")
        found: Snapshot = {}
        for path in sorted(self.home.rglob("*")):
            name = path.relative_to(self.home).as_posix()
            if any(f"/{part}" in f"/{name}" for part in own) or name == ".cache":
                continue
            found[name] = (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        return found

    def handlers(self, file: Path) -> list[dict[str, object]]:
        groups = json.loads(file.read_text())["hooks"]
        return [handler for event in groups.values() for group in event for handler in group["hooks"]]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    home = tmp_path / "home of Ada"
    repo = GitRepo.made(home / "work" / "app")
    repo.write("README.md", "# app\n")
    repo.write("infra/prod/db.tf", "resource\n")
    repo.write("src/app.py", "print('hello')\n")
    repo.commit("Begin")
    return Person(home, repo)


def furnish(repo: GitRepo) -> None:
    """Files of the owner's own in every place that ccguard merges into."""
    repo.write(".claude/settings.json", '{\n    "model": "opus",\n    "permissions": {"deny": ["Read(/mine)"]}\n}')
    repo.write(".pre-commit-config.yaml", "# mine\nrepos:\n-   repo: meta\n    hooks:\n    -   id: identity  # why\n")
    repo.write(".gitattributes", "*.png binary")
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\necho mine >> hook.log\n")
    (repo.path / ".git/hooks/pre-commit").chmod(0o755)
    (repo.path / ".gitattributes").chmod(0o600)


# -- init --------------------------------------------------------------------------------------------------------------


def test_init_protects_a_repository_and_proves_it(person: Person) -> None:
    said = person.ccguard("init", "--yes")
    root = person.repo.path
    assert 'mode = "supervised"' in (root / ".claude-policy.toml").read_text()
    assert len(person.handlers(root / ".claude/settings.json")) == 3
    assert os.access(person.launcher, os.X_OK)
    assert all(os.access(root / ".git/hooks" / hook, os.X_OK) for hook in STAGES)
    assert "read .env -> blocked" in said
    assert "read README.md -> not touched" in said
    assert "ccguard check --staged -> answers" in said
    assert "covered:" in said and "not covered:" in said and "--safe-mode" in said and "CI is the gate" in said


def test_settings_that_all_clones_share_name_no_place_of_this_machine(person: Person) -> None:
    person.ccguard("init", "--yes")
    for name in (".claude/settings.json", ".claude-policy.toml", ".pre-commit-config.yaml", ".gitattributes"):
        text = (person.repo.path / name).read_text()
        assert str(person.home) not in text
        assert sys.prefix not in text


def test_the_settings_deny_what_the_zones_close_in_shapes_that_hold(person: Person) -> None:
    person.repo.write(
        ".claude-policy.toml", POLICY + '[zones.vault]\naccess = "none"\npaths = ["secrets/", "vault/*.txt"]\n'
    )
    person.ccguard("init", "--yes")
    rules = json.loads((person.repo.path / ".claude/settings.json").read_text())["permissions"]["deny"]
    assert {"Read(/**/secrets/**)", "Edit(/**/secrets/**)", "Read(/vault/*.txt)", "Read(/**/.env)"} <= set(rules)
    assert "Edit(/**/.claude-policy.toml)" in rules
    assert not [rule for rule in rules if rule.startswith("Write(") or ".git/" in rule or ".env.*" in rule]


def test_a_second_run_changes_nothing_and_says_so(person: Person) -> None:
    furnish(person.repo)
    person.ccguard("init", "--yes")
    before = person.everything()
    assert "nothing to change" in person.ccguard("init", "--yes")
    assert "nothing to change" in person.ccguard("init", "--yes", "--mode", "supervised")
    assert "nothing to change" in person.ccguard("init", "--dry-run")
    assert "nothing to change" in person.ccguard("install")
    assert person.everything() == before


def test_a_second_run_with_native_hooks_changes_nothing_even_if_it_is_not_told_so(person: Person) -> None:
    person.ccguard("init", "--yes", "--native")
    before = person.everything()
    assert not (person.repo.path / ".pre-commit-config.yaml").exists()
    assert "nothing to change" in person.ccguard("init", "--yes", "--native")
    assert "nothing to change" in person.ccguard("init", "--yes")
    assert person.everything() == before


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["pre-commit", "native"])
def test_a_dry_run_shows_each_file_as_a_diff_and_changes_nothing(person: Person, native: tuple[str, ...]) -> None:
    furnish(person.repo)
    before = person.everything()
    said = person.ccguard("init", "--dry-run", *native)
    assert person.everything() == before
    names = {".claude-policy.toml", ".claude/settings.json", ".gitattributes"}
    names |= {f".git/hooks/{hook}" for hook in STAGES} if native else {".pre-commit-config.yaml"}
    assert {line[6:] for line in said.splitlines() if line.startswith("+++ b/")} >= names
    assert f"+++ b{person.launcher}" in said
    assert ' \n-    "permissions": {"deny": ["Read(/mine)"]}\n' in said.replace('"model": "opus",', "")


def test_the_diff_of_a_dry_run_is_what_init_then_does(person: Person) -> None:
    furnish(person.repo)
    person.repo.write(".claude-policy.toml", POLICY)
    said = person.ccguard("init", "--dry-run")
    ours = said[: said.index(f"--- /dev/null\n+++ b{person.launcher}")]
    person.ccguard("init", "--yes")
    person.repo.git("apply", "--reverse", "--check", "-", input=ours.encode())


def test_files_that_exist_are_merged_into(person: Person) -> None:
    furnish(person.repo)
    person.ccguard("init", "--yes")
    root = person.repo.path
    settings = (root / ".claude/settings.json").read_text()
    assert settings.startswith('{\n    "model": "opus",\n    "permissions": {"deny": ["Read(/mine)", ')
    assert not settings.endswith("\n")
    config = (root / ".pre-commit-config.yaml").read_text()
    assert config.startswith("# mine\n")
    assert "-   repo: meta\n    hooks:\n    -   id: identity  # why\n" in config
    assert (root / ".gitattributes").read_text() == "*.png binary\n.ccguard-baseline merge=union\n"
    assert (root / ".gitattributes").stat().st_mode & 0o777 == 0o600


def test_an_existing_policy_is_kept_to_the_byte(person: Person) -> None:
    text = POLICY.replace("supervised", "read-only") + "# mine\n"
    person.repo.write(".claude-policy.toml", text)
    assert "mode read-only" in person.ccguard("init", "--yes")
    assert (person.repo.path / ".claude-policy.toml").read_text() == text


def test_another_mode_than_the_existing_policys_is_an_error(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY)
    assert "supervised" in person.refused("init", "--yes", "--mode", "open")


def test_a_policy_with_mistakes_is_exit_3(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY + "[clod]\n")
    person.refused("init", "--yes", code=3)


@pytest.mark.parametrize("mode", ["forbidden", "read-only", "supervised", "open"])
def test_every_mode_gives_a_policy_that_works(person: Person, mode: str) -> None:
    said = person.ccguard("init", "--yes", "--mode", mode)
    assert "read .env -> blocked" in said
    assert ("read README.md -> not touched" in said) == (mode != "forbidden")


def test_suggested_zones_are_those_of_this_repository_and_hold_when_taken(person: Person) -> None:
    person.repo.write('odd "name"/migrations/1.sql', "x\n")
    person.repo.write("db/migrations/1.sql", "x\n")
    person.repo.commit("More")
    person.ccguard("init", "--yes")
    file = person.repo.path / ".claude-policy.toml"
    lines = file.read_text().splitlines()
    start = next(at for at, line in enumerate(lines) if "often need a zone" in line) + 1
    taken = [line.removeprefix("# ") if start <= at < start + 8 else line for at, line in enumerate(lines)]
    file.write_text("\n".join(taken) + "\n")
    assert 'paths = ["/infra/"]' in taken and 'paths = ["/db/migrations/"]' in taken
    person.ccguard("init", "--yes")
    rules = json.loads((person.repo.path / ".claude/settings.json").read_text())["permissions"]["deny"]
    assert {"Edit(/infra/**)", "Edit(/db/migrations/**)"} <= set(rules)


def test_a_person_at_a_terminal_is_asked_for_the_mode(person: Person) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["ccguard", "init"],
        cwd=person.repo.path,
        env=person.environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.write(ours, b"read-only\n")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert b"Mode" in said
    assert 'mode = "read-only"' in (person.repo.path / ".claude-policy.toml").read_text()


def test_it_works_from_a_subfolder(person: Person) -> None:
    person.ccguard("init", "--yes", folder=person.repo.path / "infra")
    assert (person.repo.path / ".claude/settings.json").is_file()
    assert not (person.repo.path / "infra/.claude").exists()


def test_a_linked_work_tree_gets_the_files_and_its_clone_the_hooks(person: Person) -> None:
    linked = person.home / "work" / "linked"
    before = person.everything()
    person.repo.git("worktree", "add", "--quiet", str(linked))
    with_worktree = person.everything()
    person.ccguard("init", "--yes", "--native", folder=linked)
    assert (linked / ".claude/settings.json").is_file()
    assert not (person.repo.path / ".claude").exists()
    assert (person.repo.path / ".git/hooks/pre-push").is_file()
    person.ccguard("uninstall", folder=linked)
    assert person.everything() == with_worktree != before


@pytest.mark.parametrize("command", ["init", "install"])
def test_outside_a_work_tree_it_says_so(person: Person, command: str, tmp_path: Path) -> None:
    bare = GitRepo.made(tmp_path / "bare.git", bare=True)
    for folder in (person.home, bare.path, person.repo.path / ".git"):
        assert "not the work tree of a git repository" in person.refused(command, folder=folder)


def link(repo: GitRepo, name: str, target: str) -> None:
    """A link in the place of a file or folder, to one that would do."""
    repo.write("real/settings.json", "{}\n")
    repo.write("real.yaml", "repos: []\n")
    (repo.path / name).symlink_to(target)


BROKEN: dict[str, Callable[[GitRepo], object]] = {
    "settings with a comment": lambda repo: repo.write(".claude/settings.json", '{\n  // mine\n  "a": 1\n}\n'),
    "settings that are no UTF-8": lambda repo: repo.write(".claude/settings.json", b'{"a": "\xff"}'),
    "a folder of settings": lambda repo: (repo.path / ".claude/settings.json").mkdir(parents=True),
    "a file for the folder": lambda repo: repo.write(".claude", "x"),
    "linked settings": lambda repo: link(repo, ".claude", "real"),
    "a linked configuration": lambda repo: link(repo, ".pre-commit-config.yaml", "real.yaml"),
    "a configuration with mistakes": lambda repo: repo.write(".pre-commit-config.yaml", "repos: [\n"),
    "one that pre-commit refuses": lambda repo: repo.write(
        ".pre-commit-config.yaml", "repos:\n- repo: https://a.b/c\n"
    ),
    "one that hides messages": lambda repo: repo.write(".pre-commit-config.yaml", "files: ^src/\nrepos: []\n"),
    "hooks in another place": lambda repo: repo.git("config", "core.hooksPath", ".husky"),
}


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN)
def test_what_can_not_be_merged_into_is_an_error_and_nothing_is_written(
    person: Person, make: Callable[[GitRepo], object]
) -> None:
    make(person.repo)
    person.refused("init", "--yes")


def test_native_hooks_go_where_git_looks_for_them(person: Person) -> None:
    person.repo.git("config", "core.hooksPath", ".githooks")
    before = person.everything()
    assert "--native" in person.refused("init", "--yes")
    person.ccguard("init", "--yes", "--native")
    assert (person.repo.path / ".githooks/pre-commit").is_file()
    person.ccguard("uninstall")
    assert person.everything() == before


def test_a_hooks_folder_that_other_repositories_share_is_left_alone(person: Person) -> None:
    person.repo.git("config", "core.hooksPath", str(person.home / "hooks"))
    assert "shared by other repositories" in person.refused("init", "--yes", "--native")


def test_without_a_home_folder_it_says_so(person: Person) -> None:
    assert "HOME" in person.refused("init", "--yes", HOME="")


# -- what was installed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["pre-commit", "native"])
def test_commits_pass_through_the_hooks_and_the_hook_that_was_there(person: Person, native: tuple[str, ...]) -> None:
    furnish(person.repo)
    person.ccguard("init", "--yes", *native)
    done = person.commit()
    assert done.returncode == 0, done.stderr
    assert "ccguard: 0 blocking" in done.stdout + done.stderr
    assert (person.repo.path / "hook.log").read_text() == "mine\n"


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["pre-commit", "native"])
def test_a_commit_by_claude_into_a_closed_zone_is_refused(person: Person, native: tuple[str, ...]) -> None:
    person.ccguard("init", "--yes", *native)
    assert person.commit().returncode == 0
    person.repo.write("server.pem", "certificate\n")
    person.repo.git("add", "server.pem")
    done = subprocess.run(
        ["git", "commit", "-m", "Add it\n\nAssisted-by: Claude-Code"],
        cwd=person.repo.path,
        env=person.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "CCG021" in done.stdout + done.stderr


def test_a_call_is_refused_while_the_launcher_is_gone(person: Person) -> None:
    person.ccguard("init", "--yes")
    person.launcher.unlink()
    for handler in person.handlers(person.repo.path / ".claude/settings.json"):
        args = handler["args"]
        assert isinstance(args, list)
        words = [str(handler["command"]), *args]
        done = subprocess.run(words, env=person.environment, input=b"{}", capture_output=True)
        assert done.returncode == 2
        assert b"ccguard install" in done.stderr


# -- uninstall ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["pre-commit", "native"])
@pytest.mark.parametrize("furnished", [True, False], ids=["into files", "from nothing"])
def test_uninstall_leaves_no_trace(person: Person, native: tuple[str, ...], furnished: bool) -> None:
    if furnished:
        furnish(person.repo)
    before = person.everything()
    person.ccguard("init", "--yes", *native)
    assert person.everything() != before
    person.ccguard("uninstall")
    assert person.everything() == before
    assert "nothing to take out" in person.ccguard("uninstall")


def test_uninstall_after_everything_was_installed_everywhere_leaves_no_trace(person: Person) -> None:
    furnish(person.repo)
    (person.home / ".claude").mkdir()
    (person.home / ".claude/settings.json").write_text('{"theme":"dark"}')
    before = person.everything()
    for words in (("init", "--yes"), ("install", "--scope", "clone"), ("install", "--scope", "user"), ("install",)):
        person.ccguard(*words)
    person.ccguard("uninstall")
    assert person.everything() == before


def test_what_was_edited_since_stays_edited(person: Person) -> None:
    furnish(person.repo)
    person.ccguard("init", "--yes")
    root = person.repo.path
    settings, config = root / ".claude/settings.json", root / ".pre-commit-config.yaml"
    settings.write_text(settings.read_text().replace('"opus"', '"sonnet"'))
    config.write_text(config.read_text() + "# later\n")
    (root / ".gitattributes").write_text((root / ".gitattributes").read_text() + "*.bin binary\n")
    person.ccguard("uninstall")
    assert settings.read_text() == '{\n    "model": "sonnet",\n    "permissions": {"deny": ["Read(/mine)"]}\n}'
    assert config.read_text() == "# mine\nrepos:\n-   repo: meta\n    hooks:\n    -   id: identity  # why\n# later\n"
    assert (root / ".gitattributes").read_text() == "*.png binary\n*.bin binary\n"


def test_an_edited_policy_stays_and_purge_takes_it(person: Person) -> None:
    person.ccguard("init", "--yes")
    file = person.repo.path / ".claude-policy.toml"
    file.write_text(file.read_text() + "# mine\n")
    assert ".claude-policy.toml stays" in person.ccguard("uninstall")
    assert file.is_file()
    person.ccguard("uninstall", "--purge")
    assert not file.exists()


def test_a_committed_policy_stays(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    assert ".claude-policy.toml stays" in person.ccguard("uninstall")
    assert (person.repo.path / ".claude-policy.toml").is_file()
    assert person.commit().returncode == 0, "no hook is left that could refuse"


def test_a_clone_that_only_checked_it_out_is_cleaned_too(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    other = Person(person.home, person.repo.clone(person.home / "work/other"))
    assert "nothing to take out" not in other.ccguard("uninstall")
    left = {path.name for path in other.repo.path.iterdir()}
    assert left == {".git", ".claude-policy.toml", "README.md", "infra", "src"}


# -- install -----------------------------------------------------------------------------------------------------------


def test_an_engineer_installs_in_one_step_and_the_clone_stays_clean(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    home = person.home.with_name("another home")
    home.mkdir()
    engineer = Person(home, person.repo.clone(home / "app"))
    said = engineer.ccguard("install")
    assert "read .env -> blocked" in said
    assert os.access(engineer.launcher, os.X_OK)
    assert all((engineer.repo.path / ".git/hooks" / hook).is_file() for hook in STAGES)
    assert engineer.repo.git("status", "--porcelain") == ""


def test_the_launcher_stays_while_another_clone_uses_it(person: Person) -> None:
    person.ccguard("init", "--yes")
    other = Person(person.home, GitRepo.made(person.home / "work/other"))
    other.ccguard("init", "--yes")
    person.ccguard("uninstall")
    assert other.launcher.is_file()
    other.ccguard("uninstall")
    assert not (person.home / ".local").exists()


def test_scope_user_needs_no_repository_and_goes_as_it_came(person: Person) -> None:
    file = person.home / ".claude/settings.json"
    before = person.everything()
    said = person.ccguard("install", "--scope", "user", folder=person.home)
    assert "wherever they start" in said
    assert all(str(person.launcher) in str(handler["args"]) for handler in person.handlers(file))
    assert "permissions" not in json.loads(file.read_text())
    assert "nothing to change" in person.ccguard("install", "--scope", "user", folder=person.home)
    person.ccguard("uninstall", "--scope", "user", folder=person.home)
    assert person.everything() == before


def test_scope_user_follows_another_configuration_folder(person: Person) -> None:
    other = person.home / "claude two"
    before = person.everything()
    person.ccguard("install", "--scope", "user", CLAUDE_CONFIG_DIR=str(other))
    assert len(person.handlers(other / "settings.json")) == 3
    person.ccguard("uninstall", CLAUDE_CONFIG_DIR=str(other))
    assert person.everything() == before


def test_scope_clone_names_the_home_folder_and_warns_to_commit_it(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY)
    said = person.ccguard("install", "--scope", "clone", folder=person.repo.path / "src")
    file = person.repo.path / ".claude/settings.local.json"
    assert all(str(person.launcher) in str(handler["args"]) for handler in person.handlers(file))
    assert "Read(/**/.env)" in json.loads(file.read_text())["permissions"]["deny"]
    assert "don't commit it" in said
    assert not (person.repo.path / ".git/hooks/pre-commit").exists()


def test_native_goes_with_any_scope_in_one_call(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY)
    person.ccguard("install", "--scope", "user", "--native")
    assert (person.repo.path / ".git/hooks/pre-commit").is_file()
    assert (person.home / ".claude/settings.json").is_file()


def test_a_repository_without_a_policy_is_told_that_nothing_is_enforced(person: Person) -> None:
    assert "`ccguard init` writes one" in person.ccguard("install")
