"""Which lines of a file count, and which of them a secret stands on.

detect-secrets' parsers report a value at the line where it begins, or some lines further (two values on one line), and
a private key at its header. A change that adds a line in the midst of such a value must not pass for that reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .plugins import PRIVATE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Protocol

    class Places(Protocol):
        """Lines to look at, and where a secret found there belongs."""

        def numbers(self, lines: Sequence[str]) -> Iterable[int]:
            """The 1-based lines to look at, in order."""

        def place(self, number: int, secret_type: str, secret: str) -> int:
            """The line to report a secret at; 0 if it is on none that counts."""


_WORD = re.compile(r"\w+")
_KEY_HEADER = re.compile(r"PRIVATE KEY|PuTTY-User-Key-File")
_KEY_END = re.compile(r"-{4,5} ?END |Private-MAC:")
_KEY_BODY = re.compile(
    r"[^\n]*(?:\n[^\w\n]{0,20}(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\n]*)*(?:\n[^\w\n]{0,20}(?=\n))?"
    r"(?:\n[^\w\n]{0,20}[\w+/=]{16,200}(?:\\[rn]){0,2}[^\w\n]{0,20}(?=\n|\Z))*"
)
_LONGEST_KEY = 400  # lines


class Everywhere:
    """Every line counts."""

    def numbers(self, lines: Sequence[str]) -> Iterable[int]:
        return range(1, len(lines) + 1)

    def place(self, number: int, secret_type: str, secret: str) -> int:
        return number


class Added:
    """The added lines of a text's plain lines, and the headers of private keys whose bodies hold some of them."""

    def __init__(self, numbers: frozenset[int], lines: Sequence[str]) -> None:
        self._numbers = frozenset(number for number in numbers if number <= len(lines))
        self._headers: dict[int, int] = {}
        for number, line in enumerate(lines, 1):
            header = _KEY_HEADER.search(line)
            if header and number not in self._numbers:
                last = max(last for _, last in key_blocks(lines, number, header[0]))
                inside = [added for added in range(number + 1, last + 1) if added in self._numbers]
                self._headers.update({number: inside[0]} if inside else {})

    def numbers(self, lines: Sequence[str]) -> Iterable[int]:
        return sorted(self._numbers.union(self._headers))

    def place(self, number: int, secret_type: str, secret: str) -> int:
        if number in self._numbers:
            return number
        return self._headers.get(number, 0) if secret_type == PRIVATE_KEY else 0


class AddedToParsed:
    """The same for lines that a parser made, which share words with the plain lines but not their numbers."""

    def __init__(self, numbers: frozenset[int], lines: Sequence[str]) -> None:
        self._lines = {number: lines[number - 1] for number in sorted(numbers) if number <= len(lines)}
        self._words = {word for line in self._lines.values() for word in _WORD.findall(line)}

    def numbers(self, lines: Sequence[str]) -> Iterable[int]:
        for number, line in enumerate(lines, 1):
            if number in self._lines or not self._words.isdisjoint(_WORD.findall(line)):
                yield number

    def place(self, number: int, secret_type: str, secret: str) -> int:
        if number in self._lines:
            return number
        telling = max(secret.split() or [secret], key=len)
        return next((added for added, line in self._lines.items() if telling in line), 0)


def key_blocks(lines: Sequence[str], number: int, header: str) -> Iterator[tuple[str, int]]:
    """The private keys that begin with this header on a line: each without white space, and its last line.

    One goes on to its end. Where it has none, it goes on as long as the lines look like a key's.
    """
    text = "\n".join(line.rstrip("\n") for line in lines[number - 1 : number - 1 + _LONGEST_KEY])
    starts = [found.start() for found in re.finditer(re.escape(header), text.partition("\n")[0])] or [0]
    for start, limit in zip(starts, [*starts[1:], len(text)], strict=True):
        end = _KEY_END.search(text, start + len(header), limit)
        body = None if end else _KEY_BODY.match(text, start, limit)
        stop = end.start() if end else body.end() if body else limit
        yield "".join(text[start:stop].split()), number + text.count("\n", 0, stop)
