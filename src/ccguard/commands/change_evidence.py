"""What the rules may ask about commits, fetched from git and detect-secrets when they ask."""

from __future__ import annotations

from ..detect import engine
from ..git.content import LARGEST, added_lines
from ..git.objects import Objects
from ..model.event import Change, Commit
from ..model.evidence import NoEvidence
from ..model.finding import SecretHit
from ..model.policy import Secrets
from ..policy.mistakes import Mistake, PolicyMistakes
from .guarded import may_run_ccguard, runs_ccguard
from .progress import shown


class ChangeEvidence(NoEvidence):
    """Facts about commits of one repository. Each commit is scanned once, however many rules ask."""

    def __init__(
        self,
        objects: Objects,
        settings: Secrets,
        notes: tuple[Mistake, ...] = (),
        mistakes: PolicyMistakes | None = None,
    ) -> None:
        self._objects = objects
        self._settings = settings
        self._notes = notes
        self._mistakes = mistakes.mistakes if mistakes else ()
        self._scanned: dict[str, tuple[tuple[SecretHit, ...], tuple[tuple[str, str], ...]]] = {}

    def secrets(self, commit: Commit) -> tuple[SecretHit, ...]:
        """Secrets in the lines that a commit adds."""
        return self._scan(commit)[0]

    def not_scanned(self, commit: Commit) -> tuple[tuple[str, str], ...]:
        """Paths of a commit that could not be scanned for secrets, or not wholly, each with the reason."""
        return self._scan(commit)[1]

    def _scan(self, commit: Commit) -> tuple[tuple[SecretHit, ...], tuple[tuple[str, str], ...]]:
        if commit.oid not in self._scanned:
            hits: list[SecretHit] = []
            skipped: list[tuple[str, str]] = []
            for added in shown(added_lines(self._objects, commit), len(commit.changes), "looking for secrets"):
                path = added.change.path
                if added.lines:
                    person = not commit.assisted()
                    hits += engine.scan(path, added.text, added.lines, self._settings, honour_pragma=person)
                reason = added.reason or (engine.not_scanned(path, added.text) if added.lines else "")
                if reason:
                    skipped.append((path, reason))
            self._scanned[commit.oid] = tuple(hits), tuple(skipped)
        return self._scanned[commit.oid]

    def runs_ccguard(self, change: Change) -> bool:
        """Whether a CI file calls ccguard, before or after the change."""
        if not may_run_ccguard(change.path):
            return False
        oids = [oid for oid in (change.old_oid, change.new_oid) if oid and self._objects.find(oid)]
        return any(runs_ccguard(self._objects.read(oid, LARGEST) or b"") for oid in oids)

    def waiver_mistakes(self) -> tuple[tuple[str, str], ...]:
        """Waivers that are malformed, and so waive nothing."""
        return tuple(map(_said, self._notes))

    def policy_mistakes(self) -> tuple[tuple[str, str], ...]:
        """What is wrong with the policy that the change would put in place."""
        return tuple(map(_said, self._mistakes))


def _said(mistake: Mistake) -> tuple[str, str]:
    return str(mistake), f"{mistake.file}:{mistake.line}"
