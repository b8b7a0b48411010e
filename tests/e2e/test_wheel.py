"""What a user installs, a wheel in an environment of its own far from the source, works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import ccguard

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A program in a folder, with nothing in its environment that could lead back to the source."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "CCGUARD_", "CLAUDE"))}
    environment = {**kept, "HOME": str(cwd), "XDG_CACHE_HOME": str(cwd / "cache"), "XDG_STATE_HOME": str(cwd / "state")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("ccguard_policy-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder of an environment that holds the wheel, and what the wheel says it needs, and nothing else."""
    folder = wheel.parent / "environment"
    made = run(sys.executable, "-m", "venv", folder, cwd=wheel.parent)
    assert made.returncode == 0, made.stderr
    filled = run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=wheel.parent)
    assert filled.returncode == 0, filled.stderr
    return folder


def hook(environment: Path) -> Path:
    (path,) = environment.glob("lib/python*/site-packages/ccguard/hooks/claude_code.py")
    return path


def test_the_wheel_holds_the_hook_the_templates_and_the_licence_and_no_leavings(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert "ccguard/hooks/claude_code.py" in names
    assert "ccguard/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name or "/." in name]


def test_the_command_starts_under_both_of_its_names(installed: Path, tmp_path: Path) -> None:
    for name in ("ccguard", "ccguard-policy"):
        ran = run(installed / "bin" / name, "--version", cwd=tmp_path)
        assert (ran.returncode, ran.stdout.split()[-1:]) == (0, [ccguard.__version__]), ran.stderr


def test_every_command_that_takes_options_has_help(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "bin" / "python", "-c", "from ccguard.cli import COMMANDS; print(*COMMANDS)", cwd=tmp_path)
    names = set(listed.stdout.split())
    assert {"check", "hook"} <= names
    for name in names - {"hook"}:
        ran = run(installed / "bin" / "ccguard", name, "--help", cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, ""), name


def test_the_hook_says_nothing_where_there_is_no_policy(installed: Path, tmp_path: Path) -> None:
    ran = ask(installed, tmp_path, str(tmp_path / "a.txt"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_hook_refuses_what_a_policy_keeps_off_limits(installed: Path, tmp_path: Path) -> None:
    run("git", "init", "--quiet", cwd=tmp_path)
    (tmp_path / ".claude-policy.toml").write_text('version = 1\n[claude]\nmode = "supervised"\n')
    (tmp_path / ".env").write_text("A=1\n")
    ran = ask(installed, tmp_path, str(tmp_path / ".env"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"


def ask(environment: Path, cwd: Path, path: str) -> subprocess.CompletedProcess[str]:
    """The hook's answer to reading a file, started as Claude Code starts it."""
    payload = {
        "session_id": "00000001-0000-4000-8000-000000000000",
        "transcript_path": str(cwd / "transcript.jsonl"),
        "cwd": str(cwd),
        "permission_mode": "default",
        "hook_event_name": "PreToolUse",
        "tool_name": "Read",
        "tool_input": {"file_path": path},
        "tool_use_id": "toolu_main_0_0",
    }
    python = environment / "bin" / "python"
    return run(python, "-I", "-S", hook(environment), cwd=cwd, stdin=json.dumps(payload))
