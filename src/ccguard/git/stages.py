"""The git hooks that ccguard runs in: the one table behind the pre-commit manifest, `init` and the native hooks."""

from __future__ import annotations

from typing import Literal, NamedTuple

# `stages:` takes git's own hook names since this version of pre-commit.
MINIMUM_PRE_COMMIT = "3.2.0"


class Stage(NamedTuple):
    """One git hook: its id in a pre-commit configuration, git's name of it, and what it starts.

    `entry` are words, the first one a program. `filenames` says whether git's arguments follow them (the file of the
    commit message); the other two find out themselves what has changed.
    """

    id: str
    hook: Literal["pre-commit", "prepare-commit-msg", "commit-msg", "pre-push"]
    entry: tuple[str, ...]
    filenames: bool
    name: str
    what: str

    @property
    def verbose(self) -> bool:
        """Whether it can warn: a framework shows what a passing hook says only if it is told to."""
        return self.hook != "prepare-commit-msg"

    @property
    def command(self) -> str:
        """The entry as one line, as manifests and shell scripts want it: no word of the table needs a quote."""
        return " ".join(self.entry)


STAGES = (
    Stage(
        "ccguard",
        "pre-commit",
        ("ccguard", "check", "--staged"),
        False,
        "ccguard",
        "Judges what is staged: paths, secrets, guard files, waivers",
    ),
    Stage(
        "ccguard-prepare",
        "prepare-commit-msg",
        ("ccguard", "commit-message", "prepare"),
        True,
        "ccguard: mark AI-assisted commits",
        "Adds the marker when something staged was written by Claude Code",
    ),
    Stage(
        "ccguard-message",
        "commit-msg",
        ("ccguard", "commit-message", "check"),
        True,
        "ccguard: commit message",
        "Checks the message: a marker where one is due, none where none may be",
    ),
    Stage(
        "ccguard-push",
        "pre-push",
        ("ccguard", "push"),
        False,
        "ccguard: push",
        "Judges every unpushed commit of every ref before it leaves this clone",
    ),
)
