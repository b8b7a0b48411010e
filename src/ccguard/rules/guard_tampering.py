"""A change to the guardrails themselves: policy, hook configuration, settings, CI that runs ccguard, git's own files.

Why: a guard that the guarded can edit is no guard. Claude may read these files; it may not change them. In a pull
request a change to any of them needs the review of one of `[guard] approvers`, whoever made it.

Bad: `Edit .claude-policy.toml` by Claude; a pull request that edits `.pre-commit-config.yaml` and that
no approver reviewed.

Good: a person edits the policy and commits it; the pull request is reviewed by an approver.

Waive: it can't be waived in a session.
"""

from __future__ import annotations

from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Access, Change, Commit, Event
    from ..model.evidence import Evidence
    from ..model.policy import Policy

_GUARD_ZONES = ("guard", "repository")
_WHY = "it is a guard file: it decides what the guardrails do"


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each guard file that Claude would change, or that a pull request changes without review."""
    for access in event.accesses:
        part = _guarded_part(access, policy, evidence)
        if part:
            yield _refused_access(event, access, part, policy)
    for switch in event.switches:
        yield _refused_switch(event, switch, policy)
    for commit in event.commits:
        yield from _refused_changes(event, commit, policy, evidence)


def _guarded_part(access: Access, policy: Policy, evidence: Evidence) -> str:
    """What an access would change, in words; empty if it changes no guard file."""
    if access.mode not in ("write", "delete"):
        return ""
    whole = access.mode == "delete" and access.folder and access.exists
    for path in access.paths:
        zone = _guard_zone(path, policy, folder=access.folder, whole=whole)
        if zone:
            return "git's own files" if zone == "repository" else "a guard file"
    parts = (evidence.guarded(absolute, whole=whole) for absolute in access.absolute)
    return next((part for part in parts if part), "")


def _guard_zone(path: str, policy: Policy, *, folder: bool, whole: bool) -> str:
    """The guard zone that a path lies in, in any spelling that a person would take for it; empty if in none.

    `whole` says that all that lies below the path changes with it.
    """
    spellings = {path, _plain_spelling(path)}
    for zone in policy.zones:
        if zone.name in _GUARD_ZONES and any(
            zone.covers(name, folder=folder, fold=True) or (whole and zone.reaches_below(name, fold=True))
            for name in spellings
        ):
            return zone.name
    return ""


def _refused_access(event: Event, access: Access, part: str, policy: Policy) -> Finding:
    shown = access.paths[0] if access.paths else access.written
    return Finding(
        rule="guard-tampering",
        level="block" if access.certain else "ask",
        message=f"Claude Code may not change {shown}",
        where=Location(path=shown, tool=event.tool),
        why=f"it is {part}: the guardrails are changed by people only",
        fix="describe the change that is wanted, and let a person make it",
        ask=contact.guardians(policy),
        origin=policy.origins.get("claude.mode", ""),
        subject="guard",
        firm=access.certain,
        settled=True,
    )


def _refused_switch(event: Event, switch: str, policy: Policy) -> Finding:
    return Finding(
        rule="guard-tampering",
        message=f"Claude Code may not run {switch}",
        where=Location(tool=event.tool),
        why="it takes guardrails away, and those are changed by people only",
        fix="say why it is wanted, and let a person run it",
        ask=contact.guardians(policy),
        origin=policy.origins.get("claude.mode", ""),
        subject="guard",
        firm=True,
    )


def _refused_changes(event: Event, commit: Commit, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    reviewed = event.kind == "pull-request"
    if not commit.assisted() and not reviewed:
        return  # a person's own commit
    for change in commit.changes:
        if not _is_guard_file(change, policy, evidence, reviewed):
            continue
        if commit.assisted() and not _for_review_only(change, policy, evidence):
            yield _refused_change(change, commit, policy)
        elif reviewed:
            yield _unreviewed_change(event, change, commit, policy)


def _refused_change(change: Change, commit: Commit, policy: Policy) -> Finding:
    return Finding(
        rule="guard-tampering",
        message=f"an AI-assisted change may not touch {change.path}",
        where=Location(path=change.path, commit=commit.oid),
        why=_WHY,
        fix="take this file out of the commit; a person makes this change",
        ask=contact.guardians(policy),
        origin=policy.origins.get("guard.approvers", ""),
        subject="guard",
        firm=True,
    )


def _unreviewed_change(event: Event, change: Change, commit: Commit, policy: Policy) -> Finding:
    """What an approver has to look at; a warning where no policy held before, so that no guard is weakened."""
    return Finding(
        rule="guard-tampering",
        level="warn" if event.adopts else "block",
        message=f"no review by an approver is known for a change to {change.path}",
        where=Location(path=change.path, commit=commit.oid),
        why=_WHY,
        fix="have an approver review it and merge it past this check: this version can't read reviews",
        ask=contact.guardians(policy),
        origin=policy.origins.get("guard.approvers", ""),
        subject="guard",
        firm=not event.adopts,
        settled=True,
    )


def _is_guard_file(change: Change, policy: Policy, evidence: Evidence, reviewed: bool) -> bool:
    if _changed_guard_zone(change, policy):
        return True
    return (reviewed and _by_review(change, policy)) or evidence.runs_ccguard(change)


def _by_review(change: Change, policy: Policy) -> bool:
    folder = change.stands_for_a_folder()
    return policy.guard.review_paths.covers(_plain_spelling(change.path), folder=folder, fold=True)


def _for_review_only(change: Change, policy: Policy, evidence: Evidence) -> bool:
    """A guard file for pull requests only: in a session Claude may edit it, unless it runs ccguard."""
    guarded = _changed_guard_zone(change, policy)
    return _by_review(change, policy) and not guarded and not evidence.runs_ccguard(change)


def _changed_guard_zone(change: Change, policy: Policy) -> str:
    folder = change.stands_for_a_folder()
    return _guard_zone(change.path, policy, folder=folder, whole=folder)


def _plain_spelling(path: str) -> str:
    """The path in the letters that it looks like; what tells is loaded only for names of other scripts."""
    if path.isascii():
        return path
    from .lookalike import plain_spelling

    return plain_spelling(path)
