"""Every key of a policy with the value that holds: the named one, else the default. Floors are put in force here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from typing import TypeAlias

from ..rules import TABLE
from .builtin import DATA
from .chain import Chain
from .keys import BY_NAME, KEYS, Key, Value, dotted, key_at
from .layer import KeyPath
from .mistakes import Place
from .spelling import toml
from .strictness import met

_LEVELS = {rule.id: rule.level for rule in TABLE}
# A rule that no policy names may have the level "ask", which `[rules]` itself can't give.
_RULE_KEY = replace(BY_NAME["rules.*"], allowed=("block", "ask", "warn", "monitor"))
_BRANCHES = "review.branches"
_APART = frozenset({"own", "paths", "exceptions"})
# Of a zone or data class that a version does not have, one key stands for all.
_SPOKESMEN = ("access", "use")


@dataclass(frozen=True)
class Setting:
    """The value that holds; `place` is None for a default. A value of None says nothing: no restriction."""

    value: Value | None
    place: Place | None = None

    @property
    def origin(self) -> str:
        """`file:line`, empty for a default."""
        return self.place.origin if self.place else ""

    def __str__(self) -> str:
        return "nothing" if self.value is None else toml(self.value)


Settings: TypeAlias = dict[KeyPath, Setting]


@dataclass(frozen=True)
class Loosened:
    """What the policy at hand would loosen in a version that still has a say: the floor's value holds."""

    key: str
    floor: str
    floor_origin: str
    offered: str
    offered_origin: str


def filled(chain: Chain) -> Settings:
    """Each key with its named value or its default."""
    named = chain.values.get(("claude", "mode"))
    mode = str(named.value) if named else ""
    return {path: _setting(key, path, chain, mode) for key, path in _paths(chain)}


def floored(offered: Settings, floors: Sequence[Settings]) -> tuple[Settings, tuple[Loosened, ...]]:
    """For each key the stricter of the offered value and of all floors'; and what the offered values would loosen."""
    if not floors:
        return offered, ()
    held: Settings = {}
    loosened = []
    paths = dict.fromkeys((*offered, *(path for floor in floors for path in floor)))
    for path in sorted(paths, key=lambda path: path[0] == "zones"):  # the classes before the zones that name them
        floor = _strictest(path, [found for settings in floors if (found := _found(settings, path))], held)
        setting = _found(offered, path)
        if floor is None or setting is None:
            held[path] = floor or setting or Setting(None)
            looser = setting is None and path[-1] in _SPOKESMEN
        else:
            held[path], looser = _stricter(path, floor, setting, held)
        if looser and floor is not None:
            key = dotted(path if setting else path[:2])
            shown = setting or Setting(None)
            loosened.append(Loosened(key, str(floor), floor.origin, str(shown), shown.origin))
    return held, tuple(loosened)


def _paths(chain: Chain) -> Iterator[tuple[Key, KeyPath]]:
    """Every key that a policy has, with the names that this one gives to zones, classes and teams."""
    tables = {
        "zones": chain.names("zones"),
        "data": chain.names("data"),
        "rules": tuple(_LEVELS),
        "teams": tuple(path[1] for path in chain.values if path[0] == "teams"),
    }
    for table, keys in groupby(KEYS, key=lambda key: key.parts[0]):
        held = [key for key in keys if key.merge not in _APART]
        for name in tables.get(table, ("",)):
            yield from ((key, _named_path(key, name)) for key in held)


def _named_path(key: Key, name: str) -> KeyPath:
    return tuple(name if part == "*" else part for part in key.parts)


def _setting(key: Key, path: KeyPath, chain: Chain, mode: str) -> Setting:
    named = chain.values.get(path)
    return Setting(named.value, named.place) if named else Setting(_default(key, path, mode))


def _default(key: Key, path: KeyPath, mode: str) -> Value | None:
    if key.name == "review.required" and mode == "open":
        return "none"
    if key.name == "rules.*":
        return _LEVELS[path[1]]
    if path[0] == "data" and path[1] in DATA and path[2] in DATA[path[1]]._fields:
        value: Value = getattr(DATA[path[1]], path[2])
        return value
    return key.default


def _found(settings: Settings, path: KeyPath) -> Setting | None:
    """A setting of one version; a team that a version doesn't list has no members there."""
    return settings.get(path, Setting(()) if path[0] == "teams" else None)


def _strictest(path: KeyPath, settings: list[Setting], held: Mapping[KeyPath, Setting]) -> Setting | None:
    """The stricter of all, whatever their order; of values that contradict each other, always the same one."""
    if not settings:
        return None
    key = _key(path)
    if key.merge == "approvers":  # the fewest people first
        settings = sorted(settings, key=lambda setting: (len(_names(setting)), _names(setting)))
    if key.name == _BRANCHES:  # the default branch before named ones
        settings = sorted(settings, key=lambda setting: setting.value is not None)
    if key.merge == "clash":
        settings = sorted(settings, key=lambda setting: key.allowed.index(str(setting.value)) if setting.value else 9)
    return reduce(lambda first, second: _stricter(path, first, second, held)[0], settings)


def _stricter(path: KeyPath, floor: Setting, offered: Setting, held: Mapping[KeyPath, Setting]) -> tuple[Setting, bool]:
    """The setting that holds, and whether the offered one asks for less than the floor."""
    key = _key(path)
    if floor.value == offered.value:
        return offered, False
    if key.merge == "base":
        return floor, False
    if key.merge == "nearest":
        return (offered if offered.value else floor), False
    if key.merge == "data":
        looser = _rank_of_class(floor, held) < _rank_of_class(offered, held)
        return (floor, True) if looser else (offered, False)
    if key.name == _BRANCHES and (floor.value is None or offered.value is None):
        return floor, True  # the default branch against named ones: which is more can't be told here
    if floor.value is None or (key.merge == "approvers" and not floor.value):
        return offered, False
    if offered.value is None or (key.merge == "approvers" and not offered.value):
        return floor, True
    outcome = met(key, floor.value, offered.value)
    if outcome.of_upper:
        return floor, outcome.looser
    return Setting(outcome.value, offered.place or floor.place), outcome.looser


def _rank_of_class(setting: Setting, held: Mapping[KeyPath, Setting]) -> int:
    uses = BY_NAME["data.*.use"].allowed
    use = held.get(("data", str(setting.value), "use"))
    return uses.index(str(use.value)) if use and use.value else len(uses)


def _names(setting: Setting) -> tuple[str, ...]:
    return setting.value if isinstance(setting.value, tuple) else ()  # type: ignore[return-value]


def _key(path: KeyPath) -> Key:
    key = _RULE_KEY if path[0] == "rules" else key_at(path)
    assert key is not None, path
    return key
