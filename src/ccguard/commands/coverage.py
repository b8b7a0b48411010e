"""What an installation covers and what it doesn't, said plainly: nobody should trust a hook that does not run."""

from __future__ import annotations

from pathlib import Path

from ccguard.claude.deny import deny_rules
from ccguard.claude.launcher import interpreter
from ccguard.claude.settings import Scope
from ccguard.git.discovery import WorkTree
from ccguard.model.policy import Policy

from .setup import path_note

# As seen with client 2.1.330. Each says which sessions the hooks of a scope run in, and how they are switched off.
_SWITCHES = "--bare, --safe-mode, --setting-sources and disableAllHooks"
_COVERED: dict[Scope, tuple[str, str]] = {
    "repo": (
        "Claude Code sessions that start at the top of a clone, for everybody who has ccguard on the machine;"
        " without it every call is refused",
        f"sessions that start in a subfolder or elsewhere, and {_SWITCHES}: they run without project hooks."
        " `ccguard install --scope user` covers the folders",
    ),
    "clone": (
        "your sessions in this clone, from its subfolders too",
        f"sessions that start elsewhere, other clones, and {_SWITCHES}: they run without these hooks",
    ),
    "user": (
        "all your sessions, wherever they start; a repository without a policy notices nothing",
        f"other users of this machine, another CLAUDE_CONFIG_DIR, and {_SWITCHES}: they run without these hooks",
    ),
    "managed": (
        "every session of everybody on this machine, wherever it starts, and no switch turns it off",
        "clients before 2.1.330, where --bare skips managed hooks, and settings managed by a server, which win whole",
    ),
}
_GATE = "Whoever owns a machine can go round what runs on it: `ccguard check` in CI is the gate."
# Where tools that run a package once keep it: gone when they clean up.
_CACHES = {".cache", "cache", "Caches"}


def lines(scope: Scope) -> list[str]:
    """Two lines for a scope: what its hooks see, and what they don't."""
    covered, not_covered = _COVERED[scope]
    return [f"covered: {covered}.", f"not covered: {not_covered}. {_GATE}"]


def notes(tree: WorkTree, settings_file: Path, policy: Policy | None, pre_commit: bool) -> list[str]:
    """What the person should know about this very clone and this very installation."""
    found = []
    left = deny_rules(policy.zones).left_to_hook if policy else ()
    if left:
        found.append(f"only the hook holds these, no deny rule can say them: {', '.join(left)}")
    name = settings_file.relative_to(tree.root).as_posix()
    shared = settings_file.name == "settings.json"
    if shared and tree.is_ignored(name):
        found.append(f"git ignores {name}, so other clones won't have it")
    if not shared and not tree.is_ignored(name):
        found.append(f"{name} names your home folder: don't commit it")
    if pre_commit and path_note():
        found.append(path_note())
    if _CACHES & set(interpreter().parts):
        found.append(
            f"ccguard runs from a cache ({interpreter()}). When that is cleaned every call is refused:"
            " install it to stay, then run `ccguard install`"
        )
    return found
