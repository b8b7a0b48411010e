"""What is wrong with a policy, each mistake with its place, what was expected there, and the nearest valid spelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model.error import PolicyError

_LONGEST_SHOWN = 60
# Control characters move a terminal's cursor; bidirectional ones make a line read as something else.
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_CONTROLS -= {"\n", "\t"}


class Place(NamedTuple):
    """Where a key or value stands. Line and column count from 1; line 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    @property
    def origin(self) -> str:
        """`file:line`, as messages and reports name it."""
        return f"{shown_path(self.file)}:{self.line}" if self.line else shown_path(self.file)

    def __str__(self) -> str:
        return f"{self.origin}:{self.column}" if self.line else self.origin


class Mistake(NamedTuple):
    """One thing that is wrong. `rule` is the id that reports use for it."""

    file: str
    line: int
    column: int
    key: str
    message: str
    expected: str = ""
    nearest: str = ""
    rule: str = "policy-invalid"

    def __str__(self) -> str:
        parts = [str(Place(self.file, self.line, self.column)), ": "]
        parts += [self.key, ": "] if self.key else []
        parts += [self.message]
        parts += ["; expected ", self.expected] if self.expected else []
        parts += ["; did you mean ", self.nearest, "?"] if self.nearest else []
        return "".join(parts)


def at(place: Place, key: str, message: str, expected: str = "", nearest: str = "") -> Mistake:
    """A mistake at a place."""
    return Mistake(place.file, place.line, place.column, key, message, expected, nearest)


class PolicyMistakes(PolicyError):
    """Every mistake of a policy at once, in the order of the files and lines."""

    def __init__(
        self,
        mistakes: Sequence[Mistake],
        *,
        why: str = "until it can be read nobody knows what is allowed, so every call and every commit is refused",
        fix: str = "mend the lines named above; `ccguard policy validate` checks them all again",
        ask: str = "whoever owns the policy file ([guard] approvers, [contacts] owner, or CODEOWNERS)",
    ) -> None:
        self.mistakes = in_order(mistakes)
        first = self.mistakes[0]
        count = "one reason" if len(self.mistakes) == 1 else f"{len(self.mistakes)} reasons"
        super().__init__(
            "\n  ".join((f"the policy can't be read, for {count}:", *map(str, self.mistakes))),
            where=str(Place(first.file, first.line, first.column)),
            why=why,
            fix=fix,
            ask=ask,
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The mistakes by file, as the files first come, and in each by line."""
    files: dict[str, list[Mistake]] = {}
    for mistake in mistakes:
        files.setdefault(mistake.file, []).append(mistake)
    return tuple(mistake for found in files.values() for mistake in sorted(found, key=lambda mistake: mistake[1:3]))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like this one; empty if none does."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def unsafe(text: str) -> str:
    """The first character that must not reach a terminal or a report; empty if there is none."""
    return next((char for char in text if char in _CONTROLS), "")


def shown(text: str) -> str:
    """A text in quotes, cut to a line, every unprintable character escaped."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    return '"' + "".join(_escaped(char) for char in cut) + '"'


def shown_path(path: str) -> str:
    """A path with every unprintable character escaped."""
    return path if path.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in path)


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
