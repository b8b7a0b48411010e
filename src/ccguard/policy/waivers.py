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
    above: list[tuple[str, frozenset[str]]] = []
    for layer in chain.layers:
        for waiver in layer.waivers:
            foreign = tuple(name for name, approvers in above if waiver.approved_by not in approvers)
            yield waiver.but(not_over=foreign)
        above.append((shown_path(layer.name), _approvers(layer)))


def _approvers(layer: Layer) -> frozenset[str]:
    """Everybody who approves something in a layer, by name or as a member of a team that the layer lists."""
    named = {
        str(approver)
        for path, values in layer.values.items()
        if path[-1] == "approvers" and isinstance(values.value, tuple)
        for approver in values.value
    }
    return frozenset((*named, *(member for team in named for member in _members(layer, team))))


def _members(layer: Layer, team: str) -> tuple[str, ...]:
    named = layer.values.get(("teams", team))
    return tuple(map(str, named.value)) if named and isinstance(named.value, tuple) else ()
