"""`ccguard uninstall`: everything out that `init` and `install` put in, and files as they were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import click

from ccguard.claude import settings
from ccguard.claude.deny import deny_rules
from ccguard.claude.launcher import MANAGED_LAUNCHER
from ccguard.claude.settings import Scope
from ccguard.git import hooks, precommit
from ccguard.git.discovery import WorkTree, work_tree
from ccguard.git.stages import STAGES
from ccguard.model.error import CcguardError, UsageError
from ccguard.model.policy import Policy, Secrets

from . import merging, setup
from .edits import Edit, content, write
from .installed import Installed

_SCOPES: tuple[Scope, ...] = ("repo", "clone", "user", "managed")


@click.command("uninstall")
@click.option("--scope", type=click.Choice(_SCOPES), help="Only this one; without it: this repository's and yours.")
@click.option("--purge", is_flag=True, help="The policy file too, even if it was edited or committed.")
def command(scope: Scope | None, purge: bool) -> None:
    """Take everything out that init and install put in. Files that were merged into are as they were before.

    The settings come first, so that no session is left with a hook that is gone. An edited or committed policy stays,
    and so does the launcher while another clone of yours uses it.

    \b
    Example:
      ccguard uninstall
    """
    tree = _tree(scope)
    chosen = (scope,) if scope else _all_scopes(tree)
    done = []
    for one in ("repo", "clone"):
        if tree and one in chosen:
            done += _settings_out(one, tree)
    if tree and "repo" in chosen:
        done += _repository_out(tree, purge)
    for one in ("user", "managed"):
        if one in chosen:
            done += _settings_out(one, None)
    done += _launchers_out(chosen, tree)
    for line in done:
        click.echo(f"  - {line}")
    if not done:
        click.echo("nothing to take out")
    if tree and (tree.root / merging.POLICY_FILE).exists() and "repo" in chosen:
        click.echo(f"{merging.POLICY_FILE} stays: it was edited or committed. `--purge` removes it from the work tree.")


def _tree(scope: Scope | None) -> WorkTree | None:
    try:
        return work_tree(Path.cwd())
    except UsageError:
        if scope in ("repo", "clone"):
            raise
        return None


def _all_scopes(tree: WorkTree | None) -> tuple[Scope, ...]:
    """Every scope that this user may clean; the machine's only by root."""
    return tuple(
        scope
        for scope in _SCOPES
        if (tree or scope not in ("repo", "clone")) and (scope != "managed" or os.geteuid() == 0)
    )


def _settings_out(scope: Scope, tree: WorkTree | None) -> list[str]:
    file = settings.settings_file(scope, root=tree.root if tree else None, environ=os.environ)
    record = setup.clone_record(tree) if tree else setup.launcher_record(setup.launcher_of(scope, os.environ))
    done = _restored(file, record, lambda: _without_hooks(file, tree, record))
    record.remove_made_folders()
    return done


def _without_hooks(file: Path, tree: WorkTree | None, record: Installed) -> bytes | None:
    rules = record.rules(file)
    policy = _policy(tree) if tree and file not in record.files() else None
    if policy:  # a clone where somebody else's `init` was checked out: the rules are those that it would write
        rules = deny_rules(policy.zones).rules
    return merging.settings_cleaned(file, tree.root if tree else file.parent, rules)


def _repository_out(tree: WorkTree, purge: bool) -> list[str]:
    """Git hooks, merged files, the policy, and what ccguard keeps in the git directory."""
    record = setup.clone_record(tree)
    done = _hooks_out(tree, record)
    policy = _policy(tree)
    baseline = (policy.secrets if policy else Secrets()).baseline
    config, attributes = tree.root / precommit.CONFIG, tree.root / merging.ATTRIBUTES
    if precommit.usable():
        done += _restored(config, record, lambda: merging.precommit_cleaned(config))
    done += _restored(attributes, record, lambda: merging.attributes_cleaned(attributes, baseline))
    file = tree.root / merging.POLICY_FILE
    if purge or (record.untouched(file, content(file, tree.root)) and not tree.is_tracked(merging.POLICY_FILE)):
        done += _removed(file)
    for other in record.files():  # of other work trees of this clone
        if other.name != merging.POLICY_FILE:
            done += _restored(other, record, other.read_bytes)
    record.remove_made_folders()
    shutil.rmtree(tree.common_dir / "ccguard", ignore_errors=True)
    return done


def _hooks_out(tree: WorkTree, record: Installed) -> list[str]:
    """Git hooks go before the configuration that they read: without it they refuse every commit."""
    taken = [f"git hook {hook} (native)" for hook in hooks.take_out(tree.hooks)]
    if not precommit.usable():
        return taken
    installed = record.git_hooks()
    config = tree.root / precommit.CONFIG
    if not installed and config.is_file() and not config.is_symlink() and merging.precommit_cleaned(config) is None:
        installed = [stage.hook for stage in STAGES]
    present = [hook for hook in installed if hooks.kind(tree.hooks / hook) == "framework"]
    precommit.uninstall_hooks(tree.root, present)
    return taken + [f"git hook {hook} (pre-commit)" for hook in present]


def _restored(file: Path, record: Installed, cleaned: Callable[[], bytes | None]) -> list[str]:
    """Puts a file back; one line if that changed it. Where somebody edited it since, only ccguard's part goes."""
    if file.is_symlink() or not file.is_file():  # none of ours: ccguard writes no links
        return []
    now = file.read_bytes()
    known = record.untouched(file, now)
    back = record.before(file) if known else cleaned()
    if back != now:
        write(Edit(file, now, back))
    if back is None and not known and file.parent.name == ".claude" and not any(file.parent.iterdir()):
        file.parent.rmdir()  # git made it for this file, and would remove it with the file
    record.forget(file)
    return [] if back == now else [f"{_shown(file)}{'' if back is None else ' (as it was before)'}"]


def _removed(file: Path) -> list[str]:
    if not file.exists():
        return []
    file.unlink()
    return [_shown(file)]


def _shown(file: Path) -> str:
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)


def _launchers_out(chosen: tuple[Scope, ...], tree: WorkTree | None) -> list[str]:
    """The launchers that nobody uses any more."""
    done = []
    if {"repo", "clone", "user"} & set(chosen):
        launcher = setup.launcher_of("user", os.environ)
        gone: list[str] = [scope for scope in chosen if scope == "user"]
        if tree and "repo" in chosen:
            gone.append(str(tree.common_dir))
        done += _launcher_out(launcher, gone)
        if not launcher.exists():
            shutil.rmtree(settings.home_of(os.environ) / ".cache" / "ccguard", ignore_errors=True)
    if "managed" in chosen:
        done += _launcher_out(MANAGED_LAUNCHER, ["managed"])
    return done


def _launcher_out(launcher: Path, gone: list[str]) -> list[str]:
    if not launcher.parent.is_dir():
        return []
    record = setup.launcher_record(launcher)
    for user in gone:
        record.drop_user(user)
    if record.users():
        record.save()
        return []
    done = _removed(launcher)
    record.file.unlink(missing_ok=True)
    record.remove_made_folders()
    return done


def _policy(tree: WorkTree | None) -> Policy | None:
    """The policy, if it can be read: one that can't must not keep anybody from taking ccguard out."""
    try:
        return merging.policy_of(tree) if tree else None
    except CcguardError:
        return None
