"""A changed file that could not be scanned for secrets, with the reason.

Why: an unscanned file is not a clean one, and nobody should have to guess which files were looked at.

Bad: a 40 MB binary in a commit.

Good: the same file in the artifact store; or a person who looked at it.

Waive: a `[[waivers]]` entry for the path.
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
    """One finding for each path that was not scanned."""
    if "commits" not in policy.secrets.places:
        return
    for commit in event.commits:
        for path, reason in evidence.not_scanned(commit):
            yield Finding(
                rule="not-scanned",
                level="warn",
                message=f"{path} was not scanned for secrets",
                where=Location(path=path, commit=commit.oid),
                why=reason,
                fix="look at it yourself",
                ask=contact.security(policy),
                subject=reason,
            )
