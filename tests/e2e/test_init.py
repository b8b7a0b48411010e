"""`ccguard init`: real programs, a real repository, a home folder of its own."""

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

from .person import POLICY, STAGES, Person, furnish, person_in

pytestmark = pytest.mark.slow


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return person_in(tmp_path)


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
    assert "ccguard: 0 blocking, 0 warnings" in done.stdout + done.stderr
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
