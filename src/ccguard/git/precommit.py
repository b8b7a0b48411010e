"""`.pre-commit-config.yaml`: ccguard's hooks put in and taken out, and the framework's own git hooks likewise.

What an edit makes is read again and compared: if anything else came out changed, it is an error and nothing is written.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ccguard.model.error import CcguardError, UsageError

from .precommit_text import TYPES, Config, NotEditable, entry
from .stages import STAGES, Stage

CONFIG = ".pre-commit-config.yaml"


def usable() -> bool:
    """Whether pre-commit, and the YAML parser that comes with it, are installed beside ccguard."""
    return all(importlib.util.find_spec(name) for name in ("pre_commit", "yaml"))


def with_ccguard(text: str) -> str:
    """The configuration with ccguard's four hooks. The same text if it names them all already, in any form."""
    return _edited(_put_in, text if text.strip() else "repos:\n")


def without_ccguard(text: str) -> str:
    """The configuration without the hooks that `with_ccguard` put in; empty if nothing else is left in it."""
    return _edited(_take_out, text) if text.strip() else text


def named_stages(text: str) -> tuple[Stage, ...]:
    """The stages that a configuration names a hook of ccguard for, in whatever form."""
    ids = _config(text).ids() if text.strip() else set()
    return tuple(stage for stage in STAGES if stage.id in ids)


def filters_messages(text: str) -> bool:
    """Whether the configuration's own `files` or `exclude` keep the message file from the hooks that judge it."""
    data = _config(text).data
    message = ".git/COMMIT_EDITMSG"
    return not re.search(data.get("files", ""), message) or bool(re.search(data.get("exclude", "^$"), message))


def check_valid(text: str) -> None:
    """Raises UsageError unless pre-commit itself accepts the configuration."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, CONFIG)
        file.write_bytes(text.encode())
        done = _run(Path(folder), "validate-config", str(file), PRE_COMMIT_HOME=folder)
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).replace(str(file), CONFIG).split())
        raise _by_hand(f"pre-commit does not accept it: {said[:400]}")


def install_hooks(root: Path, hooks: Iterable[str]) -> None:
    """Puts pre-commit's own git hooks in. One that is there already stays, as `<hook>.legacy`, and runs first."""
    # A branch that has no configuration yet (an old one, a colleague's) must not lose its commits over ours.
    _done("install", root, hooks, "--allow-missing-config")


def uninstall_hooks(root: Path, hooks: Iterable[str]) -> None:
    """Takes pre-commit's own git hooks out; what they had moved aside comes back."""
    _done("uninstall", root, hooks)


def _done(verb: str, root: Path, hooks: Iterable[str], *options: str) -> None:
    words = [word for hook in hooks for word in ("--hook-type", hook)]
    if not words:
        return
    done = _run(root, verb, *options, *words)
    if done.returncode:
        raise CcguardError(
            f"pre-commit could not {verb} its git hooks",
            where=str(root),
            why=" ".join((done.stdout + done.stderr).split())[:400],
            fix=f"run `pre-commit {verb}` and see what it says, or use native git hooks (--native)",
        )


def _run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *words],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _edited(edit: Callable[[Config], str], text: str) -> str:
    try:
        after = edit(Config(text))
        changed = after and _others(Config(text)) != _others(Config(after))
    except NotEditable as error:
        raise _by_hand(str(error)) from None
    if changed:
        raise _by_hand("it is written in a way that can't be edited safely")
    return after


def _put_in(config: Config) -> str:
    for item in reversed(config.own_items()):
        if config.repos[item] != entry(config.own_stages(item)):
            config = Config(config.without_item(item))
    missing = tuple(stage for stage in STAGES if stage.id not in config.ids())
    if missing:
        config = Config(config.with_entry(missing))
    return config.with_types()


def _take_out(config: Config) -> str:
    own = config.own_items()
    if not own:
        return config.text  # nothing of ours, so nothing to take out of it: also where it says next to nothing
    for item in reversed(own):
        config = Config(config.without_item(item))
    after = config.without_types()
    bare = not config.repos and set(config.data) <= {"repos", TYPES}
    return "" if bare and "#" not in after else after


def _others(config: Config) -> tuple[object, object]:
    """What a configuration says besides ccguard's entries and the list of git hooks to install."""
    own = config.own_items()
    repos = [repo for index, repo in enumerate(config.repos) if index not in own]
    return repos, {key: value for key, value in config.data.items() if key not in ("repos", TYPES)}


def _config(text: str) -> Config:
    try:
        return Config(text)
    except NotEditable as error:
        raise _by_hand(str(error)) from None


def _by_hand(why: str) -> UsageError:
    return UsageError(
        f"{CONFIG} can't be edited",
        where=CONFIG,
        why=why,
        fix="mend it, or add ccguard's hooks by hand, or use native git hooks (--native); nothing was changed",
    )
