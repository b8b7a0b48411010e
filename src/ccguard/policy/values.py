"""One value of the policy file: from what tomli gives to the type that the key asks for, or what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol, TypeAlias
from urllib.parse import SplitResult, urlsplit

from .examples import ActionError, parse_do
from .keys import EXPECTED, Entropy, Exempt, Key, Kind, Value
from .mistakes import nearest, shown, unsafe
from .patterns import MOST_PATTERNS, PatternError, compile_patterns

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TYPES = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}


class Complain(Protocol):
    """Notes a mistake at the value itself, or with `inside` at a part of it (an index, a key)."""

    def __call__(
        self, message: str, expected: str = "", nearest: str = "", inside: tuple[str | int, ...] = ()
    ) -> None: ...


Convert: TypeAlias = Callable[[Key, object, Complain], Value | None]


def converted(key: Key, raw: object, complain: Complain) -> Value | None:
    """The value as its key types it; None if something was wrong, which `complain` has been told."""
    return _CONVERT[key.kind](key, raw, complain)


def expected(key: Key) -> str:
    """What is expected of a key's value, in words."""
    words = EXPECTED[key.kind]
    if key.kind in ("word", "words"):
        return f"{words} {', '.join(key.allowed)}"
    return f"{words}, {key.least} or more" if key.kind == "count" and key.least else words


def is_approver(text: str) -> bool:
    """Whether a text is `@org/team`, `@login` or an e-mail address."""
    if text.startswith("@"):
        parts = text[1:].split("/")
        return len(parts) <= 2 and all(part and _is_name(part, "-_.") for part in parts)
    login, at, host = text.partition("@")
    return bool(login and at and host) and _is_name(login, "!#$%&'*+-/=?^_`{|}~.") and _is_name(host, "-.")


def _wrong_type(key: Key, raw: object, complain: Complain) -> None:
    complain(f"is {_type_name(raw)}", expected(key))


def _type_name(raw: object) -> str:
    return _TYPES.get(type(raw), "a date or time")


def _version(key: Key, raw: object, complain: Complain) -> Value | None:
    if type(raw) is int and raw == 1:
        return 1
    complain("is not a version that this ccguard reads", expected(key))
    return None


def _text(key: Key, raw: object, complain: Complain) -> str | None:
    if not isinstance(raw, str):
        _wrong_type(key, raw, complain)
    elif bad := unsafe(raw):
        complain(f"holds the control character U+{ord(bad):04X}", "printable text")
    else:
        return raw
    return None


def _path(key: Key, raw: object, complain: Complain) -> str | None:
    text = _text(key, raw, complain)
    if text is None:
        return None
    if not is_inside(text):
        complain(f"{shown(text)} is no path inside the repository", "a path such as policies/team.toml")
        return None
    return text


def is_inside(path: str) -> bool:
    """Whether a path is relative, normal, and written with slashes, on one line."""
    return not any(char in path for char in "\\:\n\t") and all(part not in ("", ".", "..") for part in path.split("/"))


def _word(key: Key, raw: object, complain: Complain) -> str | None:
    text = _text(key, raw, complain)
    if text is None or text in key.allowed:
        return text
    complain(f"{shown(text)} is not known", expected(key), nearest(text, key.allowed))
    return None


def _flag(key: Key, raw: object, complain: Complain) -> Value | None:
    if isinstance(raw, bool):
        return raw
    _wrong_type(key, raw, complain)
    return None


def _count(key: Key, raw: object, complain: Complain) -> Value | None:
    if type(raw) is not int:
        _wrong_type(key, raw, complain)
    elif not key.least <= raw <= 1_000_000:
        complain(f"{raw} is out of range", f"a whole number from {key.least} to 1000000")
    else:
        return raw
    return None


def _date(key: Key, raw: object, complain: Complain) -> Value | None:
    if type(raw) is datetime.date:
        return raw.isoformat()
    complain("is a text, not a date" if isinstance(raw, str) else f"is {_type_name(raw)}", expected(key))
    return None


def _client_version(key: Key, raw: object, complain: Complain) -> Value | None:
    text = _text(key, raw, complain)
    if text is None:
        return None
    parts = text.split(".")
    if len(parts) in (2, 3) and all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        return text
    complain(f"{shown(text)} is no version", expected(key))
    return None


def _items(key: Key, raw: object, complain: Complain, wrong: Callable[[str], str]) -> tuple[str, ...] | None:
    """A list of texts, each right by `wrong`, which says in words what a text is instead."""
    if not isinstance(raw, list):
        _wrong_type(key, raw, complain)
        return None
    found = []
    for index, item in enumerate(raw):
        message = _wrong_item(item, wrong)
        if message:
            close = nearest(item, key.allowed) if isinstance(item, str) else ""
            complain(message, expected(key), close, inside=(index,))
        else:
            found.append(item)
    return tuple(dict.fromkeys(found)) if len(found) == len(raw) else None


def _wrong_item(item: object, wrong: Callable[[str], str]) -> str:
    if not isinstance(item, str):
        return f"holds {_type_name(item)}"
    if bad := unsafe(item):
        return f"holds the control character U+{ord(bad):04X}"
    return wrong(item)


def _words(key: Key, raw: object, complain: Complain) -> Value | None:
    return _items(key, raw, complain, lambda text: "" if text in key.allowed else f"{shown(text)} is not known")


def _texts(key: Key, raw: object, complain: Complain) -> Value | None:
    return _items(key, raw, complain, lambda text: "" if text.strip() else "holds an empty text")


def _branches(key: Key, raw: object, complain: Complain) -> Value | None:
    def wrong(text: str) -> str:
        return "" if _is_name(text, "-_./*?@+#=,[]") else f"{shown(text)} is no branch"

    return _items(key, raw, complain, wrong)


def _urls(key: Key, raw: object, complain: Complain) -> Value | None:
    return _items(key, raw, complain, _wrong_endpoint)


def _connectors(key: Key, raw: object, complain: Complain) -> Value | None:
    return _items(key, raw, complain, _wrong_connector)


def _wrong_endpoint(text: str) -> str:
    url = _split(text)
    loopback = url is not None and url.hostname in _LOOPBACK
    if url is None or "*" in text or url.query or not (url.scheme == "https" or (url.scheme == "http" and loopback)):
        return f"{shown(text)} is no address of an endpoint"
    return ""


def _wrong_connector(text: str) -> str:
    if "://" in text:
        url = _split(text)
        return "" if url is not None and url.scheme in ("http", "https") else f"{shown(text)} is no http address"
    return "" if _is_name(text, "-_.:@") else f"{shown(text)} is no server's exact name"


def _split(text: str) -> SplitResult | None:
    """The parts of an address that has a host, a port that is one, and no login in it."""
    try:
        url = urlsplit(text)
        usable = bool(url.hostname) and url.username is None and (url.port is None or url.port > 0)
    except ValueError:
        return None
    return url if usable and not any(char.isspace() for char in text) else None


def _approver(key: Key, raw: object, complain: Complain) -> Value | None:
    text = _text(key, raw, complain)
    if text is None or is_approver(text):
        return text
    complain(f"{shown(text)} names nobody", expected(key))
    return None


def _approvers(key: Key, raw: object, complain: Complain) -> Value | None:
    def wrong(text: str) -> str:
        return "" if is_approver(text) or text == "CODEOWNERS" else f"{shown(text)} names nobody"

    if raw == []:
        complain("is empty, so nobody could approve", expected(key))
        return None
    return _items(key, raw, complain, wrong)


def _patterns(key: Key, raw: object, complain: Complain) -> Value | None:
    if raw == []:
        complain("is empty, so it covers nothing", expected(key))
        return None
    if isinstance(raw, list) and len(raw) > MOST_PATTERNS:
        complain(f"has {len(raw):,} patterns", f"{MOST_PATTERNS:,} at most in one file")
        return None
    lines = _items(key, raw, complain, _wrong_pattern)
    return tuple(raw) if lines is not None and isinstance(raw, list) else None  # the same line may come twice


def _wrong_pattern(line: str) -> str:
    """What is wrong with one pattern, in words. In a list, a line that git would skip is a slip."""
    if not line.strip():
        return "holds an empty pattern"
    if line.startswith("#"):
        return f"{shown(line)}: git reads this as a comment"
    try:
        compile_patterns([line])
    except PatternError as error:
        return f"{shown(line)}: {error}"
    return ""


def _entropy(key: Key, raw: object, complain: Complain) -> Value | None:
    if raw == "off":
        return Entropy()
    if isinstance(raw, str):
        complain(f"{shown(raw)} is not known", expected(key), nearest(raw, ("off",)))
        return None
    if not isinstance(raw, dict) or not raw:
        _wrong_type(key, raw, complain)
        return None
    limits: dict[str, float] = {}
    for name, limit in raw.items():
        if name not in Entropy._fields:
            complain(f"{shown(name)} is no kind of entropy", "base64 or hex", nearest(name, Entropy._fields), (name,))
        elif type(limit) not in (int, float) or not 0 < limit <= 8:
            complain(f"{name} has no limit that can be reached", "a number above 0, at most 8", inside=(name,))
        else:
            limits[name] = float(limit)
    return Entropy(**limits) if len(limits) == len(raw) else None


def _exceptions(key: Key, raw: object, complain: Complain) -> Value | None:
    if not isinstance(raw, list):
        _wrong_type(key, raw, complain)
        return None
    if len(raw) > MOST_PATTERNS:
        complain(f"has {len(raw):,} entries", f"{MOST_PATTERNS:,} at most")
        return None
    found = [_exempt(key, item, index, complain) for index, item in enumerate(raw)]
    return tuple(item for item in found if item is not None) if None not in found else None


def _exempt(key: Key, item: object, index: int, complain: Complain) -> Exempt | None:
    if not isinstance(item, dict):
        complain(f"holds {_type_name(item)}", expected(key), inside=(index,))
        return None
    unknown = [name for name in item if name not in Exempt._fields]
    for name in unknown:
        complain(f"{shown(name)} is no key here", "path and reason", nearest(name, Exempt._fields), (index, name))
    path, reason = item.get("path"), item.get("reason")
    if not isinstance(path, str) or not isinstance(reason, str) or not reason.strip() or unsafe(path + reason):
        complain("needs a path and a reason, both texts", expected(key), inside=(index,))
    elif not is_inside(path) or any(char in path for char in "*?[!"):
        complain(f"{shown(path)} is not one file", "the whole path of one file, no pattern", inside=(index, "path"))
    elif not unknown:
        return Exempt(path, reason)
    return None


def _files(key: Key, raw: object, complain: Complain) -> Value | None:
    return _items(key, raw, complain, _wrong_file)


def _wrong_file(text: str) -> str:
    if text.startswith("package:") or "://" in text or text.startswith("git@"):
        return f"{shown(text)} is not supported yet in this version: only files of this repository are"
    return "" if is_inside(text) else f"{shown(text)} is no path inside the repository"


def _action(key: Key, raw: object, complain: Complain) -> Value | None:
    text = _text(key, raw, complain)
    if text is None:
        return None
    try:
        parse_do(text)
    except ActionError as error:
        complain(str(error), expected(key), error.nearest)
        return None
    return text


def _digest(key: Key, raw: object, complain: Complain) -> Value | None:
    text = _text(key, raw, complain)
    if text is None or (len(text) == 32 and all(char in "0123456789abcdef" for char in text)):
        return text
    complain(f"{shown(text)} is no digest", expected(key))
    return None


def _is_name(text: str, also: str) -> bool:
    return bool(text) and all(char.isalnum() or char in also for char in text)


_CONVERT: dict[Kind, Convert] = {
    "version": _version,
    "text": _text,
    "path": _path,
    "word": _word,
    "words": _words,
    "texts": _texts,
    "patterns": _patterns,
    "flag": _flag,
    "count": _count,
    "date": _date,
    "client-version": _client_version,
    "approver": _approver,
    "approvers": _approvers,
    "urls": _urls,
    "connectors": _connectors,
    "branches": _branches,
    "entropy": _entropy,
    "exceptions": _exceptions,
    "files": _files,
    "action": _action,
    "digest": _digest,
}
