"""Paths that are written, linked or spelled so that nobody would know them: the same file gets the same answer."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from gitrepo import GitRepo

from .ground import CLAUDE_TRAILER, POLICY, POLICY_FILE, SESSION, Ground, payload

# -- what a call names ------------------------------------------------------------------------------------------------

# how a path below the repository is written -> the answer to reading it
SPELLINGS: dict[str, tuple[str, str]] = {
    "zero byte in a zone": ("secrets/key.txt\0", "deny"),
    "zero byte after a credential": (".env\0.txt", "deny"),
    "zero byte": ("a\0b", "deny"),
    "half of a pair in a zone": ("secrets/\ud800", "deny"),
    "half of a pair": ("a\ud800", "pass"),
    "byte that is no text in a zone": ("secrets/\udcff", "deny"),
    "byte that is no text": ("a\udcff", "pass"),
    "newline in a zone": ("secrets/a\nb", "deny"),
    "newline": ("a\nb", "pass"),
    "10,000 characters in a zone": ("secrets/" + "a" * 10_000, "deny"),
    "10,000 characters": ("a" * 10_000, "pass"),
    "10,000 characters of dots": ("./" * 5_000 + "secrets/key.txt", "deny"),
    "10,000 characters of slashes": ("a" + "/" * 10_000 + "../secrets/key.txt", "deny"),
    "15,000 characters of ups and downs": ("a/../" * 3_000 + "secrets/key.txt", "deny"),
    "2,000 folders": ("a/" * 2_000 + "x", "pass"),
    "folder that is not there": ("nothing/../secrets/key.txt", "deny"),
    "slash at the end": ("secrets/key.txt/", "deny"),
    "folder": ("secrets", "deny"),
    "backslashes": ("secrets\\key.txt", "pass"),
    "percent": ("secrets%2fkey.txt", "pass"),
    "escape sequence": ("secrets/\x1b[2J", "deny"),
    "direction mark": ("secrets/\u202ekey", "deny"),
    "another case": ("SECRETS/key.txt", "pass"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """One governed repository, in which these tests change nothing."""
    return Ground(tmp_path_factory.mktemp("shared").resolve()).governed()


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_path_is_known_by_every_spelling(name: str, shared: Ground) -> None:
    path, expected = SPELLINGS[name]
    if name == "another case" and (shared.path / "SECRETS").exists():
        expected = "deny"  # here it is the same folder
    found = shared.read(path)
    assert found.verdict == expected
    assert found.reason.isprintable() and len(found.reason) <= 1_500
    relative = shared.call("Read", file_path=path)
    assert relative.verdict == expected


def test_a_path_that_takes_too_long_to_follow_is_refused(ground: Ground) -> None:
    ground.tries = 1
    assert ground.read("a/" * 100_000 + "x").verdict == "exit 2"


def test_addresses_and_the_home_folder_are_paths_too(shared: Ground) -> None:
    assert shared.call("Read", file_path=f"file://{shared.path}/secrets/key.txt").verdict == "deny"
    assert shared.call("Read", file_path="~/.ssh/id_rsa").verdict == "deny"
    assert shared.call("Read", file_path="~/notes.txt").verdict == "pass"


@pytest.mark.parametrize(
    "path",
    [
        ".Claude-Policy.toml",
        ".CLAUDE-POLICY.TOML",
        ".claude-policy.toml/",
        "sub/.claude-policy.toml",
        ".claude\u2010policy.toml",
        ".cla\u200bude-policy.toml",
        ".pre-commit-config.YAML",
        ".claude/Settings.json",
        ".GIT/hooks/pre-commit",
        ".git/HOOKS/pre-commit",
    ],
)
def test_a_guard_file_is_guarded_by_every_spelling(path: str, shared: Ground) -> None:
    assert shared.write(path).verdict == "deny"
    assert shared.read(path).verdict == "pass"


# -- links ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A governed repository with links of every kind."""
    ground = Ground(tmp_path_factory.mktemp("linked").resolve()).governed()
    for name, target in {
        "loop": "loop",
        "ping": "pong",
        "pong": "ping",
        "folder-link": "secrets",
        "file-link": "secrets/key.txt",
        "chain": "file-link",
        "dangling": "secrets/not-there-yet",
        "root": "/",
        "harmless": "a.txt",
    }.items():
        (ground.path / name).symlink_to(target)
    (ground.path / "deep").mkdir()
    (ground.path / "deep/up").symlink_to("../secrets")
    (ground.path / "hard.txt").hardlink_to(ground.path / "secrets/key.txt")
    (ground.path / "hard-harmless.txt").hardlink_to(ground.path / "a.txt")
    (ground.folder / "hard-outside.txt").hardlink_to(ground.path / "secrets/key.txt")
    (ground.folder / "outside-link").symlink_to(ground.path)
    return ground


@pytest.mark.parametrize("path", ["loop", "loop/x", "ping", "pong/deep/x"])
def test_links_without_end_are_refused_and_said_to_be(path: str, linked: Ground) -> None:
    for found in (linked.read(path), linked.write(path), linked.call("Bash", command=f"cat {path}")):
        assert found.verdict == "deny" and "links that never end" in found.reason
    linked.ccguard("explain", path).fails(2, "links that never end")


def test_links_without_end_hide_no_other_path_of_the_call(linked: Ground) -> None:
    attended = {"CLAUDE_CODE_SESSION_ATTENDED": "1"}
    calls: dict[str, dict[str, Any]] = {
        "Bash": {"command": "cat loop secrets/key.txt"},
        "mcp__files__get": {"paths": ["loop", "secrets/key.txt", "loop"]},
    }
    for tool, given in calls.items():
        call = payload(tool, given, str(linked.path))
        assert linked.answer(call, attended).verdict == "deny"
    only = payload("Bash", {"command": "cat loop"}, str(linked.path))
    assert linked.answer(only, attended).verdict == "ask"


@pytest.mark.parametrize(
    "path",
    ["folder-link/key.txt", "folder-link/new", "file-link", "chain", "dangling", "deep/up/key.txt", "hard.txt"],
)
def test_another_name_of_an_off_limits_file_is_off_limits(path: str, linked: Ground) -> None:
    assert linked.read(path).verdict == "deny"
    assert linked.write(path).verdict == "deny"
    assert linked.call("Bash", command=f"cat {path}").verdict == "deny"


@pytest.mark.parametrize("path", ["harmless", "hard-harmless.txt", "deep/up/../a.txt", "root/nonexistent/x"])
def test_another_name_of_an_ordinary_file_is_ordinary(path: str, linked: Ground) -> None:
    assert linked.read(path).verdict == "pass"


def test_a_name_outside_of_the_repository_is_no_way_in(linked: Ground) -> None:
    folder = linked.folder
    for path in ("hard-outside.txt", "outside-link/secrets/key.txt", "outside-link/folder-link/x"):
        assert linked.read(f"{folder}/{path}").verdict == "deny", path
    assert linked.read(f"root{linked.path}/secrets/key.txt").verdict == "deny"
    assert linked.read(f"{folder}/outside-link/a.txt").verdict == "pass"
    assert linked.read(f"{folder}/nothing.txt").verdict == "pass"


def test_git_s_variables_do_not_point_to_another_repository(linked: Ground) -> None:
    elsewhere = linked.folder / "elsewhere"
    if not elsewhere.exists():
        GitRepo.made(elsewhere)
    env = {"GIT_DIR": f"{elsewhere}/.git", "GIT_WORK_TREE": str(elsewhere), "GIT_INDEX_FILE": "/nonexistent"}
    assert linked.answer(linked.reading("hard.txt"), env).verdict == "deny"
    search = payload("Grep", {"pattern": "x"}, str(linked.path))
    assert linked.answer(search, env).verdict == "deny"
    assert linked.answer(linked.reading("a.txt"), env).verdict == "pass"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "deny"),
        ({"path": ".."}, "deny"),
        ({"path": "/"}, "deny"),
        ({"path": "folder-link"}, "deny"),
        ({"path": "..", "glob": "*.txt"}, "deny"),
        ({"path": "..", "glob": "repo/**/*.txt"}, "deny"),
        ({"path": "..", "glob": "*.py"}, "pass"),
        ({"path": "deep"}, "pass"),
        ({"glob": "*.py"}, "pass"),
        ({"path": "loop"}, "deny"),
        ({"path": "a\0b"}, "deny"),
        ({"path": "a\ud800"}, "deny"),
        ({"glob": "\0"}, "deny"),
        ({"glob": "{" * 5_000}, "deny"),
    ],
    ids=str,
)
def test_a_search_opens_what_lies_below_it(given: dict[str, str], expected: str, linked: Ground) -> None:
    found = linked.call("Grep", pattern="x", **given)
    assert found.verdict == expected or (expected == "deny" and found.verdict == "exit 2")


# -- names in commits -------------------------------------------------------------------------------------------------

ODD_NAMES = (
    b"a\nb",
    b"a\tb",
    b"\"quoted\" 'too'",
    b"back\\slash",
    b"\xff\xfe",
    b"\x1b[2J",
    b"\x01",
    b" leading",
    b"trailing ",
    b"*",
    b"-rf",
    b":(top)x",
    b"\xc3\xa9",
    b"e\xcc\x81",
    b"n" * 250,
)


def _staged_odd_names(ground: Ground) -> set[bytes]:
    """Every odd name, in a zone and outside of it; the paths in the zone."""
    for name in ODD_NAMES:
        ground.repo.write(b"secrets/" + name, "x\n")
        ground.repo.write(b"open/" + name, "x\n")
    ground.repo.git("add", "--all")
    return {b"secrets/" + name for name in ODD_NAMES}


def _paths(report: dict[str, object]) -> set[bytes]:
    """The exact paths of all findings."""
    findings = report["findings"]
    assert isinstance(findings, list)
    return {
        base64.b64decode(finding["path_base64"]) if "path_base64" in finding else finding["path"].encode()
        for finding in findings
    }


def test_every_name_in_a_zone_is_found_and_shown_escaped(ground: Ground) -> None:
    zone = _staged_odd_names(ground)
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert done.code == 1 and _paths(done.report()) == zone
    shown = ground.ccguard("check", env={**SESSION, "LC_ALL": "C.UTF-8"}).out
    assert all(line.isprintable() for line in shown.splitlines())
    for escaped in ("a\\x0ab", "\\xff\\xfe", "\\x1b[2J"):
        assert f"may not touch secrets/{escaped}\n" in shown


def test_every_name_in_a_zone_is_found_in_a_range_and_when_it_is_deleted(ground: Ground) -> None:
    base = ground.repo.head()
    zone = _staged_odd_names(ground)
    added = ground.repo.commit("Add", trailers=[CLAUDE_TRAILER])
    done = ground.ccguard("check", "--range", f"{base}..{added}", "--format", "json")
    assert done.code == 1 and _paths(done.report()) == zone
    ground.repo.git("rm", "-rq", "secrets", "open")
    ground.repo.commit("Delete", trailers=[CLAUDE_TRAILER])
    done = ground.ccguard("check", "--range", f"{added}..HEAD", "--format", "json")
    assert done.code == 1 and _paths(done.report()) == zone | {b"secrets/key.txt"}
    assert ground.ccguard("check", "--all").code == 0


def test_odd_names_are_explained(ground: Ground) -> None:
    for name in ODD_NAMES[:6]:
        done = ground.ccguard("explain", "secrets/" + os.fsdecode(name), env={"LC_ALL": "C.UTF-8"})
        assert done.code == 0 and "neither read nor change" in done.out
        assert all(line.isprintable() for line in done.out.splitlines())


# -- kinds of changes -------------------------------------------------------------------------------------------------


def _zone_findings(ground: Ground) -> list[str]:
    """The paths that Claude may not touch, of what is staged now."""
    ground.repo.git("add", "--all")
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    return sorted(path for rule, path in done.rules() if rule == "off-limits-path")


def test_moving_a_file_into_and_out_of_a_zone_touches_it(ground: Ground) -> None:
    ground.repo.git("mv", "secrets/key.txt", "moved.txt")
    ground.repo.git("mv", "a.txt", "secrets/a.txt")
    assert _zone_findings(ground) == ["secrets/a.txt", "secrets/key.txt"]


def test_a_mode_a_link_and_a_submodule_in_a_zone_are_changes(ground: Ground) -> None:
    (ground.path / "secrets/key.txt").chmod(0o755)
    (ground.path / "secrets/link").symlink_to("../a.txt")
    ground.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},secrets/module")
    (ground.path / "secrets/module").mkdir()
    assert _zone_findings(ground) == ["secrets/key.txt", "secrets/link", "secrets/module"]


def test_a_file_that_becomes_a_link_is_changed(ground: Ground) -> None:
    (ground.path / "secrets/key.txt").unlink()
    (ground.path / "secrets/key.txt").symlink_to("/etc/passwd")
    assert _zone_findings(ground) == ["secrets/key.txt"]


def test_a_policy_in_another_case_is_a_guard_file(ground: Ground) -> None:
    other = ".Claude-Policy.toml"
    if (ground.path / other).exists():
        pytest.skip("this file system takes it for the policy itself")
    ground.repo.write(other, POLICY)
    ground.repo.git("add", "--all")
    done = ground.ccguard("check", "--format", "json", env=SESSION)
    assert (done.code, done.rules()) == (1, [("guard-tampering", other)])


def test_a_policy_that_lies_behind_a_link_is_refused_by_name(ground: Ground) -> None:
    Path(ground.path, "policies").symlink_to("secrets")
    ground.repo.write("secrets/org.toml", "version = 1\n")
    ground.repo.write(POLICY_FILE, 'extends = ["policies/org.toml"]\n' + POLICY)
    ground.ccguard("policy", "show").fails(3, 'lies behind the link "policies"')
    assert ground.read("a.txt").verdict == "deny"


def test_a_folder_that_may_not_be_entered_is_judged_by_its_name(bound_ground: Ground) -> None:
    for name in ("secrets", "open"):
        folder = bound_ground.path / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0)
    try:
        assert bound_ground.call("Read", file_path=f"{bound_ground.path}/secrets/key.txt").verdict == "deny"
        assert bound_ground.call("Read", file_path=f"{bound_ground.path}/open/x").verdict == "pass"
    finally:
        for name in ("secrets", "open"):
            (bound_ground.path / name).chmod(0o755)
