"""What each of Claude Code's tools touches, as its input spells it. Tools as of client 2.1.330."""

from __future__ import annotations

from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..model.event import AccessMode


class Reach(Record):
    """A path in a tool's input. `tree` says that what lies below it is read too, as far as `pattern` (a glob) goes.

    Without `tree` the folders below which the pattern looks are reached too. `word` says that it is a path only if
    there is such a file.
    """

    text: str
    mode: AccessMode
    certain: bool = True
    tree: bool = False
    pattern: str = ""
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

# The kinds of files of ripgrep that are clear cut; a search for another kind is taken to open all files.
_TYPES = {
    "py": "*.{py,pyi}",
    "js": "*.{js,jsx,mjs,cjs,vue}",
    "ts": "*.{ts,tsx,mts,cts}",
    "rust": "*.rs",
    "go": "*.go",
    "java": "*.{java,jsp,jspx,properties}",
    "md": "*.{md,mkd,mkdn,mdown,markdown,mdx}",
    "c": "*.{c,h,H,cats}",
    "cpp": "*.{C,H,cc,cpp,cxx,c++,hh,hpp,hxx,h,h++,inl}",
}

_FROM_TO = (
    ("source", "destination"),
    ("source", "target"),
    ("src", "dst"),
    ("src", "dest"),
    ("from", "to"),
    ("old", "new"),
)

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
            pattern = _optional(given, "glob") or _TYPES.get(_optional(given, "type"), "")
            yield Reach(text or ".", "read", tree=True, pattern=pattern)
    elif tool == "Glob":
        yield from _glob(given)
    elif tool not in _PATHLESS and tool not in COMMANDS:
        from .candidates import candidates

        taken: AccessMode = "delete" if _moves(given) else "write"
        for text, word in candidates(given):
            yield Reach(text, taken, certain=False, word=word)


def _moves(given: dict[str, Any]) -> bool:
    """Whether an input says from where and to where: then a folder that it names may go, with all that is in it."""
    keys = {key.lower().replace("_", "").removesuffix("path").removesuffix("uri") for key in given}
    return any(start in keys and end in keys for start, end in _FROM_TO)


def command(tool: str, given: dict[str, Any]) -> str:
    """The command line of a call, empty if the tool runs none. Raises ReachError."""
    key = COMMANDS.get(tool)
    return _required(given, key) if key else ""


def _glob(given: dict[str, Any]) -> Iterator[Reach]:
    """Glob lists names: only a search that is aimed at a zone's own folder or file touches it."""
    from .candidates import aims

    base, pattern = _optional(given, "path"), _required(given, "pattern")
    for text, aimed in aims(base, pattern):
        yield Reach(text, "read", pattern=aimed)


def _as_opened(text: str) -> Iterable[str]:
    """The path as it is written and, if that is another one, as the client opens it."""
    if text.isascii() and text == text.strip():
        return (text,)
    from .candidates import as_opened

    return as_opened(text)


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
