"""`ccguard push`: the pre-push hook. Judges every commit of every ref that is about to leave this clone."""

from __future__ import annotations

import os
import sys

import click

from ..git import refs
from ..git.plumbing import Git
from ..git.push import pushed
from .check import reported
from .judging import judge_commits


@click.command("push")
@click.argument("remote", required=False)
@click.argument("rest", nargs=-1)
def command(remote: str | None, rest: tuple[str, ...]) -> None:
    """Judge what is about to be pushed, as a pre-push hook: refs on stdin, else every unpushed commit of every ref.

    \b
    Example:
      echo "refs/heads/x $(git rev-parse x) refs/heads/x $(git rev-parse origin/x)" | ccguard push origin
    """
    git = Git(".")
    name = remote or os.environ.get("PRE_COMMIT_REMOTE_NAME") or "origin"
    also = [oid for oid in (os.environ.get("PRE_COMMIT_TO_REF"),) if oid]
    lines = [] if sys.stdin.isatty() else sys.stdin.buffer.read().splitlines()
    branch = refs.floor_branch(git)
    code = 0
    for ref, bases, head in pushed(git, lines, name, also):
        judged = judge_commits(git, "push", bases, head, f"push of {ref}", branch or "")
        if judged is not None and judged.commits:
            code = max(code, reported(judged, "text", "auto", quiet=False))
    sys.exit(code)
