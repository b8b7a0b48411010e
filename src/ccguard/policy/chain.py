"""Layers that build on one another, as one: what each key comes to, and where a layer loosens one above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .builtin import BUILT_IN, DATA, FIXED_DATA, ZONES
from .keys import Key, dotted, key_at
from .layer import KeyPath, Layer, Named
from .mistakes import Mistake, Place, at
from .spelling import toml
from .strictness import REFUSING, met

# These are put together elsewhere: paths layer by layer, the classes of zones when all classes are known.
_APART = frozenset({"own", "paths", "exceptions", "data"})
_SAYS_WHAT_MAY_BE_DONE = ("access", "data", "reviewers", "approvers")


@dataclass(frozen=True)
class Chain:
    """One whole version of a policy, general first. `values` are the named ones; nothing is filled in yet."""

    layers: tuple[Layer, ...]
    values: Mapping[KeyPath, Named]
    tables: Mapping[KeyPath, Place]

    @property
    def first(self) -> Place:
        """Where a key that is missing would be added: the nearest file."""
        return Place(self.layers[-1].name, 1, 1)

    def names(self, table: str) -> tuple[str, ...]:
        """The zones or data classes that there are, built-in ones first."""
        fixed: Iterable[str] = ZONES if table == "zones" else DATA
        return tuple(dict.fromkeys((*fixed, *(path[1] for path in self.tables if path[0] == table))))


def chained(layers: Sequence[Layer]) -> tuple[Chain, tuple[Mistake, ...]]:
    """The layers as one, and a mistake for each place where one loosens a layer above it."""
    values = _built_in()
    tables: dict[KeyPath, Place] = {}
    mistakes: list[Mistake] = []
    for layer in layers:
        for path, place in layer.tables.items():
            if path not in tables:
                tables[path] = place
                values.update(_off_limits(layer, path, place))
        for path, named in layer.values.items():
            key = key_at(path)
            assert key is not None, path
            if key.merge in _APART:
                values.setdefault(path, named)  # only to know that it is there
            else:
                values[path] = _combined(key, path, values.get(path), named, mistakes)
    for layer in layers:
        for path, named in layer.values.items():
            if path[0] == "zones" and path[-1] == "data":
                values[path] = _stricter_class(path, values[path], named, values, mistakes)
    return Chain(tuple(layers), values, tables), tuple(mistakes)


def _off_limits(layer: Layer, table: KeyPath, place: Place) -> dict[KeyPath, Named]:
    """A zone whose first layer says nothing of what may be done there is off limits, for every layer below too."""
    bare = table[0] == "zones" and table[1] not in ZONES
    if not bare or any((*table, name) in layer.values for name in _SAYS_WHAT_MAY_BE_DONE):
        return {}
    return {(*table, "access"): Named("none", place)}


def _built_in() -> dict[KeyPath, Named]:
    values: dict[KeyPath, Named] = {}
    for name, zone in ZONES.items():
        values["zones", name, "access"] = Named(zone.access, BUILT_IN)
        values["zones", name, "reason"] = Named(zone.reason, BUILT_IN)
    values["data", FIXED_DATA, "use"] = Named(DATA[FIXED_DATA].use, BUILT_IN)
    return values


def _combined(key: Key, path: KeyPath, upper: Named | None, lower: Named, mistakes: list[Mistake]) -> Named:
    if upper is None:
        return lower
    outcome = met(key, upper.value, lower.value)
    if outcome.clash:
        mistakes.append(_loosened(path, upper, lower, "goes against"))
    elif outcome.looser and key.merge in REFUSING:
        mistakes.append(_loosened(path, upper, lower, "asks for less than"))
    return upper if outcome.of_upper else Named(outcome.value, lower.place)


def _stricter_class(
    path: KeyPath, upper: Named, lower: Named, values: Mapping[KeyPath, Named], mistakes: list[Mistake]
) -> Named:
    """Of two data classes the one whose use is stricter; of two that are alike, the nearest."""
    if upper.value == lower.value:
        return upper
    if strictness_of_class(str(upper.value), values) < strictness_of_class(str(lower.value), values):
        mistakes.append(_loosened(path, upper, lower, "asks for less than"))
        return upper
    return lower


def strictness_of_class(name: str, values: Mapping[KeyPath, Named]) -> int:
    """The place of a class's use among all uses, the strictest first; a class that nobody defines comes last."""
    key = key_at(("data", name, "use"))
    assert key is not None
    named = values.get(("data", name, "use"))
    use = named.value if named else DATA[name].use if name in DATA else key.allowed[-1]
    return key.allowed.index(str(use))


def _loosened(path: KeyPath, upper: Named, lower: Named, relation: str) -> Mistake:
    whose = "that is built in" if upper.place == BUILT_IN else f"of {upper.origin}"
    message = f"{toml(lower.value)} {relation} {toml(upper.value)} {whose}"
    mistake = at(lower.place, dotted(path), message, "a value that is at least as strict")
    return mistake._replace(rule="policy-loosened")
