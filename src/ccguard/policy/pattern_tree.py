"""The tree of states that a set of gitignore patterns becomes: what `model.paths` walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ..model.paths import Machine, Piece, Pieces, Ways

_Key = TypeVar("_Key")

Segment = tuple[tuple[str, ...], ...]  # pieces between stars; in a piece, the bytes that may stand at each place
Route = tuple[Segment | None, ...]  # one way to match, segment by segment; None is any number of folders

EVERY: Segment = ((), ())  # a lone star


class Tree:
    """The states of a set while it grows; state 0 is the root of the repository."""

    def __init__(self) -> None:
        self.next: dict[tuple[int, Segment], int] = {}
        self.deep: dict[int, int] = {}
        self.folder_ranks = [0]
        self.file_ranks = [0]
        self.leads: set[int] = set()

    def add(self, route: Route, rank: int, *, files: bool) -> None:
        """Adds the states along a route; a later rank for the same place is the one that counts."""
        state, trail = 0, [0]
        for part, after in zip(route, (*route[1:], EVERY), strict=True):
            if part is not None:
                state = self._state(self.next, (state, part))
            elif after is None:
                continue  # several `**` in a row are one
            else:
                state = self._state(self.deep, state)
            trail.append(state)
        self.folder_ranks[state] = rank
        if files:
            self.file_ranks[state] = rank
        if rank & 1:
            self.leads.update(trail[2:-1] if route[0] is None else trail[:-1])

    def _state(self, known: dict[_Key, int], key: _Key) -> int:
        if key not in known:
            known[key] = len(self.folder_ranks)
            self.folder_ranks.append(0)
            self.file_ranks.append(0)
        return known[key]

    def machine(self) -> Machine:
        """The finished states, as plain values."""
        segments: dict[int, list[tuple[Segment, int]]] = {}
        for (state, segment), reached in self.next.items():
            segments.setdefault(state, []).append((segment, reached))
        tables = {state: _table(ways) for state, ways in segments.items()}
        leads = tuple(state in self.leads for state in range(len(self.folder_ranks)))
        return tables, self.deep, tuple(self.folder_ranks), tuple(self.file_ranks), leads


def _table(ways: list[tuple[Segment, int]]) -> Ways:
    """The ways on from a state, sorted by shape."""
    names: dict[str, int] = {}
    heads: dict[str, int] = {}
    tails: dict[str, int] = {}
    globs: dict[str, list[tuple[Pieces, int, int]]] = {}
    every = 0
    for segment, state in ways:
        pieces = tuple(map(_plain, segment))
        match pieces:
            case (str(name),):
                names[name] = state
            case ("", ""):
                every = state
            case (str(head), ""):
                heads[head] = state
            case ("", str(tail)):
                tails[tail] = state
            case _:
                globs.setdefault(_first_byte(segment), []).append((pieces, sum(map(len, pieces)), state))
    tried = {first: tuple(some) for first, some in globs.items()}
    return names, _sizes(heads, 0), heads, _sizes(tails, -1), tails, tried, every


def _plain(piece: tuple[str, ...]) -> Piece:
    return "".join(piece) if all(len(chars) == 1 for chars in piece) else piece


def _first_byte(segment: Segment) -> str:
    """The byte a segment begins with; empty if it isn't always the same."""
    return segment[0][0] if segment[0] and len(segment[0][0]) == 1 else ""


def _sizes(names: dict[str, int], edge: int) -> dict[str, tuple[int, ...]]:
    """The lengths of the names, by their byte at one edge."""
    sizes: dict[str, set[int]] = {}
    for name in names:
        sizes.setdefault(name[edge], set()).add(len(name))
    return {byte: tuple(sorted(some)) for byte, some in sizes.items()}
