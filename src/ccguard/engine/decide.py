"""Event + policy + evidence -> one decision. The same in the editor, at commit, in CI and on a server."""

from __future__ import annotations

from ..model.decision import STRENGTH, Decision
from ..rules import TABLE, judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.decision import Verdict
    from ..model.event import Event
    from ..model.evidence import Evidence
    from ..model.finding import Finding
    from ..model.policy import Level, Policy

_VERDICTS: dict[str, Verdict] = {"block": "block", "ask": "ask", "warn": "warn", "monitor": "pass"}


_NOTHING: Verdict = "pass"


def decide(event: Event, policy: Policy, evidence: Evidence, only: tuple[str, ...] = ()) -> Decision:
    """What ccguard answers to an event. `only` narrows the rules to these ids."""
    waives = _waiving(policy, event.today)
    findings: list[Finding] = []
    waived: list[Finding] = []
    for rule in TABLE:
        if event.kind not in rule.events or (only and rule.id not in only):
            continue
        for finding in judge(rule)(event, policy, evidence):
            levelled = finding.but(level=_level(finding, policy, event.attended))
            (waived if waives(levelled) else findings).append(levelled)
    findings.sort(key=_strongest_first)
    waived.sort(key=_strongest_first)
    verdict = _VERDICTS[findings[0].level] if findings else "pass"
    return Decision(verdict, tuple(findings), tuple(waived))


def _waiving(policy: Policy, today: str) -> Callable[[Finding], bool]:
    """Whether a waiver of the policy lifts a finding; without waivers nothing is loaded to tell."""
    if not policy.waivers:
        return lambda finding: False
    from .waive import Waiving

    return Waiving(policy, today).waives


def strongest(decisions: list[Decision]) -> Decision:
    """Several answers to one event (one for each repository that owns a path of it) as one."""
    findings = sorted((finding for decision in decisions for finding in decision.findings), key=_strongest_first)
    waived = tuple(finding for decision in decisions for finding in decision.waived)
    verdict = max((decision.verdict for decision in decisions), key=STRENGTH.index, default=_NOTHING)
    return Decision(verdict, tuple(findings), waived)


def _level(finding: Finding, policy: Policy, attended: bool) -> Level:
    """The rule's own level, as far as the policy leaves it; a question that nobody can answer is a refusal."""
    level = finding.level
    named = policy.rules.get(finding.rule)
    if named and not finding.firm:
        level = min(level, named, key=STRENGTH.index) if finding.settled else named
    return "block" if level == "ask" and not attended else level


def _strongest_first(finding: Finding) -> tuple[int, str, str, int, str]:
    where = finding.where
    return (-STRENGTH.index(finding.level), finding.rule, where.path, where.line, where.commit)
