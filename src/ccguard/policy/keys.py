"""The one table of keys. The parser, merging, the JSON Schema and the reference page all follow from it.

A name's `*` stands for a name that the owner chooses; `[]` marks a list of tables. `allowed` lists the values of a
word or of a list of words, strictest first where the key merges by "first". A `default` of None means that a policy
without the key says nothing by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "version", "text", "path", "word", "words", "texts", "patterns", "flag", "count", "date", "client-version",
    "approver", "approvers", "urls", "connectors", "branches", "entropy", "exceptions", "files", "action", "digest",
]  # fmt: skip
Merge: TypeAlias = Literal[
    "own", "first", "clash", "on", "larger", "smaller", "later", "earlier", "entropy", "union", "intersection",
    "approvers", "team", "data", "paths", "exceptions", "nearest", "base",
]  # fmt: skip


class Entropy(NamedTuple):
    """From which entropy on a text counts as a secret; None is off."""

    base64: float | None = None
    hex: float | None = None


class Exempt(NamedTuple):
    """One path that a policy takes out of the built-in zone "credentials", and why."""

    path: str
    reason: str


Value: TypeAlias = str | int | tuple[str, ...] | Entropy | tuple[Exempt, ...]


@dataclass(frozen=True)
class Key:
    """One key of the policy file. `undecided` is the question that a policy without the key leaves open."""

    name: str
    kind: Kind
    meaning: str
    merge: Merge
    allowed: tuple[str, ...] = ()
    default: Value | None = None
    least: int = 0
    undecided: str = ""
    required: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The name's parts, `[]` as one of its own."""
        return tuple(self.name.replace("[]", ".[]").split("."))


MODES = ("forbidden", "read-only", "supervised", "open")
ENVIRONMENTS = ("personal", "team", "enterprise", "api", "bedrock", "vertex", "foundry", "aws", "gov", "gateway", "web")
PERMISSION_MODES = ("default", "plan", "acceptEdits", "auto", "dontAsk", "bypassPermissions")
DETECTORS = ("payment-card", "iban", "national-id", "email-list", "phone-list")
PLACES = ("prompts", "tool-input", "tool-output", "commits")
LEVELS = ("block", "warn", "monitor")
SWITCH = ("off", "on")
AGENTS = (
    "claude-code", "copilot", "cursor", "codex", "devin", "jules", "gemini", "aider", "amp", "opencode",
    "factory-droid", "replit", "warp", "amazon-q", "other",
)  # fmt: skip

KEYS: tuple[Key, ...] = (
    Key("version", "version", "The version of this file's language; 1 is the only one.", "own", required=True),
    Key("extends", "files", "Policy files whose rules hold too, most general first; this file may only tighten them.",
        "own"),
    Key("review_by", "date", "The day by which the owner looks at this policy again; past it, a warning.", "earlier"),

    Key("claude.mode", "word", "Whether Claude Code may be used here, and for what.", "first", MODES),
    Key("claude.reason", "text", "Why, in the owner's words; every refusal by the mode says it.", "nearest",
        default=""),
    Key("claude.models_forbidden", "texts", "Models that may not be used here, by name; `*` stands for anything.",
        "union", default=()),
    Key("claude.environments.allowed", "words", "Which Claude may be used, by the account or cloud it runs on.",
        "intersection", ENVIRONMENTS, undecided="which accounts and clouds Claude may be used with"),
    Key("claude.environments.organizations", "texts",
        "The organisations, by UUID, that a personal, team, enterprise or web session must belong to.", "intersection"),
    Key("claude.environments.base_urls", "urls", "Endpoints besides the vendor's and the cloud's own that may be used.",
        "intersection"),
    Key("claude.environments.unknown", "word", "What an environment that can't be told gets.", "first",
        ("block", "ask", "warn")),
    Key("claude.session.permission_modes", "words",
        "The client's permission modes in which a tool call may run; in any other none does.", "intersection",
        PERMISSION_MODES),
    Key("claude.session.sandbox", "word", "Whether sessions must run in Claude Code's sandbox.", "first",
        ("required", "preferred", "off")),
    Key("claude.session.minimum_version", "client-version", "The oldest client that may be used.", "later"),
    Key("claude.reporting.metrics", "word", "Usage metrics to the vendor.", "first", SWITCH),
    Key("claude.reporting.errors", "word", "Error reports to the vendor.", "first", SWITCH),
    Key("claude.reporting.feedback", "word", "The commands that send a conversation to the vendor.", "first", SWITCH),
    Key("claude.reporting.surveys", "word", "The vendor's rating surveys.", "first", SWITCH),
    Key("claude.reporting.web_fetch_preflight", "word", "The vendor's check of a host name before a page is fetched.",
        "first", SWITCH),
    Key("claude.reporting.company_telemetry", "word", "The company's own OpenTelemetry export.", "clash",
        ("required", "forbidden", "optional")),
    Key("claude.reporting.transcript_days", "count", "For how many days local transcripts are kept, at most.",
        "smaller"),
    Key("claude.connectors.allowed", "connectors",
        "The MCP servers that may be used, by exact name or by address; an empty list approves none.", "intersection",
        undecided="which MCP servers may be used"),

    Key("zones.*.paths", "patterns", "The files of the zone, as gitignore patterns from the folder of this policy.",
        "paths"),
    Key("zones.*.access", "word",
        "What Claude may do with the zone's files: nothing, read them, or edit them with what the zone adds (left "
        "out: `none`, or `edit` where the zone asks for reviewers, approvers or a data class).", "first",
        ("none", "read", "edit"), default="edit"),
    Key("zones.*.reviewers", "count", "How many people review an AI-assisted change to the zone.", "larger", default=0,
        least=1),
    Key("zones.*.approvers", "approvers", "Who may approve a change to the zone; one of them has to.", "approvers",
        default=()),
    Key("zones.*.reason", "text", "Why the zone is there; every refusal says it.", "nearest", default=""),
    Key("zones.*.contact", "text", "Whom to ask about the zone; every refusal says it.", "nearest", default=""),
    Key("zones.*.instead", "text", "What to do instead; every refusal says it.", "nearest", default=""),
    Key("zones.*.data", "text", "The data class of the zone's files: reading them is showing that class to Claude.",
        "data", default=""),
    Key("zones.credentials.except", "exceptions",
        "Single paths that are no credentials, each with a reason; every report shows them.", "exceptions",
        default=()),

    Key("data.*.use", "word", "Whether this class may be put in front of Claude.", "first",
        ("deny", "ask", "redact", "allow")),
    Key("data.*.examples", "texts", "What belongs to the class, in words that people here use.", "nearest", default=()),
    Key("data.*.detect", "words", "The detectors that find this class in a text.", "union", DETECTORS, default=()),
    Key("data.*.approver", "text", "Whom to ask about this class.", "nearest", default=""),

    Key("secrets.in", "words", "Where secrets are looked for.", "union", PLACES, default=PLACES),
    Key("secrets.baseline", "path", "The file that lists known secrets by digest.", "base",
        default=".ccguard-baseline"),
    Key("secrets.salt", "text", "Not a secret: keeps the digests of different repositories apart.", "base",
        default=""),
    Key("secrets.keyword", "word", "What a finding by keyword or by hexadecimal entropy gets.", "first",
        ("block", "warn", "off"), default="warn"),
    Key("secrets.entropy", "entropy", "From which entropy on a text counts as a secret; a lower limit finds more.",
        "entropy", default=Entropy()),

    Key("attribution.marker", "word", "Whether an AI-assisted commit says so in a trailer.", "clash",
        ("require", "forbid", "allow"), default="require"),
    Key("attribution.trailer", "word", "The trailer that ccguard writes.", "base",
        ("Assisted-by", "Co-Authored-By", "Generated-by"), default="Assisted-by"),
    Key("attribution.stamp", "flag", "Whether the prepare-commit-msg hook writes the trailer by itself.", "on",
        default=True),
    Key("attribution.agents", "words", "Whose help is accepted; an empty list accepts nobody's.", "intersection",
        AGENTS),
    Key("attribution.disclosure", "text", "The exact text of the pull request's box that declares AI help.", "base",
        default=""),

    Key("review.required", "word", "Which changes need a person's review.", "first", ("all", "ai-assisted", "none"),
        default="ai-assisted"),
    Key("review.reviewers", "count", "How many people review a change.", "larger", default=1, least=1),
    Key("review.accept", "words", "What counts as a review.", "intersection", ("forge", "note", "trailer"),
        default=("forge", "note")),
    Key("review.branches", "branches", "The branches where a review is due; without it, the default branch.", "union"),
    Key("review.allowed_signers", "path", "The file that says who may sign review notes; read from the base.", "base",
        default=".allowed_signers"),
    Key("review.machine_reviewers", "texts", "More logins of machines, whose reviews never count.", "union",
        default=()),
    Key("review.stale", "word", "When a review stops to count: when the content that was reviewed changes.", "first",
        ("on-change",), default="on-change"),

    Key("guard.no_verify", "word", "What skipping git hooks gets.", "first", ("block", "ask", "warn"),
        default="block"),
    Key("guard.history_rewrite", "word", "What rewriting or destroying history gets.", "first",
        ("block", "ask", "warn", "off"), default="ask"),
    Key("guard.approvers", "approvers", "Who may approve a change to the guardrails, and a waiver.", "approvers",
        default=()),
    Key("guard.waiver_days", "count", "For how many days ahead a waiver may hold, at most.", "smaller", default=90,
        least=1),

    Key("teams.*", "approvers", "The members of a team, for places where no forge answers.", "team"),
    Key("rules.*", "word", "How hard a rule bites.", "first", LEVELS),

    Key("waivers[].rule", "text", "The id of the rule that is waived.", "own", required=True),
    Key("waivers[].paths", "patterns", "The files that it is waived for, as gitignore patterns.", "own"),
    Key("waivers[].digest", "digest", "The digest of the one secret that it is waived for.", "own"),
    Key("waivers[].reason", "text", "Why.", "own", required=True),
    Key("waivers[].approved_by", "approver", "Who has approved it: one of the zone's approvers, else of the guard's.",
        "own", required=True),
    Key("waivers[].expires", "date", "Its last day, to the end of that day in UTC.", "own", required=True),

    Key("journal.keep_days", "count", "For how many days ccguard keeps its notes of its own decisions.", "smaller",
        default=90, least=1),

    Key("answers.shared_projects", "text", "Who may create shared projects, and with what in them.", "nearest",
        default="", undecided="who may create shared projects"),
    Key("answers.uploads", "text", "What becomes of files that were uploaded.", "nearest", default="",
        undecided="what becomes of uploaded files"),
    Key("answers.value", "text", "How adoption and value are measured.", "nearest", default="",
        undecided="how adoption and value are measured"),

    Key("contacts.owner", "text", "Who owns this policy.", "base", default="", undecided="who owns the policy"),
    Key("contacts.help", "text", "Where people ask for help.", "nearest", default="",
        undecided="where to ask for help"),
    Key("contacts.security", "text", "Whom to tell about a secret that slipped.", "nearest", default="",
        undecided="whom to tell about a secret"),
    Key("contacts.privacy", "text", "Whom to ask about personal data.", "nearest", default="",
        undecided="whom to ask about personal data"),
    Key("contacts.answer_within", "text", "How fast an answer comes.", "nearest", default="",
        undecided="how fast an answer comes"),

    Key("examples[].do", "action", "What is tried.", "own", required=True),
    Key("examples[].expect", "word", "What this policy is to answer.", "own", ("block", "ask", "warn", "pass"),
        required=True),
    Key("examples[].mode", "word", "The session's permission mode; without it, one that the policy allows.", "own",
        PERMISSION_MODES),
    Key("examples[].environment", "word", "The session's environment; without it, one that the policy allows.", "own",
        ENVIRONMENTS),
)  # fmt: skip

BY_NAME = {key.name: key for key in KEYS}
BY_PARTS = {key.parts: key for key in KEYS}

# Every table that may stand in the file: the prefixes of the keys' names.
TABLES = frozenset(key.parts[:depth] for key in KEYS for depth in range(len(key.parts)))
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

# What is expected of a value, in words.
EXPECTED: dict[Kind, str] = {
    "version": "the number 1",
    "text": "a text in quotes",
    "path": "the path of a file in this repository",
    "word": "one of",
    "words": "a list with any of",
    "texts": "a list of texts",
    "patterns": "a list of gitignore patterns",
    "flag": "true or false",
    "count": "a whole number",
    "date": "a date, as 2027-05-01, without quotes",
    "client-version": 'a version such as "2.1.295"',
    "approver": "@org/team, @login or an e-mail address",
    "approvers": "a list of @org/team, @login, e-mail addresses or CODEOWNERS",
    "urls": "a list of https addresses (http for this machine only)",
    "connectors": "a list of server names and http(s) addresses",
    "branches": "a list of branch names; * stands for anything",
    "entropy": '"off" or { base64 = 4.5, hex = 3.0 }',
    "exceptions": 'a list of { path = "...", reason = "..." }',
    "files": "a list of paths in this repository",
    "action": '"read|write|edit|delete PATH", "run COMMAND", "prompt TEXT", "use CONNECTOR" or "commit PATH..."',
    "digest": "32 hexadecimal digits",
}


def key_at(path: tuple[str, ...]) -> Key | None:
    """The key of a path in the file, such as ("zones", "payments", "access")."""
    return next((BY_PARTS[parts] for parts in _spellings(path) if parts in BY_PARTS), None)


def is_table(path: tuple[str, ...]) -> bool:
    """Whether a table of keys stands at this path."""
    return any(parts in TABLES for parts in _spellings(path))


def is_list(path: tuple[str, ...]) -> bool:
    """Whether a list of tables stands at this path."""
    return (*path, "[]") in TABLES


def names_in(path: tuple[str, ...]) -> tuple[str, ...]:
    """The names that may stand in the table at this path; `*` where the owner chooses them."""
    spellings = tuple(_spellings(path))
    depth = len(path)
    found = (key.parts[depth] for key in KEYS if len(key.parts) > depth and key.parts[:depth] in spellings)
    return tuple(dict.fromkeys(found))


def dotted(path: tuple[str, ...]) -> str:
    """A path as TOML writes it: `zones.payments.access`, `teams."@acme/leads"`."""
    return ".".join(part if _bare(part) else quoted(part) for part in path)


def _spellings(path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The path itself, and the path with its second part left to the owner."""
    return (path, (path[0], "*", *path[2:])) if len(path) > 1 else (path,)


def _bare(part: str) -> bool:
    return part.isascii() and part.replace("-", "").replace("_", "").isalnum()


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return '"' + "".join(_SHORT.get(char) or (char if char.isprintable() else _escaped(char)) for char in text) + '"'


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
