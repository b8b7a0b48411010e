"""Gitignore patterns, read as git reads them and compiled into a `PathSet`.

The rules are those of git's dir.c and wildmatch.c, oddities included. What git would accept and never match is refused
here instead: a protected path that protects nothing is worse than an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from ..model.paths import PathSet, bytes_of
from .pattern_tree import EVERY, Route, Segment, Tree

MOST_PATTERNS = 2_000
MOST_BYTES = 1_024
MOST_STARS = 16

BYTES = frozenset(map(chr, range(1, 256))) - {"/"}
ANY = "".join(sorted(BYTES))
ASCII = [chr(code) for code in range(128)]
CLASSES = {
    "alnum": frozenset(c for c in ASCII if c.isalnum()),
    "alpha": frozenset(c for c in ASCII if c.isalpha()),
    "blank": frozenset(" \t"),
    "cntrl": frozenset(c for c in ASCII if c < " " or c == "\x7f"),
    "digit": frozenset("0123456789"),
    "graph": frozenset(c for c in ASCII if "!" <= c <= "~"),
    "lower": frozenset(c for c in ASCII if c.islower()),
    "print": frozenset(c for c in ASCII if " " <= c <= "~"),
    "punct": frozenset(c for c in ASCII if "!" <= c <= "~" and not c.isalnum()),
    "space": frozenset(" \t\n\r"),  # git's own isspace: no form feed, no vertical tab
    "upper": frozenset(c for c in ASCII if c.isupper()),
    "xdigit": frozenset("0123456789abcdefABCDEF"),
}


class PatternError(ValueError):
    """A pattern that can't be used. `line` is its index among the lines that were given."""

    def __init__(self, message: str, *, line: int, pattern: str) -> None:
        super().__init__(message)
        self.line = line
        self.pattern = pattern


class _Unusable(Exception):
    """Why git would never match a pattern, or why it is past a limit."""


class Pattern(NamedTuple):
    """One line, read. `body` is a Latin-1 view of its bytes, without `!` and without a slash at either end."""

    body: str
    negated: bool
    folders_only: bool
    anchored: bool


class Token(NamedTuple):
    """One element of a pattern: a `byte` out of `chars`, a `star`, a `slash`, or a `deep` star that crosses slashes."""

    kind: Literal["byte", "star", "slash", "deep"]
    chars: str


STAR = Token("star", "*")
NO_NAMES: set[Segment] = {((),), ((".",),), ((".", "."),)}


def compile_patterns(lines: Sequence[str]) -> PathSet:
    """The set of paths that git would ignore with these lines as the one .gitignore, at the root of a repository.

    Raises `PatternError` for a pattern that is past the limits or that git would never match.
    """
    exact, folded, count = Tree(), Tree(), 0
    for place, line in enumerate(lines, 1):
        try:
            pattern = _pattern(line, first=place == 1)
            if pattern is None:
                continue
            count += 1
            if count > MOST_PATTERNS:
                raise _Unusable(f"more than {MOST_PATTERNS:,} patterns")
            _plant(pattern, place, exact, folded)
        except _Unusable as why:
            raise PatternError(str(why), line=place - 1, pattern=line) from None
    machine, other = exact.machine(), folded.machine()
    return PathSet(tuple(lines), machine, None if other == machine else other)


def _plant(pattern: Pattern, place: int, exact: Tree, folded: Tree) -> None:
    """Adds a pattern to both trees."""
    rank = 2 * place + (not pattern.negated)
    tokens = _tokens(pattern, fold=False)
    if sum(len(token.chars) for token in tokens if token.kind in ("star", "deep")) > MOST_STARS:
        raise _Unusable(f"more than {MOST_STARS} stars")
    routes = _routes(pattern, tokens)
    if not routes:
        raise _Unusable("can match no path: a name is empty, `.` or `..`, or a bracket allows no character")
    for route in routes:
        exact.add(route, rank, files=not pattern.folders_only)
    # Only what brackets allow depends on case.
    for route in _routes(pattern, _tokens(pattern, fold=True)) if "[" in pattern.body else routes:
        folded.add(tuple(part and _folded(part) for part in route), rank, files=not pattern.folders_only)


def _pattern(line: str, *, first: bool) -> Pattern | None:
    """The pattern of a line; None for a comment or an empty line."""
    if "\0" in line or "\n" in line:
        raise _Unusable("a pattern is one line of text, without a zero byte")
    text = bytes_of(line.removeprefix("\ufeff") if first else line).decode("latin-1").removesuffix("\r")
    text = "" if text.startswith("#") else _without_spaces_at_end(text)
    if not text:
        return None
    if len(text) > MOST_BYTES:
        raise _Unusable(f"longer than {MOST_BYTES:,} bytes")
    negated, text = text.startswith("!"), text.removeprefix("!")
    folders_only, text = text.endswith("/"), text.removesuffix("/")
    return Pattern(text.removeprefix("/"), negated, folders_only, anchored="/" in text)


def _without_spaces_at_end(text: str) -> str:
    """The text without the spaces at its end; a backslash keeps the space after it."""
    at = kept = 0
    while at < len(text):
        step = 2 if text[at] == "\\" else 1
        if text[at] != " ":
            kept = at + step
        at += step
    return text[:kept]


def _tokens(pattern: Pattern, *, fold: bool) -> list[Token]:
    text, at = pattern.body, 0
    tokens: list[Token] = []
    while at < len(text):
        if text[at] == "*":
            end = len(text) - len(text[at:].lstrip("*"))
            tokens.append(Token("deep" if _crosses_slashes(pattern, at, end) else "star", text[at:end]))
        elif text[at] == "[":
            members, negated, end = _bracket(text, at + 1)
            tokens.append(Token("byte", _allowed(members, negated=negated, fold=fold)))
        elif text[at] == "?":
            tokens.append(Token("byte", ANY))
            end = at + 1
        else:
            char, end = _literal(text, at)
            tokens.append(Token("slash", text[at:end]) if char == "/" else Token("byte", char))
        at = end
    return tokens


def _crosses_slashes(pattern: Pattern, start: int, end: int) -> bool:
    """Whether this run of stars is a `**` that matches across folders.

    It has a slash or nothing on either side. Git cuts the literal start of a pattern off before it matches the rest,
    so a run that is the first special character counts as having nothing before it: `src/a**/b` crosses folders.
    """
    text = pattern.body
    if not pattern.anchored or end - start < 2:
        return False
    begins = text[start - 1 : start] == "/" or not any(char in "*?[\\" for char in text[:start])
    return begins and (end == len(text) or text.startswith(("/", "\\/"), end))


def _literal(text: str, at: int) -> tuple[str, int]:
    """The character at a place, and the place after it; a backslash stands for the character after it."""
    if text[at] != "\\":
        return text[at], at + 1
    if at + 1 == len(text):
        raise _Unusable("a backslash at the end stands for nothing (for a backslash itself, write two)")
    return text[at + 1], at + 2


def _bracket(text: str, at: int) -> tuple[set[str], bool, int]:
    """The bytes that a bracket names, whether it means all others, and the place after its end."""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    start, before = at, ""
    members: set[str] = set()
    while at == start or text[at : at + 1] != "]":
        close = text.find("]", at + 1)
        if close < 0:
            raise _Unusable("a [ is never closed (for a bracket itself, write \\[)")
        if text[at] == "-" and before and text[at + 1] != "]":
            top, at = _literal(text, at + 1)
            members.update(map(chr, range(ord(before), ord(top) + 1)))
            before = ""
        elif text.startswith("[:", at) and text[at + 2] != "]" and text[close - 1] == ":":
            members |= _named(text[at + 2 : close - 1])
            at, before = close + 1, ""
        else:
            before, at = _literal(text, at)
            members.add(before)
    return members, negated, at + 1


def _named(name: str) -> frozenset[str]:
    if name not in CLASSES:
        raise _Unusable(f"[:{name}:] is no class of characters; there are {', '.join(sorted(CLASSES))}")
    return CLASSES[name]


def _allowed(members: set[str], *, negated: bool, fold: bool) -> str:
    """The bytes a bracket lets through. Unlike git, which folds ranges only, `fold` lets any case of a letter in."""
    if fold:
        members = members | {char.swapcase() for char in members if char.isascii()}
    return "".join(sorted(BYTES - members if negated else BYTES & members))


def _routes(pattern: Pattern, tokens: list[Token]) -> list[Route]:
    """The ways a path can match; several only where a `**` follows the literal start of a pattern."""
    start: Route = () if pattern.anchored else (None,)
    return [route for route in _routes_on(tokens, start, []) if not any(map(_matches_nothing, route))]


def _matches_nothing(part: Segment | None) -> bool:
    return part is not None and (part in NO_NAMES or any("" in piece for piece in part))


def _routes_on(tokens: list[Token], route: Route, name: list[Token]) -> Iterator[Route]:
    """The routes through these tokens, after a route that ends in a name begun."""
    name = [*name]
    for at, token in enumerate(tokens):
        if token.kind == "deep":
            yield from _routes_across(tokens[at + 1 :], route, name)
            return
        if token.kind == "slash":
            route, name = (*route, _segment(name)), []
        else:
            name.append(token)
    yield (*route, _segment(name))


def _routes_across(rest: list[Token], route: Route, name: list[Token]) -> Iterator[Route]:
    """The routes where a `**` stands after a name begun (mostly none) and before a slash, or before nothing.

    With a plain slash after it, it may also match nothing, slash included; with an escaped one git doesn't try that.
    """
    before = (*route, _segment([*name, STAR])) if name else route
    if not rest:
        if name:
            yield before
        yield (*before, None, EVERY)
        return
    escaped = rest[0].chars != "/"
    yield from _routes_on(rest[1:], (*before, EVERY, None) if escaped and not name else (*before, None), [])
    if name and not escaped:
        yield from _routes_on(rest[1:], route, name)


def _segment(name: list[Token]) -> Segment:
    pieces: list[list[str]] = [[]]
    for token in name:
        if token.kind == "star":
            pieces.append([])
        else:
            pieces[-1].append(token.chars)
    return tuple(map(tuple, pieces))


def _folded(segment: Segment) -> Segment:
    """The segment with its literal text folded, as whole characters and not byte by byte."""
    return tuple(tuple(_folded_piece(piece)) for piece in segment)


def _folded_piece(piece: tuple[str, ...]) -> Iterator[str]:
    for literal, run in groupby(piece, key=lambda chars: len(chars) == 1):
        if literal:
            text = "".join(run).encode("latin-1").decode("utf-8", "surrogateescape")
            yield from bytes_of(text.casefold()).decode("latin-1")
        else:
            yield from run
