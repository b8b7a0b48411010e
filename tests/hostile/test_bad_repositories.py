"""Repositories that are odd, damaged, half there or none: still judged, or refused with the way to mend them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import GitRepo

from .ground import CLAUDE_TRAILER, POLICY, POLICY_FILE, Ended, Ground

_LOCAL = ("-c", "protocol.file.allow=always")  # git refuses submodules from a path otherwise


def _judges(ground: Ground, root: Path | None = None) -> None:
    """Asserts that a work tree's zone is off limits, and the rest is not, however ccguard is asked."""
    root = root or ground.path
    assert ground.read(str(root / "secrets/key.txt"), cwd=str(root)).verdict == "deny"
    assert ground.read(str(root / "a.txt"), cwd=str(root)).verdict == "pass"
    for words in (("check",), ("check", "--all")):
        done = ground.ccguard(*words, cwd=root)
        assert (done.code, done.err) == (0, ""), done
    assert "neither read nor change" in ground.ccguard("explain", "secrets/key.txt", cwd=root).out


# -- no repository, or not much of one --------------------------------------------------------------------------------


def test_without_commits_the_work_tree_s_policy_holds(bare_ground: Ground) -> None:
    bare_ground.repo.write(POLICY_FILE, POLICY)
    bare_ground.repo.write("secrets/key.txt", "k\n")
    bare_ground.repo.write("a.txt", "one\n")
    _judges(bare_ground)
    bare_ground.repo.git("add", "--all")
    _judges(bare_ground)
    done = bare_ground.ccguard("commit-message", "check", bare_ground.message())
    assert done.code == 1 and "secrets/key.txt" in done.out
    bare_ground.ccguard("check", "--range", "HEAD..HEAD").fails(4, "HEAD names no commit")


def test_outside_of_repositories_checks_end_with_git_s_own_words(ground: Ground) -> None:
    plain = ground.folder / "plain"
    plain.mkdir()
    for words in (("check",), ("check", "--all"), ("check", "--range", "A..B"), ("push",), ("explain", "a.txt")):
        ground.ccguard(*words, cwd=plain).fails(4, f"{plain} is not in a git repository")
    ground.ccguard("policy", "show", cwd=plain).fails(2, "ccguard init")
    assert ground.read(str(plain / "x"), cwd=str(plain)).verdict == "pass"


def test_a_bare_repository_has_ranges_and_nothing_staged(ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    bare = ground.repo.clone(ground.folder / "bare.git", "--bare")
    done = ground.ccguard("check", "--range", f"{base}..main", "--format", "json", cwd=bare.path)
    assert (done.code, done.rules()) == (1, [("off-limits-path", "secrets/new.txt")])
    for words in (("check",), ("check", "--all"), ("commit-message", "check", ground.message())):
        ground.ccguard(*words, cwd=bare.path).fails(2, "bare repository", "--range")
    ground.ccguard("explain", "a.txt", cwd=bare.path).fails(2, "no work tree")
    assert ground.read(str(bare.path / "HEAD"), cwd=str(bare.path)).verdict == "pass"


def test_inside_the_git_directory_the_repository_is_judged(ground: Ground) -> None:
    inside = ground.path / ".git"
    assert ground.ccguard("check", cwd=inside).code == 0
    ground.ccguard("explain", "a.txt", cwd=inside).fails(2, "no work tree")
    assert ground.read("secrets/key.txt", cwd=str(inside)).verdict == "deny"
    assert ground.read(".git/config").verdict == "pass"
    for path in (".git/config", ".git/hooks/pre-commit", ".git/HEAD", ".git/info/exclude", ".git"):
        assert ground.write(path).verdict == "deny"


def test_a_folder_that_was_deleted_ends_with_a_clear_error(ground: Ground) -> None:
    command = f'cd gone && rmdir ../gone && exec "{sys.executable}" -m ccguard.cli "$@"'
    for words in (("check",), ("policy", "validate"), ("explain", "a.txt"), ("push",)):
        (ground.folder / "gone").mkdir()
        done = subprocess.run(
            ["/bin/sh", "-c", command, "sh", *words],
            cwd=ground.folder,
            env=ground.environment,
            capture_output=True,
            text=True,
        )
        Ended(done.returncode, done.stdout, done.stderr).fails(2, "folder")


@pytest.mark.parametrize("command", ["check", "check --all", "check --range A..B", "push", "explain a.txt"])
def test_without_git_every_check_ends_with_a_clear_error(command: str, ground: Ground) -> None:
    ground.ccguard(*command.split(), env={"PATH": "/nonexistent"}).fails(
        4, "the program git can't be started", "install git"
    )


def test_without_git_the_first_call_is_not_let_through(ground: Ground) -> None:
    for path in ("secrets/key.txt", "a.txt"):
        found = ground.answer(ground.reading(path), env={"PATH": "/nonexistent"})
        assert found.verdict == "deny" and "git" in found.reason
    _judges(ground)
    assert ground.answer(ground.reading("secrets/key.txt"), env={"PATH": "/nonexistent"}).verdict == "deny"
    assert ground.answer(ground.reading("a.txt"), env={"PATH": "/nonexistent"}).verdict == "pass"


# -- repositories of other shapes -------------------------------------------------------------------------------------


def test_a_detached_head_is_judged_like_a_branch(ground: Ground) -> None:
    ground.repo.git("checkout", "--quiet", "--detach")
    ground.repo.commit("Go on")
    _judges(ground)


def test_a_linked_work_tree_is_judged_by_its_own_policy(ground: Ground) -> None:
    ground.repo.git("worktree", "add", "--quiet", "-b", "side", str(ground.folder / "linked"))
    linked = ground.folder / "linked"
    _judges(ground, linked)
    for path in (linked / ".git", ground.path / ".git/worktrees/linked/HEAD", ground.path / ".git/config"):
        assert ground.write(str(path), cwd=str(linked)).verdict == "deny"


@pytest.mark.parametrize("shape", ["separate", "linked", "submodule"])
def test_a_git_directory_that_lies_elsewhere_is_guarded_like_one_inside(shape: str, bare_ground: Ground) -> None:
    folder = bare_ground.folder
    if shape == "separate":
        shutil.rmtree(bare_ground.path)
        bare_ground.path.mkdir()
        bare_ground.repo.git("init", "--quiet", "-b", "main", "--separate-git-dir", str(folder / "elsewhere"))
        root, git_dir = bare_ground.governed().path, folder / "elsewhere"
    elif shape == "linked":  # the main work tree has no policy
        bare_ground.repo.commit("Begin")
        bare_ground.repo.git("worktree", "add", "--quiet", "-b", "side", str(folder / "linked"))
        root, git_dir = folder / "linked", bare_ground.path / ".git"
        (root / POLICY_FILE).write_text(POLICY)
    else:  # nor has the repository around the submodule
        library = Ground(folder, GitRepo.made(folder / "library")).governed()
        bare_ground.repo.git(*_LOCAL, "submodule", "--quiet", "add", str(library.path), "library")
        root, git_dir = bare_ground.path / "library", bare_ground.path / ".git/modules/library"
    for name in ("config", "hooks/pre-commit", "info/attributes"):
        assert bare_ground.write(str(git_dir / name), cwd=str(root)).verdict == "deny", name
    assert bare_ground.write(str(folder / "other/config"), cwd=str(root)).verdict == "pass"


def test_a_submodule_is_judged_by_both_policies(ground: Ground) -> None:
    library = GitRepo.made(ground.folder / "library")
    for name in ("vault/y", "x", "secrets/z", "closed"):
        library.write(name, "x\n")
    library.write(POLICY_FILE, POLICY.replace("secrets/", "vault/"))
    library.commit("Begin")
    ground.repo.git(*_LOCAL, "submodule", "--quiet", "add", str(library.path), "library")
    ground.repo.write(POLICY_FILE, POLICY.replace('"secrets/"', '"secrets/", "library/closed"'))
    ground.repo.commit("Add the library")
    for cwd in (str(ground.path), str(ground.path / "library")):
        assert ground.read("library/vault/y", cwd=cwd).verdict == "deny"
        assert ground.read("library/closed", cwd=cwd).verdict == "deny"
        assert ground.read("library/secrets/z", cwd=cwd).verdict == "deny"
        assert ground.read("library/x", cwd=cwd).verdict == "pass"
    for folder in (ground.path, ground.path / "library"):
        assert ground.ccguard("check", cwd=folder).code == 0


def test_a_nested_repository_is_judged_by_both_policies(ground: Ground) -> None:
    nested = GitRepo.made(ground.path / "nested")
    nested.write("closed", "x\n")
    assert ground.read("nested/closed").verdict == "pass"
    nested.write(POLICY_FILE, POLICY.replace("secrets/", "closed"))
    assert ground.read("nested/closed").verdict == "deny"
    assert ground.read("nested/secrets/k").verdict == "deny"
    assert ground.read("nested/open").verdict == "pass"


def test_another_repository_s_file_is_judged_by_that_repository_s_policy(ground: Ground) -> None:
    other = GitRepo.made(ground.folder / "other")
    other.write(POLICY_FILE, POLICY.replace("secrets/", "closed/"))
    for path, verdict in {"closed/x": "deny", "secrets/x": "pass", ".env": "deny", POLICY_FILE: "pass"}.items():
        assert ground.read(str(other.path / path)).verdict == verdict, path
    assert ground.write(str(other.path / POLICY_FILE)).verdict == "deny"
    ungoverned = GitRepo.made(ground.folder / "ungoverned")
    for path, verdict in {".env": "deny", "secrets/x": "pass"}.items():
        assert ground.read(str(ungoverned.path / path)).verdict == verdict, path


def test_object_ids_of_64_digits_are_as_good_as_any(tmp_path: Path) -> None:
    ground = Ground(tmp_path.resolve(), GitRepo.made(tmp_path.resolve() / "repo", object_format="sha256")).governed()
    _judges(ground)
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    head = ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    done = ground.ccguard("check", "--range", f"{base}..HEAD", "--format", "json")
    assert (done.code, done.rules(), done.report()["range"]) == (
        1,
        [("off-limits-path", "secrets/new.txt")],
        {"base": base, "head": head},
    )
    line = f"refs/heads/main {head} refs/heads/main {base}\n".encode()
    assert ground.ccguard("push", "origin", stdin=line).code == 1


def test_a_shallow_clone_is_judged_as_far_as_it_goes(ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.commit("Go on")
    shallow = ground.repo.clone(ground.folder / "shallow", "--depth=1")
    _judges(ground, shallow.path)
    done = ground.ccguard("check", "--range", f"{base}..HEAD", cwd=shallow.path)
    done.fails(4, "is not in this shallow clone", "git fetch --unshallow")


def test_a_folder_with_an_odd_name_is_one_like_others(tmp_path: Path) -> None:
    name = os.fsdecode(b"new\nline \xff \"quote\" 'other' \xc3\xa9 $(x) \x1b[2J \\")
    ground = Ground(tmp_path.resolve(), GitRepo.made(tmp_path.resolve() / name)).governed()
    _judges(ground)
    ground.ccguard("check", "--range", "nope..HEAD").fails(4, "nope names no commit", "new?line ")
    ground.ccguard("policy", "validate", "nope", env={"LC_ALL": "C.UTF-8"}).fails(2, "new\\x0aline \\xff")


# -- damaged repositories ---------------------------------------------------------------------------------------------


def _moved_away(ground: Ground) -> Path:
    git_dir = ground.path / ".git"
    git_dir.rename(ground.folder / "moved")
    return git_dir


DAMAGED: dict[str, Callable[[Ground], object]] = {
    "empty file": lambda ground: _moved_away(ground).write_text(""),
    "file of something else": lambda ground: _moved_away(ground).write_text("something else\n"),
    "file that leads nowhere": lambda ground: _moved_away(ground).write_text("gitdir: /nowhere\n"),
    "file that leads to itself": lambda ground: _moved_away(ground).write_text("gitdir: .git\n"),
    "file with a zero byte": lambda ground: _moved_away(ground).write_text("gitdir: \0\n"),
    "empty folder": lambda ground: _moved_away(ground).mkdir(),
    "pipe": lambda ground: os.mkfifo(_moved_away(ground)),
    "link to nothing": lambda ground: _moved_away(ground).symlink_to("nothing"),
    "link to itself": lambda ground: _moved_away(ground).symlink_to(".git"),
    "no HEAD": lambda ground: (ground.path / ".git/HEAD").unlink(),
    "no objects": lambda ground: shutil.rmtree(ground.path / ".git/objects"),
    "configuration that is none": lambda ground: (ground.path / ".git/config").write_text("[core\n"),
    "format of tomorrow": lambda ground: ground.repo.git("config", "core.repositoryFormatVersion", "99"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_repository_that_git_can_t_read_is_never_taken_for_none(damage: str, ground: Ground) -> None:
    DAMAGED[damage](ground)
    ground.ccguard("check").fails(4, "git says: ")
    ground.ccguard("explain", "a.txt").fails(4, "git says: ")
    found = ground.read("a.txt")
    assert found.verdict == "deny" and "git says: " in found.reason


def test_a_repository_of_somebody_else_is_refused_with_the_remedy(ground: Ground) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for path in (ground.path, *ground.path.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    remedy = f"git config --global --add safe.directory {ground.path}"
    ground.ccguard("check").fails(4, f"git does not trust the owner of {ground.path}", remedy)
    found = ground.read("secrets/key.txt")
    assert found.verdict == "deny" and "safe.directory" in found.reason


def test_an_index_that_is_damaged_stops_commits_and_not_the_session(ground: Ground) -> None:
    (ground.path / ".git/index").write_bytes(b"junk")
    for words in (("check",), ("check", "--all"), ("commit-message", "check", ground.message())):
        ground.ccguard(*words).fails(4, "index")
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert ground.read("a.txt").verdict == "pass"


def test_a_lock_that_was_left_behind_stops_nothing(ground: Ground) -> None:
    (ground.path / ".git/index.lock").touch()
    _judges(ground)


def test_a_ref_to_a_commit_that_is_gone_is_no_empty_push(ground: Ground) -> None:
    (ground.path / ".git/refs/heads/broken").write_text("1" * 40 + "\n")
    ground.ccguard("push").fails(4, "git fetch")


def test_a_tree_that_is_gone_is_no_empty_change(ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.commit("Add")
    tree = ground.repo.git("rev-parse", "HEAD:secrets")
    (ground.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    ground.ccguard("check", "--range", f"{base}..HEAD").fails(4, "could not read an object", tree)


def test_a_git_that_calls_a_submodule_by_its_name_is_understood(ground: Ground) -> None:
    """Git 2.51 answers `OID submodule` where older ones say that the object is missing."""
    ground.repo.git("update-index", "--force-remove", POLICY_FILE)
    ground.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{POLICY_FILE}")
    newer = ground.folder / "newer"
    newer.mkdir()
    (newer / "git").write_text(
        f"#!{sys.executable}\nimport os, subprocess, sys\n"
        f"real = {shutil.which('git')!r}\n"
        "if 'cat-file' not in sys.argv:\n    os.execv(real, [real, *sys.argv[1:]])\n"
        "child = subprocess.Popen([real, *sys.argv[1:]], stdout=subprocess.PIPE)\n"
        "for line in child.stdout:\n"
        f"    missing = line == b':{POLICY_FILE} missing\\n'\n"
        "    os.write(1, b'1' * 40 + b' submodule\\n' if missing else line)\n"
    )
    (newer / "git").chmod(0o755)
    done = ground.ccguard("check", env={"PATH": f"{newer}:{os.environ['PATH']}"})
    assert (done.code, done.err) == (0, ""), done
