"""`ccguard check`: judge what is staged, a range of commits, or the whole tree."""

from __future__ import annotations

import sys

import click

from ..git.plumbing import Git
from ..model.error import UsageError
from ..report import json, text
from ..rules import TABLE
from .judging import Judged, judge_range, judge_staged, judge_tree
from .options import in_colour, reporting

EXAMPLE = """\b
Examples:
  ccguard check
  ccguard check --range origin/main..HEAD --format json
"""
_CALLER = "whoever wrote the command, or the CI job that runs it"


@click.command("check", epilog=EXAMPLE)
@click.option("--staged", is_flag=True, help="What is staged (the default).")
@click.option("--range", "spelled", metavar="A..B", help="The commits that B has and A has not, by the policy of A.")
@click.option("--all", "whole", is_flag=True, help="Every file that git knows, as it is staged now.")
@click.option("--only", metavar="RULE,...", default="", help="Judge by these rules only.")
@reporting
def command(
    staged: bool,
    spelled: str | None,
    whole: bool,
    only: str,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    exit_zero: bool,
) -> None:
    """Judge a change or the whole tree by the repository's policy: paths, secrets, guard files, mode."""
    if staged + (spelled is not None) + whole > 1:
        raise UsageError(
            "--staged, --range and --all exclude one another",
            where="ccguard check",
            why="each asks for a judgement on something else",
            fix="give one of them",
            ask=_CALLER,
        )
    git, rules = Git("."), chosen(only)
    if spelled is not None:  # empty where a CI variable has no value, and then no range
        judged = judge_range(git, spelled, rules)
    elif whole:
        judged = judge_tree(git, rules)
    else:
        judged = judge_staged(git, only=rules)
    code = reported(judged, form, color, quiet, verbose)
    sys.exit(0 if exit_zero and code == 1 else code)


def chosen(only: str) -> tuple[str, ...]:
    """The rule ids of `--only`, by id or number. Raises UsageError."""
    known = {name: rule.id for rule in TABLE for name in (rule.id, rule.number)}
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"there is no rule {unknown[0]}",
            where="--only",
            why="a rule that is not there finds nothing",
            fix="docs/rules/index.md lists the rules",
            ask=_CALLER,
        )
    return tuple(known[name] for name in names)


def reported(judged: Judged | None, form: str, color: str, quiet: bool, verbose: bool = False) -> int:
    """Prints the report; the exit code."""
    if judged is None:
        if form == "json":
            click.echo(json.nothing(), nl=False)
        elif not quiet:
            click.echo("ccguard: no policy here, so there is nothing to check")
        return 0
    if form == "json":
        report = json.Report(
            judged.kind, judged.policy, judged.commits, judged.files(), judged.seconds, judged.base, judged.head
        )
        click.echo(json.text(judged.decision, report), nl=False)
    else:
        # What is staged, and a whole tree, are no commits to count.
        commits = len(judged.commits) if judged.kind in ("pull-request", "push") else 0
        checked = text.Checked(judged.what, commits, judged.files(), judged.assisted())
        for line in text.lines(judged.decision, checked, colour=in_colour(color), quiet=quiet, every=verbose):
            click.echo(line)
    return 1 if judged.decision.verdict in ("block", "ask") else 0
