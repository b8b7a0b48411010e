"""Which of two values is the stricter one, for each way in which a key merges."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from .keys import Entropy, Key, Merge, Value


class Outcome(NamedTuple):
    """What two values of one key come to.

    `of_upper` says that the upper value stands as it is. `looser` says that the lower one asks for less than the upper
    one. `clash` says that no value is as strict as both.
    """

    value: Value
    of_upper: bool = False
    looser: bool = False
    clash: bool = False


Meet: TypeAlias = Callable[[Key, Value, Value], Outcome]

# In these a lower layer that asks for less is a mistake. Lists of what is allowed simply intersect.
REFUSING: frozenset[Merge] = frozenset({"first", "clash", "on", "larger", "smaller", "later", "entropy"})


def met(key: Key, upper: Value, lower: Value) -> Outcome:
    """The stricter of two values, or what of both is as strict as either."""
    return _MEET[key.merge](key, upper, lower)


def client_version(text: str) -> tuple[int, ...]:
    """A version that can be compared."""
    return tuple(int(part) for part in text.split("."))


def _ranked(rank: Callable[[Key, Value], float]) -> Meet:
    """By a number that is smaller the stricter a value is."""

    def meet(key: Key, upper: Value, lower: Value) -> Outcome:
        first, second = rank(key, upper), rank(key, lower)
        return Outcome(upper, True, looser=first < second) if first <= second else Outcome(lower)

    return meet


def _place_in_list(key: Key, value: Value) -> float:
    return key.allowed.index(str(value))


def _number(key: Key, value: Value) -> float:
    assert isinstance(value, int)
    return value


def _later(key: Key, upper: Value, lower: Value) -> Outcome:
    looser = client_version(str(lower)) < client_version(str(upper))
    return Outcome(upper, True, looser) if looser else Outcome(lower)


def _earlier(key: Key, upper: Value, lower: Value) -> Outcome:
    return Outcome(upper, True, True) if str(upper) < str(lower) else Outcome(lower)


def _clash(key: Key, upper: Value, lower: Value) -> Outcome:
    """Two of the three values contradict each other; the last one is looser than either."""
    if upper == lower:
        return Outcome(upper, True)
    weakest = key.allowed[-1]
    if lower == weakest:
        return Outcome(upper, True, looser=True)
    return Outcome(lower) if upper == weakest else Outcome(upper, True, looser=True, clash=True)


def _entropy(key: Key, upper: Value, lower: Value) -> Outcome:
    """On is stricter than off, and a lower limit, which finds more, than a higher one."""
    assert isinstance(upper, Entropy)
    assert isinstance(lower, Entropy)
    value = Entropy(*(_lowest(first, second) for first, second in zip(upper, lower, strict=True)))
    return Outcome(value, value == upper, looser=value != lower)


def _lowest(first: float | None, second: float | None) -> float | None:
    limits = [limit for limit in (first, second) if limit is not None]
    return min(limits, default=None)


def _union(key: Key, upper: Value, lower: Value) -> Outcome:
    first, second = _list(upper), _list(lower)
    if set(first) <= set(second):
        return Outcome(lower, first == second)
    value = tuple(dict.fromkeys((*first, *second)))
    return Outcome(value, value == first, looser=True)


def _intersection(key: Key, upper: Value, lower: Value) -> Outcome:
    first, second = _list(upper), _list(lower)
    shared = set(first) & set(second)
    if len(shared) == len(set(second)):
        return Outcome(lower, first == second)
    value = tuple(item for item in first if item in shared)
    return Outcome(value, value == first, looser=True)


def _approvers(key: Key, upper: Value, lower: Value) -> Outcome:
    """People whom both name. An intersection that is empty would leave nobody: then the upper value stands."""
    outcome = _intersection(key, upper, lower)
    return outcome if outcome.value else Outcome(upper, True, looser=True, clash=True)


def _nearest(key: Key, upper: Value, lower: Value) -> Outcome:
    return Outcome(lower)


def _list(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value  # type: ignore[return-value]


_MEET: dict[Merge, Meet] = {
    "first": _ranked(_place_in_list),
    "clash": _clash,
    "on": _ranked(lambda key, value: 0 if value else 1),
    "larger": _ranked(lambda key, value: -_number(key, value)),
    "smaller": _ranked(_number),
    "later": _later,
    "earlier": _earlier,
    "entropy": _entropy,
    "union": _union,
    "intersection": _intersection,
    "approvers": _approvers,
    "team": _intersection,
    "nearest": _nearest,
    "base": _nearest,
}
