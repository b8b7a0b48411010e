"""Sets of paths written as gitignore patterns, and the walk that answers as `git check-ignore --no-index` would.

`policy.patterns` turns patterns into one machine for the whole set: a tree of states, walked one path segment at a
time, so that literal names cost a dictionary lookup however many there are, and no pattern is ever tried twice on the
same text. Git matches bytes, so text here is a Latin-1 view of a path's bytes: one character is one byte.
"""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    # What stands between two stars: literal bytes, or for each byte the ones that may stand there.
    Piece: TypeAlias = str | tuple[str, ...]
    Pieces: TypeAlias = tuple[Piece, ...]
    # The ways on from a state, to the number of the next one (0: no way). In this order:
    #   `name`;  `name*`: first byte -> lengths, name -> state;  `*name`: last byte -> lengths, name -> state;
    #   every other shape: first byte ("" where it isn't fixed) -> (pieces, least length, state);  `*`.
    Sizes: TypeAlias = dict[str, tuple[int, ...]]
    Globs: TypeAlias = dict[str, tuple[tuple[Pieces, int, int], ...]]
    Ways: TypeAlias = tuple[dict[str, int], Sizes, dict[str, int], Sizes, dict[str, int], Globs, int]
    # Ways on of each state that has some; the state that stays for good once another is reached (a `**`);
    # each state's rank for a folder, and for a file; whether it is on the way of a pattern without `!`.
    # A rank is 0 for no match, else twice the pattern's place in the set (from 1), plus 1 where it has no `!`.
    Machine: TypeAlias = tuple[dict[int, Ways], dict[int, int], tuple[int, ...], tuple[int, ...], tuple[bool, ...]]


class PathSet(Record):
    """Gitignore patterns of one file, compiled by `policy.patterns`. `folded` is None where case changes nothing."""

    patterns: tuple[str, ...]
    machine: Machine | None = None
    folded: Machine | None = None

    def __hash__(self) -> int:
        return hash(self.patterns)

    def covers(self, path: str, *, folder: bool = False, fold: bool = False) -> bool:
        """Whether git would ignore this path, with these patterns as the one .gitignore, at the root.

        `path` is normal (no empty, `.` or `..` segment) and relative to the root. `folder` says that it is a folder, as
        does a slash at its end; its ancestors always are. `fold` is for file systems that ignore case: it folds all of
        Unicode, both sides, where git folds ASCII and forgets escaped letters. Normal form is the caller's business.
        """
        machine = self._machine(fold)
        segments = _segments(path, fold)
        if machine is None or not segments:
            return False
        tables, deep, ranks, file_ranks, _ = machine
        last = 0 if folder or path.endswith("/") else len(segments)
        moving, standing = _start(machine)
        for depth, segment in enumerate(segments, 1):
            reached = _reached(tables, moving, standing, segment)
            if depth == last:
                ranks = file_ranks
            if reached and max([ranks[state] for state in reached]) & 1:
                return True
            moving = _settle(reached, tables, deep, standing) if reached else reached
        return False

    def touches_below(self, folder: str, *, fold: bool = False) -> bool:
        """Whether a pattern that spells its way from the root could cover something below this folder.

        Patterns that match at any depth (`*.pem`) don't count until the folder is part of their way. The empty path is
        the root.
        """
        machine = self._machine(fold)
        if machine is None:
            return False
        tables, deep, _, _, leads = machine
        moving, standing = _start(machine)
        for segment in _segments(folder, fold):
            moving = _settle(_reached(tables, moving, standing, segment), tables, deep, standing)
        return any(leads[state] for state in moving + standing)

    def _machine(self, fold: bool) -> Machine | None:
        if self.machine is None and self.patterns:
            raise ValueError("a set of patterns that were never compiled can't answer")
        return self.folded if fold and self.folded is not None else self.machine


def _segments(path: str, fold: bool) -> list[str]:
    """The path's names as git compares them: one character a byte."""
    if fold:
        path = path.casefold()
    if not path.isascii():
        path = bytes_of(path).decode("latin-1")
    path = path.strip("/")
    return path.split("/") if path else []


def bytes_of(text: str) -> bytes:
    """The bytes that git sees for a path; a half of a surrogate pair, which no file name holds, still becomes some."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _start(machine: Machine) -> tuple[list[int], list[int]]:
    """The states before the first segment: those that must move on, and those that stay."""
    tables, deep = machine[0], machine[1]
    return [0] if 0 in tables else [], [deep[0]] if 0 in deep else []


def _reached(tables: dict[int, Ways], moving: list[int], standing: list[int], segment: str) -> list[int]:
    """The states that one segment leads to, each once: every state has one parent and one way from it."""
    reached: list[int] = []
    for state in standing:
        _follow(tables[state], segment, reached)
    for state in moving:
        _follow(tables[state], segment, reached)
    return reached


def _settle(reached: list[int], tables: dict[int, Ways], deep: dict[int, int], standing: list[int]) -> list[int]:
    """Those of the reached states that lead on; a `**` that was reached now stays among the standing ones."""
    for state in reached:
        if state in deep and deep[state] not in standing:
            standing.append(deep[state])
    return [state for state in reached if state in tables]


def _follow(ways: Ways, segment: str, reached: list[int]) -> None:
    """Adds the states that a segment leads to from one state."""
    names, head_sizes, heads, tail_sizes, tails, globs, every = ways
    if segment in names:
        reached.append(names[segment])
    if every:
        reached.append(every)
    first, length = segment[:1], len(segment)
    for size in head_sizes.get(first, ()):
        if size <= length and segment[:size] in heads:
            reached.append(heads[segment[:size]])
    for size in tail_sizes.get(segment[-1:], ()):
        if size <= length and segment[-size:] in tails:
            reached.append(tails[segment[-size:]])
    if globs:
        for key in (first, ""):
            for pieces, least, state in globs.get(key, ()):
                if least <= length and _matches(pieces, segment):
                    reached.append(state)


def _matches(pieces: Pieces, segment: str) -> bool:
    """Whether a segment, long enough for all pieces, is these pieces with anything between them.

    The first and the last are tied to the ends; taking each other one where it first occurs leaves the most room for
    those after it, so no choice is ever taken back.
    """
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(first) == len(segment) and _fits(first, segment, 0)
    end = len(segment) - len(last)
    if not (_fits(first, segment, 0) and _fits(last, segment, end)):
        return False
    at = len(first)
    for piece in pieces[1:-1]:
        at = _find(piece, segment, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _find(piece: Piece, segment: str, start: int, end: int) -> int:
    """Where a piece first occurs between two places; -1 if it doesn't."""
    if isinstance(piece, str):
        return segment.find(piece, start, end)
    for at in range(start, end - len(piece) + 1):
        if _fits(piece, segment, at):
            return at
    return -1


def _fits(piece: Piece, segment: str, at: int) -> bool:
    """Whether a piece stands at this place, which leaves room for it."""
    if isinstance(piece, str):
        return segment.startswith(piece, at)
    for offset, allowed in enumerate(piece, at):  # noqa: SIM110  (a generator would double the time)
        if segment[offset] not in allowed:
            return False
    return True
