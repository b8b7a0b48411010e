"""The secrets in a text: what detect-secrets 1.5 finds in a file, and the token formats that it passes over.

The two stay apart by `SecretHit.engine`. "detect-secrets" marks what its own scan of the whole file reports, on the
lines asked for. "ccguard" marks what its plugins find where its scanner does not look:

- files that it skips for their name (there without entropy: they are mostly checksums) or for a byte that is not UTF-8;
- for formats only, as the rest would be guesses: lines that hold a call (`x = f("...")`), lists, comments and values
  that its YAML and ini parsers drop, its second pass where the first has found something, and the readable parts of
  content that holds zero bytes.

Nothing is verified, so nothing is sent anywhere, and no file is opened. detect-secrets is imported by the first call.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from ..model.error import CcguardError
from ..model.finding import SecretHit
from ..secrets.mask import masked
from .added import Added, AddedToParsed, Everywhere, key_blocks
from .binary import PACKED
from .plugins import (
    BASELINE_NAME,
    KEYWORD,
    PRIVATE_KEY,
    filters,
    has_pragma,
    kind_of,
    plugins_for,
    refuses,
    skips_name,
)
from .source import readings
from .tokens import reported

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from detect_secrets.plugins.base import BasePlugin

    from ..model.policy import Secrets
    from .added import Places
    from .source import Source

_DIGEST_LENGTH = 32  # hex digits
# One long word that names keywords over and over takes the keyword plugin minutes (its time grows with the square, and
# fifty times over); no real line has one. The plugin gets the word's ends.
_LONG_WORD = re.compile(r"\w{1000,}")
_KEYWORDS = re.compile("pass|pwd|secret|key|contrase", re.IGNORECASE)
_MOST_KEYWORDS = 20
# What a plugin finds nothing without. The NPM plugin tries anew from every `//`, to the end of the line: one line of
# two megabytes, full of addresses as minified files are, took it minutes.
_NEEDED = {"NPM tokens": "/:_authToken="}
_READABLE_RUN = re.compile(r"[!-~]{8}")  # in binary content, what is worth a look: shorter than any token


def scan(
    path: str, text: str, lines: Collection[int] | None, settings: Secrets, *, honour_pragma: bool = False
) -> tuple[SecretHit, ...]:
    """The secrets on the given 1-based lines of `text` (None: on all), by line, each secret once.

    `text` is the whole file `path`, decoded as UTF-8 with surrogateescape; lines count as git counts them. In UTF-16
    and binary content, where git counts none, every line is searched. With `honour_pragma` a hit that a
    `pragma: allowlist secret` covers is `allowlisted`, unless it is a format. CcguardError if detect-secrets fails.
    """
    try:
        return _hits(readings(path, text), lines, settings, honour_pragma)
    except Exception as error:  # noqa: BLE001  (its errors may hold the secret: only their kind is told)
        failure = type(error).__name__
    raise CcguardError(
        "the search for secrets failed",
        where=path,
        why=f"detect-secrets ended with {failure}",
        fix="report this file's kind to ccguard; until then look at the file yourself",
    )


def not_scanned(path: str, text: str) -> str:
    """Why `scan` can't see all of this file; empty if it can."""
    source = readings(path, text)[0]
    if text.startswith(PACKED) or (source.binary and not source.picture):
        return "its content is binary: only readable parts were searched, and for token formats alone"
    if source.swells:
        return "its aliases or references spell out too much text: it was searched line by line, unparsed"
    return ""


class _Found(NamedTuple):
    """A secret that is no longer in the clear."""

    line: int
    type: str
    masked: str
    digest: str
    own: bool  # detect-secrets' own scan reports it, unless a pragma silences it
    pragma: bool


def _hits(
    sources: Iterable[Source], lines: Collection[int] | None, settings: Secrets, honour_pragma: bool
) -> tuple[SecretHit, ...]:
    """The hits in all the ways to read a file, each secret once."""
    best: dict[tuple[str, str], SecretHit] = {}
    for source in sources:
        for hit in _hits_in(source, lines, settings, honour_pragma):
            known = best.setdefault((hit.type, hit.digest), hit)
            best[hit.type, hit.digest] = min(known, hit, key=_preference)
    return tuple(sorted(best.values(), key=lambda hit: (hit.line, hit.type, hit.digest)))


def _hits_in(
    source: Source, lines: Collection[int] | None, settings: Secrets, honour_pragma: bool
) -> Iterator[SecretHit]:
    numbers = source.git_numbers()
    added: frozenset[int] | None = None
    if lines is not None and source.numbered:
        wanted = frozenset(lines)
        added = frozenset(line for line, number in enumerate(numbers, 1) if number in wanted)
        if not added:
            return
    for found in _all_found(source, added, settings):
        yield SecretHit(
            path=source.path,
            line=numbers[found.line - 1] if found.line <= len(numbers) else found.line,
            type=found.type,
            masked=found.masked,
            digest=found.digest,
            kind=kind_of(found.type),
            engine="detect-secrets" if found.own else "ccguard",
            allowlisted=honour_pragma and found.pragma and kind_of(found.type) != "format",
        )


def _preference(hit: SecretHit) -> tuple[bool, bool, int]:
    """Of several hits for one secret the least lowered, then detect-secrets' own, then the first."""
    return hit.allowlisted, hit.engine == "ccguard", hit.line


def _all_found(source: Source, added: frozenset[int] | None, settings: Secrets) -> Iterator[_Found]:
    """Everything found on the added lines: by detect-secrets' first pass, its second, and beside them."""
    plugins, own = _chosen_plugins(source, settings)
    plain, parsed = source.lines(), source.parsed_lines()
    on_plain: Places = Everywhere() if added is None else Added(added, plain)
    on_parsed: Places = Everywhere() if added is None else AddedToParsed(added, plain)
    if source.binary and added is None:
        on_plain = _ReadableRuns()
    search = _Search(source.path, settings.salt)
    first = list(search.through(parsed or plain, on_parsed if parsed else on_plain, plugins))
    yield from (found._replace(own=found.own and own) for found in first)
    if parsed:
        yield from _beside(search.through(plain, on_plain, plugins))
    second = source.parsed_lines(eager=True)
    late = list(search.through(second, on_parsed, plugins))
    whole = first if added is None else search.through(parsed or plain, Everywhere(), plugins)
    if late and any(found.own and not found.pragma for found in whole):
        yield from _beside(late)  # detect-secrets takes its second pass only where the first found nothing
    else:
        yield from (found._replace(own=found.own and own) for found in late)


def _chosen_plugins(source: Source, settings: Secrets) -> tuple[tuple[BasePlugin, ...], bool]:
    """The plugins that suit this file, and whether detect-secrets itself would look at it."""
    plugins = plugins_for(settings)
    formats = tuple(plugin for plugin in plugins if kind_of(plugin.secret_type) == "format")
    if source.binary or source.path.rpartition("/")[2] == BASELINE_NAME:
        return formats, False
    if skips_name(source.path):  # mostly checksums, which the entropy plugins would all report
        return tuple(plugin for plugin in plugins if plugin in formats or plugin.secret_type == KEYWORD), False
    return plugins, source.utf8


def _beside(found: Iterable[_Found]) -> Iterator[_Found]:
    """What ccguard adds to detect-secrets' findings."""
    return (one._replace(own=False) for one in found if kind_of(one.type) == "format")


class _ReadableRuns(Everywhere):
    """The lines of binary content that hold some text."""

    def numbers(self, lines: Sequence[str]) -> Iterable[int]:
        return (number for number, line in enumerate(lines, 1) if _READABLE_RUN.search(line))


class _Search:
    """The search in one file: the one place that sees secrets in the clear, and lets none out."""

    def __init__(self, path: str, salt: str) -> None:
        self._path = path
        self._key = _key(salt)

    def through(self, lines: Sequence[str], places: Places, plugins: tuple[BasePlugin, ...]) -> Iterator[_Found]:
        """What the plugins find on these lines and their filters let pass, whether a pragma covers it or not."""
        context = list(lines)
        for number in places.numbers(lines):
            if lines[number - 1].strip():
                yield from self._on_line(context, number, places, plugins)

    def _on_line(
        self, lines: list[str], number: int, places: Places, plugins: tuple[BasePlugin, ...]
    ) -> Iterator[_Found]:
        line = lines[number - 1].rstrip()
        facts: dict[str, object] = {"filename": self._path, "line": line}
        judged: tuple[bool, bool] | None = None  # once a line, which may hold thousands of secrets
        for plugin in plugins:
            if _NEEDED.get(plugin.secret_type, "") not in line:
                continue
            given = _LONG_WORD.sub(_ends, line) if plugin.secret_type == KEYWORD else line
            for value, token in reported(plugin, self._path, given, number):
                place = places.place(number, plugin.secret_type, token)
                if not place or refuses(filters().secret, **facts, secret=value, plugin=plugin):
                    continue
                own, pragma = judged = judged or (
                    not refuses(filters().line, **facts),
                    has_pragma(self._path, line, lines, number),
                )
                if own or kind_of(plugin.secret_type) == "format":
                    for secret in _whole(lines, number, plugin, token):
                        yield _Found(place, plugin.secret_type, masked(secret), self._digest(secret), own, pragma)

    def _digest(self, secret: str) -> str:
        return blake2b(secret.encode(), key=self._key).hexdigest()[:_DIGEST_LENGTH]


def _whole(lines: Sequence[str], number: int, plugin: BasePlugin, token: str) -> Iterator[str]:
    """The secrets that a token is or, of private keys, begins."""
    if plugin.secret_type != PRIVATE_KEY:
        yield token
        return
    yield from (block for block, _ in key_blocks(lines, number, token))


def _ends(word: re.Match[str]) -> str:
    many = len(_KEYWORDS.findall(word[0])) > _MOST_KEYWORDS
    return word[0][:500] + word[0][-500:] if many else word[0]


def _key(salt: str) -> bytes:
    """The salt's bytes as BLAKE2b takes them: hex digits decoded, other text as it is, at most 64 bytes."""
    try:
        key = bytes.fromhex(salt)
    except ValueError:
        key = salt.encode()
    return key if len(key) <= blake2b.MAX_KEY_SIZE else blake2b(key).digest()
