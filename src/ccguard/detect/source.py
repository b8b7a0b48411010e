"""A file's text, and the lines of it that detect-secrets looks at: the plain ones, or those its parsers make."""

from __future__ import annotations

import configparser
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from .binary import is_picture, readable_parts, wide_text

if TYPE_CHECKING:
    from typing import Any

# Bytes that are not UTF-8 arrive as these surrogates (PEP 383). As Latin-1 they keep their place, and letters stay
# letters. Other surrogates, from an escape in YAML say, can't be encoded, and detect-secrets fails on them.
_ESCAPED_BYTE = re.compile(r"[\udc80-\udcff]")
_OTHER_SURROGATE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# At the margin, neither key nor section nor comment: configparser will find fault with it, but only at the file's end.
_NO_INI_LINE = re.compile(r"^[^\s#;\[=:][^=:\n]*$", re.MULTILINE)

# A few lines of YAML aliases or ini references can spell out more text than memory holds (or, in YAML, hold
# themselves), and detect-secrets follows them without a limit. Such a file is read by plain lines.
_MOST_NODES = 1_000_000
_MOST_REFERENCES = 40  # configparser follows them ten levels deep: 4 a level spell out 4 ** 10 values

_MOST_ZEROS = 0.1  # the share of zero bytes in what still counts as text


class Source(NamedTuple):
    """A file's text, made readable."""

    path: str
    text: str
    utf8: bool  # otherwise detect-secrets gives the file up
    binary: bool = False  # its readable parts alone
    picture: bool = False  # binary, and nothing in it but a picture or font
    numbered: bool = True  # its lines are those that git counts

    def lines(self) -> list[str]:
        """The plain lines, as `open(...).readlines()` gives them."""
        return io.StringIO(self.text, newline=None).readlines()

    def git_numbers(self) -> list[int]:
        """For each plain line the number that git gives it: git knows no line that ends in a lone CR."""
        parts = self.text.split("\n")
        return [number for number, part in enumerate(parts, 1) for _ in range(part.removesuffix("\r").count("\r") + 1)]

    def parsed_lines(self, *, eager: bool = False) -> list[str]:
        """The lines that detect-secrets' YAML and ini parsers make of the text; none if they can't read it.

        `eager` asks for those that it falls back to where it found nothing: whatever the name, as an ini file.
        """
        from detect_secrets.transformers import get_transformed_file

        hopeless = self._refers_too_much() or _NO_INI_LINE.search(self.text) if eager else self.swells
        if self.binary or hopeless:
            return []
        file = _NamedText(self.text, newline=None)
        file.name = self.path
        file_like: Any = file
        try:
            lines = get_transformed_file(file_like, use_eager_transformers=eager) or []
        except Exception:  # noqa: BLE001  (its parsers let some of their errors out: the plain lines remain)
            return []
        return [_SURROGATE.sub("\ufffd", line) for line in lines]

    @property
    def swells(self) -> bool:
        """Whether the text's own references would blow it up, so that it can't be read by structure."""
        return self._refers_too_much() or self._aliases_too_much()

    def _refers_too_much(self) -> bool:
        many = self.text.replace("%%", "").count("%(") > _MOST_REFERENCES
        return many and (_is_ini(self.text) or _is_ini("[global]\n" + self.text))

    def _aliases_too_much(self) -> bool:
        from detect_secrets.util.filetype import FileType, determine_file_type

        if determine_file_type(self.path) is not FileType.YAML or "&" not in self.text or "*" not in self.text:
            return False
        import yaml

        try:
            return _size(yaml.compose(self.text, yaml.SafeLoader), {}, set()) > _MOST_NODES
        except RecursionError:
            return True
        except Exception:  # noqa: BLE001  (no YAML then: detect-secrets will give it up too)
            return False


class _NamedText(io.StringIO):
    """A text in memory that says which file it is."""

    name: str


def readings(path: str, text: str) -> tuple[Source, ...]:
    """The ways to read a file: as text if it is one, and if it holds zero bytes also by its bytes' readable parts.

    `text` was decoded as UTF-8, with bytes that are none escaped as surrogates. What the zeros look like, or a mark,
    may lie about the encoding; the readable parts are there whatever it is.
    """
    text = _OTHER_SURROGATE.sub("\ufffd", text)
    utf8 = _ESCAPED_BYTE.search(text) is None
    if "\0" not in text:
        latin = text if utf8 else _ESCAPED_BYTE.sub(lambda found: chr(ord(found[0]) - 0xDC00), text)
        return (Source(path, latin, utf8),)
    content = text.encode("utf-8", "surrogateescape")
    parts = Source(path, readable_parts(content), utf8=False, binary=True, numbered=False)
    wide = wide_text(content)
    if wide:
        return Source(path, wide, utf8=False, numbered=False), parts
    if utf8 and text.count("\0") <= len(text) * _MOST_ZEROS:
        return Source(path, text, utf8), parts._replace(numbered=True)
    return (parts._replace(picture=is_picture(content)),)


def _is_ini(text: str) -> bool:
    """Whether configparser reads the text; it follows no references while it does."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as detect-secrets has it: A is not a
    try:
        parser.read_string(text)
    except Exception:  # noqa: BLE001  (it lets some of its errors out, and then detect-secrets gives up too)
        return False
    return True


def _size(node: Any, sizes: dict[int, float], above: set[int]) -> float:
    """How many nodes a YAML tree has once every alias is written out."""
    if id(node) in above:
        return float("inf")
    if id(node) in sizes:
        return sizes[id(node)]
    below = getattr(node, "value", None)
    if not isinstance(below, list):
        return 1
    above.add(id(node))
    children = (child for item in below for child in (item if isinstance(item, tuple) else (item,)))
    sizes[id(node)] = 1 + sum(_size(child, sizes, above) for child in children)
    above.discard(id(node))
    return sizes[id(node)]
