"""A merged policy for people and for programs: every value with its origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .keys import Entropy, Exempt, Value, dotted, key_at
from .merge import Merged
from .spelling import toml


class Shown(NamedTuple):
    """One key, the value that holds (None: no restriction), and where it comes from."""

    key: str
    value: Value | None
    origin: str
    date: bool = False


def shown_values(merged: Merged) -> Iterator[Shown]:
    """Every value that holds, in the order of the reference; a zone's paths once for each layer that names some."""
    for path, setting in merged.settings.items():
        if path[0] == "zones" and path[2] == "access":
            yield from _paths(merged, path[1])
        key = key_at(path)
        assert key is not None, path
        yield Shown(dotted(path), setting.value, setting.origin or "default", key.kind == "date")


def _paths(merged: Merged, name: str) -> Iterator[Shown]:
    for found in merged.zones[name].sets:
        yield Shown(dotted(("zones", name, "paths")), found.lines, found.place.origin)
    for item in merged.zones[name].taken_out:
        yield Shown(dotted(("zones", name, "except")), (Exempt(item.path, item.reason),), item.place.origin)


def lines(merged: Merged) -> Iterator[str]:
    """The policy as TOML that says of each value where it comes from."""
    for key, value, origin, date in shown_values(merged):
        if value is None:
            yield f"# {key}: no restriction  # {origin}"
        else:
            yield f"{key} = {value if date else toml(value)}  # {origin}"
    for waiver in merged.policy.waivers:
        what = toml(waiver.digest or waiver.paths)
        yield f"# waived: {waiver.rule} for {what} until {waiver.expires}, by {waiver.approved_by}  # {waiver.origin}"
    for example in merged.policy.examples:
        yield f"# example: {toml(example.do)} gets {example.expect}  # {example.origin}"
    yield f"# layers: {', '.join(merged.policy.layers)}"


def as_json(merged: Merged) -> str:
    """The same for programs, schema 1. A key may come several times (`zones.NAME.paths`)."""
    policy = merged.policy
    return json.dumps(
        {
            "schema": 1,
            "policy": {"digest": policy.digest, "layers": policy.layers},
            "values": [{"key": key, "value": _plain(value), "origin": origin} for key, value, origin, _ in
                       shown_values(merged)],
            "waivers": [
                {
                    "rule": waiver.rule,
                    "paths": waiver.paths,
                    "digest": waiver.digest,
                    "reason": waiver.reason,
                    "approved_by": waiver.approved_by,
                    "expires": waiver.expires,
                    "origin": waiver.origin,
                }
                for waiver in policy.waivers
            ],
            "examples": [
                {"do": example.do, "expect": example.expect, "origin": example.origin} for example in policy.examples
            ],
        },
        indent=1,
    )  # fmt: skip


def _plain(value: Value | None) -> Any:
    if isinstance(value, Entropy):
        return {name: limit for name, limit in value._asdict().items() if limit is not None} or "off"
    if isinstance(value, tuple):
        return [item._asdict() if isinstance(item, Exempt) else item for item in value]
    return value
