"""What can be read in content that holds zero bytes: text of wide characters, and the readable parts of the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MARKS = (  # the longer first: UTF-16's is the beginning of UTF-32's
    *((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
)
_BROKEN = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_MOST_BROKEN = 0.02  # the share of such characters in what still passes for text that was decoded rightly

# ASCII letters with zeros between them, in either byte order: drawn together, the letter at the end is not lost.
_WIDE_RUNS = ((re.compile(r"(?:[ -~]\0\0\0){8,}"), 4), (re.compile(r"(?:[ -~]\0){8,}"), 2))
_UNREADABLE = re.compile(r"[^ -~\t\r\n]+")
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"
_MOSTLY_TEXT = 0.75

# Compressed, so that what it holds can't be seen; some of it may do without a zero byte.
PACKED = tuple(
    magic.decode("utf-8", "surrogateescape")
    for magic in (b"%PDF-", b"PK\3\4", b"\x1f\x8b", b"BZh91AY&SY", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"7z\xbc\xaf\x27")
)


def wide_text(content: bytes) -> str:
    """The text if it is UTF-32 or UTF-16, else nothing. Without a mark, where the zeros stand tells."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "") or _by_zeros(content)
    text = content.decode(encoding, "replace") if encoding else ""
    return text if len(_BROKEN.findall(text)) <= len(text) * _MOST_BROKEN else ""


def _by_zeros(content: bytes) -> str:
    quarter = len(content) / 4
    zeros = [content[place::4].count(0) for place in range(4)]
    many, few = quarter * 0.6, quarter * 0.1  # of a half, the same are 30 and 5 in a hundred bytes
    if zeros[3] > quarter * 0.95 and zeros[2] > many and zeros[0] < few:
        return "utf-32-le"
    if zeros[0] > quarter * 0.95 and zeros[1] > many and zeros[3] < few:
        return "utf-32-be"
    if zeros[1] + zeros[3] > many * 2 and zeros[0] + zeros[2] < few:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] + zeros[2] > many * 2 and zeros[1] + zeros[3] < few else ""


def readable_parts(content: bytes) -> str:
    """The ASCII of the content, wide or not, with its line feeds where they were and a space for all else."""
    text = content.decode("latin-1")
    for pattern, step in _WIDE_RUNS:
        text = pattern.sub(lambda run, step=step: run[0][::step], text)  # type: ignore[misc]  # mypy: no such lambda
    return _UNREADABLE.sub(" ", text)


def is_picture(content: bytes) -> bool:
    """Whether it is a picture or font from its first byte to its last, and not text behind the first bytes of one."""
    complete = next((check for magic, check in _PICTURES if content.startswith(magic)), None)
    if complete is None or not complete(content):
        return False
    return len(content) - len(content.translate(None, _PRINTABLE)) < len(content) * _MOSTLY_TEXT


def _ends_with(end: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.rstrip(b"\0").endswith(end.rstrip(b"\0"))


def _is_webp(content: bytes) -> bool:
    return content[8:12] == b"WEBP" and len(content) - 8 - int.from_bytes(content[4:8], "little") in (0, 1)


def _is_web_font(content: bytes) -> bool:
    return int.from_bytes(content[8:12], "big") == len(content)


def _is_icon(content: bytes) -> bool:
    """Whether the last of the pictures that the directory lists ends where the file ends."""
    count = int.from_bytes(content[4:6], "little")
    entries = [content[start : start + 16] for start in range(6, 6 + 16 * count, 16)]
    ends = [int.from_bytes(one[8:12], "little") + int.from_bytes(one[12:16], "little") for one in entries]
    return max(ends, default=0) == len(content)


def _is_font(content: bytes) -> bool:
    """Whether the last of the tables that the directory lists ends where the file ends, but for filling."""
    count = int.from_bytes(content[4:6], "big")
    entries = [content[start : start + 16] for start in range(12, 12 + 16 * count, 16)]
    ends = [int.from_bytes(one[8:12], "big") + int.from_bytes(one[12:16], "big") for one in entries]
    return 0 <= len(content) - max(ends, default=0) < 4


_PICTURES: tuple[tuple[bytes, Callable[[bytes], bool]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _ends_with(b"IEND\xae\x42\x60\x82")),
    (b"\xff\xd8\xff", _ends_with(b"\xff\xd9")),
    (b"GIF87a", _ends_with(b";")),
    (b"GIF89a", _ends_with(b";")),
    (b"RIFF", _is_webp),
    (b"\0\0\1\0", _is_icon),
    (b"wOFF", _is_web_font),
    (b"wOF2", _is_web_font),
    (b"\0\1\0\0", _is_font),
    (b"OTTO", _is_font),
)
