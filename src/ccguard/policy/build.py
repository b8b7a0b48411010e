"""The settings that hold -> the model's typed policy."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from ..model.policy import (
    Attribution,
    Claude,
    Contacts,
    DataClass,
    Environments,
    Guard,
    Policy,
    Reporting,
    Review,
    Secrets,
    Session,
    Waiver,
    Zone,
)
from .builtin import BUILT_IN, REVIEWED, ZONES
from .chain import Chain
from .filled import Setting, Settings
from .keys import Entropy, dotted
from .layer import KeyPath
from .patterns import compile_patterns
from .zones import ZonePaths


def built(
    versions: Sequence[Chain], settings: Settings, zones: dict[str, ZonePaths], waivers: tuple[Waiver, ...]
) -> Policy:
    """The policy of these settings. The first version is the one at hand, the others are its floors."""
    at_hand = versions[0]
    values = _Values(settings)
    return Policy(
        claude=_claude(values),
        zones=tuple(_zone(name, paths, versions, values) for name, paths in zones.items()),
        data=tuple(_data(name, versions, values) for name in _names("data", versions)),
        secrets=_secrets(values),
        attribution=Attribution(**{**values.table("attribution"), "agents": _agents(values)}),
        review=Review(**values.table("review")),
        guard=Guard(**values.table("guard"), review_paths=compile_patterns(REVIEWED)),
        teams={path[1]: members for path in settings if path[0] == "teams" and (members := values[path])},
        rules=_named_levels(settings),
        waivers=waivers,
        examples=tuple(example for layer in at_hand.layers for example in layer.examples),
        contacts=Contacts(**values.table("contacts")),
        answers={name: text for name, text in values.table("answers").items() if text},
        journal_days=values["journal", "keep_days"],
        review_by=values[("review_by",)] or "",
        layers=tuple(layer.name for layer in at_hand.layers),
        digest=_digest(versions),
        origins={dotted(path): setting.origin for path, setting in settings.items() if setting.place},
    )


class _Values:
    """The settings' values by path. The parser has typed them key by key, so a field gets the type it declares."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getitem__(self, path: KeyPath) -> Any:
        return self._settings[path].value

    def setting(self, path: KeyPath) -> Setting:
        """The setting at a path, with its place."""
        return self._settings[path]

    def table(self, *prefix: str) -> dict[str, Any]:
        """The keys directly below a table, with their values."""
        depth = len(prefix)
        found = self._settings.items()
        return {path[-1]: setting.value for path, setting in found if path[:-1] == prefix and len(path) == depth + 1}


def _claude(values: _Values) -> Claude:
    return Claude(
        **values.table("claude"),
        environments=Environments(**values.table("claude", "environments")),
        session=Session(**values.table("claude", "session")),
        reporting=Reporting(**values.table("claude", "reporting")),
        connectors=values["claude", "connectors", "allowed"],
    )


def _named_levels(settings: Settings) -> dict[str, Any]:
    """The levels that a policy names; a rule that it doesn't name has its own."""
    return {path[1]: setting.value for path, setting in settings.items() if path[0] == "rules" and setting.place}


def _agents(values: _Values) -> tuple[str, ...] | None:
    """The agents whose help is accepted: where Claude Code is forbidden, it is none of them."""
    agents: tuple[str, ...] | None = values["attribution", "agents"]
    if agents is None or values["claude", "mode"] != "forbidden":
        return agents
    return tuple(agent for agent in agents if agent != "claude-code")


def _secrets(values: _Values) -> Secrets:
    table = values.table("secrets")
    limits: Entropy = table.pop("entropy")
    places = table.pop("in")
    return Secrets(**table, places=places, entropy_base64=limits.base64, entropy_hex=limits.hex)


def _zone(name: str, paths: ZonePaths, versions: Sequence[Chain], values: _Values) -> Zone:
    lines = dict.fromkeys(line for found in paths.sets for line in found.lines)
    return Zone(
        name,
        **values.table("zones", name),
        paths=tuple(lines),
        matchers=tuple(found.compiled() for found in paths.sets),
        origin=_origin(("zones", name), "access", versions, values),
        builtin=name in ZONES,
        exceptions=tuple((item.path, item.reason, item.place.origin) for item in paths.taken_out),
    )


def _data(name: str, versions: Sequence[Chain], values: _Values) -> DataClass:
    return DataClass(name, **values.table("data", name), origin=_origin(("data", name), "use", versions, values))


def _origin(table: KeyPath, deciding: str, versions: Sequence[Chain], values: _Values) -> str:
    """Where a zone or class is decided: the line of its deciding key, else its header, else ccguard itself."""
    setting: Setting = values.setting((*table, deciding))
    if setting.place and setting.place != BUILT_IN:
        return setting.origin
    headers = [chain.tables[table] for chain in versions if table in chain.tables]
    return (headers[0] if headers else BUILT_IN).origin


def _names(table: str, versions: Sequence[Chain]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for chain in versions for name in chain.names(table)))


def _digest(versions: Sequence[Chain]) -> str:
    """A digest of every file that has a say."""
    digests = [layer.digest for chain in versions for layer in chain.layers]
    return blake2b("\n".join(digests).encode("ascii"), digest_size=20).hexdigest()
