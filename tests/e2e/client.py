"""Drives the real Claude Code client against a scripted model, and tells what happened.

Every run has a network of its own with nothing but loopback, an environment that starts empty, a dummy key and the home
folder it is given. The tool calls of a script do run for real: give a run a throw-away repository.

The client is looked for at $CLAUDE_BIN, else where `INSTALL` puts the pinned version. Mark test modules with
`pytestmark = NEEDS_CLIENT`: where no client is, or no private network, they are skipped and say why; with
CCGUARD_REQUIRE_CLIENT=1 they fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .offline import REFUSED
from .scripted_model import Call, Script, Turn

CLIENT_VERSION = "2.1.330"
PREFIX = Path.home() / ".cache" / "ccguard-ci" / f"claude-{CLIENT_VERSION}"
PINNED_CLIENT = PREFIX / "node_modules" / "@anthropic-ai" / "claude-code-linux-x64" / "claude"
INSTALL = f"npm install --prefix {PREFIX} @anthropic-ai/claude-code@{CLIENT_VERSION}"

HERE = Path(__file__).resolve().parent
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
QUIET = (
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "DISABLE_AUTOUPDATER",
    "DISABLE_ERROR_REPORTING",
    "DISABLE_FEEDBACK_COMMAND",
    "DISABLE_TELEMETRY",
)


class ClientUnavailable(Exception):
    """There is no client, or no private network to run it in."""


@dataclass(frozen=True)
class Request:
    """One request that reached the model. `kind`: main, subagent, side, count (of tokens) or other."""

    kind: str
    path: str
    body: dict[str, Any]

    def holds(self, text: str) -> bool:
        return any(text in string for string in _strings(self.body))


@dataclass(frozen=True)
class ToolCall:
    """A tool call and what became of it."""

    tool: str
    arguments: dict[str, Any]
    answer: str  # what the model was told
    failed: bool  # refused, gone wrong, or never answered
    agent: str = ""  # the call that started the subagent it came from


@dataclass(frozen=True)
class HookRun:
    """One run of one hook, as the client saw it."""

    event: str
    name: str
    outcome: str
    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Run:
    """What one session did."""

    calls: tuple[ToolCall, ...]
    hooks: tuple[HookRun, ...]
    requests: tuple[Request, ...]
    result: str  # the client's last words to the person
    exit_code: int
    stdout: str  # the whole stream that the person's program reads
    stderr: str
    interfaces: tuple[str, ...]  # the network the session had
    client_version: str

    def reached_model(self, text: str) -> bool:
        """Whether the text is anywhere in what was sent to the model, system prompt and side requests included."""
        return any(request.holds(text) for request in self.requests)

    def main_requests(self) -> list[Request]:
        return [request for request in self.requests if request.kind == "main"]

    def hooks_of(self, event: str) -> list[HookRun]:
        return [hook for hook in self.hooks if hook.event == event]

    def passed(self) -> list[ToolCall]:
        return [call for call in self.calls if not call.failed]

    def failed(self) -> list[ToolCall]:
        return [call for call in self.calls if call.failed]


def one_call_a_turn(*calls: Call) -> tuple[Turn, ...]:
    """Turns that make the calls one after the other, whatever becomes of each, and then stop."""
    return (*(Turn(calls=(call,)) for call in calls), Turn("That is all."))


def drive(
    folder: Path,
    home: Path,
    turns: Sequence[Turn],
    *,
    subagents: Mapping[str, Sequence[Turn]] | None = None,
    prompt: str = "Go ahead.",
    permission_mode: str = "bypassPermissions",
    environment: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    timeout: float = 120,
) -> Run:
    """One session, started in `folder` by somebody whose home is `home`.

    `environment` is added to the little that every run has; `options` are further words on the client's command line.
    TimeoutExpired when the session outlives `timeout` seconds.
    """
    script = Script(tuple(turns), {mark: tuple(own) for mark, own in (subagents or {}).items()})
    command = [str(client_program()), "--print", "--verbose", "--output-format", "stream-json", "--include-hook-events"]
    command += ["--permission-mode", permission_mode, *options, "--", prompt]
    with tempfile.TemporaryDirectory(prefix="ccguard-e2e-") as desk:
        script_file, log = Path(desk, "script.json"), Path(desk, "requests.jsonl")
        script_file.write_text(script.to_json())
        served = [sys.executable, "-I", str(HERE / "scripted_model.py"), str(script_file), str(log), *command]
        done = run_offline(served, folder, {**_session_environment(home), **(environment or {})}, timeout)
        return _record(done, log)


def run_offline(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """The command, run to its end with exactly this environment and no network but loopback.

    TimeoutExpired when it outlives `timeout` seconds; whichever way it ends, no process of it is left.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", str(HERE / "offline.py"), *command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    finally:
        process.terminate()  # does nothing to a process that has ended; offline.py takes its descendants with it
        process.wait()
    if process.returncode == REFUSED:
        raise ClientUnavailable(f"it is not started where it could reach the network ({stderr.strip()})")
    return subprocess.CompletedProcess(list(command), process.returncode, stdout, stderr)


def person_environment(home: Path) -> dict[str, str]:
    """The least a program needs to run for somebody whose home is `home`."""
    git = shutil.which("git")
    path = f"{Path(git).parent}:{SYSTEM_PATH}" if git else SYSTEM_PATH
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "TERM": "dumb", "GIT_CONFIG_NOSYSTEM": "1"}


def client_program() -> Path:
    """The client's executable file: $CLAUDE_BIN, else the pinned one; ClientUnavailable where there is none."""
    program = Path(os.environ.get("CLAUDE_BIN") or PINNED_CLIENT)
    if not os.access(program, os.X_OK):
        raise ClientUnavailable(f"no Claude Code client at {program}: set CLAUDE_BIN, or run {INSTALL}")
    return program


def why_unavailable() -> str:
    """Why the client can't be driven here, or nothing."""
    try:
        client_program()
        run_offline(["true"], HERE, {"PATH": SYSTEM_PATH})
    except ClientUnavailable as reason:
        return f"NOT TESTED WITH THE REAL CLIENT: {reason}"
    return ""


def _session_environment(home: Path) -> dict[str, str]:
    shell = shutil.which("bash", path=SYSTEM_PATH) or "/bin/sh"
    quiet = dict.fromkeys(QUIET, "1")
    root = {"IS_SANDBOX": "1"} if os.geteuid() == 0 else {}  # else the client refuses root in bypassPermissions
    return {**person_environment(home), "SHELL": shell, "USER": "dev", "ANTHROPIC_API_KEY": "dummy", **quiet, **root}


def _record(done: subprocess.CompletedProcess[str], log: Path) -> Run:
    network, *requests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert network["interfaces"] == ["lo"], network
    messages = list(_messages(done.stdout))
    assert messages, f"the client said nothing (exit code {done.returncode}): {done.stderr}"
    return Run(
        calls=tuple(_calls(messages)),
        hooks=tuple(_hooks(messages)),
        requests=tuple(Request(**request) for request in requests),
        result=_last(messages, "type", "result").get("result") or "",
        exit_code=done.returncode,
        stdout=done.stdout,
        stderr=done.stderr,
        interfaces=tuple(network["interfaces"]),
        client_version=_last(messages, "subtype", "init").get("claude_code_version", ""),
    )


def _messages(stream: str) -> Iterator[dict[str, Any]]:
    for line in stream.split("\n"):  # not splitlines: a JSON string may hold other line ends as they are
        with suppress(ValueError):  # a line of plain text between the messages
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


def _last(messages: Sequence[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    return next((message for message in reversed(messages) if message.get(key) == value), {})


def _hooks(messages: Sequence[dict[str, Any]]) -> Iterator[HookRun]:
    for message in messages:
        if message.get("subtype") == "hook_response":
            yield HookRun(
                event=message["hook_event"],
                name=message["hook_name"],
                outcome=message["outcome"],
                exit_code=message.get("exit_code", -1),
                stdout=message["stdout"],
                stderr=message["stderr"],
            )


def _calls(messages: Sequence[dict[str, Any]]) -> Iterator[ToolCall]:
    blocks = [(message, block) for message in messages for block in _blocks(message)]
    answers = {block["tool_use_id"]: block for _, block in blocks if block.get("type") == "tool_result"}
    for message, block in blocks:
        if block.get("type") == "tool_use":
            answer = answers.get(block["id"], {"is_error": True})
            yield ToolCall(
                tool=block["name"],
                arguments=block["input"],
                answer="\n".join(_strings(answer.get("content"))),
                failed=bool(answer.get("is_error")),
                agent=message.get("parent_tool_use_id") or "",
            )


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message["message"].get("content") if message.get("type") in ("assistant", "user") else None
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, so that a text is found however the JSON around it was escaped."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)


REQUIRED = os.environ.get("CCGUARD_REQUIRE_CLIENT") == "1"
UNAVAILABLE = "" if REQUIRED else why_unavailable()
NEEDS_CLIENT = [pytest.mark.client, pytest.mark.slow, pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)]
