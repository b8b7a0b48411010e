"""Claude Code's settings files: ccguard's hooks and deny rules put in and taken out, all else left as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ccguard.model.error import UsageError

from .json_text import NotJson, appended, parse, without
from .launcher import HOW_TO_INSTALL, MANAGED_LAUNCHER, USER_LAUNCHER, user_launcher

Scope = Literal["repo", "clone", "user", "managed"]

# Every event costs a process start: only those that ccguard answers are registered. The matcher of tools is "all".
_EVENTS: dict[str, dict[str, object]] = {"PreToolUse": {"matcher": "*"}, "UserPromptSubmit": {}, "SessionStart": {}}
# The client's own limit, in seconds. The hook gives up after two, with an answer; this is for a machine that hangs.
_TIMEOUT = 10
# By these we know our own handlers, whatever version wrote them.
_OURS = (USER_LAUNCHER, str(MANAGED_LAUNCHER))

_MANAGED_FOLDERS = {"darwin": "/Library/Application Support/ClaudeCode"}
_MANAGED_FOLDER = "/etc/claude-code"

# Exec form with a shell of ours: no PATH is searched, CLAUDE_CODE_SHELL_PREFIX does not apply, and a missing launcher
# is said in one sentence instead of the shell's own. Exit 2 is "block". A home folder that is not absolute would let
# a repository bring its own launcher.
_REFUSE = "echo 'these settings need ccguard, and it is not where they look for it. To mend it: {how}' >&2; exit 2"
_REFUSE_USER = _REFUSE.format(how=HOW_TO_INSTALL)
_REFUSE_MANAGED = _REFUSE.format(how="ask whoever administers this machine to run ccguard install --scope managed")
_FROM_HOME = (
    'case "${HOME-}" in /*) hook="$HOME/' + USER_LAUNCHER + '"; '
    '[ -f "$hook" ] && [ -x "$hook" ] && exec "$hook" ;; esac; ' + _REFUSE_USER
)
_FROM_PATH = '[ -f "$1" ] && [ -x "$1" ] && exec "$1"; '


class Removed(NamedTuple):
    """A settings text without ccguard's part; `empty` if nothing is left in it."""

    text: str
    empty: bool


def settings_file(scope: Scope, *, root: Path | None, environ: Mapping[str, str]) -> Path:
    """The file that a scope's settings are in. `root` is the top of the work tree, for the scopes of a repository."""
    if scope == "managed":
        return Path(_MANAGED_FOLDERS.get(sys.platform, _MANAGED_FOLDER)) / "managed-settings.json"
    if scope == "user":
        return Path(environ.get("CLAUDE_CONFIG_DIR") or home_of(environ) / ".claude") / "settings.json"
    assert root is not None
    return root / ".claude" / ("settings.json" if scope == "repo" else "settings.local.json")


def home_of(environ: Mapping[str, str]) -> Path:
    """The user's home folder. Raises UsageError where HOME is not an absolute path."""
    home = Path(environ.get("HOME", ""))
    if not home.is_absolute():
        raise UsageError(
            "HOME is not set to an absolute path",
            why="the launcher's place is fixed below the home folder",
            fix="set HOME and run this again",
        )
    return home


def start_command(scope: Scope, home: Path | None) -> list[str]:
    """The words that Claude Code starts for a hook: program first. The shared file of a repository names no home."""
    if scope == "repo":
        return ["/bin/sh", "-c", _FROM_HOME]
    if scope == "managed" or home is None:
        return ["/bin/sh", "-c", _FROM_PATH + _REFUSE_MANAGED, "ccguard", str(MANAGED_LAUNCHER)]
    return ["/bin/sh", "-c", _FROM_PATH + _REFUSE_USER, "ccguard", str(user_launcher(home))]


def put_in(text: str, command: list[str], deny: Iterable[str], where: str) -> str:
    """The settings with ccguard's hooks and these deny rules. The same text if they are there already."""
    text = text if text.strip() else "{}\n"
    root = _checked(text, where)
    if root.get("disableAllHooks") is True:
        raise UsageError(
            f"{where} switches all hooks off",
            where=where,
            why="disableAllHooks is true: Claude Code would run none of ccguard's hooks",
            fix="take disableAllHooks out and run this again; nothing was changed",
        )
    for event, matcher in _EVENTS.items():
        handler = {
            "type": "command",
            "command": command[0],
            "args": command[1:],
            "timeout": _TIMEOUT,
            "onFailure": "block",
        }
        text = _with_group(text, event, {**matcher, "hooks": [handler]})
    present = _listed(text, "permissions", "deny")
    for rule in deny:
        if rule not in present:
            text = appended(text, ("permissions", "deny"), rule)
    return text


def take_out(text: str, deny: Iterable[str], where: str) -> Removed:
    """The settings without any of ccguard's hooks, of whatever version, and without these deny rules."""
    if not text.strip():
        return Removed(text, False)
    _checked(text, where)
    for event in _EVENTS:
        text = _without_ours(text, event)
    text = without_rules(text, deny)
    return Removed(text, parse(text).value == {})


def without_rules(text: str, deny: Iterable[str]) -> str:
    """The settings without these deny rules."""
    for rule in deny:
        rules = _listed(text, "permissions", "deny") if text.strip() else []
        if rule in rules:
            text = without(text, ("permissions", "deny", rules.index(rule)))
    return text


def denied(text: str) -> list[object]:
    """The deny rules that settings hold."""
    return _listed(text, "permissions", "deny") if text.strip() else []


def has_hooks(text: str, where: str) -> bool:
    """Whether ccguard's hooks, of whatever version, are in for every event."""
    _checked(text, where)
    return all(_our_handlers(text, event) for event in _EVENTS)


def hook_command(text: str, event: str) -> list[str]:
    """The words that Claude Code would start for ccguard's hook of an event; empty if there is none."""
    for group, index in _our_handlers(text, event):
        handler = _handlers(_listed(text, "hooks", event)[group])[index]
        if isinstance(handler, dict):
            return [str(handler["command"]), *(str(word) for word in handler.get("args", ()))]
    return []


def _checked(text: str, where: str) -> dict[str, object]:
    """The file's value. Raises unless Claude Code would take it: it drops a file that it can't read, in silence."""
    try:
        root = parse(text).value
    except NotJson as error:
        raise UsageError(
            f"{where} is not valid JSON: {error.what}",
            where=f"{where}:{error.line}" if error.line else where,
            why="Claude Code drops a settings file that it can't read, without a word, and every hook in it",
            fix="mend the file (comments and trailing commas are not JSON) and run this again; nothing was changed",
        ) from None
    for key, kind, value in _shapes(root):
        if not isinstance(value, kind):
            raise UsageError(
                f"{where}: {key} must be {'an object' if kind is dict else 'a list'}",
                where=where,
                why="Claude Code drops a settings file with a value of the wrong kind, and every hook in it",
                fix=f"mend {key} and run this again; nothing was changed",
            )
    assert isinstance(root, dict)
    return root


def _shapes(root: object) -> Iterable[tuple[str, type, object]]:
    """What ccguard relies on in a settings file: (key, kind that it must have, value)."""
    yield "the file", dict, root
    if not isinstance(root, dict):
        return
    for key, inner in (("hooks", tuple(_EVENTS)), ("permissions", ("deny",))):
        section = root.get(key, {})
        yield f'"{key}"', dict, section
        for name in inner:
            if isinstance(section, dict) and name in section:
                yield f'"{key}.{name}"', list, section[name]


def _with_group(text: str, event: str, group: dict[str, object]) -> str:
    ours = _our_handlers(text, event)
    if len(ours) == 1 and _listed(text, "hooks", event)[ours[0][0]] == group:
        return text
    return appended(_without_ours(text, event), ("hooks", event), group)


def _without_ours(text: str, event: str) -> str:
    while True:
        ours = _our_handlers(text, event)
        if not ours:
            return text
        group, handler = ours[-1]
        alone = len(_handlers(_listed(text, "hooks", event)[group])) == 1
        text = without(text, ("hooks", event, group) if alone else ("hooks", event, group, "hooks", handler))


def _our_handlers(text: str, event: str) -> list[tuple[int, int]]:
    """Where ccguard's handlers of an event are: (index of the group, index in the group)."""
    return [
        (at, index)
        for at, group in enumerate(_listed(text, "hooks", event))
        for index, handler in enumerate(_handlers(group))
        if _is_ours(handler)
    ]


def _is_ours(handler: object) -> bool:
    if not isinstance(handler, dict):
        return False
    args = handler.get("args", [])
    words = [handler.get("command"), *(args if isinstance(args, list) else [])]
    return any(mark in word for word in words if isinstance(word, str) for mark in _OURS)


def _handlers(group: object) -> list[object]:
    handlers = group.get("hooks") if isinstance(group, dict) else None
    return handlers if isinstance(handlers, list) else []


def _listed(text: str, section: str, name: str) -> list[object]:
    root = parse(text).value
    inner = root.get(section, {}) if isinstance(root, dict) else {}
    items = inner.get(name, []) if isinstance(inner, dict) else []
    return items if isinstance(items, list) else []
