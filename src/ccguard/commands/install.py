"""`ccguard install`: the hooks put into one scope, for an engineer whose repository is governed already."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ccguard.claude import settings
from ccguard.claude.launcher import refuse_unless_administrators
from ccguard.claude.settings import Scope
from ccguard.git import precommit
from ccguard.git.discovery import WorkTree, work_tree
from ccguard.model.error import UsageError
from ccguard.model.policy import Policy

from . import coverage, merging, setup
from .edits import Edit, content, text_of
from .installed import Installed
from .selftest import hook_trials

_SCOPES: tuple[Scope, ...] = ("repo", "clone", "user", "managed")


@click.command("install")
@click.option(
    "--scope",
    type=click.Choice(_SCOPES),
    help="Whose settings: the repository's, this clone's, yours, the machine's. Without it: the repository's if they"
    " are not there yet, your launcher, and the git hooks that the repository's configuration names.",
)
@click.option("--native", is_flag=True, help="Native git hooks as well.")
def command(scope: Scope | None, native: bool) -> None:
    """Put ccguard's hooks in, without questions. Once a machine is enough where the repository is governed already.

    \b
    Examples:
      ccguard install
      ccguard install --scope user
    """
    needs_tree = scope in (None, "repo", "clone") or native
    tree = work_tree(Path.cwd()) if needs_tree else None
    chosen = scope or "repo"
    policy = merging.policy_of(tree) if tree else None
    launcher = _launcher(chosen)
    owner = tree if chosen in ("repo", "clone") else None
    edit = merging.settings_edit(chosen, tree, os.environ, policy, _record(owner, launcher))
    if scope is None and tree and _has_hooks(edit):
        edit = edit._replace(after=edit.before)
    hooks, note = _hooks(tree, scope, native) if tree else (setup.GitHooks(), "")

    done = setup.put_in_launcher(launcher, str(owner.common_dir) if owner else chosen)
    if edit.changes:
        _record(owner, launcher).carry_out(edit)
        done.append(f"{edit.file}{f' ({len(edit.rules)} deny rules)' if edit.rules else ''}")
    if tree:
        done += setup.put_in_hooks(tree, hooks, setup.clone_record(tree))
    for line in done:
        click.echo(f"  + {line}")
    if not done:
        click.echo("nothing to change: everything is in place")
    _report(chosen, tree, edit.file, policy, bool(hooks.native), note)


def _record(owner: WorkTree | None, launcher: Path) -> Installed:
    return setup.clone_record(owner) if owner else setup.launcher_record(launcher)


def _launcher(scope: Scope) -> Path:
    if scope != "managed":
        return setup.launcher_of(scope, os.environ)
    if os.geteuid() != 0:
        raise UsageError(
            "scope managed is for an administrator",
            where=str(settings.settings_file("managed", root=None, environ=os.environ)),
            why="its files lie where only root can write",
            fix="run this as root, or use --scope user",
        )
    refuse_unless_administrators()
    os.umask(0o022)  # everybody's Claude Code has to read what root writes here
    return setup.launcher_of(scope, os.environ)


def _has_hooks(edit: Edit) -> bool:
    """Whether the file is there with ccguard's hooks: it is shared, and an engineer's install leaves it alone."""
    text = text_of(edit.before, edit.file)
    return bool(text.strip()) and settings.has_hooks(text.removeprefix("\ufeff"), str(edit.file))


def _hooks(tree: WorkTree, scope: Scope | None, native: bool) -> tuple[setup.GitHooks, str]:
    """Which git hooks to put in, and what to say if there are none."""
    if native:
        return setup.native_hooks(tree), ""
    if scope is not None:
        return setup.GitHooks(), ""
    if not precommit.usable():
        return setup.native_hooks(tree), "pre-commit is not installed beside ccguard, so the git hooks are native ones"
    file = tree.root / precommit.CONFIG
    stages = precommit.named_stages(text_of(content(file, tree.root), file))
    if stages:
        return setup.framework_hooks(tree, stages), ""
    if setup.has_native_hooks(tree):
        return setup.native_hooks(tree), ""
    return setup.GitHooks(), f"no git hooks: {precommit.CONFIG} names none of ccguard's; `--native` puts some in"


def _report(scope: Scope, tree: WorkTree | None, file: Path, policy: Policy | None, native: bool, note: str) -> None:
    if tree and policy:
        click.echo("self-test: " + " | ".join(str(trial) for trial in hook_trials(tree, file, policy, os.environ)))
    for line in coverage.lines(scope):
        click.echo(line)
    found = [note] if note else []
    if tree and scope in ("repo", "clone"):
        found += coverage.notes(tree, file, policy, pre_commit=not native)
    if tree and policy is None:
        found.append("this repository has no policy yet, so nothing is enforced: `ccguard init` writes one")
    for line in found:
        click.echo(f"note: {line}")
