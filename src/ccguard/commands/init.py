"""`ccguard init`: a repository protected in one step, and proof that it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import click

from ccguard.claude.launcher import user_launcher
from ccguard.claude.settings import home_of
from ccguard.git import precommit
from ccguard.git.discovery import WorkTree, work_tree
from ccguard.git.stages import STAGES
from ccguard.model.error import UsageError
from ccguard.model.policy import Policy

from . import coverage, merging, setup
from .edits import Edit, diff
from .selftest import check_trial, hook_trials

MODES = ("forbidden", "read-only", "supervised", "open")
_DEFAULT_MODE = "supervised"
# Folders that often need a zone of their own: what to give Claude there, and why.
_RISKY = {
    "auth": ("read", "Who may log in."),
    "billing": ("read", "Money."),
    "deploy": ("read", "Changes here reach production."),
    "infra": ("read", "Changes here reach production."),
    "k8s": ("read", "Changes here reach production."),
    "migrations": ("read", "Production data."),
    "payments": ("read", "Money."),
    "secrets": ("none", "Live credentials."),
    "terraform": ("read", "Changes here reach production."),
}
_MOST_ZONES = 5


class Plan(NamedTuple):
    """All that init would do; nothing has been written yet."""

    files: tuple[Edit, ...]
    launcher: Edit
    hooks: setup.GitHooks
    policy: Policy

    def edits(self) -> list[Edit]:
        """Every file that would change."""
        return [edit for edit in (*self.files, self.launcher, *self.hooks.native) if edit.changes]


@click.command("init")
@click.option("--mode", type=click.Choice(MODES), help="What Claude Code may do here; supervised if nobody says.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--native", is_flag=True, help="Native git hooks instead of pre-commit's.")
@click.option("--dry-run", is_flag=True, help="Print what would change, as a diff, and change nothing.")
def command(mode: str | None, yes: bool, native: bool, dry_run: bool) -> None:
    """Protect this repository: policy, Claude Code settings, git hooks; then try what was installed.

    Files that exist are merged into, and keep their comments. A second run changes nothing.

    \b
    Example:
      ccguard init --mode supervised --yes
    """
    tree = work_tree(Path.cwd())
    plan = _plan(tree, _chosen_mode(tree, mode, yes or dry_run), mode, native)
    if dry_run:
        _show(plan, tree)
        return
    done = _carry_out(plan, tree)
    for line in done:
        click.echo(f"  + {line}")
    if not done:
        click.echo("nothing to change: everything is in place")
    _report(plan, tree)


def _chosen_mode(tree: WorkTree, mode: str | None, silent: bool) -> str:
    """The mode of a policy that is still to be written: the flag, an answer, or the default."""
    if mode or silent or (tree.root / merging.POLICY_FILE).exists():
        return mode or _DEFAULT_MODE
    if not sys.stdin.isatty() or os.environ.get("CI"):
        return _DEFAULT_MODE
    return str(click.prompt("Mode", type=click.Choice(MODES), default=_DEFAULT_MODE))


def _plan(tree: WorkTree, mode: str, asked: str | None, native: bool) -> Plan:
    first = merging.policy_edit(tree, mode, _zone_suggestions(tree))
    policy = merging.policy_of(tree, first.after)
    assert policy is not None
    if asked and policy.claude.mode != asked:
        raise UsageError(
            f"this repository's policy says mode {policy.claude.mode}, not {asked}",
            where=policy.origins.get("claude.mode", merging.POLICY_FILE),
            why="an existing policy is kept",
            fix="change the policy by hand, or leave --mode out; nothing was changed",
        )
    record = setup.clone_record(tree)
    files = [first, merging.settings_edit("repo", tree, os.environ, policy, record)]
    with_framework = precommit.usable() and not native and not setup.has_native_hooks(tree)
    if with_framework:
        files.append(merging.precommit_edit(tree))
    files.append(merging.attributes_edit(tree, policy.secrets.baseline))
    hooks = setup.framework_hooks(tree, STAGES) if with_framework else setup.native_hooks(tree)
    return Plan(tuple(files), setup.launcher_edit(user_launcher(home_of(os.environ))), hooks, policy)


def _show(plan: Plan, tree: WorkTree) -> None:
    for edit in plan.edits():
        click.echo(diff(edit, tree.root), nl=False)
    if plan.hooks.framework:
        click.echo(f"pre-commit would put in its git hooks: {', '.join(plan.hooks.framework)}")
    if not plan.edits() and not plan.hooks.framework:
        click.echo("nothing to change: everything is in place")


def _carry_out(plan: Plan, tree: WorkTree) -> list[str]:
    """Does it; one line for each thing that was done. The launcher comes first: settings refuse without it."""
    done = setup.put_in_launcher(plan.launcher.file, str(tree.common_dir))
    record = setup.clone_record(tree)
    for edit in plan.files:
        if edit.changes:
            record.carry_out(edit)
            note = f" ({len(edit.rules)} deny rules)" if edit.rules else ""
            merged = " (merged)" if edit.before is not None else ""
            done.append(f"{edit.file.relative_to(tree.root)}{merged}{note}")
    return done + setup.put_in_hooks(tree, plan.hooks, record)


def _report(plan: Plan, tree: WorkTree) -> None:
    settings_file = plan.files[1].file
    trials = [*hook_trials(tree, settings_file, plan.policy, os.environ), check_trial(tree)]
    click.echo("self-test: " + " | ".join(str(trial) for trial in trials))
    for line in coverage.lines("repo"):
        click.echo(line)
    for note in coverage.notes(tree, settings_file, plan.policy, pre_commit=not plan.hooks.native):
        click.echo(f"note: {note}")
    click.echo(f"policy: {merging.POLICY_FILE}, mode {plan.policy.claude.mode}. Commit what was added.")


def _zone_suggestions(tree: WorkTree) -> str:
    """Commented zones for folders of this repository that often need one; empty if there are none."""
    found: dict[str, PurePosixPath] = {}
    for path in tree.tracked_files():
        for folder in PurePosixPath(path).parents:
            known = found.get(folder.name)
            if folder.name in _RISKY and (known is None or len(folder.parts) < len(known.parts)) and _plain(folder):
                found[folder.name] = folder
    if not found:
        return ""
    lines = ["", "# Folders of this repository that often need a zone. Take the # away where one is wanted."]
    for name, folder in sorted(found.items())[:_MOST_ZONES]:
        access, reason = _RISKY[name]
        lines += [f"# [zones.{name}]", f'# paths = ["/{folder}/"]', f'# access = "{access}"  # none | read | edit']
        lines += [f'# reason = "{reason}"']
    return "\n".join(lines) + "\n"


def _plain(folder: PurePosixPath) -> bool:
    """Whether a folder's name can stand in a comment of ours as it is: names come from whoever wrote the repository."""
    return all(sign.isascii() and (sign.isalnum() or sign in "/._-") for sign in str(folder))
