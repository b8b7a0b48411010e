"""Whole tokens, where detect-secrets reports only a part of one.

Some of its patterns capture the family's public prefix, stop where a token of an older length would end, or take the
signs around it along. A digest of that would stand for every token of the kind, and waiving one would waive them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detect_secrets.plugins.base import BasePlugin

_WORD = re.compile(r"\w*")
_DOTTED = re.compile(r"[\w+/=-]*(?:\.[\w+/=-]+)*")

# By the type of secret, how its token goes on where the pattern's match ends. What detect-secrets captures of it:
TAILS = {
    "GitHub Token": _WORD,  # the prefix
    "GitLab Token": _DOTTED,  # the prefix, or a part in the middle
    "JSON Web Token": _DOTTED,  # all but the signature
    "Stripe Access Key": _WORD,  # the first 24 characters after the prefix
}
EDGES = {"Artifactory Credentials": ' \t=:"'}  # the signs before and after it, of which the pattern asks for one


def reported(plugin: BasePlugin, path: str, line: str, number: int) -> Iterator[tuple[str, str]]:
    """What the plugin finds on a line: each value as the plugin reports it, and the whole token that it is of."""
    values = {found.secret_value or "" for found in plugin.analyze_line(path, line, number)}
    tail = TAILS.get(plugin.secret_type)
    edges = EDGES.get(plugin.secret_type, "")
    if values and tail:
        whole = set(_whole(getattr(plugin, "denylist", ()), tail, line))
        yield from (found for found in whole if found[0] in values)
        values -= {value for value, _ in whole}
    yield from ((value, value.strip(edges) if edges else value) for value in values)


def _whole(patterns: Iterable[re.Pattern[str]], tail: re.Pattern[str], line: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for match in pattern.finditer(line):
            rest = tail.match(line, match.end())
            yield match[min(pattern.groups, 1)] or "", match[0] + (rest[0] if rest else "")
