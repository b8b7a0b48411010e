"""Layers and floors: what is stricter, what is refused, what is listed."""

from __future__ import annotations

import marshal

import pytest
from policy_samples import OTHERS, PAIRS, SMALLEST, layer, merged, named, with_value

from ccguard.model.policy import Policy
from ccguard.policy.keys import BY_NAME, KEYS
from ccguard.policy.merge import Merged, merge
from ccguard.policy.mistakes import PolicyMistakes
from ccguard.policy.strictness import REFUSING

_LINES = "".join(f"{key} = {value}\n" for key, (value, _) in {**PAIRS, **OTHERS}.items())
_EVERYTHING = f"""version = 1
{_LINES}
zones.credentials.except = [{{ path = "test/key.pem", reason = "a test key" }}]
zones.payments.paths = ["src/payments/", "!src/payments/docs/"]
[[waivers]]
rule = "off-limits-path"
paths = ["x"]
reason = "y"
approved_by = "@acme/platform"
expires = 2026-12-31
[[examples]]
do = "read x"
expect = "pass"
"""

# Lists of these intersect or add up, so a layer that names less or more is no mistake.
_LISTS = sorted(key for key in PAIRS if BY_NAME[named(key)].merge not in (*REFUSING, "data"))
_SCALARS = sorted(set(PAIRS) - set(_LISTS))


def _same(first: Merged, second: Merged) -> bool:
    """Whether two policies rule alike; where a value is named doesn't matter."""
    return _bare(first.policy) == _bare(second.policy)


def _bare(policy: Policy) -> Policy:
    zones = tuple(zone.but(origin="") for zone in policy.zones)
    data = tuple(item.but(origin="") for item in policy.data)
    return policy.but(zones=zones, data=data, origins={}, digest="", layers=())


def test_every_key_that_merges_has_a_sample() -> None:
    apart = ("own", "paths", "exceptions")
    mergeable = {key.name for key in KEYS if key.merge not in apart and len(key.allowed) != 1}
    assert {named(key) for key in (*PAIRS, *OTHERS)} == mergeable


@pytest.mark.parametrize("key", sorted({**PAIRS, **OTHERS}))
def test_every_key_changes_the_policy(key: str) -> None:
    first, second = {**PAIRS, **OTHERS}[key]
    assert not _same(merged(with_value(key, first)), merged(with_value(key, second)))


@pytest.mark.parametrize("key", _SCALARS)
def test_a_layer_that_loosens_is_a_mistake_that_names_both_places(key: str) -> None:
    strict, loose = PAIRS[key]
    with pytest.raises(PolicyMistakes) as caught:
        merged(with_value(key, strict), with_value(key, loose))
    (mistake,) = [found for found in caught.value.mistakes if found.key == key]
    assert (mistake.file, mistake.rule) == (".claude-policy.toml", "policy-loosened")
    assert "/org0.toml:" in mistake.message


@pytest.mark.parametrize("key", sorted(PAIRS))
def test_a_layer_that_tightens_holds(key: str) -> None:
    strict, loose = PAIRS[key]
    assert _same(merged(with_value(key, loose), with_value(key, strict)), merged(with_value(key, strict)))


@pytest.mark.parametrize("key", _LISTS)
def test_the_stricter_list_holds_in_either_order(key: str) -> None:
    strict, loose = PAIRS[key]
    found = merged(with_value(key, strict), with_value(key, loose))
    assert set(_value(found, key)) == set(_value(merged(with_value(key, strict)), key))


def _value(found: Merged, key: str) -> tuple[str, ...]:
    path = tuple(part.strip('"') for part in key.split(".", 2 if not key.startswith("teams") else 1))
    value = found.settings[path].value
    assert isinstance(value, tuple)
    return tuple(map(str, value))


@pytest.mark.parametrize("key", sorted(PAIRS))
def test_what_a_floor_says_holds_and_the_loosening_is_listed(key: str) -> None:
    strict, loose = PAIRS[key]
    found = merged(with_value(key, loose), floors=(with_value(key, strict),))
    assert _same(found, merged(with_value(key, strict), floors=(with_value(key, strict),)))
    assert [loosened.key for loosened in found.loosened] == [key]


@pytest.mark.parametrize("key", sorted(PAIRS))
def test_what_is_stricter_than_a_floor_holds_and_nothing_is_listed(key: str) -> None:
    strict, loose = PAIRS[key]
    found = merged(with_value(key, strict), floors=(with_value(key, loose),))
    assert _same(found, merged(with_value(key, strict)))
    assert found.loosened == ()


# Left out, these are an error, or strict already.
_DEFAULT_IS_NOT_LOOSE = ("claude.mode", "data.", "zones.", "teams.", "rules.", "secrets.in")


@pytest.mark.parametrize("key", sorted(key for key in PAIRS if not key.startswith(_DEFAULT_IS_NOT_LOOSE)))
def test_a_value_that_was_taken_out_still_holds_by_its_floor(key: str) -> None:
    strict, _ = PAIRS[key]
    found = merged(SMALLEST, floors=(with_value(key, strict),))
    expected = merged(with_value(key, strict), floors=(with_value(key, strict),))
    assert _same(found, expected)


@pytest.mark.parametrize(
    ("key", "loose"),
    [
        ("guard.no_verify", '"warn"'),
        ("guard.history_rewrite", '"off"'),
        ("guard.waiver_days", "365"),
        ("secrets.keyword", '"off"'),
        ("secrets.in", '["commits"]'),
        ("review.required", '"none"'),
        ("review.accept", '["forge", "note", "trailer"]'),
        ("attribution.marker", '"allow"'),
        ("attribution.stamp", "false"),
        ("rules.off-limits-path", '"monitor"'),
        ("rules.unreadable-command", '"warn"'),
        ("data.regulated.use", '"allow"'),
        ("journal.keep_days", "900"),
    ],
)
def test_a_floor_that_leaves_a_key_out_holds_by_its_default(key: str, loose: str) -> None:
    mode = "open" if key == "review.required" else "supervised"
    found = merged(with_value(key, loose, mode=mode), floors=(SMALLEST,))
    assert _same(found, merged(SMALLEST))
    assert key in [loosened.key for loosened in found.loosened]


@pytest.mark.parametrize("key", ["secrets.baseline", "secrets.salt", "review.allowed_signers", "contacts.owner"])
def test_what_decides_who_and_what_counts_comes_from_the_floor(key: str) -> None:
    first, second = OTHERS[key]
    found = merged(with_value(key, second), floors=(with_value(key, first),))
    path = tuple(key.split("."))
    assert found.settings[path].value == first.strip('"')
    assert merged(with_value(key, second), floors=(SMALLEST,)).settings[path].value == BY_NAME[key].default


def test_a_layer_as_its_own_floor_changes_nothing() -> None:
    first = layer(_EVERYTHING)
    found = merge([first], [first])
    assert found.policy.but(digest="") == merge([first]).policy.but(digest="")
    assert found.loosened == ()


def test_approvers_that_no_layer_shares_are_a_mistake() -> None:
    key = "guard.approvers"
    with pytest.raises(PolicyMistakes, match=r'guard.approvers: \["@b"\] goes against \["@a"\] of /org0.toml:3'):
        merged(with_value(key, '["@a"]'), with_value(key, '["@b"]'))


def test_approvers_that_a_floor_does_not_share_stay_the_floors() -> None:
    key = "guard.approvers"
    found = merged(with_value(key, '["@b"]'), floors=(with_value(key, '["@a"]'),))
    assert found.policy.guard.approvers == ("@a",)
    assert [loosened.key for loosened in found.loosened] == [key]


def test_the_order_of_floors_does_not_matter() -> None:
    floors = tuple(with_value("guard.approvers", value) for value in ('["@a", "@c"]', '["@b"]', '["@a", "@b"]'))
    one = merged(SMALLEST, floors=floors)
    other = merged(SMALLEST, floors=floors[::-1])
    assert one.policy.guard.approvers == other.policy.guard.approvers == ("@b",)


def test_a_marker_that_one_layer_requires_and_another_forbids_is_a_mistake() -> None:
    key = "attribution.marker"
    with pytest.raises(PolicyMistakes, match=r'"forbid" goes against "require" of /org0.toml:3'):
        merged(with_value(key, '"require"'), with_value(key, '"forbid"'))


def test_a_marker_against_the_floors_stays_the_floors() -> None:
    key = "attribution.marker"
    found = merged(with_value(key, '"require"'), floors=(with_value(key, '"forbid"'),))
    assert found.policy.attribution.marker == "forbid"


def test_a_deleted_policy_leaves_its_floor_and_says_so() -> None:
    floor = layer(SMALLEST)
    found = merge([], [floor])
    assert found.policy.claude.mode == "supervised"
    assert [loosened.key for loosened in found.loosened] == ["version"]


def test_without_any_layer_there_is_no_policy() -> None:
    with pytest.raises(PolicyMistakes, match="there is no policy"):
        merge([])


def test_a_policy_without_a_mode_is_a_mistake() -> None:
    with pytest.raises(PolicyMistakes, match=r"claude.mode: is missing; expected one of forbidden"):
        merged("version = 1\n")


def test_the_mode_may_come_from_another_layer() -> None:
    assert merged('version = 1\nclaude.mode = "read-only"\n', "version = 1\n").policy.claude.mode == "read-only"


def test_supervised_needs_a_review_whichever_layer_says_none() -> None:
    with pytest.raises(PolicyMistakes, match=r'review.required: is "none" where the mode is "supervised"'):
        merged('version = 1\nclaude.mode = "supervised"\n', 'version = 1\nreview.required = "none"\n')
    assert merged('version = 1\nclaude.mode = "open"\nreview.required = "none"\n').policy.review.required == "none"


@pytest.mark.parametrize(
    ("mode", "required"), [("open", "none"), ("supervised", "ai-assisted"), ("forbidden", "ai-assisted")]
)
def test_which_review_is_due_follows_from_the_mode(mode: str, required: str) -> None:
    assert merged(f'version = 1\nclaude.mode = "{mode}"\n').policy.review.required == required


def test_claude_forbidden_can_be_lowered_under_open_only() -> None:
    line = 'rules.claude-forbidden = "monitor"\n'
    assert merged(f'version = 1\nclaude.mode = "open"\n{line}').policy.rules == {"claude-forbidden": "monitor"}
    with pytest.raises(PolicyMistakes, match='can lower this rule where the mode is "read-only"'):
        merged('version = 1\nclaude.mode = "read-only"\n', f"version = 1\n{line}")


def test_forbidden_takes_claude_code_out_of_the_accepted_agents() -> None:
    text = 'version = 1\nclaude.mode = "forbidden"\nattribution.agents = ["claude-code", "copilot"]\n'
    assert merged(text).policy.attribution.agents == ("copilot",)


def test_origins_name_what_is_named_and_nothing_else() -> None:
    origins = merged("version = 1\n\nguard.waiver_days = 30\n", SMALLEST).policy.origins
    assert origins["guard.waiver_days"] == "/org0.toml:3"
    assert origins["claude.mode"] == ".claude-policy.toml:3"
    assert origins["zones.credentials.access"] == "built in"
    assert "guard.no_verify" not in origins


def test_layers_and_digest_say_what_the_policy_was_made_of() -> None:
    one, other = merged("version = 1\n", SMALLEST).policy, merged("version = 1 \n", SMALLEST).policy
    assert one.layers == ("/org0.toml", ".claude-policy.toml")
    assert one.digest != other.digest


def test_a_policy_with_everything_in_it_thaws_as_it_was_frozen() -> None:
    policy = merged(_EVERYTHING).policy
    assert policy.waivers
    assert policy.examples
    assert policy.zones[0].exceptions
    assert Policy.thaw(marshal.loads(marshal.dumps(policy.freeze()))) == policy
