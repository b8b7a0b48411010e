"""What stands inside a word: quotes, escapes and expansions, read as bash 5 reads them.

Reading goes down into nested constructs by calls, `DEEPEST` at most: what is nested deeper is unreadable. No character
is read more than a fixed number of times.
"""

from __future__ import annotations

from ..model.record import Record
from .words import Part, static_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from typing_extensions import Self

    from .words import PartKind, Token

DEEPEST = 50
# Texts inside texts: backquotes and here-documents are cut out whole and then read, so each level reads its text again.
_TEXTS = 5
# How often the text may be read again because `((` turned out to begin two groups instead of arithmetic.
_REREADS = 4

END = "\0"  # behind the last character; a command that holds one is refused before it is read
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_DIGITS = frozenset("0123456789")
_SPECIAL_PARAMETERS = frozenset("@*#?-$!")
# Operators of `${x#...}` behind which a single quote quotes even between double quotes.
_PATTERN_OPERATORS = frozenset("#%/^,")

_ANSI = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))
_ANSI_DIGITS = {"x": 2, "u": 4, "U": 8}
_HEX = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")


class CannotRead(Exception):
    """Raised and caught inside the lexer; its text is the reason that the caller gets."""


class Mode(Record):
    """How the inside of a construct is read, up to `stop`."""

    what: str  # for messages
    stop: str
    opens: str  # nests until as many stops
    escapes: str  # what a backslash quotes; empty: everything
    single: Literal["plain", "quote", "loose"]
    quoted: bool  # text stands here as between double quotes
    special: frozenset[str]  # where plain text ends


def _mode(
    what: str,
    stop: str,
    opens: str = "",
    escapes: str = "",
    single: Literal["plain", "quote", "loose"] = "quote",
    quoted: bool = False,
    begins: str = '"<>',
) -> Mode:
    special = f"\\$`{END}{stop}{opens}{begins}" + ("" if single == "plain" else "'")
    return Mode(what, stop, opens, escapes, single, quoted, frozenset(special))


_IN_DOUBLE = '$`"\\'

PLAIN = _mode("a word", END)
GROUP = _mode("a (", ")", "(")
SUBSCRIPT = _mode("a [", "]", "[")
HEREDOC = _mode("a here-document", END, "", "$`\\", "plain", True, "")
_DOUBLE = _mode('a "', '"', "", _IN_DOUBLE, "plain", True, "")
# Single quotes that pair up but hide no substitution, as in "${x:-'$(date)'}" and $(( '$(date)' )).
_LOOSE = _mode("a '", "'", "", _IN_DOUBLE, "plain", True, "")
_LOOSE_ESCAPING = _mode("a $'", "'", "", "", "plain", True, "")  # the same with a $ before it: \' does not end it
_ARITHMETIC = _mode("a $((", ")", "(", _IN_DOUBLE, "loose", True, '"')
_OLD_ARITHMETIC = _mode("a $[", "]", "[", _IN_DOUBLE, "loose", True, '"')
_BRACES = _mode("a ${", "}")
_BRACES_QUOTED = _mode("a ${", "}", "", _IN_DOUBLE + "}", "loose", True)
_BRACES_PATTERN = _mode("a ${", "}", "", _IN_DOUBLE + "}", "quote", True)


class Scanner:
    """Reads what a word is made of; `commands` is what a subclass adds. `at` is the place of the next character."""

    def __init__(self, text: str, depth: int = 0, texts: int = 0) -> None:
        self.text = text + END
        self.at = 0
        self.size = len(text)
        self.depth = depth
        self._texts = texts
        self._reread = 0

    if TYPE_CHECKING:  # the subclass has it: words hold commands, and commands hold words

        def commands(self, closer: str) -> tuple[Token, ...]:
            """The tokens up to the closer, which is consumed."""

    def after(self, at: int) -> int:
        """The place behind a character. A line continuation is nothing, also between the two halves of `&&`."""
        at += 1
        while self.text.startswith("\\\n", at):
            at += 2
        return at

    def deeper(self) -> None:
        """One level down. A level that is left by an exception ends the reading, so nobody comes up again."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CannotRead(f"it is nested more than {DEEPEST} deep")

    def higher(self) -> None:
        """One level up."""
        self.depth -= 1

    def inside(self, text: str) -> Self:
        """A scanner for a text that was cut out of this one."""
        if self._texts == _TEXTS:
            raise CannotRead(f"backquotes or here-documents are nested more than {_TEXTS} deep")
        return type(self)(text, self.depth, self._texts + 1)

    def until(self, mode: Mode) -> tuple[Part, ...]:
        """The parts up to the mode's stop, which is consumed."""
        self.deeper()
        text, special, stop, opens = self.text, mode.special, mode.stop, mode.opens
        parts: list[Part] = []
        open_groups = 0
        start = at = self.at
        while True:
            while text[at] not in special:
                at += 1
            char = text[at]
            if char == opens or (char == stop and open_groups):
                open_groups += 1 if char == opens else -1
                at += 1
                continue
            if at > start:
                parts.append(Part("literal", text[start:at]))
            self.at = at
            if char == stop:
                break
            part = self.quoting(char, mode)
            if part is not None:
                parts.append(part)
            start = at = self.at
        self.at = min(self.at + 1, self.size)
        self.higher()
        return tuple(parts)

    def quoting(self, char: str, mode: Mode) -> Part | None:
        """The part that a quoting character begins; None for a line continuation."""
        if char == "\\":
            return self._escaped(mode)
        if char == "$":
            return self._dollar(mode)
        if char == "`":
            return self._backquotes(mode.quoted)
        if char == '"':
            self.at += 1
            return self._double("double")
        if char == "'":
            self.at += 1
            return Part("double", None, "", self.until(_LOOSE)) if mode.single == "loose" else self._single()
        if char in "<>":
            return self.process() or self._plain()
        raise CannotRead(f"{mode.what} is never closed")

    def process(self) -> Part | None:
        """The process substitution that begins with the `<` or `>` here; None if it is something else."""
        char, following = self.text[self.at], self.after(self.at)
        if self.text[following] != "(":
            return None
        self.at = following + 1
        return Part("process", None, char, (), self.commands(")"))

    def _plain(self) -> Part:
        self.at += 1
        return Part("literal", self.text[self.at - 1])

    def _escaped(self, mode: Mode) -> Part | None:
        char = self.text[self.at + 1]
        if char == END or (mode.escapes and char not in mode.escapes and char != "\n"):
            self.at += 1
            return Part("literal", "\\")
        self.at += 2
        return None if char == "\n" else Part("escaped", char)

    def _single(self) -> Part:
        start = self.at
        end = self.text.find("'", start)
        if end < 0:
            raise CannotRead("a ' is never closed")
        self.at = end + 1
        return Part("single", self.text[start:end])

    def _double(self, kind: PartKind) -> Part:
        parts = self.until(_DOUBLE)
        text = static_text(parts)
        return Part(kind, text, "", () if text is not None else parts)

    def _dollar(self, mode: Mode) -> Part:
        start = self.at
        at = self.after(start)
        char = self.text[at]
        if char == "(":
            return self._command(at)
        if char == "{":
            return self._braced(at, mode.quoted)
        if char in _DIGITS or char in _SPECIAL_PARAMETERS:
            self.at = at + 1
            return Part("parameter", None, char)
        if char in _NAME:
            return Part("parameter", None, self._run_of(_NAME, at))
        self.at = at + 1
        if char == "[":
            return Part("arithmetic", None, "", self.until(_OLD_ARITHMETIC))
        if char == "'" and mode.single != "plain":
            return self._ansi() if mode.single == "quote" else Part("double", None, "", self.until(_LOOSE_ESCAPING))
        if char == '"' and mode.single != "plain":
            return self._double("locale")
        self.at = start + 1
        return Part("literal", "$")

    def _command(self, at: int) -> Part:
        """The substitution whose parenthesis is at a place."""
        second = self.after(at)
        if self.text[second] == "(":
            part = self.arithmetic(second)
            if part is not None:
                return part
        self.at = at + 1
        return Part("command", None, "", (), self.commands(")"))

    def arithmetic(self, second: int) -> Part | None:
        """What begins with `((`, the second of which is at a place; None if its `))` don't stand together."""
        self.at = second + 1
        parts = self.until(_ARITHMETIC)
        end = self.after(self.at - 1)
        if self.text[end] == ")":
            self.at = end + 1
            return Part("arithmetic", None, "", parts)
        self._reread += self.at - second
        if self._reread > _REREADS * self.size:
            raise CannotRead("too many (( that are no arithmetic")
        return None

    def _braced(self, at: int, quoted: bool) -> Part:
        """The `${` whose brace is at a place."""
        self.at = self.after(at)
        if self.text[self.at] in " \t\n|":  # bash 5.3 runs `${ ...; }` in the shell itself
            self.at += self.text[self.at] == "|"
            return Part("command", None, "", (), self.commands("}"))
        name = self._braced_name()
        mode = _BRACES
        if quoted:
            mode = _BRACES_PATTERN if self.text[self.at] in _PATTERN_OPERATORS else _BRACES_QUOTED
        return Part("parameter", None, name, self.until(mode))

    def _braced_name(self) -> str:
        """The parameter's name behind `${`, with the prefix of `${#x}` and `${!x}`; empty where none stands there."""
        char, second = self.text[self.at], self.after(self.at)
        prefix = ""
        if char in "#!" and (self.text[second] in _NAME or self.text[second] in "@*"):
            prefix, self.at = char, second
            char, second = self.text[second], self.after(second)
        if char in _SPECIAL_PARAMETERS:
            self.at = second
            return prefix + char
        return prefix + self._run_of(_DIGITS if char in _DIGITS else _NAME, self.at)

    def _run_of(self, kind: frozenset[str], at: int) -> str:
        """The characters of a kind from a place on; reading goes on behind them."""
        pieces = []
        while self.text[at] in kind:
            pieces.append(self.text[at])
            at = self.after(at)
        self.at = at
        return "".join(pieces)

    def _backquotes(self, quoted: bool) -> Part:
        """The substitution that begins here. Its text loses one level of backslashes before it is read as commands."""
        self.at += 1
        text = _unescaped(self._cut("`"), '$`\\"' if quoted else "$`\\")
        return Part("backquote", None, "", (), self.inside(text).commands(END))

    def _ansi(self) -> Part:
        return Part("ansi", _ansi_text(self._cut("'")))

    def _cut(self, closer: str) -> str:
        """The text up to a closer that no backslash quotes; reading goes on behind it."""
        text, start = self.text, self.at
        at, end = start, text.find(closer, start)
        while end >= 0:
            slash = text.find("\\", at, end)
            if slash < 0:
                self.at = end + 1
                return text[start:end]
            at = slash + 2
            if at > end:
                end = text.find(closer, at)
        raise CannotRead(f"a {closer} is never closed")


def _unescaped(text: str, taken: str) -> str:
    """The text without the backslashes that quote one of some characters."""
    pieces = []
    at = 0
    while (slash := text.find("\\", at)) >= 0:
        pieces.append(text[at:slash] if text[slash + 1] in taken else text[at : slash + 1])
        pieces.append(text[slash + 1])
        at = slash + 2
    return "".join(pieces) + text[at:]


def _ansi_text(text: str) -> str:
    """What stands between the quotes of `$'...'`, decoded; bytes beyond ASCII as surrogates. Bash ends it at a NUL."""
    pieces = []
    at = 0
    while (slash := text.find("\\", at)) >= 0:
        pieces.append(text[at:slash])
        meant, at = _ansi_escape(text, slash + 1)
        pieces.append(meant)
    return ("".join(pieces) + text[at:]).partition(END)[0]


def _ansi_escape(text: str, at: int) -> tuple[str, int]:
    """What the escape behind a backslash means, and the place behind it."""
    char = text[at]
    if char in _ANSI:
        return _ANSI[char], at + 1
    if char in _OCTAL:
        digits = _digits(text, at, 3, _OCTAL)
        return _byte(int(digits, 8) & 0xFF), at + len(digits)
    if char == "c" and at + 1 < len(text):
        end = at + 3 if text.startswith("\\\\", at + 1) else at + 2
        return "\x7f" if text[at + 1] == "?" else chr(ord(text[at + 1]) & 0x1F), end
    if char == "x" and text.startswith("{", at + 1):
        digits = _digits(text, at + 2, len(text), _HEX)
        end = at + 2 + len(digits)
        return _byte(int(digits[-2:] or "0", 16)), end + text.startswith("}", end)
    digits = _digits(text, at + 1, _ANSI_DIGITS.get(char, 0), _HEX)
    if not digits:
        return "\\" + char, at + 1
    value = int(digits, 16)
    return _byte(value) if char == "x" else _character(value), at + 1 + len(digits)


def _digits(text: str, at: int, most: int, kind: frozenset[str]) -> str:
    end = at
    while end < len(text) and end - at < most and text[end] in kind:
        end += 1
    return text[at:end]


def _byte(value: int) -> str:
    return chr(value) if value < 0x80 else chr(0xDC00 + value)


def _character(value: int) -> str:
    if value > 0x10FFFF:
        raise CannotRead("it spells a character that does not exist")
    if 0xD800 <= value <= 0xDFFF:
        return "".join([_byte(byte) for byte in chr(value).encode("utf-8", "surrogatepass")])
    return chr(value)
