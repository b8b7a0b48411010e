"""Where each key and value of a TOML text stands. tomli checks the text and gives its values, but no places.

The scanner reads only texts that tomli has accepted, so it looks for where things end, not for what could be wrong.
Tables and inline tables are walked by key, lists by index: `waivers[1].paths[0]` is ("waivers", 1, "paths", 0).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeAlias

import tomli

Path: TypeAlias = tuple[str | int, ...]

_BLANK = " \t"
_BLANK_LINES = " \t\r\n"
_ENDS_SCALAR = ",]}#\n"


class Positions:
    """The places in one text, as (line, column), both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        self._starts.extend(index + 1 for index, char in enumerate(text) if char == "\n")
        scanner = _Scanner(text)
        scanner.document()
        self._keys, self._values = scanner.keys, scanner.values

    def key(self, path: Path) -> tuple[int, int]:
        """Where the key (or the header of the table) at this path is first written."""
        return self._nearest(self._keys, path)

    def value(self, path: Path) -> tuple[int, int]:
        """Where the value at this path begins; for a table with a header, where the header is."""
        return self._nearest(self._values, path) if path in self._values else self.key(path)

    def paths(self) -> frozenset[Path]:
        """Every path that has a value of its own."""
        return frozenset(self._values)

    def _nearest(self, places: dict[Path, int], path: Path) -> tuple[int, int]:
        """The place of the path, else of the closest table around it."""
        while path and path not in places:
            path = path[:-1]
        offset = places.get(path, 0)
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._end = len(text)
        self._at = 0
        self._tables: dict[Path, int] = {}  # list of tables -> how many of them have begun
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while True:
            self._skip_lines()
            if self._at >= self._end:
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        """The path of the table that a `[header]` or `[[header]]` opens."""
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        parts = self._key_parts()
        path: Path = ()
        for index, (part, offset) in enumerate(parts):
            path += (part,)
            self.keys.setdefault(path, offset)
            last = index == len(parts) - 1
            if many and last:
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables and (many or not last):
                path += (self._tables[path] - 1,)
                self.keys.setdefault(path, offset)
        self._at += 2 if many else 1
        return path

    def _pair(self, table: Path) -> None:
        """`key = value`, the key perhaps dotted."""
        path = table
        for part, offset in self._key_parts():
            path += (part,)
            self.keys.setdefault(path, offset)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _key_parts(self) -> list[tuple[str, int]]:
        """The parts of a dotted key, each with its offset; ends on what follows the key."""
        parts = []
        while True:
            self._skip(_BLANK)
            start = self._at
            if self._text[start] in "\"'":
                self._string()
                part = next(iter(tomli.loads(self._text[start : self._at] + " = 0")))
            else:
                while self._text[self._at].isalnum() or self._text[self._at] in "-_":
                    self._at += 1
                part = self._text[start : self._at]
            parts.append((part, start))
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, path: Path) -> None:
        self.values[path] = self._at
        char = self._text[self._at]
        if char in "\"'":
            self._string()
        elif char == "[":
            self._array(path)
        elif char == "{":
            self._inline_table(path)
        else:
            while self._at < self._end and self._text[self._at] not in _ENDS_SCALAR:
                self._at += 1

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._more("]"):
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._more("}"):
            self._pair(path)

    def _more(self, closing: str) -> bool:
        """Whether another element follows; steps over commas, comments and, at the end, the closing bracket."""
        self._skip_lines(also=",")
        if self._text[self._at] != closing:
            return True
        self._at += 1
        return False

    def _string(self) -> None:
        quote = self._text[self._at]
        if self._text.startswith(quote * 3, self._at):
            self._at += 3
            self._until(quote * 3)
            while self._at < self._end and self._text[self._at] == quote:  # up to two quotes that belong to the text
                self._at += 1
        else:
            self._at += 1
            self._until(quote)

    def _until(self, closing: str) -> None:
        """Steps behind the closing quotes."""
        while not self._text.startswith(closing, self._at):
            self._at += 2 if closing[0] == '"' and self._text[self._at] == "\\" else 1
        self._at += len(closing)

    def _skip(self, chars: str) -> None:
        while self._at < self._end and self._text[self._at] in chars:
            self._at += 1

    def _skip_lines(self, also: str = "") -> None:
        """Steps over blanks, line ends and comments."""
        while True:
            self._skip(_BLANK_LINES + also)
            if self._at >= self._end or self._text[self._at] != "#":
                return
            while self._at < self._end and self._text[self._at] != "\n":
                self._at += 1
