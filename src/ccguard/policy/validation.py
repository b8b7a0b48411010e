"""Everything there is to say about the policy files of a folder: what `ccguard policy validate` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..rules import TABLE
from .advice import Advice, advice
from .layer import Layer
from .load import Read, inspect
from .merge import merge, problems
from .mistakes import Mistake, in_order

_NUMBERS = {rule.id: rule.number for rule in TABLE}


class Validation(NamedTuple):
    """The mistakes of some policy files, malformed waivers among them; without any, what else there is to know."""

    files: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    advice: tuple[Advice, ...] = ()
    partial: bool = False  # a file that others extend: no policy by itself

    def exit_code(self) -> int:
        """3 with a mistake, 1 where a rule at level block objects, else 0."""
        return 3 if self.mistakes else int(any(item.level == "block" for item in self.advice))

    def lines(self) -> Iterator[str]:
        """One line for each mistake and each piece of advice, and one that says what the exit code means."""
        yield from map(str, self.mistakes)
        yield from map(str, self.advice)
        warnings = [item for item in self.advice if item.rule]
        what = f"{', '.join(self.files)}{' (no policy by itself: other files extend it)' if self.partial else ''}"
        yield f"ccguard: {_count(len(self.mistakes), 'mistake')}, {_count(len(warnings), 'warning')} in {what}"

    def as_json(self) -> str:
        """The same for programs, schema 1."""
        verdict = "invalid" if self.mistakes else "block" if self.exit_code() else "warn" if self.advice else "pass"
        found = {
            "schema": 1,
            "verdict": verdict,
            "files": self.files,
            "mistakes": [mistake._asdict() for mistake in self.mistakes],
            "advice": [{**item._asdict(), "id": _NUMBERS.get(item.rule)} for item in self.advice],
        }
        return json.dumps(found, indent=1)


def validated(read: Read, names: Sequence[str], today: str, *, whole: bool = True) -> Validation:
    """What is wrong with these files (the root's first, nested ones after it) and with all that they extend.

    With `whole` they are a policy that stands alone; else a file that others extend.
    """
    layers: list[Layer] = []
    mistakes: list[Mistake] = []
    for name in names:
        found, wrong = inspect(read, name, whole=whole and len(names) == 1)
        layers.extend(found or ())
        mistakes.extend(wrong)
    if not mistakes and len(names) > 1:
        mistakes.extend(problems(layers))
    mistakes.extend(note for layer in layers for note in layer.notes)
    files = tuple(dict.fromkeys(layer.name for layer in reversed(layers))) or tuple(names)
    advised = advice(merge(layers), today) if whole and not mistakes else ()
    return Validation(files, in_order(mistakes), advised, partial=not whole)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
