"""The one door through which a rule learns what the event itself does not say."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .event import Change, Commit
    from .finding import SecretHit

    class Evidence(Protocol):
        """Facts about the world, fetched by adapters on demand. Tests pass plain values."""

        def secrets(self, commit: Commit) -> tuple[SecretHit, ...]:
            """Secrets in the lines that a commit adds."""

        def not_scanned(self, commit: Commit) -> tuple[tuple[str, str], ...]:
            """Paths of a commit that could not be scanned for secrets, each with the reason."""

        def runs_ccguard(self, change: Change) -> bool:
            """Whether a file runs ccguard (a workflow, say), before or after the change."""

        def guarded(self, absolute: str, *, whole: bool = False) -> str:
            """What part of ccguard or of Claude Code's own settings an absolute path belongs to; empty if none.

            With `whole`, also what it holds below it.
            """

        def waiver_mistakes(self) -> tuple[tuple[str, str], ...]:
            """Waivers of the policy that are malformed, and so waive nothing: (message, `file:line`)."""

        def policy_mistakes(self) -> tuple[tuple[str, str], ...]:
            """What is wrong with the policy that a change would put in place: (message, `file:line`)."""


class NoEvidence:
    """Nothing is known beyond the event itself. Where more is, a class of its own overrides what it can answer."""

    def secrets(self, commit: Commit) -> tuple[SecretHit, ...]:
        """None are known."""
        return ()

    def not_scanned(self, commit: Commit) -> tuple[tuple[str, str], ...]:
        """None are known."""
        return ()

    def runs_ccguard(self, change: Change) -> bool:
        """None is known to."""
        return False

    def guarded(self, absolute: str, *, whole: bool = False) -> str:
        """Nothing is known to be."""
        return ""

    def waiver_mistakes(self) -> tuple[tuple[str, str], ...]:
        """None are known."""
        return ()

    def policy_mistakes(self) -> tuple[tuple[str, str], ...]:
        """None are known."""
        return ()
