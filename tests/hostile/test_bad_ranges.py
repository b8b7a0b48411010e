"""Merges, conflicts, amended commits, ranges and pushes of every shape: each change is judged once, none overlooked."""

from __future__ import annotations

import pytest

from .ground import CLAUDE_TRAILER, POLICY, POLICY_FILE, SESSION, Ground


def _in_conflict(ground: Ground) -> None:
    """Leaves a merge in progress that both sides' changes to two files have stopped."""
    ground.repo.git("checkout", "--quiet", "-b", "side")
    for branch in ("side", "main"):
        ground.repo.git("checkout", "--quiet", branch)
        for path in ("a.txt", "secrets/key.txt"):
            ground.repo.write(path, f"{branch}\n")
        ground.repo.commit(branch)
    assert ground.repo.tried("merge", "side").returncode == 1


def test_a_conflict_that_is_open_is_said_not_to_be_scanned(ground: Ground) -> None:
    _in_conflict(ground)
    open_ones = [("not-scanned", "a.txt"), ("not-scanned", "secrets/key.txt")]
    for words in (("check",), ("check", "--all")):
        done = ground.ccguard(*words, "--format", "json")
        assert (done.code, done.rules()) == (0, open_ones)
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert (done.code, done.rules()) == (1, [("off-limits-path", "secrets/key.txt"), *open_ones])
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert ground.read("a.txt").verdict == "pass"


def test_a_conflict_that_claude_resolved_in_a_zone_is_refused(ground: Ground) -> None:
    _in_conflict(ground)
    for path in ("a.txt", "secrets/key.txt"):
        ground.repo.write(path, "both\n")
    ground.repo.git("add", "--all")
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert (done.code, done.rules()) == (1, [("off-limits-path", "secrets/key.txt")])
    ground.repo.git("commit", "--quiet", "-m", f"Merge\n\n{CLAUDE_TRAILER}")
    done = ground.ccguard("check", "--range", "HEAD^..HEAD", "--format", "json")
    assert (done.code, done.rules()) == (1, [("off-limits-path", "secrets/key.txt")])


def test_a_policy_in_conflict_is_judged_by_head_s(ground: Ground) -> None:
    for branch, text in {"side": POLICY + "# side\n", "main": POLICY + "# main\n"}.items():
        ground.repo.git("checkout", "--quiet", "-B", branch, "main" if branch == "main" else "HEAD")
        ground.repo.write(POLICY_FILE, text)
        ground.repo.commit(branch)
    assert ground.repo.tried("merge", "side").returncode == 1
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.git("add", "secrets")
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert done.code == 1 and ("off-limits-path", "secrets/new.txt") in done.rules()
    assert ground.read("a.txt").verdict == "deny"  # the conflict's markers are no policy


def test_what_an_amended_commit_adds_is_judged(ground: Ground) -> None:
    ground.repo.commit("Begin again")
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.git("add", "--all")
    done = ground.ccguard("commit-message", "check", ground.message())
    assert done.code == 1 and "secrets/new.txt" in done.out
    ground.repo.git("commit", "--quiet", "--amend", "-m", f"Begin\n\n{CLAUDE_TRAILER}")
    done = ground.ccguard("check", "--range", "HEAD^..HEAD", "--format", "json")
    assert (done.code, done.rules()) == (1, [("off-limits-path", "secrets/new.txt")])


def test_ranges_of_every_shape_get_the_right_answer(ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    head = ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    ground.repo.git("tag", "-a", "-m", "Tag", "tagged", head)
    ground.repo.git("tag", "main", base)  # a tag by a branch's name
    ground.repo.git("checkout", "--quiet", "--orphan", "apart")
    ground.repo.git("rm", "-rfq", ".")
    ground.repo.write("secrets/other.txt", "x\n")
    apart = ground.repo.commit("Apart", trailers=[CLAUDE_TRAILER])
    for spelled, expected in {
        f"{base}..{head}": ["secrets/new.txt"],
        f"{base}..tagged": ["secrets/new.txt"],
        f"{base}..refs/heads/main": ["secrets/new.txt"],
        f"{head}..{head}": [],
        f"{head}..{base}": [],
        f"{base}..{apart}": ["secrets/other.txt"],
    }.items():
        done = ground.ccguard("check", "--range", spelled, "--format", "json")
        found = [path for rule, path in done.rules() if rule == "off-limits-path"]
        assert (done.code, found) == (1 if expected else 0, expected), spelled


@pytest.mark.parametrize("line", ["junk", "refs/heads/x {head:.20} refs/heads/x {zero}", "\x00\xff \x1b"])
def test_what_is_no_line_of_git_s_pre_push_hook_is_wrong_use(line: str, ground: Ground) -> None:
    said = line.format(head=ground.repo.head(), zero="0" * 40).encode("latin-1") + b"\n"
    ground.ccguard("push", "origin", stdin=said).fails(2, "no line of git's pre-push hook")


def test_refs_of_every_shape_are_judged_before_a_push(ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    head = ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    zero = "0" * 40
    for line, code in {
        f"refs/heads/x {head} refs/heads/x {base}": 1,
        f"refs/heads/with space {head} refs/heads/x {base}": 1,
        f"refs/heads/\udcff {head} refs/heads/\udcff {base}": 1,
        f"(delete) {zero} refs/heads/x {base}": 0,
        f"refs/heads/x {base} refs/heads/x {zero}": 0,
    }.items():
        said = line.encode("utf-8", "surrogateescape") + b"\n"
        assert ground.ccguard("push", "origin", stdin=said, env={"LC_ALL": "C.UTF-8"}).code == code, line
    tree = ground.repo.git("rev-parse", "HEAD^{tree}")
    for unknown in ("1" * 40, tree):
        said = f"refs/heads/x {unknown} refs/heads/x {zero}\n".encode()
        ground.ccguard("push", "origin", stdin=said).fails(4, f"{unknown} names no commit")
