"""The harness itself: it can see a leak, it can see a refusal, and what it runs is shut in."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from .client import CLIENT_VERSION, NEEDS_CLIENT, REQUIRED, ClientUnavailable, Run, drive, one_call_a_turn
from .scripted_model import Call, Turn

pytestmark = NEEDS_CLIENT

BLOCK_READS = {
    "PreToolUse": [{"matcher": "Read", "hooks": [{"type": "command", "command": "echo keep out >&2; exit 2"}]}]
}


@dataclass(frozen=True)
class Folder:
    """A folder with one file in it, and the home of somebody who starts Claude Code there."""

    path: Path
    home: Path
    marker: str

    @property
    def file(self) -> Path:
        return self.path / "note.txt"

    def read(self) -> Call:
        return Call("Read", {"file_path": str(self.file)})

    def run(self, *calls: Call) -> Run:
        return drive(self.path, self.home, one_call_a_turn(*calls))

    def write_settings(self, settings: object) -> None:
        target = self.path / ".claude" / "settings.json"
        target.parent.mkdir()
        target.write_text(json.dumps(settings))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "project", tmp_path / "home", f"marker-{uuid.uuid4().hex}")
    made.path.mkdir()
    made.home.mkdir()
    made.file.write_text(f'a line, then "{made.marker}"\n')
    return made


def bash(command: str) -> Call:
    return Call("Bash", {"command": command, "description": "part of a test"})


def test_what_no_hook_guards_reaches_the_model(folder: Folder) -> None:
    run = folder.run(folder.read())
    assert [(call.tool, call.failed) for call in run.calls] == [("Read", False)]
    assert run.reached_model(f'"{folder.marker}"')
    assert run.hooks == ()
    assert run.result == "That is all."


def test_a_hook_that_exits_2_refuses_the_read_and_keeps_its_content_from_the_model(folder: Folder) -> None:
    folder.write_settings({"hooks": BLOCK_READS})
    run = folder.run(folder.read())
    assert [(hook.event, hook.exit_code, hook.stderr) for hook in run.hooks] == [("PreToolUse", 2, "keep out\n")]
    assert [(call.tool, call.failed) for call in run.calls] == [("Read", True)]
    assert "keep out" in run.calls[0].answer
    assert not run.reached_model(folder.marker)


def test_the_refused_read_does_not_hide_the_same_content_read_by_another_tool(folder: Folder) -> None:
    folder.write_settings({"hooks": BLOCK_READS})
    run = folder.run(folder.read(), bash("cat note.txt"))
    assert [(call.tool, call.failed) for call in run.calls] == [("Read", True), ("Bash", False)]
    assert run.reached_model(folder.marker)


def test_settings_that_do_not_parse_leave_no_hook_run_behind(folder: Folder) -> None:
    folder.write_settings({"hooks": BLOCK_READS, "cleanupPeriodDays": "soon"})
    run = folder.run(folder.read())
    assert run.hooks == ()
    assert run.reached_model(folder.marker)


def test_a_subagent_plays_its_own_turns_and_its_calls_are_told_apart(folder: Folder) -> None:
    task = {
        "description": "read",
        "prompt": "SUBTASK: read it",
        "subagent_type": "general-purpose",
        "run_in_background": False,
    }
    own = {"SUBTASK": [Turn(calls=(folder.read(),)), Turn("I have read it.")]}
    run = drive(folder.path, folder.home, one_call_a_turn(Call("Agent", task)), subagents=own)
    assert [(call.tool, bool(call.agent), call.failed) for call in run.calls] == [
        ("Agent", False, False),
        ("Read", True, False),
    ]
    assert "I have read it." in run.calls[0].answer
    assert {request.kind for request in run.requests} >= {"main", "subagent"}


def test_a_session_has_no_network_but_loopback(folder: Folder) -> None:
    run = folder.run(
        bash("tail -n +3 /proc/net/dev | cut -d : -f 1"),
        bash("timeout 5 bash -c 'echo > /dev/tcp/192.0.2.1/80'"),  # an address kept for documentation
    )
    assert run.interfaces == ("lo",)
    assert run.calls[0].answer.split() == ["lo"]
    assert "Network is unreachable" in run.calls[1].answer


def test_a_session_sees_its_own_home_and_nothing_of_our_environment(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_WORD_OF_OURS", folder.marker)
    run = folder.run(bash("env"))
    assert f"HOME={folder.home}" in run.calls[0].answer.splitlines()
    assert "A_WORD_OF_OURS" not in run.calls[0].answer


def test_a_session_that_does_not_end_is_ended_with_all_that_it_started(folder: Folder) -> None:
    turns = one_call_a_turn(bash(f"echo $$ > {folder.path}/pid; sleep 600"))
    with pytest.raises(subprocess.TimeoutExpired):
        drive(folder.path, folder.home, turns, timeout=10)
    shell = int((folder.path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(shell, 0)


def test_what_a_session_leaves_in_the_background_ends_with_it(folder: Folder) -> None:
    started = time.monotonic()
    folder.run(bash(f"setsid sh -c 'echo $$ > {folder.path}/pid; sleep 600' >/dev/null 2>&1 & sleep 1"))
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder.path / "pid").read_text()), 0)
    assert time.monotonic() - started < 60


def test_without_a_client_a_run_fails_and_says_how_to_get_one(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_BIN", str(folder.path / "nothing-here"))
    with pytest.raises(ClientUnavailable, match=f"npm install .*claude-code@{CLIENT_VERSION}"):
        folder.run()


@pytest.mark.skipif("CLAUDE_BIN" in os.environ and not REQUIRED, reason="CLAUDE_BIN chooses another client on purpose")
def test_the_client_is_the_pinned_version(folder: Folder) -> None:
    assert folder.run().client_version == CLIENT_VERSION
