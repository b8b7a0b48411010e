"""A waiver that is malformed, reaches too far ahead, or has run out.

Why: a waiver is a promise with an end. One that can't be read, or whose day has passed, waives nothing, and nobody
should have to find that out from the finding that is back.

Bad: `expires` that has passed (a warning), that lies further ahead than `[guard] waiver_days`, or that is missing.

Good: a waiver with rule, path or digest, reason, approver and a day within `[guard] waiver_days`.

Waive: it can't be waived; renew the waiver or take it out.
"""

from __future__ import annotations

from ..model.day import day_number
from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Event
    from ..model.evidence import Evidence
    from ..model.policy import Level, Policy


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each waiver that waives nothing."""
    for message, origin in evidence.waiver_mistakes():
        yield _finding("block", f"it is malformed: {message}", origin, policy)
    today = day_number(event.today)
    for waiver in policy.waivers:
        left = day_number(waiver.expires) - today
        if left < 0:
            yield _finding("warn", f"it ran out on {waiver.expires} (rule {waiver.rule})", waiver.origin, policy)
        elif left > policy.guard.waiver_days:
            why = f"it reaches to {waiver.expires}, more than {policy.guard.waiver_days} days ahead"
            yield _finding("block", f"{why} (rule {waiver.rule})", waiver.origin, policy)


def _finding(level: Level, why: str, origin: str, policy: Policy) -> Finding:
    return Finding(
        rule="waiver-invalid",
        level=level,
        message="a waiver waives nothing",
        where=Location(path=origin.partition(":")[0]),
        why=why,
        fix="have its approver renew it, or take it out",
        ask=contact.guardians(policy),
        origin=origin,
        subject=origin.partition(":")[0] + why,
        settled=level == "warn",
    )
