"""Small policies for tests, and for each key two values of which the first is the stricter."""

from __future__ import annotations

from ccguard.policy.keys import BY_NAME
from ccguard.policy.layer import Layer
from ccguard.policy.merge import Merged, merge
from ccguard.policy.parse import parse

SMALLEST = 'version = 1\n[claude]\nmode = "supervised"\n'

# key -> (a stricter value, a looser one), as TOML. The key's table stands before the last dot.
PAIRS = {
    "claude.mode": ('"read-only"', '"supervised"'),
    "claude.models_forbidden": ('["*fable*", "x"]', '["x"]'),
    "claude.environments.allowed": ('["bedrock"]', '["bedrock", "api"]'),
    "claude.environments.organizations": ('["a"]', '["a", "b"]'),
    "claude.environments.base_urls": ('["https://a.example"]', '["https://a.example", "https://b.example"]'),
    "claude.environments.unknown": ('"block"', '"ask"'),
    "claude.session.permission_modes": ('["plan"]', '["plan", "default"]'),
    "claude.session.sandbox": ('"required"', '"preferred"'),
    "claude.session.minimum_version": ('"2.1.295"', '"2.1.99"'),
    "claude.reporting.metrics": ('"off"', '"on"'),
    "claude.reporting.errors": ('"off"', '"on"'),
    "claude.reporting.feedback": ('"off"', '"on"'),
    "claude.reporting.surveys": ('"off"', '"on"'),
    "claude.reporting.web_fetch_preflight": ('"off"', '"on"'),
    "claude.reporting.company_telemetry": ('"required"', '"optional"'),
    "claude.reporting.transcript_days": ("7", "14"),
    "claude.connectors.allowed": ("[]", '["github"]'),
    "zones.payments.access": ('"none"', '"read"'),
    "zones.payments.reviewers": ("3", "2"),
    "zones.payments.approvers": ('["@acme/leads"]', '["@acme/leads", "a@acme.example"]'),
    "zones.payments.data": ('"confidential"', '"customer"'),
    "data.customer.use": ('"deny"', '"ask"'),
    "data.customer.detect": ('["iban", "payment-card"]', '["iban"]'),
    "secrets.in": ('["commits", "prompts"]', '["commits"]'),
    "secrets.keyword": ('"block"', '"off"'),
    "secrets.entropy": ("{ base64 = 4.0, hex = 3.0 }", "{ base64 = 4.5 }"),
    "attribution.marker": ('"require"', '"allow"'),
    "attribution.stamp": ("true", "false"),
    "attribution.agents": ('["claude-code"]', '["claude-code", "copilot"]'),
    "review.required": ('"all"', '"ai-assisted"'),
    "review.reviewers": ("2", "1"),
    "review.accept": ('["forge"]', '["forge", "note", "trailer"]'),
    "review.branches": ('["main", "release/*"]', '["main"]'),
    "review.machine_reviewers": ('["bot", "lint"]', '["bot"]'),
    "guard.no_verify": ('"block"', '"warn"'),
    "guard.history_rewrite": ('"block"', '"off"'),
    "guard.approvers": ('["@acme/platform"]', '["@acme/platform", "@acme/all"]'),
    "guard.waiver_days": ("30", "60"),
    'teams."@acme/leads"': ('["a@acme.example"]', '["a@acme.example", "b@acme.example"]'),
    "rules.off-limits-path": ('"warn"', '"monitor"'),
    "journal.keep_days": ("30", "60"),
}

# Keys where no value is stricter than another.
OTHERS = {
    "review_by": ("2027-01-01", "2028-01-01"),
    "claude.reason": ('"a"', '"b"'),
    "zones.payments.reason": ('"a"', '"b"'),
    "zones.payments.contact": ('"a"', '"b"'),
    "zones.payments.instead": ('"a"', '"b"'),
    "data.customer.examples": ('["a", "b"]', '["b"]'),
    "data.customer.approver": ('"a"', '"b"'),
    "secrets.baseline": ('"a"', '"b"'),
    "secrets.salt": ('"a"', '"b"'),
    "attribution.trailer": ('"Generated-by"', '"Co-Authored-By"'),
    "attribution.disclosure": ('"a"', '"b"'),
    "review.allowed_signers": ('"a"', '"b"'),
    "answers.shared_projects": ('"a"', '"b"'),
    "answers.uploads": ('"a"', '"b"'),
    "answers.value": ('"a"', '"b"'),
    "contacts.owner": ('"a"', '"b"'),
    "contacts.help": ('"a"', '"b"'),
    "contacts.security": ('"a"', '"b"'),
    "contacts.privacy": ('"a"', '"b"'),
    "contacts.answer_within": ('"a"', '"b"'),
}


def with_value(key: str, value: str, *, mode: str = "supervised") -> str:
    """The smallest policy with one more key."""
    lines = ["version = 1"]
    if key != "claude.mode":
        lines.append(f'claude.mode = "{mode}"')
    if key.startswith("zones.payments"):
        lines.append('zones.payments.paths = ["src/payments/"]')
        if not key.endswith(("access", "data", "reviewers", "approvers")):
            lines.append('zones.payments.access = "edit"')
    return "\n".join((*lines, f"{key} = {value}", ""))


def layer(text: str, name: str = ".claude-policy.toml") -> Layer:
    """A policy's text as a layer. Raises PolicyMistakes."""
    return parse(text.encode(), name)


def merged(*texts: str, floors: tuple[str, ...] = ()) -> Merged:
    """Texts as layers, general first, with other texts as floors."""
    names = [*(f"/org{index}.toml" for index in range(len(texts) - 1)), ".claude-policy.toml"]
    layers = [layer(text, name) for text, name in zip(texts, names, strict=True)]
    return merge(layers, [layer(text) for text in floors])


def named(key: str) -> str:
    """The name in the table of keys of a key with real names in it."""
    parts = key.split(".")
    if parts[0] in ("zones", "data", "teams", "rules") and key not in BY_NAME:
        parts[1] = "*"
    return ".".join(parts[:2] if parts[0] in ("teams", "rules") else parts)
