"""What a call would touch could not be told: a command that can't be parsed, a tool call that carries no readable path.

Why: what can't be read can't be cleared, and silence would mean that somebody looked.

Bad: `cat 'unclosed`.

Good: the same command, written so that it can be read.

Waive: it names no path that a waiver could; `[rules] unreadable-command = "warn"` lowers it.
"""

from __future__ import annotations

from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Event
    from ..model.evidence import Evidence
    from ..model.policy import Policy


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding, if the event could not be understood."""
    if event.unreadable:
        yield Finding(
            rule="unreadable-command",
            level="ask",
            message="what this call would touch could not be told",
            where=Location(tool=event.tool),
            why=event.unreadable,
            fix="say it in a simpler form",
            ask=contact.owner(policy),
            subject=event.tool,
        )
