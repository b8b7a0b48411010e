"""`ccguard policy`: the policy with the origin of each value, its mistakes, its own tests, its JSON Schema."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from ..model.error import UsageError
from ..policy import show as showing
from ..policy.load import POLICY_FILE, load, read_file
from ..policy.merge import Merged, merge
from ..policy.schema import text as schema_text
from ..policy.spelling import toml
from ..policy.trial import Trial, tried
from ..policy.validation import validated

_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group("policy")
def command() -> None:
    """Show, validate and test the policy.

    \b
    Example:
      ccguard policy validate
    """


@command.command("show")
@_FORMAT
def show(form: str) -> None:
    """Print every value that holds in this folder, and where it comes from.

    \b
    Example:
      ccguard policy show --format json
    """
    merged = _merged()
    click.echo(showing.as_json(merged) if form == "json" else "\n".join(showing.lines(merged)))


@command.command("validate")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_FORMAT
def validate(file: Path | None, form: str) -> None:
    """List every mistake in the policy, or in FILE and what it extends.

    Ends with 3 if there is a mistake, with 1 if a rule at level block objects, else with 0.

    \b
    Examples:
      ccguard policy validate
      ccguard policy validate policies/team.toml
    """
    where = _named(file) if file else _here(Path.cwd())
    whole = file is None or where.names == (POLICY_FILE,)
    found = validated(read_file(str(where.root)), where.names, _today(), whole=whole)
    click.echo(found.as_json() if form == "json" else "\n".join(found.lines()))
    sys.exit(found.exit_code())


@command.command("test")
@_FORMAT
def test(form: str) -> None:
    """Try the policy's [[examples]]; end with 1 if an answer is not the expected one.

    \b
    Example:
      ccguard policy test
    """
    trials = tried(_merged().policy, _today())
    wrong = [trial for trial in trials if not trial.kept]
    if form == "json":
        click.echo(json.dumps({"schema": 1, "examples": list(map(_trial_facts, trials))}, indent=1))
    else:
        for trial in wrong:
            click.echo("\n".join(_trial_lines(trial)))
        click.echo(f"ccguard: {len(trials) - len(wrong)} of {len(trials)} examples are answered as expected")
    sys.exit(1 if wrong else 0)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the policy file.

    \b
    Example:
      ccguard policy schema > claude-policy.schema.json
    """
    click.echo(schema_text(), nl=False)


class _Where(NamedTuple):
    """A root, and the policy files below it that hold, the root's first."""

    root: Path
    names: tuple[str, ...]


def _here(start: Path) -> _Where:
    """The policy that holds in a folder: the root's, and those of the folders on the way. Raises UsageError."""
    above = (start, *start.parents)
    root = next((folder for folder in above if os.path.lexists(folder / ".git")), None)
    within = above[: above.index(root) + 1] if root else above
    holding = [folder for folder in reversed(within) if os.path.lexists(folder / POLICY_FILE)]
    if not holding:
        raise UsageError(
            f"there is no {POLICY_FILE} here or above",
            where=str(start),
            why="without one nothing is enforced",
            fix="ccguard init writes one",
            ask="the owner of this repository",
        )
    root = root or holding[-1]
    names = [(folder / POLICY_FILE).relative_to(root).as_posix() for folder in holding if folder.is_relative_to(root)]
    return _Where(root, tuple(names))


def _named(file: Path) -> _Where:
    """One file, by its path from the root of its repository. Raises UsageError if there is no such file."""
    path = Path(os.path.abspath(file))  # noqa: PTH100  (resolve() would follow the link that has to be refused)
    if not os.path.lexists(path):
        raise UsageError(
            f"there is no file {file}",
            where=str(path.parent),
            why="a policy that is not there can't be checked",
            fix="name a policy file, or none for the policy that holds here",
            ask="the owner of this repository",
        )
    root = next((folder for folder in path.parents if os.path.lexists(folder / ".git")), path.parent)
    return _Where(root, (path.relative_to(root).as_posix(),))


def _merged() -> Merged:
    """The policy of the work tree that holds in the current folder."""
    where = _here(Path.cwd())
    read = read_file(str(where.root))
    return merge([layer for name in where.names for layer in load(read, name) or ()])


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def _trial_lines(trial: Trial) -> Iterator[str]:
    example = trial.example
    yield f"{example.origin}: {toml(example.do)} gets {trial.answer}, not {example.expect}"
    for finding in trial.decision.findings:
        yield f"  {finding.level}[{finding.rule}] {finding.message}: {finding.why} ({finding.origin or 'built in'})"
    for rule in trial.unjudged:
        yield f"  this version of ccguard does not judge {rule} yet"


def _trial_facts(trial: Trial) -> dict[str, object]:
    example = trial.example
    return {
        "do": example.do,
        "expect": example.expect,
        "answer": trial.answer,
        "kept": trial.kept,
        "rules": [finding.rule for finding in trial.decision.findings],
        "unjudged": trial.unjudged,
        "origin": example.origin,
    }
