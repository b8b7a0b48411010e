"""A stand-in for the model's API, which says what a script tells it to.

    scripted_model.py SCRIPT LOG COMMAND [ARGUMENT ...]

Serves SCRIPT on loopback, runs COMMAND with ANTHROPIC_BASE_URL pointing there, and ends with its exit code. LOG gets
one JSON line for the network it runs in and one for every request, as it comes in, so that nothing is lost if the run
is cut short. The file stands alone, so that it can be started by path under `python -I`.

The server remembers nothing: which turn is due follows from the assistant messages that a request already holds. So a
request that is sent again gets the same answer, and a resumed session goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TextIO

NOTHING_LEFT = "The script has no further turn."
USAGE = {"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


@dataclass(frozen=True)
class Call:
    """One tool call that the model makes."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """One message of the model: text, then tool calls. Without calls it ends the conversation."""

    text: str = ""
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Script:
    """What the model says: the session's turns, and each subagent's, found by a mark in the subagent's prompt."""

    turns: tuple[Turn, ...]
    subagents: dict[str, tuple[Turn, ...]] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Script:
        raw = json.loads(text)
        return cls(_turns(raw["turns"]), {mark: _turns(turns) for mark, turns in raw["subagents"].items()})


def _turns(raw: list[dict[str, Any]]) -> tuple[Turn, ...]:
    return tuple(Turn(turn["text"], tuple(Call(**call) for call in turn["calls"])) for turn in raw)


@dataclass(frozen=True)
class Answer:
    """What a request gets. `kind`: main, subagent, or side (titles, summaries: no part of the agent's work)."""

    kind: str
    turn: Turn
    number: int = 0

    @classmethod
    def to(cls, request: dict[str, Any], script: Script) -> Answer:
        if not request.get("tools"):
            return cls("side", Turn("ok"))
        messages = request.get("messages") or []
        opening = json.dumps(messages[:1], ensure_ascii=False)
        kind, turns = "main", script.turns
        for mark, own in script.subagents.items():
            if mark in opening:
                kind, turns = "subagent", own
        number = _turns_in(messages)
        return cls(kind, turns[number] if number < len(turns) else Turn(NOTHING_LEFT), number)

    def message(self, model: str) -> dict[str, Any]:
        """The answer as the API's message object."""
        text = [{"type": "text", "text": self.turn.text}] if self.turn.text or not self.turn.calls else []
        calls = [
            {
                "type": "tool_use",
                "id": f"toolu_{self.kind}_{self.number}_{place}",
                "name": call.tool,
                "input": call.arguments,
            }
            for place, call in enumerate(self.turn.calls)
        ]
        return {
            "id": f"msg_{self.kind}_{self.number}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [*text, *calls],
            "stop_reason": "tool_use" if calls else "end_turn",
            "stop_sequence": None,
            "usage": USAGE,
        }


def _turns_in(messages: list[dict[str, Any]]) -> int:
    """How many turns the model has had: assistant messages, neighbours counted as one."""
    roles = [message.get("role") for message in messages]
    return sum(role == "assistant" != before for before, role in zip([None, *roles], roles, strict=False))


def stream(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events by which the API sends a message piece by piece."""
    yield {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            start: dict[str, Any] = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": block["text"]}
        else:
            start = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": {"stop_reason": message["stop_reason"]}, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


class Server(ThreadingHTTPServer):
    """The script, served on a free port of loopback."""

    daemon_threads = True

    def __init__(self, script: Script, log: TextIO) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self._log = log
        self._writing = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def note(self, **entry: Any) -> None:
        with self._writing:
            self._log.write(json.dumps(entry) + "\n")
            self._log.flush()


class Handler(BaseHTTPRequestHandler):
    """The few addresses of the API that the client asks for."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_HEAD(self) -> None:
        self._not_found({})

    def do_GET(self) -> None:
        self._not_found({})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        address = self.path.partition("?")[0]
        if address == "/v1/messages":
            self._message(request)
        elif address == "/v1/messages/count_tokens":
            self.server.note(kind="count", path=self.path, body=request)
            self._send(200, "application/json", json.dumps({"input_tokens": 1}))
        else:
            self._not_found(request)

    def _message(self, request: dict[str, Any]) -> None:
        answer = Answer.to(request, self.server.script)
        self.server.note(kind=answer.kind, path=self.path, body=request)
        message = answer.message(request["model"])
        if request.get("stream"):
            events = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in stream(message))
            self._send(200, "text/event-stream", "".join(events))
        else:
            self._send(200, "application/json", json.dumps(message))

    def _not_found(self, request: dict[str, Any]) -> None:
        self.server.note(kind="other", path=self.path, body=request)
        error = {"type": "error", "error": {"type": "not_found_error", "message": "not part of the script"}}
        self._send(404, "application/json", json.dumps(error))

    def _send(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr belongs to the command."""


def main(script: str, log: str, command: list[str]) -> int:
    """The command's exit code, with the script served while it runs."""
    with (
        Path(log).open("w", encoding="utf-8") as book,
        Server(Script.from_json(Path(script).read_text()), book) as server,
    ):
        server.note(interfaces=sorted(name for _, name in socket.if_nameindex()))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(command, env={**os.environ, "ANTHROPIC_BASE_URL": server.url})
        server.shutdown()
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
