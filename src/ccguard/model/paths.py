"""Sets of paths written as gitignore patterns (stub until the real matcher lands)."""

from __future__ import annotations

from .record import Record


class PathSet(Record):
    """Gitignore patterns of one file, compiled: `covers` answers as `git check-ignore` would."""

    patterns: tuple[str, ...]

    def covers(self, path: str, *, folder: bool = False, fold: bool = False) -> bool:
        raise LookupError(path)
