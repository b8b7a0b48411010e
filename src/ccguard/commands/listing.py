"""Off-limits files of a work tree, listed by git: for the few calls where a single path does not tell."""

from __future__ import annotations

import os

from ..git.places import inode
from ..git.plumbing import Git, calm_environment
from ..policy.patterns import compile_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.policy import Policy

# As many as a refusal could name; one is enough to refuse.
_ENOUGH = 4


def other_names(root: str, twin: tuple[int, int], policy: Policy) -> list[str]:
    """The zone files of a repository that are the same file on disk as one with this device and inode."""
    names = _listed(root, "--cached", "--others")
    return [path for path in names if _off_limits(path, policy) and inode(f"{root}/{path}") == twin]


def zone_files_below(root: str, folder: str, pattern: str, policy: Policy) -> list[str]:
    """Files whose content is off limits and that a search below a folder opens; it leaves out what git ignores.

    `pattern` is the search's own glob (empty: every file), relative to the folder, braces and a leading `!` included.
    """
    names = _listed(root, "--cached", "--others", "--exclude-standard", "--", f"{folder}/" if folder else ".")
    found = []
    for path in names:
        if _unreadable_zone(path, policy) and _searched(path[len(folder) :].lstrip("/"), pattern):
            found.append(path)
            if len(found) == _ENOUGH:
                break
    return found


def _listed(root: str, *options: str) -> list[str]:
    out = Git(root, calm_environment()).run("ls-files", "-z", *options)
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _off_limits(path: str, policy: Policy) -> bool:
    return any(zone.access != "edit" for zone in policy.covering(path))


def _unreadable_zone(path: str, policy: Policy) -> bool:
    return any(zone.access == "none" for zone in policy.covering(path))


def _searched(path: str, pattern: str) -> bool:
    """Whether a search with this glob opens a path. What can't be told counts as opened."""
    if not pattern:
        return True
    wanted = [part for part in expanded(pattern) if not part.startswith("!")]
    left_out = [part[1:] for part in expanded(pattern) if part.startswith("!")]
    try:
        if left_out and compile_patterns(left_out).covers(path):
            return False
        return not wanted or compile_patterns(wanted).covers(path)
    except ValueError:
        return True


def expanded(pattern: str) -> list[str]:
    """The globs that a glob with one level of braces stands for: `*.{js,ts}` is `*.js` and `*.ts`."""
    before, brace, rest = pattern.partition("{")
    inside, closing, after = rest.partition("}")
    if not brace or not closing or "{" in inside:
        return [pattern]
    return [made for choice in inside.split(",") for made in expanded(before + choice + after)]
