"""The file that is being read: its name, its places, and what is said about them."""

from __future__ import annotations

from functools import partial

from .keys import Key, Value, dotted
from .mistakes import Mistake, Place, at
from .patterns import MOST_PATTERNS, PatternError, compile_patterns
from .positions import Path, Positions
from .spelling import rebased
from .values import Complain, converted

MOST_MISTAKES = 1_000


class TooManyMistakes(Exception):
    """Nobody reads on; and a file that was made to be wrong must not take minutes to refuse."""


class Page:
    """One policy file. Patterns in it are relative to `folder`."""

    def __init__(self, name: str, folder: str, positions: Positions) -> None:
        self._name = name
        self._folder = folder
        self._positions = positions
        self._patterns = 0
        self._mistakes = 0

    def place(self, spot: Path) -> Place:
        """Where a key is written."""
        return Place(self._name, *self._positions.key(spot))

    def value(self, key: Key, spot: Path, raw: object, mistakes: list[Mistake]) -> Value | None:
        """The typed value of a key; None if it is wrong, with what is wrong among the mistakes."""
        complain = self.complaints(spot, mistakes)
        value = converted(key, raw, complain)
        return self._from_root(value, complain) if value and key.kind == "patterns" else value

    def complaints(self, spot: Path, mistakes: list[Mistake]) -> Complain:
        """Notes what is wrong with the value at a spot, or inside it."""
        return partial(self._complain, spot, mistakes)

    def wrong_key(self, spot: Path, message: str, expected: str = "", close: str = "") -> Mistake:
        """A mistake at the key itself. Raises TooManyMistakes."""
        self._count()
        return at(self.place(spot), _key(spot), message, expected, close)

    def _complain(
        self,
        spot: Path,
        mistakes: list[Mistake],
        message: str,
        expected: str = "",
        nearest: str = "",
        inside: Path = (),
    ) -> None:
        self._count()
        place = Place(self._name, *self._positions.value((*spot, *inside)))
        close = f'"{nearest}"' if nearest else ""
        mistakes.append(at(place, _key(spot), message, expected, close))

    def _count(self) -> None:
        self._mistakes += 1
        if self._mistakes > MOST_MISTAKES:
            raise TooManyMistakes

    def _from_root(self, value: Value, complain: Complain) -> Value | None:
        """Patterns as seen from the repository's root, counted against the limit."""
        assert isinstance(value, tuple)
        lines = tuple(rebased(str(line), self._folder) for line in value)
        before, self._patterns = self._patterns, self._patterns + len(lines)
        if self._patterns > MOST_PATTERNS:
            if before <= MOST_PATTERNS:
                complain(f"here the file passes {MOST_PATTERNS:,} patterns", "fewer patterns")
            return None
        try:
            compile_patterns(lines)
        except PatternError as error:
            complain(str(error), "a pattern that git can match", inside=(error.line,))
            return None
        return lines


def _key(spot: Path) -> str:
    """A spot as messages name it: `zones.payments.access`, `waivers[1].rule`."""
    text = ""
    for part in spot:
        text += f"[{part + 1}]" if isinstance(part, int) else ("." if text else "") + dotted((part,))
    return text
