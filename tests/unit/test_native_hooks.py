"""Native git hooks, in a real repository, with a small program in ccguard's place."""

from __future__ import annotations

from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git import hooks
from ccguard.git.stages import STAGES, Stage
from ccguard.model.error import UsageError

HOW = "pipx install it"
BY_HOOK = {stage.hook: stage for stage in STAGES}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "it's a repo")
    made.write("a.txt", "one\n")
    made.commit("Begin")
    return made


def program(file: Path, name: str, log: Path, code: int = 0, reads: bool = False) -> Path:
    """A program that notes its words, and what it reads, and ends with a code."""
    lines = ["#!/bin/sh", f'echo "{name} $*" >> "{log}"']
    if reads:
        lines.append(f'cat >> "{log}"')
    file.write_text("\n".join([*lines, f"exit {code}", ""]))
    file.chmod(0o755)
    return file


def put_in(repo: GitRepo, hook: str, command: Path) -> Path:
    stage: Stage = BY_HOOK[hook]  # type: ignore[index]  # the names of the table
    folder = repo.path / ".git/hooks"
    hooks.chain_existing(folder, stage)
    file = folder / hook
    file.write_bytes(hooks.shim(stage, command, HOW))
    file.chmod(0o755)
    return file


def test_each_hook_starts_its_command_with_gits_arguments(repo: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = program(tmp_path / "it's ccguard", "ccguard", log)
    for hook in ("pre-commit", "prepare-commit-msg", "commit-msg"):
        put_in(repo, hook, command)
    repo.git("commit", "--allow-empty", "-m", "Two")
    assert log.read_text().splitlines() == [
        "ccguard check --staged",
        "ccguard commit-message prepare .git/COMMIT_EDITMSG message",
        "ccguard commit-message check .git/COMMIT_EDITMSG",
    ]


def test_findings_refuse_the_commit(repo: GitRepo, tmp_path: Path) -> None:
    put_in(repo, "pre-commit", program(tmp_path / "ccguard", "ccguard", tmp_path / "log", code=1))
    assert repo.tried("commit", "--allow-empty", "-m", "Two").returncode == 1


def test_a_command_that_is_gone_refuses_the_commit_and_says_how_to_mend_it(repo: GitRepo, tmp_path: Path) -> None:
    put_in(repo, "pre-commit", tmp_path / "gone")
    done = repo.tried("commit", "--allow-empty", "-m", "Two", env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 1
    assert HOW in done.stderr.decode()


def test_a_command_that_has_moved_is_found_on_path(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin/ccguard", "moved", tmp_path / "log")
    put_in(repo, "pre-commit", tmp_path / "gone")
    repo.git("commit", "--allow-empty", "-m", "Two", env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    assert (tmp_path / "log").read_text() == "moved check --staged\n"


def test_the_hook_that_was_there_runs_first(repo: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program(repo.path / ".git/hooks/pre-commit", "theirs", log)
    put_in(repo, "pre-commit", program(tmp_path / "ccguard", "ccguard", log))
    repo.git("commit", "--allow-empty", "-m", "Two")
    assert log.read_text().splitlines() == ["theirs ", "ccguard check --staged"]


def test_the_hook_that_was_there_can_still_refuse(repo: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program(repo.path / ".git/hooks/pre-commit", "theirs", log, code=3)
    file = put_in(repo, "pre-commit", program(tmp_path / "ccguard", "ccguard", log))
    assert repo.tried("commit", "--allow-empty", "-m", "Two").returncode == 1
    assert log.read_text() == "theirs \n"
    assert file.with_name("pre-commit.ccguard-chained").is_file()


def test_a_hook_that_git_would_not_have_run_is_not_run(repo: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program(repo.path / ".git/hooks/pre-commit", "theirs", log).chmod(0o644)
    put_in(repo, "pre-commit", program(tmp_path / "ccguard", "ccguard", log))
    repo.git("commit", "--allow-empty", "-m", "Two")
    assert log.read_text() == "ccguard check --staged\n"


@pytest.mark.parametrize("theirs_reads", [True, False], ids=["both read", "theirs does not read"])
def test_at_a_push_both_hooks_are_told_the_refs(repo: GitRepo, tmp_path: Path, theirs_reads: bool) -> None:
    log = tmp_path / "log"
    repo.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    program(repo.path / ".git/hooks/pre-push", "theirs", log, reads=theirs_reads)
    put_in(repo, "pre-push", program(tmp_path / "ccguard", "ccguard", log, reads=True))
    repo.git("push", "--quiet", "origin", "main")
    refs = f"refs/heads/main {repo.head()} refs/heads/main {'0' * 40}"
    remote = f"origin {tmp_path / 'remote.git'}"
    told = [f"theirs {remote}"] + [refs] * theirs_reads + [f"ccguard push {remote}", refs]
    assert log.read_text().splitlines() == told


def test_at_a_push_either_hook_can_refuse(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    put_in(repo, "pre-push", program(tmp_path / "ccguard", "ccguard", tmp_path / "log", code=1))
    assert repo.tried("push", "--quiet", str(tmp_path / "remote.git"), "main").returncode == 1


def test_taking_out_puts_back_what_was_there_to_the_byte(repo: GitRepo, tmp_path: Path) -> None:
    folder = repo.path / ".git/hooks"
    theirs = program(folder / "pre-commit", "theirs", tmp_path / "log")
    (folder / "commit-msg").symlink_to("../../nowhere")
    before = theirs.read_bytes(), theirs.stat().st_mode, sorted(file.name for file in folder.iterdir())
    for hook in BY_HOOK:
        put_in(repo, hook, tmp_path / "ccguard")
    assert hooks.take_out(folder) == list(BY_HOOK)
    after = theirs.read_bytes(), theirs.stat().st_mode, sorted(file.name for file in folder.iterdir())
    assert after == before
    assert (folder / "commit-msg").readlink() == Path("../../nowhere")
    assert hooks.take_out(folder) == []


def test_our_hook_is_found_where_another_framework_moved_it(repo: GitRepo, tmp_path: Path) -> None:
    folder = repo.path / ".git/hooks"
    put_in(repo, "pre-commit", tmp_path / "ccguard").rename(folder / "pre-commit.legacy")
    (folder / "pre-commit").write_text("#!/bin/sh\n# File generated by prek: https://example.com\n")
    assert hooks.take_out(folder) == ["pre-commit"]
    assert not (folder / "pre-commit.legacy").exists()
    assert hooks.kind(folder / "pre-commit") == "framework"


def test_a_second_stranger_is_not_chained_over_the_first(repo: GitRepo, tmp_path: Path) -> None:
    file = repo.path / ".git/hooks/pre-commit"
    program(file, "theirs", tmp_path / "log")
    put_in(repo, "pre-commit", tmp_path / "ccguard")
    program(file, "a stranger", tmp_path / "log")
    with pytest.raises(UsageError) as caught:
        put_in(repo, "pre-commit", tmp_path / "ccguard")
    assert "ccguard uninstall" in caught.value.fix
