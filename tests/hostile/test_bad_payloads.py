"""Payloads that are no payloads, and streams that lead nowhere: the hook refuses, or gives the right answer."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from .ground import HOOK, Ground

MANGLED: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda whole: b"",
    "blanks": lambda whole: b" \r\n\t",
    "words": lambda whole: b"please let me read it",
    "cut off": lambda whole: whole[:-5],
    "half": lambda whole: whole[: len(whole) // 2],
    "text before": lambda whole: b"debug: here it comes\n" + whole,
    "text after": lambda whole: whole + b"and more",
    "twice": lambda whole: whole + whole,
    "zero byte after": lambda whole: whole + b"\0",
    "utf-16": lambda whole: whole.decode().encode("utf-16"),
    "latin-1": lambda whole: whole.replace(b"a.txt", b"\xe9.txt"),
    "control character": lambda whole: whole.replace(b"Read", b"Re\x01ad"),
    "comma too many": lambda whole: whole[:-1] + b",}",
    "single quotes": lambda whole: whole.replace(b'"', b"'"),
    "list": lambda whole: b"[" + whole + b"]",
    "null": lambda whole: b"null",
    "number": lambda whole: b"5",
    "endless number": lambda whole: b'{"a":' + b"9" * 10_000 + b"}",
    "lists in lists": lambda whole: b"[" * 100_000,
    "objects in objects": lambda whole: b'{"a":' * 100_000,
}


@pytest.mark.parametrize("name", MANGLED)
def test_what_is_no_payload_is_refused(name: str, ground: Ground) -> None:
    found = ground.answer(MANGLED[name](ground.reading("a.txt")))
    assert found.verdict == "exit 2"
    assert "payload" in found.reason and "refused" in found.reason


@pytest.mark.parametrize("mangle", [lambda whole: b"\xef\xbb\xbf" + whole, lambda whole: b"\n" + whole + b"\r\n\n"])
def test_a_mark_or_blanks_around_a_payload_change_nothing(mangle: Callable[[bytes], bytes], ground: Ground) -> None:
    assert ground.answer(mangle(ground.reading("secrets/key.txt"))).verdict == "deny"
    assert ground.answer(mangle(ground.reading("a.txt"))).verdict == "pass"


def _changed(ground: Ground, **fields: Any) -> bytes:
    """The payload of an ordinary `Read` with other fields; None leaves one out."""
    whole = {**json.loads(ground.reading("a.txt")), **fields}
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


# fields -> the answer to a call that would pass without them
ODD_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "event unknown": ({"hook_event_name": "SomethingNew"}, "exit 2"),
    "event missing": ({"hook_event_name": None}, "exit 2"),
    "event as number": ({"hook_event_name": 5}, "exit 2"),
    "tool missing": ({"tool_name": None}, "exit 2"),
    "tool as list": ({"tool_name": ["Read"]}, "exit 2"),
    "input missing": ({"tool_input": None}, "exit 2"),
    "input as text": ({"tool_input": "a.txt"}, "exit 2"),
    "input as list": ({"tool_input": ["a.txt"]}, "exit 2"),
    "input empty": ({"tool_input": {}}, "deny"),
    "path as number": ({"tool_input": {"file_path": 5}}, "deny"),
    "path as list": ({"tool_input": {"file_path": ["a.txt"]}}, "deny"),
    "path empty": ({"tool_input": {"file_path": ""}}, "deny"),
    "path by another name": ({"tool_input": {"path": "a.txt"}}, "deny"),
    "command as number": ({"tool_name": "Bash", "tool_input": {"command": 5}}, "deny"),
    "command missing": ({"tool_name": "Bash", "tool_input": {}}, "deny"),
    "command with a zero byte": ({"tool_name": "Bash", "tool_input": {"command": "cat a\0.txt"}}, "deny"),
    "search in a number": ({"tool_name": "Grep", "tool_input": {"pattern": "x", "path": 5}}, "deny"),
    "session as number": ({"session_id": 5}, "exit 2"),
    "session missing": ({"session_id": None}, "pass"),
    "session that climbs": ({"session_id": "../../../x"}, "pass"),
    "session without end": ({"session_id": "x" * 100_000}, "pass"),
    "session of half a pair": ({"session_id": "\ud800"}, "pass"),
    "folder as number": ({"cwd": 5}, "exit 2"),
    "folder missing": ({"cwd": None}, "pass"),
    "folder with a zero byte": ({"cwd": "/\0"}, "exit 2"),
    "folder that is not there": ({"cwd": "/nonexistent/folder"}, "pass"),
    "tool unknown": ({"tool_name": "mcp__files__get", "tool_input": {"name": "a.txt"}}, "pass"),
    "prompt as number": ({"hook_event_name": "UserPromptSubmit", "prompt": 5}, "exit 2"),
}


@pytest.mark.parametrize("name", ODD_FIELDS)
def test_a_field_that_is_missing_or_odd_is_never_overlooked(name: str, ground: Ground) -> None:
    fields, expected = ODD_FIELDS[name]
    assert ground.answer(_changed(ground, **fields)).verdict == expected


def test_an_off_limits_path_is_refused_whatever_else_is_odd(ground: Ground) -> None:
    secret = {"tool_input": {"file_path": f"{ground.path}/secrets/key.txt"}}
    below = {"file_path": "secrets/key.txt"}
    deep = {"a": [{"b": {"c": ["harmless", "secrets/key.txt"]}}]}
    for fields in (
        {**secret, "session_id": "../x"},
        {**secret, "cwd": None},
        {**secret, "cwd": "/nonexistent"},
        {**secret, "cwd": f"{ground.path}/a.txt"},
        {"tool_input": below, "cwd": None},
        {"tool_input": below, "cwd": ""},
        {"tool_input": below, "cwd": "."},
        {"tool_input": {"file_path": "../secrets/key.txt"}, "cwd": f"{ground.path}/not/there/.."},
        {"tool_name": "mcp__files__get", "tool_input": deep},
        {"tool_name": "SomethingNew", "tool_input": {"path": "secrets/key.txt"}},
    ):
        assert ground.answer(_changed(ground, **fields)).verdict == "deny", fields


def test_a_write_of_three_megabytes_is_judged_by_its_path(ground: Ground) -> None:
    for content in ("x" * 3_000_000, "\u00e9\n" * 500_000, "\x01" * 500_000):
        for path, expected in {"b.txt": "pass", "secrets/b.txt": "deny"}.items():
            assert ground.call("Write", content=content, file_path=f"{ground.path}/{path}").verdict == expected


def test_a_command_that_is_too_long_to_judge_is_refused(ground: Ground) -> None:
    ground.tries = 1
    assert ground.call("Bash", command="cat secrets/key.txt " + "# " * 500_000).verdict in ("deny", "exit 2")


# -- streams ----------------------------------------------------------------------------------------------------------


def test_an_answer_that_nobody_hears_is_a_refusal(ground: Ground) -> None:
    """Before and after there is a frozen policy: other files are opened then."""
    for _ in range(2):
        for path in ("secrets/key.txt", "a.txt"):
            done = ground.hook(ground.reading(path), streams=">&-")
            assert (done.code, done.out) == (2, "")
        assert ground.read("a.txt").verdict == "pass"
    done = ground.hook(ground.reading("secrets/key.txt"), streams=">/dev/full")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("streams", ["<&-", "</dev/null", "<&- >&- 2>&-", ">&- 2>&-", ">&- 2>/dev/full"])
def test_missing_streams_end_in_a_refusal(streams: str, ground: Ground) -> None:
    assert ground.hook(ground.reading("a.txt"), streams=streams).code == 2


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full"])
def test_without_a_place_for_complaints_the_answer_is_the_same(streams: str, ground: Ground) -> None:
    for path, verdict in {"secrets/key.txt": '"deny"', "a.txt": ""}.items():
        done = ground.hook(ground.reading(path), streams=streams)
        assert done.code == 0 and verdict in done.out


def test_a_payload_that_never_ends_is_refused_after_two_seconds(ground: Ground) -> None:
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(HOOK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ground.environment,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(ground.reading("a.txt"))
        process.stdin.flush()
        assert process.wait(timeout=30) == 2
        assert process.stdout.read() == b""
        assert b"no decision within 2 seconds" in process.stderr.read()
    assert time.monotonic() - started >= 1.9
