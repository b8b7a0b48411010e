"""How far a long piece of work has come, for a person at a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

_SILENT_FOR = 1.0  # seconds: short work needs no bar
_BETWEEN = 0.1
_WIDTH = 30


def shown(items: Iterable[Item], total: int, label: str, screen: TextIO | None = None) -> Iterator[Item]:
    """The items; on a terminal (stderr), after a second, with a bar that is wiped out at the end."""
    screen = screen or sys.stderr
    if not screen or not screen.isatty() or os.environ.get("CI"):
        yield from items
        return
    due = time.monotonic() + _SILENT_FOR
    drawn = False
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() >= due:
            due, drawn = time.monotonic() + _BETWEEN, True
            done = _WIDTH * number // max(total, number)
            screen.write(f"\r{label} [{'#' * done}{'.' * (_WIDTH - done)}] {number}/{total}")
            screen.flush()
    if drawn:
        screen.write("\r\x1b[K")
        screen.flush()
