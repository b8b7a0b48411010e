"""Plain values at the one door of evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccguard.model.event import Change, Commit
from ccguard.model.finding import SecretHit


@dataclass(frozen=True)
class FakeEvidence:
    """What the rules may ask, as plain values."""

    hits: tuple[SecretHit, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    runners: tuple[str, ...] = ()
    parts: dict[str, str] = field(default_factory=dict)
    mistakes: tuple[tuple[str, str], ...] = ()
    bad_waivers: tuple[tuple[str, str], ...] = ()

    def secrets(self, commit: Commit) -> tuple[SecretHit, ...]:
        return self.hits

    def not_scanned(self, commit: Commit) -> tuple[tuple[str, str], ...]:
        return self.skipped

    def runs_ccguard(self, change: Change) -> bool:
        return change.path in self.runners

    def guarded(self, absolute: str, *, whole: bool = False) -> str:
        below = (part for path, part in self.parts.items() if whole and path.startswith(f"{absolute}/"))
        return self.parts.get(absolute, next(below, ""))

    def waiver_mistakes(self) -> tuple[tuple[str, str], ...]:
        return self.bad_waivers

    def policy_mistakes(self) -> tuple[tuple[str, str], ...]:
        return self.mistakes
