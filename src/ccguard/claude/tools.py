"""What each of Claude Code's tools touches, as its input spells it. Tools as of client 2.1.330."""

from __future__ import annotations

from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..model.event import AccessMode

# What JavaScript's `trim` takes off; the client trims a path before it opens it.
SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class Reach(Record):
    """A path in a tool's input. `tree` says that what lies below it is read too, as far as `pattern` (a glob) goes.

    `aimed` is a glob that counts from it: the folders below which that looks are reached too. `word` says that it is a
    path only if there is such a file.
    """

    text: str
    mode: AccessMode
    certain: bool = True
    tree: bool = False
    pattern: str = ""
    aimed: str = ""
    word: bool = False


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
            for text in _as_opened(_required(given, key)):
                yield Reach(text, mode)
    elif tool == "Grep":
        for text in _as_opened(_optional(given, "path") or "."):
            yield Reach(text or ".", "read", tree=True, pattern=_optional(given, "glob"))
    elif tool == "Glob":
        yield from _glob(given)
    elif tool not in _PATHLESS and tool not in COMMANDS:
        from .candidates import candidates

        for text, word in candidates(given):
            yield Reach(text, "write", certain=False, word=word)


def command(tool: str, given: dict[str, Any]) -> str:
    """The command line of a call, empty if the tool runs none. Raises ReachError."""
    key = COMMANDS.get(tool)
    return _required(given, key) if key else ""


def _glob(given: dict[str, Any]) -> Iterator[Reach]:
    """Glob lists names: only a search that is aimed at a zone's own folder or file touches it."""
    base, pattern = _optional(given, "path"), _required(given, "pattern")
    for text in _as_opened(base) if base else ():
        yield Reach(text, "read")
    fixed, rest = _cut(pattern)
    aimed = "/".join(fixed)
    if aimed:
        for text in _as_opened(aimed if aimed.startswith("/") or not base else f"{base}/{aimed}"):
            yield Reach(text, "read")
    # A glob with letters in it is meant for some folders and not for others (`vau*/x`), unlike `*/x` and `**/x`.
    if len(rest) > 1 and rest[0].strip("*"):
        yield Reach(base or ".", "read", aimed=pattern)


def _cut(pattern: str) -> tuple[list[str], list[str]]:
    """The segments of a glob before the first that is one itself, and those from there on."""
    parts = pattern.split("/")
    for place, part in enumerate(parts):
        if any(character in part for character in "*?[{"):
            return parts[:place], parts[place:]
    return parts, []


def _as_opened(text: str) -> Iterator[str]:
    """The path as it is written, and as the client opens it: trimmed, and in one of Unicode's normal forms."""
    yield text
    trimmed = text.strip(SPACE)
    if trimmed != text:
        yield trimmed
    if not text.isascii():
        from unicodedata import normalize

        yield from {normalize(form, one) for form in ("NFC", "NFD") for one in (text, trimmed)} - {text, trimmed}


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
