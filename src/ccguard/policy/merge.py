"""Layers and floors -> the one policy that holds. Merging only ever tightens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chain_all
from itertools import islice

from ..model.policy import Policy
from .build import built
from .chain import Chain, chained
from .checks import contradictions, gaps
from .filled import Loosened, Setting, filled, floored
from .layer import KeyPath, Layer
from .mistakes import Mistake, PolicyMistakes
from .page import MOST_MISTAKES
from .waivers import agreed_waivers
from .zones import ZonePaths, agreed_zones


@dataclass(frozen=True)
class Merged:
    """The policy that holds, and how it came about.

    `notes` are malformed waivers, which waive nothing. `settings` are all values, defaults included; `zones` the
    paths of each zone with their places.
    """

    policy: Policy
    loosened: tuple[Loosened, ...]
    notes: tuple[Mistake, ...]
    settings: Mapping[KeyPath, Setting]
    zones: Mapping[str, ZonePaths]


def merge(layers: Sequence[Layer], floors: Sequence[Layer] = ()) -> Merged:
    """The policy of the layers, the most general first. Raises PolicyMistakes where one loosens a layer above it.

    `floors` are the layers of whole other versions of the policy, the most trusted version first: for each key the
    stricter value holds. What the layers would loosen there is no mistake; it is listed. Without layers (a policy that
    was deleted) the floors alone hold.
    """
    versions = _versions(floors)
    absent = not layers and bool(versions)
    if absent:
        layers, versions = versions[0], versions[1:]
    mistakes = problems(layers)
    if mistakes:
        raise PolicyMistakes(mistakes)
    offered, others = chained(layers)[0], [chained(version)[0] for version in versions]
    settings, loosened = floored(filled(offered), [filled(other) for other in others])
    zones, bared = agreed_zones(offered, others)
    waivers, added = agreed_waivers(offered, others)
    policy = built((offered, *others), settings, zones, waivers)
    return Merged(
        policy,
        (*((_deleted(offered),) if absent else ()), *loosened, *bared, *added),
        tuple(note for layer in offered.layers for note in layer.notes),
        settings,
        zones,
    )


def problems(layers: Sequence[Layer], *, whole: bool = True) -> tuple[Mistake, ...]:
    """What is wrong with these layers together; with `whole`, also what a policy that stands alone has to say."""
    if not layers:
        return (Mistake("", 0, 0, "", "there is no policy"),)
    chain, mistakes = chained(layers)
    missing = gaps(chain.values, chain.tables, chain.first) if whole else ()
    return tuple(islice(chain_all(mistakes, contradictions(chain.values, chain.tables), missing), MOST_MISTAKES))


def _versions(floors: Sequence[Layer]) -> list[tuple[Layer, ...]]:
    """Layers that were loaded together, as one version each; a version that comes twice is one."""
    versions: dict[str, dict[tuple[str, str], Layer]] = {}
    for layer in floors:
        versions.setdefault(layer.version, {}).setdefault((layer.path, layer.digest), layer)
    return [tuple(version.values()) for version in versions.values()]


def _deleted(chain: Chain) -> Loosened:
    return Loosened("version", "1", chain.layers[-1].name, "nothing", "")
