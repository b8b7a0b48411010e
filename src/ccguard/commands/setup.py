"""What `init` and `install` put in besides the files they merge into: the launcher and the git hooks."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ccguard.claude import settings
from ccguard.claude.launcher import (
    HOW_TO_INSTALL,
    MANAGED_LAUNCHER,
    compile_ahead,
    launcher_script,
    user_launcher,
)
from ccguard.claude.settings import Scope
from ccguard.git import hooks, precommit
from ccguard.git.discovery import WorkTree
from ccguard.git.stages import STAGES, Stage
from ccguard.model.error import UsageError

from . import bundle
from .edits import Edit, content, write
from .installed import NAME, Installed


class GitHooks(NamedTuple):
    """Git hooks to put in: native ones as edits, or names for pre-commit."""

    native: tuple[Edit, ...] = ()
    framework: tuple[str, ...] = ()


def clone_record(tree: WorkTree) -> Installed:
    """What ccguard has put into this clone."""
    return Installed(tree.common_dir / "ccguard" / NAME)


def launcher_record(launcher: Path) -> Installed:
    """What ccguard has put in outside of any clone; it lies beside the launcher."""
    return Installed(launcher.with_name(NAME))


def launcher_of(scope: Scope, environ: Mapping[str, str]) -> Path:
    """The launcher that a scope's settings start."""
    return MANAGED_LAUNCHER if scope == "managed" else user_launcher(settings.home_of(environ))


def launcher_edit(launcher: Path) -> Edit:
    """The launcher of this very installation."""
    return Edit(launcher, content(launcher, launcher.parent.parent), launcher_script(), executable=True)


def native_hooks(tree: WorkTree) -> GitHooks:
    """Native git hooks for all stages."""
    if tree.hooks_path and not any(tree.hooks.is_relative_to(own) for own in (tree.root, tree.common_dir)):
        raise _hooks_elsewhere(tree, "that folder is shared by other repositories, so ccguard leaves it alone")
    command = ccguard_command()
    edits = []
    for stage in STAGES:
        file = tree.hooks / stage.hook
        before = file.read_bytes() if hooks.kind(file) == "ccguard" else None
        edits.append(Edit(file, before, hooks.shim(stage, command, HOW_TO_INSTALL), executable=True))
    return GitHooks(native=tuple(edits))


def framework_hooks(tree: WorkTree, stages: tuple[Stage, ...]) -> GitHooks:
    """Git hooks of pre-commit for some stages; those that run the configuration already stay."""
    missing = tuple(stage.hook for stage in stages if hooks.kind(tree.hooks / stage.hook) in ("none", "other"))
    if missing and tree.hooks_path:
        raise _hooks_elsewhere(tree, "pre-commit refuses to install its hooks then")
    return GitHooks(framework=missing)


def has_native_hooks(tree: WorkTree) -> bool:
    """Whether ccguard's native git hooks are in."""
    return any(hooks.kind(tree.hooks / stage.hook) == "ccguard" for stage in STAGES)


def put_in_hooks(tree: WorkTree, planned: GitHooks, record: Installed) -> list[str]:
    """Puts git hooks in; one line for each that was."""
    done = []
    for stage, edit in zip(STAGES, planned.native, strict=False):
        if edit.changes:
            hooks.chain_existing(tree.hooks, stage)
            record.add_folders(write(edit))
            done.append(f"git hook {stage.hook} (native)")
    if planned.framework:
        made = [tree.hooks] if not tree.hooks.exists() else []
        precommit.install_hooks(tree.root, planned.framework)
        record.add_folders(made)
        record.add_git_hooks(list(planned.framework))
        done += [f"git hook {name} (pre-commit)" for name in planned.framework]
    return done


def put_in_launcher(launcher: Path, user: str) -> list[str]:
    """Writes a launcher and notes who uses it; one line if it was written."""
    edit, record = launcher_edit(launcher), launcher_record(launcher)
    if edit.changes:
        record.carry_out(edit)
        compile_ahead()
        bundle.refresh()
    record.add_user(user)
    return [str(launcher)] if edit.changes else []


def ccguard_command() -> Path:
    """This installation's own command: beside its interpreter, else whatever `ccguard` PATH finds."""
    beside = Path(sys.executable).absolute().with_name("ccguard")
    found = str(beside) if beside.is_file() else shutil.which("ccguard")
    if found is None:
        raise UsageError(
            "the command ccguard was not found",
            where=str(beside),
            why="git hooks start it",
            fix=f"install ccguard as a command: {HOW_TO_INSTALL}",
        )
    return Path(found)


def path_note() -> str:
    """What is wrong with the `ccguard` on PATH, which pre-commit starts; empty if nothing is."""
    found = shutil.which("ccguard")
    if found is None:
        return f"ccguard is not on PATH: pre-commit will refuse every commit until it is ({HOW_TO_INSTALL})"
    if Path(found).resolve() != ccguard_command().resolve():
        return f"the ccguard on PATH, which pre-commit starts, is another one: {found}"
    environment = os.environ.get("VIRTUAL_ENV")
    if environment and Path(found).is_relative_to(environment):
        return f"ccguard is on PATH only while {environment} is active: commits from other shells will be refused"
    return ""


def _hooks_elsewhere(tree: WorkTree, why: str) -> UsageError:
    return UsageError(
        "core.hooksPath is set, so git does not look for hooks in this clone",
        where=tree.hooks_path,
        why=why,
        fix="unset it (`git config --unset-all core.hooksPath`), or use --native if the folder is this clone's own,"
        " or start `ccguard check --staged` from your hook manager; nothing was changed",
    )
