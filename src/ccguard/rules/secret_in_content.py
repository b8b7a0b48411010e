"""A secret in the lines that a change adds.

Why: what is committed is copied to every clone, and deleting it later takes it from none of them. Token formats and
private keys block; keyword and hex-entropy findings do what `[secrets] keyword` says.

Bad: an AWS access key in a staged file.

Good: the name of the variable or vault entry that holds it.

Waive: a `[[waivers]]` entry with the digest that the finding shows. A `pragma: allowlist secret` comment lowers
keyword and entropy findings on a person's own line, and nothing on a line of an AI-assisted change.
"""

from __future__ import annotations

from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Commit, Event
    from ..model.evidence import Evidence
    from ..model.finding import SecretHit
    from ..model.policy import Level, Policy


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each secret that a commit adds."""
    if "commits" not in policy.secrets.places:
        return
    for commit in event.commits:
        for hit in evidence.secrets(commit):
            level = _level(hit, commit, policy)
            if level is not None:
                yield _finding(hit, commit, level, policy)


def _level(hit: SecretHit, commit: Commit, policy: Policy) -> Level | None:
    if hit.kind == "format":
        return "block"
    if hit.kind == "keyword" and policy.secrets.keyword == "off":
        return None
    if hit.allowlisted and not commit.assisted():
        return "monitor"
    return "warn" if hit.kind == "entropy" or policy.secrets.keyword == "warn" else "block"


def _finding(hit: SecretHit, commit: Commit, level: Level, policy: Policy) -> Finding:
    return Finding(
        rule="secret-in-content",
        level=level,
        message=f"{hit.type} in {hit.path}: {hit.masked}",
        where=Location(path=hit.path, line=hit.line, commit=commit.oid),
        why="a committed secret is in every clone for good",
        fix="take it out and rotate it if it was ever real; if it is no secret, ask for a waiver of "
        f'digest "{hit.digest}"',
        ask=contact.security(policy),
        origin=policy.origins.get("secrets.keyword", "") if hit.kind != "format" else "",
        subject=hit.digest,
        settled=hit.kind != "format",
        secret=hit,
    )
