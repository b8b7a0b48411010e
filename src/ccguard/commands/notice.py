"""The notice at the start of a session: two lines that an engineer reads once."""

from __future__ import annotations

from ..rules import contact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.policy import Policy

_SHOWN_PATHS = 6
_MARKERS = {
    "require": 'commits that Claude helps with carry "{trailer}"',
    "allow": 'commits that Claude helps with may carry "{trailer}"',
    "forbid": "commits carry no AI trailer",
}


def notice(policy: Policy) -> str:
    """Mode and off-limits paths; marker and whom to ask."""
    if policy.claude.mode == "forbidden":
        reason = f' ("{policy.claude.reason}")' if policy.claude.reason else ""
        return (
            f"ccguard: Claude Code may not be used in this repository{reason}.\nccguard: ask {contact.owner(policy)}."
        )
    own = [path for zone in policy.zones if not zone.builtin and zone.access == "none" for path in zone.paths]
    fixed = [path for zone in policy.zones if zone.builtin and zone.access == "none" for path in zone.paths]
    paths = [path for path in own + fixed if not path.startswith("!")]
    shown = ", ".join(paths[:_SHOWN_PATHS]) + (" and more" if len(paths) > _SHOWN_PATHS else "")
    marker = _MARKERS[policy.attribution.marker].format(trailer=policy.attribution.trailer)
    helper = policy.contacts.help or contact.owner(policy)
    return (
        f"ccguard: {policy.claude.mode} repository. Off limits: {shown}.\n"
        f"ccguard: {marker}. Questions and waivers: {helper}."
    )
