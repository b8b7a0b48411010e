"""What one policy file says: each value that it names, with its place. Nothing is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..model.policy import Example, Waiver
from .keys import Value
from .mistakes import Mistake, Place

# A key as the table at hand spells it: ("zones", "payments", "access").
KeyPath: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A value, and the place that names it."""

    value: Value
    place: Place

    @property
    def origin(self) -> str:
        """`file:line`."""
        return self.place.origin


@dataclass(frozen=True)
class Layer:
    """One file. `name` is what messages call it, `path` where it lies in the repository.

    `version` is the same for all files that were loaded together: the digest of the lot. A floor is a whole version.
    """

    name: str
    path: str
    folder: str
    digest: str
    version: str
    values: Mapping[KeyPath, Named]
    tables: Mapping[KeyPath, Place]  # zones and data classes, by where they are first named
    waivers: tuple[Waiver, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[Mistake, ...] = ()  # waivers that are malformed: they waive nothing, and the rest of the file holds

    @property
    def extends(self) -> tuple[str, ...]:
        """The files that this one builds on."""
        named = self.values.get(("extends",))
        return named.value if named and isinstance(named.value, tuple) else ()  # type: ignore[return-value]
