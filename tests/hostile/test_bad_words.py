"""Command lines that make no sense: five parts on standard error, exit code 2, and nothing judged by guesswork."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .ground import CCGUARD, POLICY, SESSION, Ended, Ground

WRONG: dict[str, tuple[str, ...]] = {
    "range without a value": ("check", "--range", ""),
    "range of one": ("check", "--range", "main"),
    "range of nothing": ("check", "--range", ".."),
    "range without an end": ("check", "--range", "main.."),
    "range without a start": ("check", "--range", "..main"),
    "three dots": ("check", "--range", "main...main"),
    "revision with a newline": ("check", "--range", "ma\nin..main"),
    "revision that is no text": ("check", "--range", "\udcff..main"),
    "two things at once": ("check", "--staged", "--all"),
    "range and all": ("check", "--range", "", "--all"),
    "option unknown": ("check", "--stage"),
    "argument too many": ("check", "main"),
    "format unknown": ("check", "--format", "yaml"),
    "rule unknown": ("check", "--only", "off-limits"),
    "command unknown": ("chekc",),
    "command of a group unknown": ("policy", "show-me"),
    "message file missing": ("commit-message", "check", "no-such-file"),
    "message file not named": ("commit-message", "check"),
    "message file a folder": ("commit-message", "check", "."),
    "path empty": ("explain", ""),
    "path not named": ("explain",),
    "path outside": ("explain", "/etc/passwd"),
    "path above": ("explain", "../.."),
    "path of the whole": ("explain", "."),
    "policy file missing": ("policy", "validate", "no-such-file.toml"),
    "policy file below a file": ("policy", "validate", "a.txt/policy.toml"),
    "policy file with a long name": ("policy", "validate", "x" * 5_000),
    "policy file with an odd name": ("policy", "validate", "\x1b[2J\udcff\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_an_error_of_five_parts(name: str, ground: Ground) -> None:
    done = ground.ccguard(*WRONG[name], env={"LC_ALL": "C.UTF-8"})
    done.fails(2)
    assert done.err.isascii() or done.err.isprintable()
    assert "\x1b" not in done.err


@pytest.mark.parametrize("revision", ["no-such-branch", "^main", "@{-99}", "--help", "main:a.txt", "main^{tree}"])
def test_a_revision_that_names_no_commit_is_an_error(revision: str, ground: Ground) -> None:
    for spelled in (f"{revision}..main", f"main..{revision}"):
        ground.ccguard("check", "--range", spelled).fails(4, f"{revision} names no commit")


@pytest.mark.parametrize("words", [("policy",), ("commit-message",), ()])
def test_a_group_without_a_command_shows_its_help(words: tuple[str, ...], ground: Ground) -> None:
    done = ground.ccguard(*words)
    assert "Usage: ccguard" in done.out + done.err


@pytest.mark.parametrize("file", [".", "", "/dev/zero", "loop", "pipe"])
def test_what_is_no_regular_file_is_no_policy_to_validate(file: str, ground: Ground) -> None:
    (ground.path / "loop").symlink_to("loop")
    os.mkfifo(ground.path / "pipe")
    done = ground.ccguard("policy", "validate", file)
    assert (done.code, done.err) == (3, "") and "expected a regular file" in done.out


def test_a_name_that_is_too_long_for_any_file_is_explained(ground: Ground) -> None:
    for path in ("secrets/" + "x" * 5_000, "secrets/" + "x/" * 3_000):
        assert "neither read nor change" in ground.ccguard("explain", path).out


def _through_shell(ground: Ground, words: str, **changed: str) -> Ended:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "{CCGUARD}" {words}'],
        cwd=ground.path,
        env={**ground.environment, **changed},
        capture_output=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


def test_without_standard_output_the_exit_code_is_the_same(ground: Ground) -> None:
    assert _through_shell(ground, "check >&-") == (0, "", "")
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.git("add", "--all")
    assert _through_shell(ground, "check >&-", **SESSION) == (1, "", "")
    assert _through_shell(ground, "policy show >&-") == (0, "", "")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_words_that_a_terminal_can_t_show_are_no_crash(locale: dict[str, str], tmp_path: Path) -> None:
    ground = Ground(tmp_path.resolve()).governed(POLICY.replace("Live", "Gültige \u2603"))
    ground.repo.write("secrets/neu \u2603", "x\n")
    ground.repo.git("add", "--all")
    assert _through_shell(ground, "check", **SESSION, **locale).code == 1
    assert _through_shell(ground, "explain secrets/key.txt", **locale).code == 0
    assert _through_shell(ground, "policy show", **locale).code == 0


def test_a_message_file_that_may_not_be_read_is_wrong_use(bound_ground: Ground) -> None:
    file = bound_ground.folder / "message"
    file.write_text("Change\n")
    file.chmod(0)
    bound_ground.ccguard("commit-message", "check", str(file)).fails(2, "is not readable")
