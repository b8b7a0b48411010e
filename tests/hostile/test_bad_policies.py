"""Policies that can't be read: each mistake is named with its place, and nothing is judged by half a policy."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from .ground import CLAUDE_TRAILER, LOOSE, POLICY, POLICY_FILE, SESSION, Ground

_OPEN = b'version = 1\nclaude.mode = "open"\n'
_ZONE = b'zones.a = { paths = ["%s"], access = "none" }\n'
_BIG = b"version = 1\n" + (b"#" * 9_999 + b"\n") * 210

# id -> (the policy's bytes, what `policy validate` says first or in part)
BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", ":1:1: version: is missing"),
    "no value": (b"version = \n", ":1:11: there is no value here"),
    "quote not closed": (b'version = 1\nclaude.mode = "open\n', ":2:20: a quote is opened and not closed"),
    "key twice": (b"version = 1\nversion = 1\n", ":2:12: this key is named a second time"),
    "table twice": (b"version = 1\n[claude]\n[claude]\n", ":3:8: this table is begun a second time"),
    "conflict markers": (b"<<<<<<< HEAD\nversion = 1\n=======\n>>>>>>> x\n", ":1:1: "),
    "yaml": (b"version: 1\n", ":1:8: a key is followed by ="),
    "lfs pointer": (b"version https://git-lfs.github.com/spec/v1\n", ":1:9: "),
    "version as text": (b'version = "1"\nclaude.mode = "open"\n', ":1:11: version: "),
    "mode unknown": (b'version = 1\nclaude.mode = "supervized"\n', ':2:15: claude.mode: "supervized" is not known'),
    "table as value": (b'version = 1\nclaude = "open"\n', ":2:1: claude: is a table, not a value"),
    "paths as text": (_OPEN + b'zones.a.paths = "x"\n', ":3:17: zones.a.paths: is a text"),
    "paths of numbers": (_OPEN + b'zones.a.paths = ["x", 5]\n', ":3:23: zones.a.paths: holds a number"),
    "waivers as table": (_OPEN + b'[waivers]\nrule = "x"\n', ":3:2: waivers: is no list of tables"),
    "rule unknown": (_OPEN + b'rules.off-limit-path = "warn"\n', "did you mean off-limits-path?"),
    "date as text": (_OPEN + b'review_by = "2027-05-01"\n', ":3:13: review_by: is a text"),
    "date that is none": (_OPEN + b"review_by = 2027-13-01\n", ":3:17: "),
    "days below zero": (_OPEN + b"journal.keep_days = -1\n", ":3:21: journal.keep_days: -1 is out of range"),
    "key unknown": (b'version = 1\n[claude]\nmod = "open"\n', ":3:1: claude.mod: there is no such key"),
    "key with a bell": (_OPEN + b'"a\\u0007b" = 1\n', ':3:1: "a\\u0007b": there is no such key'),
    "byte order mark": (b"\xef\xbb\xbf" + _OPEN, ":1:1: the file begins with a byte order mark"),
    "utf-16": ('version = 1\nclaude.mode = "open"\n'.encode("utf-16"), ":1:1: the file is not UTF-8"),
    "latin-1": (b'version = 1\nclaude.reason = "\xe9"\n', ":2:18: the file is not UTF-8"),
    "zero byte": (_OPEN + b"\0\n", ":3:1: the file holds a zero byte"),
    "program": (b"\x7fELF\x02\x01\x01\0\0\0", ":1:8: the file holds a zero byte"),
    "escape sequence": (b'version = 1\nclaude.reason = "\x1b[2J"\n', ":2:18: "),
    "half of a pair": (_OPEN + b'claude.reason = "\\ud800"\n', ":3:24: "),
    "two megabytes": (_BIG, ": the file has 1,048,577 bytes or more"),
    "lists in lists": (b"version = 1\nx = " + b"[" * 5_000, ": lists or tables are nested too deeply"),
    "endless number": (b"version = " + b"9" * 6_000, ": a number is too long"),
    "bracket not closed": (_OPEN + _ZONE % b"[a-", ":3:22: zones.a.paths: "),
    "too many stars": (_OPEN + _ZONE % (b"*a" * 40), "more than 16 stars"),
    "zero byte in a pattern": (_OPEN + _ZONE % b"a\\u0000b", "holds the control character U+0000"),
    "extends nothing there": (_OPEN + b'extends = ["no.toml"]\n', ':3:1: extends[1]: there is no file "no.toml"'),
    "extends itself": (_OPEN + b'extends = [".claude-policy.toml"]\n', "goes in a circle"),
    "extends what lies above": (_OPEN + b'extends = ["../x.toml"]\n', "is no path inside the repository"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """One governed repository for many policies in its work tree."""
    return Ground(tmp_path_factory.mktemp("shared").resolve()).governed()


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_with_its_place(name: str, shared: Ground) -> None:
    text, said = BROKEN[name]
    shared.repo.write(POLICY_FILE, text)
    done = shared.ccguard("policy", "validate")
    assert (done.code, done.err) == (3, "")
    assert done.out.startswith(POLICY_FILE + ":") and said in done.out


@pytest.mark.parametrize("name", ["nothing", "key unknown", "program", "two megabytes", "lists in lists"])
def test_a_broken_policy_refuses_every_call_and_says_why(name: str, shared: Ground) -> None:
    shared.repo.write(POLICY_FILE, BROKEN[name][0])
    for path in ("a.txt", "secrets/key.txt"):
        found = shared.read(path)
        assert found.verdict == "deny"
        assert "the policy can't be read" in found.reason and POLICY_FILE in found.reason


@pytest.mark.parametrize("name", ["key unknown", "program", "two megabytes"])
def test_a_broken_policy_that_is_staged_stops_every_check(name: str, ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, BROKEN[name][0])
    ground.repo.git("add", "--all")
    for words in (
        ("check",),
        ("check", "--all", "--format", "json"),
        ("commit-message", "check", ground.message("Change\n")),
        ("policy", "show"),
        ("explain", "a.txt"),
    ):
        ground.ccguard(*words).fails(3, f"--> {POLICY_FILE}")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.with_name("other.toml").write_text(POLICY)
    path.symlink_to("other.toml")


def _socket(path: Path) -> None:
    # The address of a socket is short, so it is bound from inside its folder.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (_pipe, "is a pipe"),
    "folder": (Path.mkdir, "is a folder"),
    "socket": (_socket, "is a socket"),
    "link to a good policy": (_link, "is a symbolic link"),
    "link to nothing": (lambda path: path.symlink_to("nothing"), "is a symbolic link"),
    "link to itself": (lambda path: path.symlink_to(path.name), "is a symbolic link"),
    "link to an endless device": (lambda path: path.symlink_to("/dev/zero"), "is a symbolic link"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_is_no_policy_and_not_none(kind: str, ground: Ground) -> None:
    make, said = KINDS[kind]
    (ground.path / POLICY_FILE).unlink()
    make(ground.path / POLICY_FILE)
    done = ground.ccguard("policy", "validate")
    assert (done.code, done.err) == (3, "") and f"{POLICY_FILE}: {said}" in done.out
    ground.ccguard("policy", "show").fails(3, said)
    ground.ccguard("explain", "a.txt").fails(3, said)
    found = ground.read("a.txt")
    assert found.verdict == "deny" and said in found.reason


def test_a_policy_that_may_not_be_read_refuses_every_call(bound_ground: Ground) -> None:
    (bound_ground.path / POLICY_FILE).chmod(0)
    assert bound_ground.read("a.txt").verdict == "deny"
    bound_ground.ccguard("policy", "show").fails(3, "permission denied")
    bound_ground.ccguard("explain", "a.txt").fails(3, "permission denied")


def test_a_folder_of_a_policy_that_may_not_be_entered_refuses_every_call(bound_ground: Ground) -> None:
    bound_ground.repo.write("policies/org.toml", "version = 1\n")
    bound_ground.repo.write(POLICY_FILE, 'extends = ["policies/org.toml"]\n' + POLICY)
    (bound_ground.path / "policies").chmod(0)
    try:
        assert bound_ground.read("a.txt").verdict == "deny"
        bound_ground.ccguard("policy", "show").fails(3, "permission denied")
    finally:
        (bound_ground.path / "policies").chmod(0o755)


def _committed(ground: Ground, kind: str) -> str:
    """The id of a commit in which the policy is something else."""
    path = ground.path / POLICY_FILE
    path.unlink()
    if kind == "folder":
        ground.repo.write(f"{POLICY_FILE}/x", "x\n")
    elif kind == "link":
        path.symlink_to("a.txt")
    else:
        path.write_bytes({"two megabytes": _BIG, "program": BROKEN["program"][0]}[kind])
    return ground.repo.commit(f"Make the policy a {kind}")


@pytest.mark.parametrize("kind", ["folder", "link", "program", pytest.param("two megabytes", marks=pytest.mark.slow)])
def test_a_range_that_breaks_the_policy_is_judged_by_its_base(kind: str, ground: Ground) -> None:
    base = ground.repo.head()
    _committed(ground, kind)
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    done = ground.ccguard("check", "--range", f"{base}..HEAD", "--format", "json")
    assert done.code == 1
    assert {("policy-invalid", POLICY_FILE), ("off-limits-path", "secrets/new.txt")} <= set(done.rules())


@pytest.mark.parametrize("kind", ["folder", "link", "two megabytes", "program"])
def test_a_broken_policy_that_was_committed_is_never_taken_for_none(kind: str, ground: Ground) -> None:
    broken = _committed(ground, kind)
    ground.repo.commit("Go on", trailers=[CLAUDE_TRAILER])
    if kind != "folder":  # git's index holds no folders
        ground.ccguard("check").fails(3, POLICY_FILE)
        ground.ccguard("check", "--all").fails(3, POLICY_FILE)
    ground.ccguard("check", "--range", f"{broken}..HEAD").fails(3, POLICY_FILE)
    ground.ccguard("push").fails(3, POLICY_FILE)
    assert ground.read("a.txt").verdict == "deny"


def test_a_deleted_policy_holds_as_long_as_head_has_it(ground: Ground) -> None:
    (ground.path / POLICY_FILE).unlink()
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert ground.write(POLICY_FILE).verdict == "deny"
    assert ground.read("a.txt").verdict == "pass"
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.git("add", "--all")
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert done.code == 1 and ("off-limits-path", "secrets/new.txt") in done.rules()


def test_a_policy_loosened_in_the_work_tree_is_held_by_head(ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, LOOSE)
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert ground.read("a.txt").verdict == "pass"


def test_a_policy_loosened_on_a_branch_is_held_by_main(ground: Ground) -> None:
    ground.repo.git("checkout", "--quiet", "-b", "side")
    ground.repo.write(POLICY_FILE, LOOSE)
    ground.repo.commit("Loosen")
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert ground.read("a.txt").verdict == "pass"
    assert "neither read nor change" in ground.ccguard("explain", "secrets/key.txt").out


def test_a_policy_loosened_on_a_clone_s_branch_is_held_by_the_remote_s(ground: Ground) -> None:
    clone = ground.repo.clone(ground.folder / "clone")
    clone.write(POLICY_FILE, LOOSE)
    clone.commit("Loosen")
    assert ground.read(str(clone.path / "secrets/key.txt"), cwd=str(clone.path)).verdict == "deny"
    assert ground.read(str(clone.path / "a.txt"), cwd=str(clone.path)).verdict == "pass"


def test_a_policy_loosened_during_a_session_does_not_count_in_it(ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, POLICY.replace('"secrets/"', '"secrets/", "more/"'))
    assert ground.read("more/x.txt", session="long").verdict == "deny"
    ground.repo.write(POLICY_FILE, POLICY)
    assert ground.read("more/x.txt", session="long").verdict == "deny"
    assert ground.read("more/x.txt", session="new").verdict == "pass"
    ground.repo.write(POLICY_FILE, LOOSE)
    ground.repo.commit("Loosen for good")
    assert ground.read("secrets/key.txt", session="long").verdict == "deny"
    (ground.path / POLICY_FILE).unlink()
    assert ground.read("more/x.txt", session="long").verdict == "deny"
    assert ground.read("a.txt", session="long").verdict == "pass"
