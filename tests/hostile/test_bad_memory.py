"""What ccguard keeps for itself, damaged or out of reach: it is made anew or the call is refused, never believed."""

from __future__ import annotations

import marshal
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ccguard.policy.frozen import sealed, unsealed

from .ground import HOOK, LOOSE, POLICY, POLICY_FILE, ROOT, Ground, answer


def _judges(ground: Ground, **context: str) -> None:
    """Asserts the right answers, the second one perhaps from what the first call kept."""
    assert ground.read("secrets/key.txt", **context).verdict == "deny"
    assert ground.read("a.txt", **context).verdict == "pass"


def _frozen(ground: Ground) -> Path:
    """The file of the frozen policy, there after a first call."""
    assert ground.read("a.txt").verdict == "pass"
    (found,) = (ground.home / ".cache/ccguard/policies").iterdir()
    return found


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda kept: b"",
    "garbage": lambda kept: b"garbage",
    "cut off": lambda kept: kept[: len(kept) // 2],
    "one byte short": lambda kept: kept[:-1],
    "every bit turned": lambda kept: bytes(byte ^ 0xFF for byte in kept),
    "another value": lambda kept: sealed(5),
    "another shape": lambda kept: sealed((1, 2)),
    "another policy": lambda kept: sealed((*unsealed(kept)[:3], (1,))),
    "no seal": lambda kept: kept[8:],
    "one bit turned": lambda kept: kept[:-9] + bytes((kept[-9] ^ 1,)) + kept[-8:],
    "too large": lambda kept: b"\0" * (33 << 20),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_frozen_policy_that_is_damaged_is_made_anew(damage: str, ground: Ground) -> None:
    file = _frozen(ground)
    good = file.read_bytes()
    file.write_bytes(DAMAGED[damage](good))
    _judges(ground)
    assert file.read_bytes() == good


def _replaced_by(ground: Ground, make: Callable[[Path], object]) -> None:
    file = _frozen(ground)
    file.unlink()
    make(file)
    _judges(ground)


def test_a_frozen_policy_that_is_no_file_is_not_believed(ground: Ground) -> None:
    _replaced_by(ground, os.mkfifo)
    _replaced_by(ground, lambda file: file.symlink_to("/dev/zero"))
    _replaced_by(ground, lambda file: file.symlink_to(file.name))
    _replaced_by(ground, Path.mkdir)


def _loose(ground: Ground) -> bytes:
    """The frozen policy of a repository that allows everything, as its maker would freeze it for this one."""
    file = _frozen(ground)
    maker, made_of, extended, _ = unsealed(file.read_bytes())
    return sealed((maker, made_of, extended, None))


def test_a_frozen_policy_is_believed_where_nothing_speaks_against_it(ground: Ground) -> None:
    """What the tests below refuse is refused for the one reason that they name."""
    file = _frozen(ground)
    file.write_bytes(_loose(ground))
    assert ground.read("secrets/key.txt").verdict == "pass"


def test_a_frozen_policy_that_others_may_write_is_not_believed(ground: Ground) -> None:
    file, loose = _frozen(ground), _loose(ground)
    for mode in (0o666, 0o620):
        file.write_bytes(loose)
        file.chmod(mode)
        _judges(ground)


def test_a_frozen_policy_of_somebody_else_is_not_believed(ground: Ground) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    file = _frozen(ground)
    file.write_bytes(_loose(ground))
    os.chown(file, 65534, 65534)
    _judges(ground)


@pytest.mark.parametrize("place", [".cache", ".cache/ccguard", ".cache/ccguard/policies"])
def test_a_file_in_the_place_of_the_cache_is_left_alone(place: str, ground: Ground) -> None:
    (ground.home / place).parent.mkdir(parents=True, exist_ok=True)
    (ground.home / place).write_text("mine")
    _judges(ground)
    assert (ground.home / place).read_text() == "mine"


@pytest.mark.parametrize("home", ["relative", ".", "/nonexistent/home", "/dev/null", "a.txt", "\x01", "/"])
def test_a_home_that_is_none_costs_time_and_nothing_else(home: str, ground: Ground) -> None:
    if home == "/" and os.geteuid() == 0:
        pytest.skip("root could write there")
    env = {"HOME": ground.named("a.txt") if home == "a.txt" else home}
    assert ground.answer(ground.reading("secrets/key.txt"), env).verdict == "deny"
    assert ground.answer(ground.reading("a.txt"), env).verdict == "pass"
    assert not Path("/nonexistent").exists()


def test_a_home_that_can_t_be_written_costs_time_and_nothing_else(bound_ground: Ground) -> None:
    bound_ground.home.chmod(0o500)
    _judges(bound_ground)
    assert list(bound_ground.home.iterdir()) == []


def test_a_git_directory_that_can_t_be_written_is_judged_as_well(bound_ground: Ground) -> None:
    (bound_ground.path / ".git").chmod(0o500)
    try:
        _judges(bound_ground)
    finally:
        (bound_ground.path / ".git").chmod(0o755)
    assert not (bound_ground.path / ".git/ccguard").exists()


NOTES: dict[str, bytes] = {
    "bytes": b"\xff\xfe\0\n",
    "words": b"nothing to see\n",
    "a path out": b"../../HEAD\n",
    "a line without end": b"a" * 1_000_000,
    "half a line": b"0123456789",
    "a version that is gone": b"0" * 40 + b"\n",
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_that_are_damaged_refuse_the_session_s_calls(name: str, ground: Ground) -> None:
    """They say which policies a session has met, and so which one still holds."""
    assert ground.read("secrets/key.txt", session="s1").verdict == "deny"
    ground.repo.write(POLICY_FILE, LOOSE)
    ground.repo.commit("Loosen")
    notes = ground.path / ".git/ccguard/sessions/s1"
    notes.write_bytes(NOTES[name])
    found = ground.read("secrets/key.txt", session="s1")
    assert found.verdict == "deny" and str(notes) in found.reason
    assert ground.read("a.txt", session="s1").verdict == "deny"
    assert ground.read("a.txt", session="s2").verdict == "pass"


def test_a_met_policy_that_was_changed_afterwards_refuses_the_session_s_calls(ground: Ground) -> None:
    assert ground.read("secrets/key.txt").verdict == "deny"
    (met,) = (ground.path / ".git/ccguard/met").iterdir()
    met.write_text(LOOSE)
    ground.repo.write(POLICY_FILE, POLICY + "\n")
    assert ground.read("secrets/key.txt").verdict == "deny"
    assert "notes" in ground.read("a.txt").reason


def test_a_file_in_the_place_of_the_notes_is_left_alone(ground: Ground) -> None:
    (ground.path / ".git/ccguard").write_text("mine")
    _judges(ground)
    assert (ground.path / ".git/ccguard").read_text() == "mine"


@pytest.mark.parametrize(
    "damage", [b"", b"garbage", marshal.dumps(5), sealed(5), sealed(compile("1 / 0", "bundle", "exec"))], ids=repr
)
def test_damaged_modules_never_let_a_call_through(damage: bytes, ground: Ground) -> None:
    installed = ground.folder / "installed"
    (installed / "hooks").mkdir(parents=True)
    shutil.copy(HOOK, installed / "hooks")
    shutil.copytree(ROOT / "src", installed / "src", ignore=shutil.ignore_patterns("*.pyc", "*.bundle"))
    (installed / "src/ccguard/__pycache__").mkdir(exist_ok=True)
    bundle = installed / f"src/ccguard/__pycache__/hook.{sys.implementation.cache_tag}.bundle"
    bundle.write_bytes(damage)
    done = ground.hook(ground.reading("secrets/key.txt"), script=installed / "hooks" / HOOK.name)
    assert answer(done).verdict in ("deny", "exit 2")
