"""detect-secrets' own plugins and filters, built once a process and called without its dependency injection.

Its scanner spends most of its time on finding out which arguments a function takes, for every line. The functions
are the same here, the outcome too; only the calls are direct. Nothing is read from its process-wide settings.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeAlias

    from detect_secrets.plugins.base import BasePlugin

    from ..model.policy import Secrets

    Kind: TypeAlias = Literal["format", "keyword", "entropy"]

PRIVATE_KEY = "Private Key"
KEYWORD = "Secret Keyword"
HEX = "Hex High Entropy String"
BASE64 = "Base64 High Entropy String"

# Every other type of secret is a format: the shape itself says what it is.
KINDS: dict[str, Kind] = {KEYWORD: "keyword", HEX: "keyword", BASE64: "entropy"}

BASELINE_NAME = ".secrets.baseline"  # detect-secrets' own file, full of hashes under the key "hashed_secret"

_VERIFICATION = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"
_EXISTS = "detect_secrets.filters.common.is_invalid_file"
_PRAGMA = "detect_secrets.filters.allowlist.is_line_allowlisted"


def kind_of(secret_type: str) -> Kind:
    """How far a finding of this type can be trusted."""
    return KINDS.get(secret_type, "format")


def plugins_for(settings: Secrets) -> tuple[BasePlugin, ...]:
    """The plugins that the policy leaves switched on, in detect-secrets' own order."""
    return _plugins(settings.keyword != "off", settings.entropy_base64, settings.entropy_hex)


@lru_cache(maxsize=8)
def _plugins(keyword: bool, base64: float | None, hexadecimal: float | None) -> tuple[BasePlugin, ...]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import get_settings

    get_settings().disable_filters(_VERIFICATION)  # while it is set, plugins send what they found to its issuer
    limits = {BASE64: base64, HEX: hexadecimal}
    off = {name for name, kind in KINDS.items() if kind == "keyword" and not keyword}
    off |= {BASE64} if base64 is None else set()
    types: dict[str, type[Any]] = get_mapping_from_secret_type_to_class()
    return tuple(
        made(limit=limits[name]) if limits.get(name) is not None else made()
        for name, made in types.items()
        if name not in off
    )


class Filters(NamedTuple):
    """detect-secrets' default filters, by what they judge; each with the names of its parameters."""

    name: tuple[tuple[Callable[..., bool], tuple[str, ...]], ...]
    line: tuple[tuple[Callable[..., bool], tuple[str, ...]], ...]
    secret: tuple[tuple[Callable[..., bool], tuple[str, ...]], ...]


@lru_cache(maxsize=1)
def filters() -> Filters:
    """The default filters, apart from the one that looks for the file on the disk and the one for pragmas."""
    from detect_secrets.settings import Settings
    from detect_secrets.util.inject import get_injectable_variables

    made = []
    for path in sorted(Settings().filters.keys() - {_EXISTS, _PRAGMA, _VERIFICATION}):
        module, _, name = path.rpartition(".")
        function = getattr(import_module(module), name)
        made.append((function, tuple(get_injectable_variables(function))))
    return Filters(
        name=tuple(item for item in made if item[1] == ("filename",)),
        line=tuple(item for item in made if "line" in item[1] and "secret" not in item[1]),
        secret=tuple(item for item in made if "secret" in item[1]),
    )


def refuses(chosen: tuple[tuple[Callable[..., bool], tuple[str, ...]], ...], **facts: object) -> bool:
    """Whether one of the filters takes what it is given for no secret."""
    return any(function(**{name: facts[name] for name in names}) for function, names in chosen)


def skips_name(path: str) -> bool:
    """Whether detect-secrets passes over a file because of its name: lock files, "swagger", endings such as .map."""
    return path.rpartition("/")[2] == BASELINE_NAME or refuses(filters().name, filename=path)


def has_pragma(path: str, line: str, lines: list[str], number: int) -> bool:
    """Whether `pragma: allowlist secret` stands on the line, or its "nextline" form on the one before."""
    from detect_secrets.filters.allowlist import is_line_allowlisted
    from detect_secrets.util.code_snippet import get_code_snippet

    return is_line_allowlisted(path, line, get_code_snippet(lines, number))
