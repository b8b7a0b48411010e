"""The stamp: the line that says in a commit message that Claude Code took part."""

from __future__ import annotations

import re

from .message import trailer_marks

# The model is not known where a message is prepared, so the stamp names none.
_STAMPS = {
    "Assisted-by": b"Assisted-by: Claude-Code",
    "Generated-by": b"Generated-by: Claude-Code",
    "Co-Authored-By": b"Co-Authored-By: Claude <noreply@anthropic.com>",
}

_SCISSORS = b" ------------------------ >8 ------------------------"
_TRAILER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:|\(cherry picked from commit ")


def stamped(text: bytes, trailer: str, comment: str = "#") -> bytes:
    """The message with the stamp at the end of its author's own words, which stay to the byte.

    Unchanged if a trailer of that key names Claude already. `comment` is what git's comment lines begin with, empty
    where the message has none. A message that is still empty gets room for a subject above the stamp.
    """
    lines = re.findall(rb"[^\n]*\n|[^\n]+", text)
    end = _own_end(lines, comment.encode())
    own, rest = lines[:end], lines[end:]
    if any(mark.level == "declared" for mark in trailer_marks(b"".join(own), trailer)):
        return text
    newline = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
    words = b"".join(own)
    if words and not words.endswith(b"\n"):
        words += newline
    gap = b"" if _in_trailers(own) else newline
    return words + (gap if own else newline * 2) + _STAMPS[trailer] + newline + b"".join(rest)


def _own_end(lines: list[bytes], comment: bytes) -> int:
    """How many lines reach to the author's last word: below are only blank lines, comments, and git's cut-off part."""
    end = 0
    for number, line in enumerate(lines, 1):
        if comment and line.startswith(comment + _SCISSORS):
            break
        if line.strip() and not (comment and line.startswith(comment)):
            end = number
    return end


def _in_trailers(own: list[bytes]) -> bool:
    """Whether the last paragraph is a block of trailers, and not the subject."""
    start = len(own)
    while start and own[start - 1].strip():
        start -= 1
    block = own[start:]
    unfolded = [line for line in block if line[:1] not in (b" ", b"\t")]
    return start > 0 and unfolded[:1] == block[:1] and all(map(_TRAILER_LINE.match, unfolded))
