"""Every example in `tests/cases/<rule-id>/<verdict>/` gets the verdict that its folder names, from that rule alone.

An example is a TOML file; its name is a sentence that says what happens. It holds:

    policy = '''...'''    a policy file; without it, POLICY
    [event]               kind, tool, attended, unreadable, today
    [[event.accesses]]    written and mode; `paths` is the written one and `absolute` lies in /repo, unless given
    [[event.commits]]     oid, marks = [{level, agent, evidence, authored}], changes = ["M path", ...] or tables
    [evidence]            the fields of FakeEvidence; `hits` as tables
    [finding]             what the deciding finding says, field by field, those of its place too; in `pass`, that
                          there is one which the policy lowers or waives
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import tomli
from fakes import FakeEvidence

from ccguard.engine.decide import decide
from ccguard.model.decision import Decision
from ccguard.model.event import Access, Change, Commit, Event, Mark
from ccguard.model.finding import Finding, Location, SecretHit
from ccguard.model.policy import Policy
from ccguard.policy.merge import merge
from ccguard.policy.parse import parse
from ccguard.rules import TABLE

Table: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).resolve().parents[1] / "cases"
VERDICTS = ("block", "ask", "warn", "pass")
FILES = sorted(path for verdict in VERDICTS for path in FOLDER.glob(f"*/{verdict}/*"))
RULES = {rule.id: rule for rule in TABLE}
JUDGED = [rule.id for rule in TABLE if rule.events]
POLICY = """\
version = 1
[claude]
mode = "supervised"
[zones.vault]
paths = ["vault/"]
access = "none"
reason = "Live credentials."
contact = "#vault"
[zones.migrations]
paths = ["db/migrations/"]
access = "read"
reason = "Production data."
instead = "Ask #data-platform for a migration."
[zones.payments]
paths = ["src/payments/"]
access = "edit"
reviewers = 2
[guard]
approvers = ["@acme/platform"]
[contacts]
owner = "@acme/all"
security = "security@acme.example"
"""


@dataclass(frozen=True)
class Case:
    """One example, as the engine takes it."""

    policy: Policy
    event: Event
    evidence: FakeEvidence
    finding: Table | None

    def judged(self, *only: str) -> Decision:
        return decide(self.event, self.policy, self.evidence, only)


def case_of(path: Path) -> Case:
    """The example that a file holds. A key that means nothing is an error."""
    document = tomli.loads(path.read_text("utf-8"))
    assert set(document) <= {"policy", "event", "evidence", "finding"}
    return Case(
        policy=policy_of(document.get("policy", POLICY)),
        event=event_of(document["event"]),
        evidence=evidence_of(document.get("evidence", {})),
        finding=document.get("finding"),
    )


@cache
def policy_of(text: str) -> Policy:
    return merge([parse(text.encode(), ".claude-policy.toml")]).policy


def event_of(table: Table) -> Event:
    return Event(
        **{
            "today": "2026-11-01",
            **table,
            "accesses": tuple(map(access_of, table.get("accesses", ()))),
            "commits": tuple(map(commit_of, table.get("commits", ()))),
        }
    )


def access_of(table: Table) -> Access:
    paths = tuple(table.get("paths", [table["written"]]))
    absolute = tuple(table.get("absolute", [f"/repo/{path}" for path in paths]))
    return Access(**{**table, "paths": paths, "absolute": absolute})


def commit_of(table: Table) -> Commit:
    marks = tuple(Mark(**mark) for mark in table.get("marks", ()))
    return Commit(**{**table, "marks": marks, "changes": tuple(map(change_of, table.get("changes", ())))})


def change_of(given: str | Table) -> Change:
    return Change(*given.split(" ", 1)) if isinstance(given, str) else Change(**given)


def evidence_of(table: Table) -> FakeEvidence:
    pairs = {name: tuple(map(tuple, table.get(name, ()))) for name in ("skipped", "mistakes")}
    hits = tuple(SecretHit(**hit) for hit in table.get("hits", ()))
    return FakeEvidence(**{**table, **pairs, "hits": hits, "runners": tuple(table.get("runners", ()))})


def said(finding: Finding, field: str) -> object:
    """What a finding says in a field of its own or of its place."""
    return getattr(finding.where if field in Location._fields else finding, field)


def files_of(rule: str, *verdicts: str) -> list[Path]:
    return [path for path in FILES if path.parts[-3] == rule and path.parts[-2] in verdicts]


def named(path: Path) -> str:
    return "/".join(path.with_suffix("").parts[-3:])


@pytest.mark.parametrize("path", FILES, ids=named)
def test_an_example_gets_the_verdict_of_its_folder_from_its_own_rule(path: Path) -> None:
    rule, verdict, case = path.parts[-3], path.parts[-2], case_of(path)
    decision = case.judged()
    assert decision.verdict == verdict, decision
    assert case.event.kind in RULES[rule].events
    found = [finding for finding in (*decision.findings, *decision.waived) if finding.rule == rule]
    if verdict != "pass":
        found = [finding for finding in found if finding.level == verdict]
    assert bool(found) == (verdict != "pass" or case.finding is not None), decision
    if case.finding is not None:
        assert {field: said(found[0], field) for field in case.finding} == case.finding


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[-2] != "pass"], ids=named)
def test_nothing_objects_to_a_failing_example_once_its_rule_is_left_out(path: Path) -> None:
    others = [rule for rule in RULES if rule != path.parts[-3]]
    assert case_of(path).judged(*others).findings == ()


@pytest.mark.parametrize("rule", JUDGED)
def test_a_rule_has_two_examples_that_fail_and_two_near_misses_at_least(rule: str) -> None:
    assert len(files_of(rule, "block", "ask", "warn")) >= 2
    assert len(files_of(rule, "pass")) >= 2


def test_every_folder_of_examples_is_named_after_a_rule_that_judges_something() -> None:
    assert {path.parts[-3] for path in FILES} <= set(JUDGED)


@pytest.mark.parametrize("rule", JUDGED)
def test_no_file_of_a_rule_is_passed_over(rule: str) -> None:
    found = [path for path in (FOLDER / rule).rglob("*") if path.is_file()]
    assert sorted(found) == files_of(rule, *VERDICTS)
    assert {path.suffix for path in found} == {".toml"}
