"""The paths of each zone: one set of patterns for each layer that names some, and the built-in sets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model.paths import PathSet
from .builtin import BUILT_IN, NEVER_CREDENTIALS, ZONES
from .chain import Chain
from .filled import Loosened
from .keys import Exempt, dotted
from .layer import Layer
from .mistakes import Place, PolicyMistakes, at
from .patterns import PatternError, compile_patterns
from .spelling import literal, toml

_POLICY_FILE = ".claude-policy.toml"
# The one zone that a policy can take paths out of.
_HOLED = "credentials"
_EXCEPT = ("zones", _HOLED, "except")
# Files that decide what the guardrails do, wherever a policy puts them.
_GUARD_FILES = (("secrets", "baseline"), ("review", "allowed_signers"))


@dataclass(frozen=True)
class ZoneSet:
    """Patterns of one layer. A `!` among them takes a path out of this set only, so no layer loosens another."""

    lines: tuple[str, ...]
    place: Place

    def compiled(self) -> PathSet:
        """The set as a matcher. Raises PolicyMistakes where all of it together is too much."""
        try:
            return compile_patterns(self.lines)
        except PatternError as error:
            raise PolicyMistakes([at(self.place, "zones", str(error))]) from None


@dataclass(frozen=True)
class TakenOut:
    """A path that a layer takes out of the built-in zone "credentials"."""

    path: str
    reason: str
    place: Place


@dataclass(frozen=True)
class ZonePaths:
    """All sets of a zone, which add up, and what every version takes out of the built-in ones."""

    sets: tuple[ZoneSet, ...]
    taken_out: tuple[TakenOut, ...] = ()


def agreed_zones(offered: Chain, others: Sequence[Chain]) -> tuple[dict[str, ZonePaths], tuple[Loosened, ...]]:
    """The paths of every zone of every version; and what the offered version would take out of the others'."""
    zones: dict[str, ZonePaths] = {}
    bared: list[Loosened] = []
    known = frozenset(offered.names("zones"))
    for name in dict.fromkeys(name for chain in (offered, *others) for name in chain.names("zones")):
        own = zone_sets(offered, name)
        sets = {found.lines: found for found in own}
        for chain in others:
            for floor in zone_sets(chain, name):
                sets.setdefault(floor.lines, floor)
                if name in known and not any(_keeps(found, floor) for found in own):
                    bared.extend(_bared(name, own, floor))
        zones[name] = ZonePaths(tuple(sets.values()), _agreed_exceptions(offered, others) if name == _HOLED else ())
    return zones, tuple(dict.fromkeys(bared))


def zone_sets(chain: Chain, name: str) -> tuple[ZoneSet, ...]:
    """The sets of a zone, which add up. The built-in ones come first."""
    return tuple(_zone_sets(chain, name))


def _zone_sets(chain: Chain, name: str) -> Iterator[ZoneSet]:
    if name in ZONES:
        out = _exceptions(chain) if name == _HOLED else ()
        yield ZoneSet((*ZONES[name].paths, *_taken_out(out)), BUILT_IN)
    if name == "guard" and (files := _guard_files(chain)):
        yield ZoneSet(files, BUILT_IN)
    for layer in chain.layers:
        named = layer.values.get(("zones", name, "paths"))
        if named is not None and isinstance(named.value, tuple):
            lines = tuple(map(str, named.value))
            if name == _HOLED:
                lines = (*_without_harmless(lines), *_taken_out(_own_exceptions(layer)))
            yield ZoneSet(lines, named.place)


def _exceptions(chain: Chain) -> tuple[TakenOut, ...]:
    """Every path that a layer takes out of the built-in credentials."""
    return tuple(found for layer in chain.layers for found in _own_exceptions(layer))


def _own_exceptions(layer: Layer) -> tuple[TakenOut, ...]:
    named = layer.values.get(_EXCEPT)
    if named is None or not isinstance(named.value, tuple):
        return ()
    exempt = [item for item in named.value if isinstance(item, Exempt)]
    return tuple(TakenOut(posixpath.join(layer.folder, path), reason, named.place) for path, reason in exempt)


def _taken_out(found: tuple[TakenOut, ...]) -> tuple[str, ...]:
    return tuple("!" + literal(item.path) for item in found)


def _without_harmless(lines: tuple[str, ...]) -> tuple[str, ...]:
    """A policy's own patterns without `.env.example` and its like, unless they name one in full."""
    full = tuple(line for line in lines if _names_in_full(line))
    return (*lines, *(f"!{name}" for name in NEVER_CREDENTIALS), *full)


def _names_in_full(line: str) -> bool:
    last = line.removeprefix("!").rpartition("/")[2]
    return not any(char in last for char in "*?[") and (last in NEVER_CREDENTIALS or last.endswith(".pub"))


def _guard_files(chain: Chain) -> tuple[str, ...]:
    """The files of this policy that are no built-in guard files: what it extends, its baseline, its signers."""
    extended = [
        layer.path
        for layer in chain.layers
        if not posixpath.isabs(layer.path) and posixpath.basename(layer.path) != _POLICY_FILE
    ]
    named = [str(layer.values[path].value) for layer in chain.layers for path in _GUARD_FILES if path in layer.values]
    files = dict.fromkeys(literal(path) for path in (*extended, *named))
    standard = {literal(name) for name in (".ccguard-baseline", ".allowed_signers")}
    return tuple(file for file in files if file not in standard)


def _agreed_exceptions(offered: Chain, others: Sequence[Chain]) -> tuple[TakenOut, ...]:
    versions = [{item.path for item in _exceptions(chain)} for chain in others]
    return tuple(item for item in _exceptions(offered) if all(item.path in paths for paths in versions))


def _bared(name: str, own: Sequence[ZoneSet], floor: ZoneSet) -> Iterator[Loosened]:
    """What the offered sets no longer cover of a floor's set, in words."""
    covered = {line for found in own for line in found.lines}
    missing = tuple(line for line in floor.lines if line not in covered and not line.startswith("!"))
    extra = [(line, found) for found in own for line in found.lines if line.startswith("!") and line not in floor.lines]
    for line in missing:
        yield Loosened(f"{dotted(('zones', name))}.paths", toml(line), floor.place.origin, "nothing", "")
    for line, found in extra:
        yield Loosened(
            f"{dotted(('zones', name))}.paths", "nothing", floor.place.origin, toml(line), found.place.origin
        )


def _keeps(offered: ZoneSet, floor: ZoneSet) -> bool:
    """Whether a set surely covers all that another one does: its patterns in their order, and no more exceptions."""
    waiting = list(floor.lines)
    for line in offered.lines:
        while waiting and waiting[0].startswith("!") and waiting[0] != line:
            waiting.pop(0)
        if waiting and waiting[0] == line:
            waiting.pop(0)
        elif line.startswith("!"):
            return False
    return all(line.startswith("!") for line in waiting)
