"""What each of Claude Code's tools touches, as its input spells it. Tools as of client 2.1.330."""

from __future__ import annotations

from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..model.event import AccessMode

# A string longer than this, or of several lines, is a text and names no file (Linux: PATH_MAX).
_LONGEST_PATH = 4096


class Reach(Record):
    """A path in a tool's input. `tree` says that what lies below it is read too, as far as `pattern` (a glob) goes."""

    text: str
    mode: AccessMode
    certain: bool = True
    tree: bool = False
    pattern: str = ""


# tool -> the inputs that hold a path, each with what is done to it.
_FILES: dict[str, tuple[tuple[str, AccessMode], ...]] = {
    "Read": (("file_path", "read"),),
    "Write": (("file_path", "write"),),
    "Edit": (("file_path", "write"),),
    "MultiEdit": (("file_path", "write"),),
    "NotebookEdit": (("notebook_path", "write"),),
    "NotebookRead": (("notebook_path", "read"),),
}

# tool -> the input that holds a command line.
COMMANDS = {"Bash": "command", "Monitor": "command", "PowerShell": "command"}

# Tools whose input holds words, addresses and ids, and no path that they open.
_PATHLESS = frozenset(
    {
        "Agent",
        "AskUserQuestion",
        "BashOutput",
        "CronCreate",
        "CronDelete",
        "CronList",
        "EnterPlanMode",
        "EnterWorktree",
        "ExitPlanMode",
        "ExitWorktree",
        "KillShell",
        "ListMcpResourcesTool",
        "SendMessage",
        "Skill",
        "SlashCommand",
        "Task",
        "TaskCreate",
        "TaskGet",
        "TaskList",
        "TaskOutput",
        "TaskStop",
        "TaskUpdate",
        "TodoWrite",
        "ToolSearch",
        "WebFetch",
        "WebSearch",
    }
)


class ReachError(Exception):
    """An input that does not say what the tool would touch."""


def reaches(tool: str, given: dict[str, Any]) -> Iterator[Reach]:
    """The paths that a call of a tool names. Raises ReachError where a known tool's path is missing.

    Command lines (`COMMANDS`) are the shell's to read. A tool that is not known (one of an MCP server, one of a newer
    client) is taken to change what it names, with doubt.
    """
    if tool in _FILES:
        for key, mode in _FILES[tool]:
            yield Reach(_required(given, key), mode)
    elif tool == "Grep":
        yield Reach(_optional(given, "path") or ".", "read", tree=True, pattern=_optional(given, "glob"))
    elif tool == "Glob":
        yield from _glob(given)
    elif tool not in _PATHLESS and tool not in COMMANDS:
        for text in _strings(given):
            yield Reach(text, "write", certain=False)


def command(tool: str, given: dict[str, Any]) -> str:
    """The command line of a call, empty if the tool runs none. Raises ReachError."""
    key = COMMANDS.get(tool)
    return _required(given, key) if key else ""


def _glob(given: dict[str, Any]) -> Iterator[Reach]:
    """Glob lists names: only a search that is aimed at a zone's own folder or file touches it."""
    base, pattern = _optional(given, "path"), _required(given, "pattern")
    if base:
        yield Reach(base, "read")
    fixed = []
    for part in pattern.split("/"):
        if any(character in part for character in "*?[{"):
            break
        fixed.append(part)
    aimed = "/".join(fixed)
    if aimed:
        yield Reach(aimed if aimed.startswith("/") or not base else f"{base}/{aimed}", "read")


def _required(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise ReachError(f"the call carries no {key}")
    return value


def _optional(given: dict[str, Any], key: str) -> str:
    value = given.get(key, "")
    if value is not None and not isinstance(value, str):
        raise ReachError(f"{key} is not a text")
    return value or ""


def _strings(given: dict[str, Any]) -> Iterator[str]:
    """Every string in an input that could be a path."""
    waiting: list[Any] = [given]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
            waiting.extend(key for key in value if not key.isidentifier())  # {"src/a.py": "..."}
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            text = value.rstrip("\r\n")
            if text and len(text) <= _LONGEST_PATH and "\n" not in text:
                yield text
