"""Names that look like other names: what a person reads is what the guard goes by."""

from __future__ import annotations

# Letters of other scripts that most fonts draw like these (Unicode's confusables, as far as they concern file names).
_ALIKE = {
    "a": "\u0430\u03b1\u0251",
    "c": "\u0441\u03f2\u1d04",
    "d": "\u0501",
    "e": "\u0435\u0454\u04bd",
    "g": "\u0261",
    "h": "\u04bb",
    "i": "\u0456\u03b9\u0131",
    "j": "\u0458",
    "k": "\u043a\u03ba",
    "l": "\u04cf\u217c",
    "m": "\u043c\u217f",
    "n": "\u0578",
    "o": "\u043e\u03bf\u0585",
    "p": "\u0440\u03c1",
    "r": "\u0433",
    "s": "\u0455",
    "t": "\u0442\u03c4",
    "u": "\u057d\u03c5",
    "v": "\u0475\u03bd",
    "w": "\u051d\u0461",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3",
    "-": "\u2010\u2011\u2012\u2013\u2212",
    ".": "\u2024\u3002\uff0e",
    "/": "\u2215\u2044",
    "": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
}
_PLAIN = {ord(letter): plain for plain, letters in _ALIKE.items() for letter in letters}
_PLAIN.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})  # full-width forms


def plain_spelling(path: str) -> str:
    """The path in the plain letters that it looks like, in lower case."""
    return path.lower().translate(_PLAIN)
