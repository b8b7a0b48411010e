"""A policy file's bytes -> a `Layer`, or every mistake in them at once."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import tomli

from .checks import contradictions
from .layer import Layer
from .mistakes import Mistake, PolicyMistakes
from .page import MOST_MISTAKES, Page, TooManyMistakes
from .positions import Positions
from .reader import Reader

MOST_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
# tomli's words for what people do most often, in ours.
_PLAINER = {
    "Cannot overwrite a value": "this key is named a second time",
    "Invalid value": "there is no value here that TOML knows (a text stands in quotes)",
    "Illegal character '\\n'": "a quote is opened and not closed on this line",
    "Expected '=' after a key in a key/value pair": "a key is followed by = and a value",
}


def parse(text: bytes, name: str, folder: str = "") -> Layer:
    """What a policy file names. Raises PolicyMistakes with every mistake in it.

    `name` is the path that messages show. Patterns are relative to `folder`, itself relative to the repository's root.
    """
    layer, mistakes = read(text, name, folder)
    if not layer.extends and not folder:  # else another file may settle what this one leaves open
        mistakes = (*mistakes, *contradictions(layer.values, layer.tables))
    if mistakes:
        raise PolicyMistakes(mistakes)
    return layer


def read(text: bytes, path: str, folder: str = "", label: str = "") -> tuple[Layer, tuple[Mistake, ...]]:
    """What can be read of a policy file, and all that can't. A `label` stands before the path in messages."""
    name = label + path
    digest = blake2b(text, digest_size=20).hexdigest()
    try:
        document, positions = _document(text, name)
    except PolicyMistakes as error:
        return Layer(name, path, folder, digest, digest, {}, {}), error.mistakes
    reader = Reader(Page(name, folder, positions))
    try:
        reader.read(document)
    except TooManyMistakes:
        reader.mistakes.append(Mistake(name, 0, 0, "", f"more than {MOST_MISTAKES:,} mistakes: the rest is not listed"))
    layer = Layer(
        name=name,
        path=path,
        folder=folder,
        digest=digest,
        version=digest,
        values=reader.values,
        tables=reader.tables,
        waivers=tuple(reader.waivers),
        examples=tuple(reader.examples),
        notes=tuple(reader.notes),
    )
    return layer, tuple(reader.mistakes)


def _document(text: bytes, name: str) -> tuple[dict[str, Any], Positions]:
    """The text as tomli reads it, with the places of all that is in it."""
    decoded = _decoded(text, name).replace("\r\n", "\n")
    try:
        return tomli.loads(decoded), Positions(decoded)
    except tomli.TOMLDecodeError as error:
        raise _syntax(error, decoded, name) from None
    except (RecursionError, ValueError) as error:  # lists in lists in lists; a number of thousands of digits
        why = "lists or tables are nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        raise PolicyMistakes([Mistake(name, 0, 0, "", why, "a policy file")]) from None


def _decoded(text: bytes, name: str) -> str:
    def refuse(message: str, expected: str, offset: int = -1) -> PolicyMistakes:
        before = text[: max(offset, 0)].decode("utf-8", "replace")
        line, column = (before.count("\n") + 1, len(before) - before.rfind("\n")) if offset >= 0 else (0, 0)
        return PolicyMistakes([Mistake(name, line, column, "", message, expected)])

    if len(text) > MOST_BYTES:
        raise refuse(f"the file has {len(text):,} bytes or more", f"{MOST_BYTES:,} bytes at most")
    if text.startswith(_BOM):
        raise refuse("the file begins with a byte order mark", "UTF-8 without one", 0)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("the file is not UTF-8 from here on", "UTF-8", error.start) from None
    if b"\0" in text:
        raise refuse("the file holds a zero byte", "plain text", text.index(b"\0"))
    return decoded


def _syntax(error: tomli.TOMLDecodeError, text: str, name: str) -> PolicyMistakes:
    """tomli's objection, with its place. Before version 2.2 the place stands only in the message."""
    message = getattr(error, "msg", "") or str(error).partition(" (at ")[0]
    line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
    if not line:
        numbers = [int(word.strip(",)")) for word in str(error).split() if word.strip(",)").isdigit()]
        line, column = numbers[-2:] if len(numbers) >= 2 else (text.count("\n") + 1, 1)
    return PolicyMistakes([Mistake(name, line, column, "", _plainer(message))])


def _plainer(message: str) -> str:
    twice = message.startswith("Cannot declare") and message.endswith("twice")
    return "this table is begun a second time" if twice else _PLAINER.get(message, message)
