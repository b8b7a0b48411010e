"""Claude Code may not be used here at all (`mode = "forbidden"`), or may not change anything (`mode = "read-only"`).

Why: the owner of the repository has decided so; the reason stands in the policy.

Bad: any prompt or tool call under `forbidden`; a Write under `read-only`; a commit that Claude Code authored or
co-authored under either.

Good: under `read-only`, Read, and a person's own commit that says `Assisted-by:`.

Waive: it can't be waived; the mode is changed in the policy.
"""

from __future__ import annotations

from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Commit, Event
    from ..model.evidence import Evidence
    from ..model.policy import Policy


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """At most one finding for a session's event, one for each commit that may not land."""
    mode = policy.claude.mode
    if mode not in ("forbidden", "read-only"):
        return
    if event.kind in ("tool-call", "prompt"):
        yield from _in_session(event, policy)
    for commit in event.commits:
        if _unwelcome(commit, mode):
            yield _finding(
                policy,
                "a commit made with Claude Code can't land here",
                Location(commit=commit.oid),
                "leave it out, or have a person make the change",
            )


def _in_session(event: Event, policy: Policy) -> Iterator[Finding]:
    if policy.claude.mode == "forbidden":
        message, fix = "Claude Code may not be used in this repository", "work on it without Claude Code"
        yield _finding(policy, message, Location(tool=event.tool), fix)
        return
    for access in event.accesses:
        # A word that a tool might take for a path is one where something of that name is there.
        if access.mode in ("write", "delete") and access.paths and (access.certain or access.exists):
            finding = _finding(
                policy,
                f"Claude Code may read but not change this repository, so not {access.paths[0]}",
                Location(path=access.paths[0], tool=event.tool),
                "explain the change, and let a person make it",
            )
            yield finding if access.certain else finding.but(level="ask", firm=False, settled=True)


def _unwelcome(commit: Commit, mode: str) -> bool:
    ours = [mark for mark in commit.marks if mark.agent == "claude-code" and mark.level != "hinted"]
    return any(mode == "forbidden" or mark.authored or mark.level == "proved" for mark in ours)


def _finding(policy: Policy, message: str, where: Location, fix: str) -> Finding:
    claude = policy.claude
    return Finding(
        rule="claude-forbidden",
        message=message,
        where=where,
        why=f'mode is "{claude.mode}"' + (f' ("{claude.reason}")' if claude.reason else ""),
        fix=fix,
        ask=contact.owner(policy),
        origin=policy.origins.get("claude.mode", ""),
        subject=claude.mode,
        firm=True,
    )
