"""The one answer to an event."""

from __future__ import annotations

from .finding import Finding
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Verdict: TypeAlias = Literal["block", "ask", "warn", "pass"]

# Weakest first; the index compares two levels.
STRENGTH = ("pass", "monitor", "warn", "ask", "block")


class Decision(Record):
    """Block, ask, warn or nothing; never "allow". `findings` come strongest first."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
