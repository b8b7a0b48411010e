"""Zones as Claude Code's own deny rules: a second wall behind the hook, in the shapes that the client really holds.

Seen to hold with client 2.1.330, in the project's settings and in the local ones: a path with one leading slash
(relative to the project) and `/**/name` (a name at any depth), for `Read` and for `Edit`; `Edit` covers the Write tool
too. `Write(path)` is accepted by the client and never consulted, so it is never written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ccguard.model.policy import Zone

_TOOLS = {"none": ("Read", "Edit"), "read": ("Edit",), "edit": ()}


class Denials(NamedTuple):
    """Deny rules, and the patterns that no rule can say: for those there is only the hook."""

    rules: tuple[str, ...]
    left_to_hook: tuple[str, ...]


def deny_rules(zones: Iterable[Zone]) -> Denials:
    """What Claude Code's settings of a project can say about the zones of its policy."""
    rules: dict[str, None] = {}
    left: dict[str, None] = {}
    for zone in zones:
        taken_out = [pattern[1:] for pattern in zone.paths if pattern.startswith("!")]
        for pattern in zone.paths:
            if pattern.startswith("!") or not _TOOLS[zone.access] or _in_git(pattern):
                continue
            if not _sayable(pattern) or any(_may_meet(pattern, other) for other in taken_out):
                left[pattern] = None
                continue
            rules.update((f"{tool}({_rule_path(pattern)})", None) for tool in _TOOLS[zone.access])
    return Denials(tuple(rules), tuple(left))


def _rule_path(pattern: str) -> str:
    """A gitignore pattern as the path of a rule: relative to the project, a folder with all that is in it."""
    anchored = "/" in pattern.rstrip("/")
    path = pattern if pattern.startswith("/") else f"/{pattern}" if anchored else f"/**/{pattern}"
    return f"{path}**" if path.endswith("/") else path


def _in_git(pattern: str) -> bool:
    """Whether a pattern lies in git's own folder: the sandbox turns deny rules into walls, and git could not commit."""
    return ".git" in pattern.split("/")


def _sayable(pattern: str) -> bool:
    """Whether a pattern uses only what was seen to mean the same in a permission rule."""
    return bool(pattern.strip("/")) and not any(sign in pattern for sign in "\\[]\n\r")


def _may_meet(pattern: str, exception: str) -> bool:
    """Whether an exception may take out something that the pattern itself names; a deny rule has no exceptions.

    Patterns that match one path match its last name, so names that can't be equal settle it. What lies below an
    excluded folder can't be taken out again, by git's rules.
    """
    return _names_meet(_last_name(pattern), _last_name(exception))


def _last_name(pattern: str) -> str:
    return pattern.rstrip("/").rpartition("/")[2]


def _names_meet(one: str, other: str) -> bool:
    """Whether some name matches both globs. Classes and escapes count as "anything"."""
    if any(sign in one + other for sign in "\\["):
        return True
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        a, b = pending.pop()
        if a == len(one) and b == len(other):
            return True
        for step in _steps(one[a : a + 1], other[b : b + 1]):
            state = (a + step[0], b + step[1])
            if state not in reached:
                reached.add(state)
                pending.append(state)
    return False


def _steps(one: str, other: str) -> tuple[tuple[int, int], ...]:
    """How far both globs may move, given the next sign of each."""
    if one == "*" and other == "*":
        return ((1, 0), (0, 1))
    if one == "*":
        return ((1, 0), (0, 1)) if other else ((1, 0),)
    if other == "*":
        return ((0, 1), (1, 0)) if one else ((0, 1),)
    if one and other and (one == other or "?" in (one, other)):
        return ((1, 1),)
    return ()
