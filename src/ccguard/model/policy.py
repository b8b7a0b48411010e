"""The policy of one repository, merged, with its defaults applied: what the rules judge by.

Keys, defaults and what counts as stricter are in docs/policy.md. `None` in a list means that the policy says nothing
by that key (no restriction); an empty tuple means that nothing is allowed.
"""

from __future__ import annotations

from .paths import PathSet
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Mode: TypeAlias = Literal["forbidden", "read-only", "supervised", "open"]
    ZoneAccess: TypeAlias = Literal["none", "read", "edit"]
    Level: TypeAlias = Literal["monitor", "warn", "ask", "block"]
    DataUse: TypeAlias = Literal["allow", "redact", "ask", "deny"]


class Environments(Record):
    """Which Claude may be used."""

    allowed: tuple[str, ...] | None = None
    organizations: tuple[str, ...] | None = None
    base_urls: tuple[str, ...] | None = None
    unknown: Literal["block", "ask", "warn"] | None = None


class Session(Record):
    """How a session must be set up."""

    permission_modes: tuple[str, ...] | None = None
    sandbox: Literal["required", "preferred", "off"] | None = None
    minimum_version: str | None = None


class Reporting(Record):
    """What Claude Code may send to its vendor, and what the company collects itself."""

    metrics: Literal["on", "off"] | None = None
    errors: Literal["on", "off"] | None = None
    feedback: Literal["on", "off"] | None = None
    surveys: Literal["on", "off"] | None = None
    web_fetch_preflight: Literal["on", "off"] | None = None
    company_telemetry: Literal["required", "optional", "forbidden"] | None = None
    transcript_days: int | None = None


class Claude(Record):
    """The `[claude]` table."""

    mode: Mode
    reason: str = ""
    models_forbidden: tuple[str, ...] = ()
    environments: Environments = Environments()
    session: Session = Session()
    reporting: Reporting = Reporting()
    connectors: tuple[str, ...] | None = None

    _nested = {"environments": Environments, "session": Session, "reporting": Reporting}


class Zone(Record):
    """A set of paths with one rule. `matchers` holds one set for each layer that names the zone: they add up.

    `exceptions` are paths that a policy takes out of a built-in zone: (path, reason, `file:line`).
    """

    name: str
    access: ZoneAccess
    paths: tuple[str, ...]
    matchers: tuple[PathSet, ...]
    reason: str = ""
    contact: str = ""
    instead: str = ""
    reviewers: int = 0
    approvers: tuple[str, ...] = ()
    data: str = ""
    origin: str = ""
    builtin: bool = False
    exceptions: tuple[tuple[str, str, str], ...] = ()

    _nested = {"matchers": PathSet}

    def covers(self, path: str, *, folder: bool = False, fold: bool = False) -> bool:
        """Whether a repository-relative POSIX path lies in the zone."""
        return any(matcher.covers(path, folder=folder, fold=fold) for matcher in self.matchers)

    def reaches_below(self, path: str, *, fold: bool = False) -> bool:
        """Whether the zone names something below a folder: what removes or replaces the folder does it to that."""
        return any(matcher.touches_below(path, fold=fold) for matcher in self.matchers)


class DataClass(Record):
    """A kind of data, and whether it may be put in front of Claude."""

    name: str
    use: DataUse
    examples: tuple[str, ...] = ()
    detect: tuple[str, ...] = ()
    approver: str = ""
    origin: str = ""


class Secrets(Record):
    """The `[secrets]` table; an entropy limit of None is off."""

    places: tuple[str, ...] = ("prompts", "tool-input", "tool-output", "commits")
    baseline: str = ".ccguard-baseline"
    salt: str = ""
    keyword: Literal["block", "warn", "off"] = "warn"
    entropy_base64: float | None = None
    entropy_hex: float | None = None


class Attribution(Record):
    """The `[attribution]` table."""

    marker: Literal["require", "allow", "forbid"] = "require"
    trailer: Literal["Assisted-by", "Co-Authored-By", "Generated-by"] = "Assisted-by"
    stamp: bool = True
    agents: tuple[str, ...] | None = None
    disclosure: str = ""


class Review(Record):
    """The `[review]` table."""

    required: Literal["all", "ai-assisted", "none"] = "ai-assisted"
    reviewers: int = 1
    accept: tuple[str, ...] = ("forge", "note")
    branches: tuple[str, ...] | None = None
    allowed_signers: str = ".allowed_signers"
    machine_reviewers: tuple[str, ...] = ()
    stale: Literal["on-change"] = "on-change"


class Guard(Record):
    """The `[guard]` table: the guardrails themselves. `review_paths` are guard files for pull requests only."""

    no_verify: Literal["block", "ask", "warn"] = "block"
    history_rewrite: Literal["block", "ask", "warn", "off"] = "ask"
    approvers: tuple[str, ...] = ()
    waiver_days: int = 90
    review_paths: PathSet = PathSet(())

    _nested = {"review_paths": PathSet}


class Waiver(Record):
    """One finding that somebody with the right to has accepted, until the end of a day (ISO date, UTC).

    `not_over` are the files whose rules it can't waive: layers above its own in which `approved_by` is no approver.
    """

    rule: str
    reason: str
    approved_by: str
    expires: str
    paths: tuple[str, ...] = ()
    digest: str = ""
    matcher: PathSet = PathSet(())
    origin: str = ""
    not_over: tuple[str, ...] = ()

    _nested = {"matcher": PathSet}


class Example(Record):
    """One of the policy's own tests."""

    do: str
    expect: Literal["block", "ask", "warn", "pass"]
    mode: str = ""
    environment: str = ""
    origin: str = ""


class Contacts(Record):
    """Whom to ask."""

    owner: str = ""
    help: str = ""
    security: str = ""
    privacy: str = ""
    answer_within: str = ""


class Policy(Record):
    """One repository's policy. `origins` maps a dotted key to `file:line` of the layer that decided it."""

    claude: Claude
    zones: tuple[Zone, ...]
    data: tuple[DataClass, ...] = ()
    secrets: Secrets = Secrets()
    attribution: Attribution = Attribution()
    review: Review = Review()
    guard: Guard = Guard()
    teams: dict[str, tuple[str, ...]] = {}
    rules: dict[str, Level] = {}
    waivers: tuple[Waiver, ...] = ()
    examples: tuple[Example, ...] = ()
    contacts: Contacts = Contacts()
    answers: dict[str, str] = {}
    journal_days: int = 90
    review_by: str = ""
    layers: tuple[str, ...] = ()
    digest: str = ""
    origins: dict[str, str] = {}

    _nested = {
        "claude": Claude,
        "zones": Zone,
        "data": DataClass,
        "secrets": Secrets,
        "attribution": Attribution,
        "review": Review,
        "guard": Guard,
        "waivers": Waiver,
        "examples": Example,
        "contacts": Contacts,
    }

    def covering(self, path: str, *, folder: bool = False, fold: bool = False) -> tuple[Zone, ...]:
        """The zones a repository-relative path lies in."""
        return tuple(zone for zone in self.zones if zone.covers(path, folder=folder, fold=fold))
