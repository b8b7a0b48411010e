"""Whom to ask: every refusal ends with somebody."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.policy import Policy, Zone


_NOBODY_NAMED = "the owners of this repository"


def for_zone(zone: Zone, policy: Policy) -> str:
    """The zone's own contact or approvers, else the owner of the policy."""
    return zone.contact or ", ".join(zone.approvers) or owner(policy)


def owner(policy: Policy) -> str:
    """The owner of the policy, else the help channel, else the approvers, else whoever owns the repository."""
    return policy.contacts.owner or policy.contacts.help or ", ".join(policy.guard.approvers) or _NOBODY_NAMED


def guardians(policy: Policy) -> str:
    """Who may change the guardrails."""
    return ", ".join(policy.guard.approvers) or policy.contacts.owner or _NOBODY_NAMED


def security(policy: Policy) -> str:
    """Whom to tell about a secret."""
    return policy.contacts.security or owner(policy)
