"""The one base error: what, where, why, fix, ask, and the exit code it ends a command with."""

from __future__ import annotations


class CcguardError(Exception):
    """Something that stops a command and that a person can mend. Caught in one place: `cli.main`."""

    exit_code = 70

    def __init__(self, message: str, *, where: str = "", why: str = "", fix: str = "", ask: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.why = why
        self.fix = fix
        self.ask = ask


class UsageError(CcguardError):
    """A wrong flag or argument."""

    exit_code = 2


class PolicyError(CcguardError):
    """A policy that can't be read or parsed."""

    exit_code = 3


class UnreachableError(CcguardError):
    """Git or a forge did not answer, or lacks what was asked for: a check that could not run has not passed."""

    exit_code = 4
