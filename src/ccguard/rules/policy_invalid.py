"""A policy that a change brings and that can't be read.

Why: a repository whose policy can't be read has none that people can rely on. The range is judged by the policy of
its base all the same.

Bad: a pull request that leaves a syntax error in `.claude-policy.toml`.

Good: `ccguard policy validate` before the commit.

Waive: it can't be waived.
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
    """One finding for each mistake in the policy that the change would put in place."""
    for message, origin in evidence.policy_mistakes():
        yield Finding(
            rule="policy-invalid",
            message="the policy that this change brings can't be read",
            where=Location(path=".claude-policy.toml"),
            why=message,
            fix="mend it; `ccguard policy validate` lists every mistake",
            ask=contact.guardians(policy),
            origin=origin,
            subject=message,
            firm=True,
        )
