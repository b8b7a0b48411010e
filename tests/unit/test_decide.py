"""Levels, waivers and the strongest answer: what the engine makes of what the rules find."""

from __future__ import annotations

import pytest
from fakes import FakeEvidence

from ccguard.engine.decide import decide, strongest
from ccguard.model.day import day_number
from ccguard.model.decision import Decision
from ccguard.model.event import Access, Event
from ccguard.model.policy import Claude, Contacts, Guard, Policy, Waiver, Zone
from ccguard.policy.patterns import compile_patterns

TODAY = "2026-11-01"


def zone(name: str = "vault", access: str = "none", **more: object) -> Zone:
    paths = ("secrets/",)
    return Zone(name, access, paths, (compile_patterns(paths),), origin="org.toml:3", **more)  # type: ignore[arg-type]


def policy(*zones: Zone, **more: object) -> Policy:
    return Policy(claude=Claude("supervised"), zones=zones, contacts=Contacts(owner="@acme/all"), **more)  # type: ignore[arg-type]


def reading(path: str, *, attended: bool = False, today: str = TODAY) -> Event:
    return Event(
        "tool-call", today, "Read", (Access(path, "read", paths=(path,), absolute=(f"/r/{path}",)),), (), "", attended
    )


def test_nothing_to_object_is_a_pass() -> None:
    assert decide(reading("src/a.py"), policy(zone()), FakeEvidence()) == Decision("pass")


def test_a_level_of_the_policy_replaces_the_rules_own() -> None:
    answer = decide(reading("secrets/a"), policy(zone(), rules={"off-limits-path": "warn"}), FakeEvidence())
    assert (answer.verdict, answer.findings[0].level) == ("warn", "warn")


def test_a_monitored_finding_passes_and_is_kept() -> None:
    answer = decide(reading("secrets/a"), policy(zone(), rules={"off-limits-path": "monitor"}), FakeEvidence())
    assert (answer.verdict, len(answer.findings)) == ("pass", 1)


def test_no_level_lowers_a_built_in_zone() -> None:
    answer = decide(
        reading("secrets/a"),
        policy(zone("credentials", builtin=True), rules={"off-limits-path": "monitor"}),
        FakeEvidence(),
    )
    assert answer.verdict == "block"


@pytest.mark.parametrize(("attended", "verdict"), [(True, "ask"), (False, "block")])
def test_a_question_that_nobody_can_answer_is_a_refusal(attended: bool, verdict: str) -> None:
    event = Event("tool-call", TODAY, "Bash", (), (), "a quote is not closed", attended)
    assert decide(event, policy(), FakeEvidence()).verdict == verdict


def waiver(**changed: str) -> Waiver:
    given = {"rule": "off-limits-path", "reason": "r", "approved_by": "lead@acme.example", "expires": "2026-11-30"}
    return Waiver(**{**given, **changed}, paths=("secrets/a",), matcher=compile_patterns(["secrets/a"]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "changed", "builtin", "verdict"),
    [
        ("one that holds", {}, False, "pass"),
        ("its last day", {"expires": TODAY}, False, "pass"),
        ("run out", {"expires": "2026-10-31"}, False, "block"),
        ("too far ahead", {"expires": "2027-11-01"}, False, "block"),
        ("of another rule", {"rule": "not-scanned"}, False, "block"),
        ("approved by somebody else", {"approved_by": "dev@acme.example"}, False, "block"),
        ("a zone's approver for a built-in zone", {}, True, "block"),
        ("of a layer below the zone's", {"not_over": ("org.toml",)}, False, "block"),
        ("a member of the guard's team", {"approved_by": "sre@acme.example"}, True, "pass"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_waiver_lifts_only_what_it_may(name: str, changed: dict[str, str], builtin: bool, verdict: str) -> None:
    judged = policy(
        zone(
            "credentials" if builtin else "vault", builtin=builtin, approvers=() if builtin else ("lead@acme.example",)
        ),
        waivers=(waiver(**changed),),
        guard=Guard(approvers=("@acme/platform",)),
        teams={"@acme/platform": ("sre@acme.example",)},
    )
    answer = decide(reading("secrets/a"), judged, FakeEvidence())
    assert answer.verdict == verdict
    assert bool(answer.waived) == (verdict == "pass")


def test_the_strongest_of_several_answers_counts() -> None:
    block = decide(reading("secrets/a"), policy(zone()), FakeEvidence())
    assert strongest([Decision("pass"), block, Decision("warn")]) == block.but(verdict="block")
    assert strongest([]) == Decision("pass")


def test_only_narrows_the_rules() -> None:
    assert decide(reading("secrets/a"), policy(zone()), FakeEvidence(), ("not-scanned",)).verdict == "pass"


@pytest.mark.parametrize(
    ("one", "two", "days"),
    [("2026-11-01", "2026-10-31", 1), ("2024-03-01", "2024-02-28", 2), ("2100-03-01", "2100-02-28", 1),
     ("2000-03-01", "2000-02-28", 2), ("2027-01-01", "2026-01-01", 365)],
)  # fmt: skip
def test_days_are_counted_by_the_calendar(one: str, two: str, days: int) -> None:
    assert day_number(one) - day_number(two) == days
