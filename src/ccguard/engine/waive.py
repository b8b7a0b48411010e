"""Which findings a waiver lifts."""

from __future__ import annotations

from ..model.day import day_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.finding import Finding
    from ..model.policy import Policy, Waiver

_NEVER = ("claude-forbidden", "guard-tampering", "policy-invalid", "policy-loosened", "waiver-invalid")


class Waiving:
    """The waivers of a policy that hold today: named by one who may, not run out, not further ahead than allowed."""

    def __init__(self, policy: Policy, today: str) -> None:
        now = day_number(today) if today else 0
        self._policy = policy
        self._holding = tuple(
            waiver
            for waiver in policy.waivers
            if today and now <= day_number(waiver.expires) <= now + policy.guard.waiver_days
        )

    def waives(self, finding: Finding) -> bool:
        """Whether a waiver lifts this finding."""
        if finding.rule in _NEVER:
            return False
        return any(_about(waiver, finding) and self._approved(waiver, finding) for waiver in self._holding)

    def _approved(self, waiver: Waiver, finding: Finding) -> bool:
        """`approved_by` is one of the zone's approvers, else of `[guard] approvers`, by name or as a team's member."""
        zone = next((zone for zone in self._policy.zones if zone.name == finding.subject), None)
        approvers = zone.approvers if zone is not None and not zone.builtin else ()
        return any(
            waiver.approved_by == approver or waiver.approved_by in self._policy.teams.get(approver, ())
            for approver in approvers or self._policy.guard.approvers
        )


def _about(waiver: Waiver, finding: Finding) -> bool:
    # What a layer above says is waived by that layer's approvers only.
    if waiver.rule != finding.rule or finding.origin.rpartition(":")[0] in waiver.not_over:
        return False
    if waiver.digest:
        return waiver.digest == finding.subject
    return bool(finding.where.path) and waiver.matcher.covers(finding.where.path)
