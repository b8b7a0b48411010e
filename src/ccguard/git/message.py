"""What a commit says about agents: in its identities, its trailers and its text.

Git's own trailer parser is not asked. It overlooks trailers outside the last paragraph and before or after a `---`
line, and a repository's configuration can bend it. Every line of the message is read instead, after what disguises a
line has been undone: folding, carriage returns, compatibility forms, invisible characters, look-alike hyphens.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from ..model.event import Mark
from .agents import AGENTS, ASSISTANT_KEYS, COAUTHOR_KEYS, PRODUCT_WORDS, Agent

_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212"), "-")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*:\s*(.*)")
_BETWEEN_MAILBOXES = re.compile(r"[<>()\s,;\"']+")
_LONGEST_EVIDENCE = 160

# Text encodings of Python that no other program has; some take quadratic time.
_PYTHON_ONLY = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem", "palmos")


def marks(author: tuple[str, str], committer: tuple[str, str], message: bytes, encoding: str = "") -> tuple[Mark, ...]:
    """The evidence in a commit, strongest sources first. `author` and `committer` are (name, mailbox) as written."""
    found = [*_identity_marks("author", author), *_identity_marks("committer", committer)]
    for text in _readings(message, encoding):
        lines = normal_lines(text)
        for line in lines:
            found += _trailer_marks(line)
        found += _footer_marks(" ".join(" ".join(lines).split()))
    return tuple(dict.fromkeys(found))


def trailer_marks(message: bytes, key: str) -> tuple[Mark, ...]:
    """The evidence in the trailers of one key."""
    lines = (line for text in _readings(message, "") for line in normal_lines(text))
    return tuple(mark for line in lines if _key(line) == key.lower() for mark in _trailer_marks(line))


def unreadable(message: bytes, encoding: str = "") -> str:
    """Why a message can't be judged; empty if it can. `encoding` is the commit's header of that name."""
    text = _by_header(message, encoding)
    if text is None and not _keeps_ascii(encoding):
        return f"its encoding {_shown(encoding)} can't be read"
    if "\0" in (text or "") or b"\0" in message:
        return "it holds a NUL character, after which git shows nothing"
    return ""


def normal_lines(text: str) -> list[str]:
    """The lines of a message without disguise: folded ones in one piece, indented ones also by themselves."""
    whole: list[list[str]] = []
    indented = []
    for line in map(_normal, text.splitlines()):
        bare = line.strip()
        if line[:1] in (" ", "\t") and bare and whole:
            whole[-1].append(bare)
            indented.append(bare)
        else:
            whole.append([bare])
    return [" ".join(parts) for parts in whole] + indented


def _readings(message: bytes, encoding: str) -> tuple[str, ...]:
    """The message as its header says, and as plain text: an encoding that garbles ASCII must not hide a trailer."""
    try:
        plain = message.decode("utf-8")
    except UnicodeDecodeError:
        plain = message.decode("latin-1")
    told = _by_header(message, encoding)
    return (plain,) if told is None or told == plain else (told, plain)


def _by_header(message: bytes, encoding: str) -> str | None:
    try:
        codec = codecs.lookup(encoding or "utf-8").name
        return None if codec.replace("-", "_") in _PYTHON_ONLY else message.decode(codec)
    except (ValueError, LookupError):  # bytes that don't fit; a name that nobody knows
        return None


def _keeps_ascii(encoding: str) -> bool:
    """Whether ASCII text is the same bytes in an encoding; False if the encoding is not known."""
    sample = bytes(range(32, 127))
    return _by_header(sample, encoding) == sample.decode("ascii")


def _normal(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    folded = unicodedata.normalize("NFKC", line).translate(_HYPHENS)
    return "".join(letter for letter in folded if letter == "\t" or _visible(letter))


def _visible(letter: str) -> bool:
    variation = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return not variation and letter not in _INVISIBLE and unicodedata.category(letter) not in ("Cf", "Cc")


def _identity_marks(role: str, identity: tuple[str, str]) -> Iterator[Mark]:
    name, mailbox = (_normal(part) for part in identity)
    for agent in _owners(name, mailbox):
        yield Mark("declared", agent.id, _shown(f"{role} {name} <{mailbox}>"), authored=True)


def _trailer_marks(line: str) -> Iterator[Mark]:
    matched = _TRAILER.fullmatch(line)
    if matched is None:
        return
    key, value = matched[1].lower(), matched[2].strip()
    evidence = _shown(f"trailer {matched[1]}: {value}")
    if key in COAUTHOR_KEYS:
        name = value.partition("<")[0]
        yield from (Mark("declared", agent.id, evidence, authored=True) for agent in _owners(name, value))
    elif key in ASSISTANT_KEYS:
        yield from _assistant_marks(value, evidence)
    else:
        told = value.lower().lstrip("<")
        for agent in AGENTS:
            if any(key == known and told.startswith(start) for known, start in agent.trailers):
                yield Mark("declared", agent.id, evidence, authored=True)


def _assistant_marks(value: str, evidence: str) -> Iterator[Mark]:
    """A tool that is named as helper. The same key names people elsewhere, so a person's mailbox settles it."""
    by_mailbox = list(_owners(value.partition("<")[0], value))
    for agent in by_mailbox:
        yield Mark("declared", agent.id, evidence)
    if by_mailbox or "@" in value:
        return
    for agent in AGENTS:
        name = next((name for name in agent.names if _begins_with(value, name)), None)
        if name is not None:
            person = name in agent.first_names and _like_a_surname(value[len(name) :])
            yield Mark("hinted" if person else "declared", agent.id, evidence)
        elif any(_begins_with(value, model) and _like_a_version(value[len(model) :]) for model in agent.models):
            yield Mark("declared", agent.id, evidence)


def _footer_marks(text: str) -> Iterator[Mark]:
    lowered = text.lower()
    for agent in AGENTS:
        for footer in agent.footers:
            if footer in lowered:
                yield Mark("declared", agent.id, f"text {footer}", authored=True)


def _owners(name: str, mailboxes: str) -> Iterator[Agent]:
    """The agents that own one of the mailboxes in a text."""
    found = {part.lower().strip(".:") for part in _BETWEEN_MAILBOXES.split(mailboxes)}
    display = " ".join(name.lower().split())
    for agent in AGENTS:
        if found.intersection(agent.mailboxes) and display not in agent.not_named:
            yield agent


def _begins_with(value: str, name: str) -> bool:
    """Whether a value begins with a name as a whole word."""
    return value.lower().startswith(name) and not value[len(name) : len(name) + 1].isalnum()


def _like_a_surname(rest: str) -> bool:
    """Whether what follows a first name reads like a person's family name: words only, the last one with a capital."""
    words = rest.replace("-", " ").replace("'", "").replace(".", "").split()
    if not words or rest[0] not in " -" or not all(word.isalpha() for word in words):
        return False
    return words[-1][0].isupper() and words[0].lower() not in PRODUCT_WORDS


def _like_a_version(rest: str) -> bool:
    following = rest.lstrip(" -")
    return not following or following[0].isdigit() or following[0] in "(:,;["


def _key(line: str) -> str:
    matched = _TRAILER.fullmatch(line)
    return matched[1].lower() if matched else ""


def _shown(text: str) -> str:
    """Text from a commit, short and without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_LONGEST_EVIDENCE]
