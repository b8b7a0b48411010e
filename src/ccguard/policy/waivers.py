"""Which waivers count, and over which layers' rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ..model.policy import Waiver
from .chain import Chain
from .filled import Loosened
from .layer import Layer
from .mistakes import shown_path
from .spelling import toml

_Subject: TypeAlias = tuple[str, frozenset[str], str, str]


def agreed_waivers(offered: Chain, others: Sequence[Chain]) -> tuple[tuple[Waiver, ...], tuple[Loosened, ...]]:
    """The waivers that every version has, each to its earliest day; and those that the offered version alone adds."""
    versions = [{_subject(waiver): waiver for waiver in _waivers(chain)} for chain in others]
    agreed = []
    added = []
    for waiver in _waivers(offered):
        found = [version[_subject(waiver)] for version in versions if _subject(waiver) in version]
        if len(found) < len(versions):
            added.append(Loosened("waivers", "nothing", "", toml(waiver.rule), waiver.origin))
            continue
        expires = min(waiver.expires, *(other.expires for other in found)) if found else waiver.expires
        not_over = dict.fromkeys((*waiver.not_over, *(name for other in found for name in other.not_over)))
        agreed.append(waiver.but(expires=expires, not_over=tuple(not_over)))
    return tuple(agreed), tuple(added)


def _subject(waiver: Waiver) -> _Subject:
    return waiver.rule, frozenset(waiver.paths), waiver.digest, waiver.approved_by


def _waivers(chain: Chain) -> Iterator[Waiver]:
    """The waivers of all layers; each knows the layers above its own whose approvers have not approved it."""
    for index, layer in enumerate(chain.layers):
        for waiver in layer.waivers:
            foreign = [above for above in chain.layers[:index] if not _approves(above, waiver.approved_by)]
            yield waiver.but(not_over=tuple(shown_path(above.name) for above in foreign))


def _approves(layer: Layer, person: str) -> bool:
    """Whether somebody is an approver in a layer, by name or as a member of a team that the layer lists."""
    return any(
        person == approver or person in _members(layer, approver)
        for path, named in layer.values.items()
        if path[-1] == "approvers" and isinstance(named.value, tuple)
        for approver in map(str, named.value)
    )


def _members(layer: Layer, team: str) -> tuple[str, ...]:
    named = layer.values.get(("teams", team))
    return tuple(map(str, named.value)) if named and isinstance(named.value, tuple) else ()
