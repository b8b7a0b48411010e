"""What a policy that can be read leaves to be desired: an old review date, an open question, a waiver that ran out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from ..model.policy import Policy
from ..rules import TABLE
from .builtin import BUILT_IN
from .keys import KEYS, Key, dotted
from .merge import Merged
from .spelling import toml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.policy import Level

_RULES = {rule.id: rule for rule in TABLE}
# Where Claude may not be used at all, only whom to ask is still a question.
_ASKED_WHEN_FORBIDDEN = "contacts"
# Keys whose rules are numbers in the table of rules and nothing more (see docs/rules/index.md).
_NOT_JUDGED_YET = (
    "claude.models_forbidden",
    "claude.environments.",
    "claude.session.",
    "claude.reporting.",
    "claude.connectors.",
    "data.",
    "attribution.agents",
    "attribution.disclosure",
    "attribution.marker",
    "review.",
    "guard.no_verify",
    "guard.history_rewrite",
    "secrets.baseline",
)


class Advice(NamedTuple):
    """One thing to know. Without a rule it is a note, which nothing is counted by."""

    rule: str
    level: Level
    message: str
    origin: str = ""

    def __str__(self) -> str:
        kind = {"block": "error", "warn": "warning"}.get(self.level, "note")
        head = f"{kind}[{self.rule}] {_RULES[self.rule].number}" if self.rule else kind
        return f"{self.origin}: {head}: {self.message}" if self.origin else f"{head}: {self.message}"


def advice(merged: Merged, today: str) -> tuple[Advice, ...]:
    """All there is to say about a policy on a day (ISO date). What `[rules]` only monitors is left out."""
    policy = merged.policy
    found = (
        *_overdue(policy, today),
        *_undecided(merged),
        *_waivers(policy, today),
        *_notes(policy),
        *_waiting(merged),
    )
    return tuple(item for item in found if item.level != "monitor" or not item.rule)


def _level(rule: str, policy: Policy) -> Level:
    return policy.rules.get(rule, _RULES[rule].level)


def _overdue(policy: Policy, today: str) -> Iterator[Advice]:
    if policy.review_by and policy.review_by < today:
        message = f"this policy was to be looked at again by {policy.review_by}"
        yield Advice("policy-overdue", _level("policy-overdue", policy), message, policy.origins["review_by"])


def _undecided(merged: Merged) -> Iterator[Advice]:
    forbidden = merged.policy.claude.mode == "forbidden"
    for key in KEYS:
        if key.undecided and not (forbidden and key.parts[0] != _ASKED_WHEN_FORBIDDEN):
            setting = merged.settings[key.parts]
            if setting.value in (None, ""):
                yield _question(key, setting.origin, merged.policy)


def _question(key: Key, origin: str, policy: Policy) -> Advice:
    message = f"the policy does not say {key.undecided} ({dotted(key.parts)})"
    return Advice("undecided", _level("undecided", policy), message, origin or policy.layers[-1])


def _waivers(policy: Policy, today: str) -> Iterator[Advice]:
    approvers = _approvers(policy)
    latest = datetime.date.fromisoformat(today) + datetime.timedelta(days=policy.guard.waiver_days)
    for waiver in policy.waivers:
        if waiver.expires < today:
            message = f"the waiver of {waiver.rule} ran out on {waiver.expires}"
            yield Advice("waiver-invalid", "warn", message, waiver.origin)
        elif waiver.expires > latest.isoformat():
            message = f"the waiver of {waiver.rule} reaches past {latest}, the last day that it may"
            yield Advice("waiver-invalid", _level("waiver-invalid", policy), message, waiver.origin)
        if waiver.approved_by not in approvers:
            message = f"{waiver.approved_by} is no approver, so the waiver of {waiver.rule} waives nothing"
            yield Advice("waiver-invalid", _level("waiver-invalid", policy), message, waiver.origin)


def _approvers(policy: Policy) -> frozenset[str]:
    """Everybody who approves for a zone or for the guard, by name or as a member of a team."""
    named = {*policy.guard.approvers, *(name for zone in policy.zones for name in zone.approvers)}
    return frozenset((*named, *(member for name in named for member in policy.teams.get(name, ()))))


def _waiting(merged: Merged) -> Iterator[Advice]:
    """One note on all that the policy names and that this version does not judge yet."""
    named = [dotted(path) for path, setting in merged.settings.items() if setting.place not in (None, BUILT_IN)]
    waiting = [key for key in named if key.startswith(_NOT_JUDGED_YET)]
    if waiting:
        message = f"read and checked, but not enforced by this version yet: {', '.join(waiting)}"
        yield Advice("", "monitor", message, merged.policy.layers[-1] if merged.policy.layers else "")


def _notes(policy: Policy) -> Iterator[Advice]:
    for key, approvers in (
        ("guard.approvers", policy.guard.approvers),
        *((dotted(("zones", zone.name, "approvers")), zone.approvers) for zone in policy.zones),
    ):
        for team in approvers:
            if "/" in team and team.startswith("@") and team not in policy.teams:
                message = f"[teams] does not list {team}: where no forge answers, nobody can approve as one of it"
                yield Advice("", "monitor", message, policy.origins.get(key, ""))
    allowed = policy.claude.environments.allowed or ()
    origin = policy.origins.get("claude.environments.allowed", "")
    if allowed == ("gov",) and not policy.claude.environments.organizations:
        yield Advice("", "monitor", "gov is told by organizations alone, so here no session is approved", origin)
    if "personal" in allowed:
        for data in policy.data:
            if data.use == "allow" and data.name != "public":
                message = f"{toml(data.name)} may be put before Claude, and personal accounts are allowed"
                yield Advice("", "monitor", message, origin)
