"""An access that a zone does not give: reading or changing where it gives none, changing where it gives only `read`.

Why: some paths are nobody's business but their owners': credentials, regulated code, production data. Zones are for
Claude; a person's own commit is not judged by them.

Bad: `Read secrets/prod.key` where `[zones.vault]` has `paths = ["secrets/"]` and `access = "none"`; a commit with
Claude's trailer that changes a file of that zone.

Good: the same change made, and committed, by a person; `Read docs/secrets-howto.md`.

Waive: a `[[waivers]]` entry for the path, approved by one of the zone's approvers. Built-in zones are waived by
`[guard] approvers` only.
"""

from __future__ import annotations

from ..model.finding import Finding, Location
from . import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.event import Access, Change, Commit, Event
    from ..model.evidence import Evidence
    from ..model.policy import Policy, Zone

# Zones whose files Claude may read but which are judged by guard-tampering when they change.
_GUARD_ZONES = ("guard", "repository")
_SEARCH_ELSEWHERE = "search a folder, or with a glob, that leaves this zone out"
_VERBS = {"read": "read", "write": "change", "delete": "delete", "run": "run", "send": "send"}


def findings(event: Event, policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each access, or changed path of an AI-assisted commit, and each zone that refuses it."""
    for access in event.accesses:
        for zone in _zones(policy):
            if _denies(zone, access.mode) and _covers(zone, access):
                yield _refused_access(event, access, zone, policy)
    for commit in event.commits:
        if commit.assisted():
            yield from _refused_changes(commit, policy)


def _zones(policy: Policy) -> list[Zone]:
    """The zones that this rule judges by: those first that give least, and the repository's own before built-in."""
    judging = (zone for zone in policy.zones if zone.name not in _GUARD_ZONES)
    return sorted(judging, key=lambda zone: (zone.access != "none", zone.builtin))


def _denies(zone: Zone, mode: str) -> bool:
    if mode == "name" or zone.access == "edit":
        return False
    return zone.access == "none" or mode in ("write", "delete")


def _covers(zone: Zone, access: Access) -> bool:
    """Whether the zone holds the path by any of its names. Outside every repository only built-in zones reach."""
    names = access.paths
    if not names and zone.builtin:
        names = tuple(name.lstrip("/") for name in access.absolute)
    whole = access.mode == "delete" and access.folder and access.exists
    return any(
        zone.covers(name, folder=access.folder, fold=access.folds)
        or (whole and zone.reaches_below(name, fold=access.folds))
        for name in names
    )


def _refused_access(event: Event, access: Access, zone: Zone, policy: Policy) -> Finding:
    # Only the mode can be in doubt where content may be read but not changed; that is a question, not a verdict.
    unsure = zone.access == "read" and not access.certain
    return Finding(
        rule="off-limits-path",
        level="ask" if unsure else "block",
        message=f"Claude Code may not {_VERBS[access.mode] if access.certain else 'touch'} {_shown(access)}",
        where=Location(path=_shown(access), tool=event.tool),
        why=_why(zone),
        fix=_SEARCH_ELSEWHERE if access.searched else zone.instead or _way_out(zone),
        ask=contact.for_zone(zone, policy),
        origin=zone.origin,
        subject=zone.name,
        settled=unsure,
        firm=zone.builtin,
    )


def _shown(access: Access) -> str:
    return access.paths[0] if access.paths else access.written


def _refused_changes(commit: Commit, policy: Policy) -> Iterator[Finding]:
    for change in commit.changes:
        for zone in _zones(policy):
            if _denies(zone, "write") and _holds(zone, change):
                yield Finding(
                    rule="off-limits-path",
                    message=f"an AI-assisted change may not touch {change.path}",
                    where=Location(path=change.path, commit=commit.oid),
                    why=_why(zone),
                    fix="take this file out of the commit and hand the change to its owners",
                    ask=contact.for_zone(zone, policy),
                    origin=zone.origin,
                    subject=zone.name,
                    firm=zone.builtin,
                )


def _holds(zone: Zone, change: Change) -> bool:
    """Whether a change is in a zone, in any spelling of upper and lower case: other clones may fold it."""
    folder = change.stands_for_a_folder()
    return zone.covers(change.path, folder=folder, fold=True) or (folder and zone.reaches_below(change.path, fold=True))


def _why(zone: Zone) -> str:
    said = f' ("{zone.reason}")' if zone.reason else ""
    state = "off limits" if zone.access == "none" else "read only"
    return f'zone "{zone.name}" is {state}{said}'


def _way_out(zone: Zone) -> str:
    if zone.access == "read":
        return "leave this file as it is and describe the change that its owners should make"
    return "work without this file, or ask its owners for what is needed from it"
