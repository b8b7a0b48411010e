"""The paths that a text in a tool's input may mean: all that it takes to open it may change it first."""

from __future__ import annotations

from . import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# A longer text names no file (Linux: PATH_MAX), once the `./` and `x/../` in it are gone.
_LONGEST_PATH = 4096
# A string may be JSON whose strings are JSON.
_DEEPEST = 3
# Inputs that hold a path whatever it looks like; others that end in these words too (`targetDir`, `files`).
_PATH_KEYS = (
    *("path", "file", "filename", "dir", "directory", "folder", "uri"),
    *("source", "destination", "target", "root", "cwd"),
)
# What JavaScript's `trim` takes off; the client trims a path before it opens it.
_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def as_opened(text: str) -> Iterator[str]:
    """The path as it is written, and as the client opens it: trimmed, and in one of Unicode's normal forms."""
    yield text
    trimmed = text.strip(_SPACE)
    if trimmed != text:
        yield trimmed
    if not text.isascii():
        from unicodedata import normalize

        yield from {normalize(form, one) for form in ("NFC", "NFD") for one in (text, trimmed)} - {text, trimmed}


def aims(base: str, pattern: str) -> Iterator[tuple[str, str]]:
    """The paths that a glob below a folder is aimed at, and where that takes a look at the disk, the glob beside it."""
    for text in as_opened(base) if base else ():
        yield text, ""
    fixed, rest = _cut(pattern)
    aimed = "/".join(fixed)
    if aimed:
        for text in as_opened(aimed if aimed.startswith("/") or not base else f"{base}/{aimed}"):
            yield text, ""
    # A glob with letters in it is meant for some folders and not for others (`vau*/x`), unlike `*/x` and `**/x`.
    if len(rest) > 1 and rest[0].strip("*"):
        yield base or ".", pattern


def _cut(pattern: str) -> tuple[list[str], list[str]]:
    """The segments of a glob before the first that is one itself, and those from there on."""
    parts = pattern.split("/")
    for place, part in enumerate(parts):
        if any(character in part for character in "*?[{"):
            return parts[:place], parts[place:]
    return parts, []


def candidates(given: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each text in an input that could name a file; True with one that does only if there is such a file.

    Words (`channel: "secrets"`) and texts of several lines are of that kind; so are keys that are no plain words.
    """
    seen = set()
    for text, sure in _strings(given, 0):
        for meant in _meanings(text):
            found = (meant, "\n" in meant or not (sure or _looks_like_a_path(meant)))
            if len(meant) <= _LONGEST_PATH and found not in seen:
                seen.add(found)
                yield found


def _looks_like_a_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.startswith((".", "~"))


def _strings(given: Any, depth: int) -> Iterator[tuple[str, bool]]:
    """Every string in a value, and whether a key above it says that it is a path."""
    waiting: list[tuple[Any, bool]] = [(given, False)]
    while waiting:
        value, sure = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((inner, sure or _is_path_key(key)) for key, inner in value.items())
            waiting.extend((key, sure) for key in value if not key.isidentifier())  # {"src/a.py": "..."}
        elif isinstance(value, list):
            waiting.extend((inner, sure) for inner in value)
        elif isinstance(value, str) and value:
            yield value, sure
            if depth < _DEEPEST and value.strip(_SPACE)[:1] in ("{", "["):
                yield from ((text, sure or inner) for text, inner in _strings(_parsed(value), depth + 1))


def _parsed(text: str) -> Any:
    """The value of a JSON text, None if it is none."""
    try:
        return wire.parse(text.encode("utf-8", "replace"))
    except wire.WireError:
        return None


def _is_path_key(key: str) -> bool:
    return key.lower().rstrip("s").endswith(_PATH_KEYS)


def _meanings(text: str) -> list[str]:
    """The text as a path, in every way that a server may take it."""
    found = dict.fromkeys((text, text.strip(_SPACE)))
    for way in (_without_at, _slashed, _at_home, _shortened):
        found.update(dict.fromkeys([way(one) for one in found]))
    return [one for one in found if one]


def _without_at(text: str) -> str:
    return text.removeprefix("@")


def _slashed(text: str) -> str:
    return text.replace("\\", "/")


def _at_home(text: str) -> str:
    """The text with a home folder that it names by a variable or a user's name."""
    for variable in ("$HOME", "${HOME}"):
        if text == variable or text.startswith(variable + "/"):
            return "~" + text[len(variable) :]
    user, slash, rest = text.partition("/")
    if user[:1] == "~" and len(user) > 1:
        try:
            from pwd import getpwnam

            return getpwnam(user[1:]).pw_dir + slash + rest
        except (ImportError, KeyError, ValueError):
            return text  # there is no such user, so nobody's home is meant
    return text


def _shortened(text: str) -> str:
    """A text that is too long or of several lines without its `.` and `..`: these may be all that makes it so."""
    if len(text) <= _LONGEST_PATH and "\n" not in text:
        return text
    parts: list[str] = []
    for part in text.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return ("/" if text.startswith("/") else "") + "/".join(parts)
