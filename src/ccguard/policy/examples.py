"""The `do` of a policy's own examples, as typed actions."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .mistakes import nearest, shown

Verb: TypeAlias = Literal["read", "write", "edit", "delete"]
Author: TypeAlias = Literal["claude", "a person"]


@dataclass(frozen=True)
class Touch:
    """Claude reads or changes one file."""

    verb: Verb
    path: str


@dataclass(frozen=True)
class Run:
    """Claude runs a command in the shell."""

    command: str


@dataclass(frozen=True)
class Ask:
    """Somebody sends Claude a prompt."""

    text: str


@dataclass(frozen=True)
class Use:
    """Claude calls a tool of a connector."""

    connector: str


@dataclass(frozen=True)
class CommitOf:
    """A commit that changes some files; by Claude, unless the example says that a person made it."""

    paths: tuple[str, ...]
    by: Author = "claude"


Action: TypeAlias = Touch | Run | Ask | Use | CommitOf

VERBS = ("read", "write", "edit", "delete", "run", "prompt", "use", "commit")
_TOUCHES: dict[str, Verb] = {"read": "read", "write": "write", "edit": "edit", "delete": "delete"}
_AUTHORS: dict[tuple[str, ...], Author] = {("by", "claude"): "claude", ("by", "a", "person"): "a person"}


class ActionError(ValueError):
    """A `do` that can't be read. `nearest` is the known verb that looks most like the one that was written."""

    def __init__(self, message: str, nearest: str = "") -> None:
        super().__init__(message)
        self.nearest = nearest


def parse_do(text: str) -> Action:
    """What an example tries. Raises ActionError."""
    verb, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if verb not in VERBS:
        raise ActionError(f"{shown(verb)} is nothing that can be tried", nearest(verb, VERBS))
    if not rest:
        raise ActionError(f"{shown(verb)} needs something after it")
    if verb in _TOUCHES:
        return Touch(_TOUCHES[verb], rest)
    if verb == "commit":
        return _commit(rest)
    if verb == "run":
        return Run(rest)
    return Ask(rest) if verb == "prompt" else Use(rest)


def _commit(rest: str) -> CommitOf:
    try:
        words = tuple(shlex.split(rest))
    except ValueError as error:
        raise ActionError(f"a quote in {shown(rest)} is never closed") from error
    by: Author = "claude"
    for ending, author in _AUTHORS.items():
        if words[-len(ending) :] == ending:
            words, by = words[: -len(ending)], author
    if not words:
        raise ActionError('"commit" needs at least one path')
    return CommitOf(words, by)
