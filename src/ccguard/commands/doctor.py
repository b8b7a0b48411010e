"""`ccguard doctor`: the installed hooks, tried; the first broken link, named. It changes nothing and always answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ..claude import settings
from ..claude.settings import Scope
from ..git import hooks
from ..git.discovery import WorkTree, work_tree
from ..git.stages import STAGES
from ..model.error import CcguardError
from . import merging, setup
from .selftest import hook_trials

_SCOPES: tuple[Scope, ...] = ("repo", "clone", "user", "managed")
_RECOVERY = (
    "if Claude Code refuses every call: `ccguard install` mends the launcher; `ccguard uninstall` takes the hooks out, "
    "settings first"
)


@click.command("doctor")
def command() -> None:
    """Try the installed hooks on a throw-away case, and say which link is broken. Changes nothing.

    \b
    Example:
      ccguard doctor
    """
    try:
        tree = work_tree(Path.cwd())
    except CcguardError as error:
        click.echo(f"broken  repository: {error.message}; fix: {error.fix}")
        click.echo(f"note: {_RECOVERY}")
        sys.exit(1)
    lines = list(_policy(tree))
    if all(good for good, _ in lines):  # else every hook refuses, for that very reason
        lines += [line for scope in _SCOPES for line in _hook(scope, tree)]
    lines += _git_hooks(tree)
    for good, line in lines:
        click.echo(f"{'ok    ' if good else 'broken'}  {line}")
    click.echo(f"note: {_RECOVERY}")
    sys.exit(0 if all(good for good, _ in lines) else 1)


def _policy(tree: WorkTree) -> Iterator[tuple[bool, str]]:
    try:
        policy = merging.policy_of(tree)
    except CcguardError as error:
        yield False, f"policy: {error}"
        return
    if policy is None:
        yield False, "policy: there is none here, so nothing is enforced; fix: ccguard init"
    else:
        yield True, f"policy: mode {policy.claude.mode}, {len(policy.zones)} zones"


def _hook(scope: Scope, tree: WorkTree) -> Iterator[tuple[bool, str]]:
    """Nothing for a scope that has no hooks of ccguard."""
    file = settings.settings_file(scope, root=tree.root, environ=os.environ)
    try:
        if not file.is_file() or not settings.has_hooks(file.read_text("utf-8-sig"), str(file)):
            if scope == "repo":
                yield False, f"hook, scope repo: {file} has no hooks of ccguard; fix: ccguard init"
            return
        policy = merging.policy_of(tree)
        if policy is not None:
            tried = " | ".join(str(trial) for trial in hook_trials(tree, file, policy, os.environ))
            yield True, f"hook, scope {scope}: {tried}"
    except (CcguardError, OSError, ValueError) as error:
        yield False, f"hook, scope {scope}: {error}{_why(error)}; fix: ccguard install"


def _why(error: Exception) -> str:
    return f": {error.why}" if isinstance(error, CcguardError) and error.why else ""


def _git_hooks(tree: WorkTree) -> Iterator[tuple[bool, str]]:
    kinds = {stage.hook: hooks.kind(tree.hooks / stage.hook) for stage in STAGES}
    for hook, kind in kinds.items():
        good = kind not in ("none", "other")
        yield good, f"git hook {hook}: {kind}" + ("" if good else "; fix: ccguard install, or --native")
    note = setup.path_note() if "framework" in kinds.values() else ""  # a native hook names its program itself
    if note:
        yield False, note
