"""What a rule has to object to."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .policy import Level


class Location(Record):
    """Where: a call of a tool, or a path, line and commit."""

    path: str = ""
    line: int = 0
    commit: str = ""
    tool: str = ""


class SecretHit(Record):
    """A secret in a text. The secret itself is never kept: a mask for people, a salted digest for machines."""

    path: str
    line: int
    type: str
    masked: str
    digest: str
    kind: Literal["format", "keyword", "entropy"]
    engine: str = "detect-secrets"
    allowlisted: bool = False  # a pragma that counts stands on its line


class Finding(Record):
    """An objection in five parts: what (`message`), where, why, fix, ask.

    `level` is what the rule itself says; `engine.decide` puts the policy's level in its place. `origin` is the
    `file:line` of the policy that says so. `subject` names what was found without showing it (a zone, a digest): with
    rule and path it makes the fingerprint, which no line number and no other change of the file moves.
    """

    rule: str
    message: str
    where: Location
    level: Level = "block"
    why: str = ""
    fix: str = ""
    ask: str = ""
    origin: str = ""
    subject: str = ""
    settled: bool = False  # a section's own key states this level: `[rules]` can only lower it
    firm: bool = False  # no policy lowers this level
    secret: SecretHit | None = None
