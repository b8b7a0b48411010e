"""Merging only ever tightens, whatever the layers and floors."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ccguard.policy.keys import BY_NAME, Entropy, Key, Value
from ccguard.policy.layer import Layer
from ccguard.policy.merge import Merged, merge
from ccguard.policy.mistakes import PolicyMistakes
from ccguard.policy.parse import parse
from ccguard.policy.spelling import toml
from ccguard.policy.strictness import client_version

_PEOPLE = ("@a", "@b", "c@acme.example", "@acme/d")
_PATTERNS = ("a/", "b/*.py", "/c", "*.sql", "!a/x", "!c", "d/**/e", ".env.example", "keys/x.pub")
_PATHS = ("a/x", "a/y", "z/a/x", "b/m.py", "c", "c/d", "x/y.sql", "d/1/2/e", ".env.example", "keys/x.pub", ".env", "q")


def _words(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names).map(toml)


def _list(*names: str, least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(names), min_size=least, max_size=3, unique=True).map(
        lambda found: toml(tuple(found))
    )


def _allowed(name: str, least: int = 0) -> st.SearchStrategy[str]:
    key = BY_NAME[name]
    return _words(*key.allowed) if key.kind == "word" else _list(*key.allowed, least=least)


_NO_STRICTNESS = ("own", "paths", "exceptions", "nearest", "base", "earlier", "data")
_COUNTS = st.integers(1, 4).map(str)
_VALUES: dict[str, st.SearchStrategy[str]] = {
    "claude.models_forbidden": _list("*fable*", "x", "y"),
    "claude.environments.organizations": _list("o1", "o2"),
    "claude.session.minimum_version": _words("2.1.9", "2.1.295", "2.2", "10.0.0"),
    "claude.reporting.transcript_days": _COUNTS,
    "claude.connectors.allowed": _list("github", "https://mcp.example.com/*", "jira"),
    "zones.z.reviewers": _COUNTS,
    "zones.z.approvers": _list(*_PEOPLE, least=1),
    "zones.z.data": _words("public", "customer", "regulated", "confidential"),
    "secrets.entropy": st.sampled_from(['"off"', "{ base64 = 4.5 }", "{ hex = 3.0 }", "{ base64 = 4, hex = 2.5 }"]),
    "attribution.stamp": st.sampled_from(["true", "false"]),
    "review.reviewers": _COUNTS,
    "review.branches": _list("main", "release/*", least=1),
    "guard.approvers": _list(*_PEOPLE, least=1),
    "guard.waiver_days": _COUNTS,
    'teams."@acme/d"': _list(*_PEOPLE[:3], least=1),
    "journal.keep_days": _COUNTS,
    "rules.drift": _allowed("rules.*"),
    "rules.off-limits-path": _allowed("rules.*"),
    "rules.unreadable-command": _allowed("rules.*"),
    "zones.z.access": _allowed("zones.*.access"),
    "data.customer.use": _allowed("data.*.use"),
    "data.public.use": _allowed("data.*.use"),
    **{
        name: _allowed(name)
        for name, key in BY_NAME.items()
        if key.kind in ("word", "words") and "*" not in name and "[]" not in name and key.merge != "base"
    },
}


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """A policy file with a mode, some keys, and patterns for two zones."""
    mode = draw(st.sampled_from(BY_NAME["claude.mode"].allowed))
    names = draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=6, unique=True))
    given = {"claude.mode": toml(mode)} | {name: draw(_VALUES[name]) for name in names if name != "claude.mode"}
    given.setdefault("zones.z.access", toml("edit"))
    lines = ["version = 1", *(f"{name} = {value}" for name, value in given.items())]
    for zone in ("z", "credentials"):
        patterns = draw(st.lists(st.sampled_from(_PATTERNS), min_size=1, max_size=4))
        lines.append(f"zones.{zone}.paths = {toml(tuple(patterns))}")
    if draw(st.booleans()):
        lines.append(f"zones.credentials.except = [{{ path = {draw(_words('.env', 'a/x', 'c'))}, reason = 'r' }}]")
    return "\n".join(lines)


@st.composite
def _layers(draw: st.DrawFn) -> Layer:
    try:
        return parse(draw(_texts()).encode(), "policy.toml")
    except PolicyMistakes:
        assume(False)
        raise


def _merged(layers: Sequence[Layer], floors: Sequence[Layer] = ()) -> Merged:
    try:
        return merge(layers, floors)
    except PolicyMistakes:
        assume(False)
        raise


def _as_strict(key: Key, held: Value | None, asked: Value) -> bool:
    """Whether a value that holds asks for at least as much as one that a file names."""
    if held is None:
        return False
    checks = {
        "first": lambda: _rank(key, held) <= _rank(key, asked),
        "clash": lambda: held == asked or asked == key.allowed[-1],
        "on": lambda: bool(held) or not asked,
        "larger": lambda: _number(held) >= _number(asked),
        "smaller": lambda: _number(held) <= _number(asked),
        "later": lambda: client_version(str(held)) >= client_version(str(asked)),
        "entropy": lambda: _finds_as_much(held, asked),
        "union": lambda: _set(held) >= _set(asked),
        "intersection": lambda: _set(held) <= _set(asked),
        "approvers": lambda: bool(held) and _set(held) <= _set(asked),
        "team": lambda: _set(held) <= _set(asked),
    }
    return checks[key.merge]()


def _rank(key: Key, value: Value) -> int:
    order = ("block", "ask", "warn", "monitor") if key.name == "rules.*" else key.allowed
    return order.index(str(value))


def _number(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _set(value: Value) -> set[str]:
    assert isinstance(value, tuple)
    return set(map(str, value))


def _finds_as_much(held: Value, asked: Value) -> bool:
    assert isinstance(held, Entropy)
    assert isinstance(asked, Entropy)
    return all(limit is None or (kept is not None and kept <= limit) for kept, limit in zip(held, asked, strict=True))


def _assert_as_strict(found: Merged, layer: Layer, *, but: frozenset[str] = frozenset()) -> None:
    for path, named in layer.values.items():
        name = ".".join((path[0], "*", *path[2:])) if path[0] in ("zones", "data", "rules", "teams") else ".".join(path)
        key = BY_NAME.get(name)
        if (
            key is None
            or key.merge in ("own", "paths", "exceptions", "nearest", "base", "earlier", "data")
            or name in but
        ):
            continue
        assert _as_strict(key, found.settings[path].value, named.value), (path, found.settings[path], named)


def _covered(layer: Layer, zone: str) -> set[str]:
    """The paths that one file closes in a zone: what it names, without what it takes out itself."""
    policy = merge([layer]).policy
    matcher = next(item for item in policy.zones if item.name == zone).matchers[-1]
    return {path for path in _PATHS if matcher.covers(path)}


@settings(max_examples=80, deadline=None)
@given(st.lists(_layers(), min_size=2, max_size=2))
def test_what_holds_is_at_least_as_strict_as_what_each_layer_names(layers: list[Layer]) -> None:
    found = _merged(layers)
    for layer in layers:
        _assert_as_strict(found, layer)


@settings(max_examples=50, deadline=None)
@given(_layers(), st.lists(_layers(), min_size=1, max_size=2))
def test_what_holds_is_at_least_as_strict_as_what_each_floor_names(offered: Layer, floors: list[Layer]) -> None:
    found = _merged([offered], floors)
    _assert_as_strict(found, offered, but=_CONTRARY)
    for floor in floors:
        _assert_as_strict(found, floor, but=_CONTRARY if len(floors) > 1 else frozenset())


# Where two versions contradict each other, neither is the stricter: the floor's holds.
_CONTRARY = frozenset(
    name for name, key in BY_NAME.items() if key.merge in ("clash", "approvers") or name == "review.branches"
)


@settings(max_examples=50, deadline=None)
@given(_layers(), st.lists(_layers(), max_size=2))
def test_a_path_that_one_version_closes_stays_closed(offered: Layer, floors: list[Layer]) -> None:
    policy = _merged([offered], floors).policy
    for zone in policy.zones:
        if zone.name in ("z", "credentials"):
            closed = {path for layer in (offered, *floors) for path in _covered(layer, zone.name)}
            assert closed <= {path for path in _PATHS if zone.covers(path)}


@settings(max_examples=50, deadline=None)
@given(_layers())
def test_a_version_as_its_own_floor_changes_nothing(layer: Layer) -> None:
    found = merge([layer], [layer])
    assert found.policy.but(digest="") == merge([layer]).policy.but(digest="")
    assert found.loosened == ()


@settings(max_examples=50, deadline=None)
@given(_layers(), st.permutations([0, 1, 2]), st.lists(_layers(), min_size=3, max_size=3))
def test_the_order_of_floors_does_not_matter(offered: Layer, order: list[int], floors: list[Layer]) -> None:
    one, other = _merged([offered], floors), _merged([offered], [floors[index] for index in order])
    for path, setting in one.settings.items():
        again = other.settings[path]
        if isinstance(setting.value, tuple) and isinstance(again.value, tuple) and path[-1] != "entropy":
            assert set(setting.value) == set(again.value), path
        else:
            assert setting.value == again.value, path
    for zone in one.policy.zones:
        twin = next(item for item in other.policy.zones if item.name == zone.name)
        assert [path for path in _PATHS if zone.covers(path)] == [path for path in _PATHS if twin.covers(path)]
