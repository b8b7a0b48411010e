"""`ccguard commit-message`: the stamp of prepare-commit-msg and the check of commit-msg."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ..git import draft
from ..git.message import marks
from ..git.objects import reader
from ..git.plumbing import Git
from ..git.session import made_by_claude
from ..git.stamp import stamped
from .check import reported
from .judging import judge_staged, policy_of_commit

# What a commit-msg hook adds to what the pre-commit hook has seen: judgements that hang on the message.
_BY_MESSAGE = ("claude-forbidden", "off-limits-path", "guard-tampering")
_MESSAGE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_WHAT_GIT_ADDS = click.argument("rest", nargs=-1)


@click.group("commit-message")
def command() -> None:
    """Stamp and check commit messages; git's prepare-commit-msg and commit-msg hooks call this.

    \b
    Example:
      ccguard commit-message check .git/COMMIT_EDITMSG
    """


@command.command()
@_MESSAGE
@_WHAT_GIT_ADDS
def prepare(file: Path, rest: tuple[str, ...]) -> None:
    """Write the policy's trailer into the message of a commit that Claude Code makes. A person's own stays as it is.

    \b
    Example:
      ccguard commit-message prepare .git/COMMIT_EDITMSG
    """
    git = Git(".")
    if made_by_claude(os.environ) is None or draft.replaying(git):
        return
    with reader(git) as objects:
        merged = policy_of_commit(git, objects, assisted=True)
    attribution = merged.policy.attribution if merged else None
    if attribution is None or not attribution.stamp or attribution.marker == "forbid":
        return
    before = file.read_bytes()
    after = stamped(before, attribution.trailer, draft.comment(git))
    if after != before:
        file.write_bytes(after)


@command.command()
@_MESSAGE
@_WHAT_GIT_ADDS
def check(file: Path, rest: tuple[str, ...]) -> None:
    """Judge the commit that is being made by what its message, author and committer say of who made it.

    \b
    Example:
      ccguard commit-message check .git/COMMIT_EDITMSG
    """
    git = Git(".")
    words = draft.own_words(file.read_bytes(), draft.comment(git))
    author, committer = draft.identities(git, os.environ)
    found = marks(author, committer, words, draft.encoding(git))
    judged = judge_staged(git, found, _BY_MESSAGE)
    if judged is not None and judged.decision.findings:
        sys.exit(reported(judged, "text", "auto", quiet=False))
