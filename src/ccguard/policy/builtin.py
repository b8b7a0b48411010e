"""What ccguard itself brings to every policy: three zones and six data classes."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .mistakes import Place

BUILT_IN = Place("built in")


class BuiltinZone(NamedTuple):
    """A zone that no policy can loosen."""

    access: Literal["none", "read"]
    paths: tuple[str, ...]
    reason: str


class BuiltinData(NamedTuple):
    """A data class that is known without being defined."""

    use: Literal["deny", "ask", "redact", "allow"]
    examples: tuple[str, ...]


# Names that look like credentials and hold none. They are off limits only where a policy names one in full.
NEVER_CREDENTIALS = (".env.example", ".env.sample", ".env.template", "*.pub")

ZONES: dict[str, BuiltinZone] = {
    "credentials": BuiltinZone(
        "none",
        (
            ".env",
            ".env.*",
            "*.pem",
            "*.key",
            "*.p12",
            "*.pfx",
            "*.jks",
            "*.keystore",
            "id_rsa*",
            "id_ed25519*",
            "id_ecdsa*",
            ".netrc",
            ".pypirc",
            "**/.aws/credentials",
            "**/.docker/config.json",
            "**/.kube/config",
            "*.tfstate",
            "service-account*.json",
            *(f"!{name}" for name in NEVER_CREDENTIALS),
        ),
        "credentials are not for a model to read",
    ),
    "guard": BuiltinZone(
        "read",
        (
            ".claude-policy.toml",
            "**/.claude/settings*.json",
            "**/.claude/hooks/",
            ".mcp.json",
            ".pre-commit-config.yaml",
            ".pre-commit-config.yml",
            "prek.toml",
            ".husky/",
            ".githooks/",
            "lefthook.yml",
            "lefthook.yaml",
            ".lefthook.yml",
            ".lefthook.yaml",
            "lefthook-local.yml",
            "lefthook-local.yaml",
            "/CODEOWNERS",
            "/.github/CODEOWNERS",
            "/docs/CODEOWNERS",
            ".gitattributes",
            ".mailmap",
            ".allowed_signers",
            ".ccguard-baseline",
            ".secrets.baseline",
            "**/.git/hooks/",
            "**/.git/config",
        ),
        "the guardrails themselves are changed by people",
    ),
    # Without a slash at the end: in linked worktrees and submodules `.git` is a file.
    "repository": BuiltinZone("read", (".git",), "git's own files are changed through git"),
}

# Guard files that Claude may edit in a session; a pull request that changes them needs an approver.
REVIEWED = ("CLAUDE.md", ".gitmodules", "/.github/workflows/", "/.github/actions/", "/.gitlab-ci.yml")

DATA: dict[str, BuiltinData] = {
    "public": BuiltinData("allow", ("open source", "public documentation", "marketing copy")),
    "internal": BuiltinData("allow", ("most source code", "internal policies", "tickets")),
    "confidential": BuiltinData("ask", ("unreleased plans", "contract excerpts", "the company's key know-how")),
    "customer": BuiltinData("redact", ("customer e-mail", "dumps", "logs with personal data")),
    "secrets": BuiltinData("deny", ("keys", "tokens", ".env files", "certificates")),
    "regulated": BuiltinData("deny", ("card numbers", "health records", "export-controlled files", "payroll")),
}
# No policy may put secrets in front of Claude.
FIXED_DATA = "secrets"
