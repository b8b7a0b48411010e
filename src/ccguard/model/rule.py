"""A rule, as the table of rules lists it."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .policy import Level


class Rule(Record):
    """Id and number never change and are never used again. `events` are the kinds of event that it judges."""

    id: str
    number: str
    level: Level
    summary: str
    events: tuple[str, ...] = ()
    fixed: bool = False  # no policy may lower its level
