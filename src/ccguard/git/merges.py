"""What a merge commit changes on its own: the paths where its tree is not the one git makes of its parents.

Git is asked to merge the parents again, into a throw-away object folder, and the two trees are compared. That finds a
change hidden in a merge, a conflict resolved by hand, and one side's work dropped without a word; a clean "update
branch" merge changes nothing.

A repository must not steer this comparison: merge drivers of the configuration fail (a path that needs one counts as
a conflict), and attributes come from the base, not from the change that is judged.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..model.event import Change
from .objects import Objects
from .plumbing import Git

_LARGEST_ATTRIBUTES = 1 << 20

# The same merge on every machine, whatever its owner likes.
_MERGE_SETTINGS = (
    ("merge.renames", "true"),
    ("merge.directoryRenames", "conflict"),
    ("merge.renormalize", "false"),
    ("merge.conflictStyle", "merge"),
    ("merge.default", "text"),
    ("merge.verbosity", "0"),
)


class Workshop(NamedTuple):
    """Git with a folder of its own for new objects; all objects of the repository are visible in it."""

    git: Git
    objects: Path
    attributes: Path


@contextmanager
def workshop(git: Git) -> Iterator[Workshop]:
    """A place for merges that leaves the repository as it is."""
    with tempfile.TemporaryDirectory(prefix="ccguard-") as folder:
        made = Path(folder, "objects")
        made.mkdir()
        attributes = Path(folder, "attributes")
        attributes.touch()
        known = git.environment.get("GIT_OBJECT_DIRECTORY") or str(Path(git.common_dir, "objects"))
        others = git.environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
        apart = git.elsewhere(
            git.git_dir,
            GIT_DIR=git.git_dir,
            GIT_OBJECT_DIRECTORY=str(made),
            GIT_ALTERNATE_OBJECT_DIRECTORIES=os.pathsep.join(filter(None, (_listed(known), others))),
        )
        apart.environment.pop("GIT_WORK_TREE", None)
        yield Workshop(apart, made, attributes)


def own_merges(shop: Workshop, objects: Objects, merges: Sequence[tuple[str, ...]], base: str) -> list[str]:
    """For each tuple of parents the tree that git makes of them, conflicts included.

    `base` is the commit whose `.gitattributes` say how to merge, empty for none. More than two parents are merged one
    after another, as git does it.
    """
    shop.attributes.write_bytes(_attributes(objects, base))
    git = shop.git.elsewhere(shop.git.folder, **_settings(shop))
    trees = [""] * len(merges)
    ours = [parents[0] for parents in merges]
    for step in range(1, max(map(len, merges), default=0)):
        due = [index for index, parents in enumerate(merges) if len(parents) > step]
        made = _merged(git, [(ours[index], merges[index][step]) for index in due])
        for index, tree in zip(due, made, strict=True):
            trees[index] = tree
            if len(merges[index]) > step + 1:
                ours[index] = _stored_commit(shop, tree, merges[index][: step + 1])
    return trees


def on_its_own(against_git: tuple[Change, ...], against_parents: Sequence[tuple[Change, ...]]) -> tuple[Change, ...]:
    """The changes of a merge where it differs from git's merge, each against the first parent that it differs from.

    A path of git's merge alone (it names both sides of some conflicts `FILE~BRANCH`) is in no parent, and left out.
    """
    by_parent = [{change.path: change for change in one} for one in against_parents]
    found = []
    for change in against_git:
        differing = next((known[change.path] for known in by_parent if change.path in known), None)
        if differing is not None:
            found.append(differing)
    return tuple(found)


def _merged(git: Git, pairs: list[tuple[str, str]]) -> list[str]:
    """The trees of two-way merges, conflicted or not, in the order asked. One git process for all."""
    asked = "".join(f"{ours} {theirs}\n" for ours, theirs in pairs).encode()
    output = git.run(
        "--bare",  # so that no attributes of a work tree are read
        *("merge-tree", "--write-tree", "--stdin", "-z", "--allow-unrelated-histories", "--name-only", "--no-messages"),
        stdin=asked,
    )
    # An answer is: whether it was clean, the tree, the conflicted paths, an empty field.
    fields = iter(output.split(b"\0"))
    trees = []
    for _ in pairs:
        next(fields)
        trees.append(next(fields).decode("ascii"))
        while next(fields):
            pass
    return trees


def _attributes(objects: Objects, base: str) -> bytes:
    found = objects.find(f"{base}:.gitattributes") if base else None
    if found is None or found.kind != "blob":
        return b""
    return objects.read(found.oid, _LARGEST_ATTRIBUTES) or b""


def _settings(shop: Workshop) -> dict[str, str]:
    """Git settings as variables: names and values may hold any character there."""
    named = shop.git.ended("config", "-z", "--name-only", "--get-regexp", r"^merge\..*\.driver$")[1]
    drivers = [(name.decode("utf-8", "surrogateescape"), "false") for name in named.split(b"\0") if name]
    pairs = [*_MERGE_SETTINGS, *drivers, ("core.attributesFile", str(shop.attributes))]
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for index, (name, value) in enumerate(pairs):
        variables[f"GIT_CONFIG_KEY_{index}"] = name
        variables[f"GIT_CONFIG_VALUE_{index}"] = value
    return variables


def _stored_commit(shop: Workshop, tree: str, parents: tuple[str, ...]) -> str:
    """The id of a new commit in the workshop: git merges commits only, and has no command that makes many at once."""
    import hashlib  # it loads OpenSSL, which a merge of two, and a common commit, can do without

    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"{who} ccguard <ccguard> 0 +0000" for who in ("author", "committer")]
    body = ("\n".join(lines) + "\n\n").encode()
    content = b"commit %d\0" % len(body) + body
    oid = hashlib.new(shop.git.object_format, content).hexdigest()
    path = shop.objects / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(content))
    return oid


def _listed(folder: str) -> str:
    """A folder as an entry of a list that git splits at the path separator."""
    if os.pathsep not in folder and not folder.startswith('"'):
        return folder
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
