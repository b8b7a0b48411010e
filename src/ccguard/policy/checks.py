"""What is wrong with a whole policy although each of its values is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .builtin import DATA, ZONES
from .keys import MODES, dotted
from .layer import KeyPath, Named
from .mistakes import Mistake, Place, at, nearest, shown
from .reader import FREE_WHEN_OPEN

_MODE: KeyPath = ("claude", "mode")


def contradictions(values: Mapping[KeyPath, Named], tables: Iterable[KeyPath]) -> Iterator[Mistake]:
    """Values that can't hold together: a review that is due and not due, a class that nobody defines."""
    mode, required = values.get(_MODE), values.get(("review", "required"))
    if mode and required and (mode.value, required.value) == ("supervised", "none"):
        what, expected = 'is "none" where the mode is "supervised"', '"ai-assisted" or "all"'
        yield at(required.place, "review.required", what, expected)
    free = values.get(("rules", FREE_WHEN_OPEN))
    if free and free.value != "block" and mode and mode.value != "open":
        what = f'no policy can lower this rule where the mode is "{mode.value}"'
        yield at(free.place, dotted(("rules", FREE_WHEN_OPEN)), what, '"block", or leave the line out')
    defined = {*DATA, *(path[1] for path in tables if path[0] == "data")}
    for path, named in values.items():
        if path[0] == "zones" and path[-1] == "data" and named.value not in defined:
            yield _undefined(path, named, defined)


def gaps(values: Mapping[KeyPath, Named], tables: Mapping[KeyPath, Place], first: Place) -> Iterator[Mistake]:
    """What a whole policy has to say and this one doesn't. `first` is where to begin."""
    if _MODE not in values:
        yield at(first, "claude.mode", "is missing", f"one of {', '.join(MODES)}")
    for path, place in tables.items():
        table, name = path
        if table == "zones" and name not in ZONES:
            yield from _zone_gaps(values, path, place)
        if table == "data" and name not in DATA and (*path, "use") not in values:
            yield at(place, dotted(path), "does not say whether the class may be put in front of Claude", "use")


def _zone_gaps(values: Mapping[KeyPath, Named], zone: KeyPath, place: Place) -> Iterator[Mistake]:
    if (*zone, "paths") not in values:
        yield at(place, dotted(zone), "has no paths", 'paths = ["..."]')


def _undefined(path: KeyPath, named: Named, defined: set[str]) -> Mistake:
    name = str(named.value)
    close = nearest(name, defined)
    expected = f"one of {', '.join(sorted(defined))}, or a table [data.{dotted((name,))}]"
    return at(named.place, dotted(path), f"{shown(name)} is no data class", expected, close and f'"{close}"')
