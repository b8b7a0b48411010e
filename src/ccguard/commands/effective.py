"""The policy that holds, put together from the versions that have a say: work tree, `HEAD`, default branch, session."""

from __future__ import annotations

import contextlib
import os
from hashlib import blake2b
from pathlib import Path

from ..git import refs
from ..git.objects import Objects, reader
from ..git.places import Repository
from ..git.plumbing import Git, calm_environment
from ..model.error import UnreachableError
from ..policy import frozen
from ..policy.load import load, read_file
from ..policy.merge import Merged, merge
from ..policy.mistakes import Mistake, PolicyMistakes
from ..policy.parse import MOST_BYTES
from . import bundle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..model.policy import Policy
    from ..policy.layer import Layer

POLICY_FILE = ".claude-policy.toml"
# A session meets few versions of a policy; more than this many are not a person editing.
_SEEN_LIMIT = 200
_DIGEST_LENGTH = 40  # hex digits
_LARGEST_POLICY = 1 << 21  # past the limit of a policy, so that its own message can say so
_KINDS = {"tree": "folder", "commit": "submodule"}


def session_policy(
    repository: Repository, seen: str, frozen_file: str, made_of: Callable[[], tuple[Any, ...]]
) -> Policy | None:
    """The policy of a repository for a Claude session, frozen for the next call.

    `seen` is the file in the git directory that lists the versions which this session has met: each is a floor, so
    that a version that was loosened during the session does not count for Claude. `frozen_file` is empty where there is
    no place to keep it. `made_of` is what the caller knows it by: the text of the policy file as the caller read it,
    first, and `seen` as it is when asked.
    """
    root = repository.root
    read: dict[str, bytes | None] = {}

    def reading(path: str) -> bytes | None:
        read[path] = in_work_tree(path)
        return read[path]

    in_work_tree = read_file(root)
    layers = load(reading)
    floors = [*revision_layers(root), *_met(repository, seen, in_work_tree)]
    merged = floored(layers, floors)
    policy = merged.policy if merged else None
    text = read.pop(POLICY_FILE, None)
    _remember(repository, seen, text)
    known = made_of()
    if frozen_file and known[0] == text:  # it has not changed since the caller looked
        with contextlib.suppress(OSError):  # a folder that can't be written costs time, not safety
            frozen.freeze(frozen_file, known, read, policy)
    bundle.refresh()
    return policy


def floored(layers: tuple[Layer, ...] | None, floors: list[tuple[Layer, ...]]) -> Merged | None:
    """One policy out of the offered one and its floors; the floors alone hold where the offered one is missing."""
    if layers is None and not floors:
        return None
    return merge(layers or (), [layer for floor in floors for layer in floor])


def revision_layers(root: str) -> list[tuple[Layer, ...]]:
    """The policies of `HEAD` and of the default branch, where they are and can be read."""
    git = Git(root, calm_environment())
    revisions = ("HEAD", refs.floor_branch(git))
    with reader(git) as objects:
        return readable(objects, [revision for revision in revisions if revision])


def readable(objects: Objects, revisions: list[str]) -> list[tuple[Layer, ...]]:
    """The policies of the revisions that have one; a version that can't be read never held."""
    found = []
    for revision in dict.fromkeys(revisions):
        with contextlib.suppress(PolicyMistakes):
            layers = load(at_revision(objects, revision))
            if layers is not None:
                found.append(layers)
    return found


def at_revision(objects: Objects, revision: str) -> Callable[[str], bytes | None]:
    """Reads files of one revision; of the index, if the revision is empty. Raises PolicyMistakes for what is no file.

    A folder, or a file that is too large to be a policy, must not count as no policy.
    """

    def read(path: str) -> bytes | None:
        found = objects.find(f"{revision}:{path}")
        if found is None:
            return None
        if found.kind != "blob":
            raise PolicyMistakes([Mistake(path, 0, 0, "", f"is a {_KINDS.get(found.kind, found.kind)}", "a file")])
        text = objects.read(found.oid, _LARGEST_POLICY)
        if text is None:
            raise PolicyMistakes(
                [Mistake(path, 0, 0, "", f"has {found.size:,} bytes", f"{MOST_BYTES:,} bytes at most")]
            )
        return text

    return read


def _met(repository: Repository, seen: str, in_work_tree: Callable[[str], bytes | None]) -> list[tuple[Layer, ...]]:
    found = []
    for digest in _lines(seen):
        kept = Path(repository.common_dir, "ccguard", "met", digest)
        text = kept.read_bytes() if len(digest) == _DIGEST_LENGTH and kept.is_file() else b""
        if _digest(text) != digest:
            raise _damaged(seen)
        layers = load(lambda path, text=text: text if path == POLICY_FILE else in_work_tree(path))  # type: ignore[misc]
        if layers is not None:
            found.append(layers)
    return found


def _lines(seen: str) -> list[str]:
    """The digests of the versions that the session has met; none where there are no notes. Raises UnreachableError."""
    try:
        return Path(seen).read_text("ascii").split()[:_SEEN_LIMIT]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError):
        raise _damaged(seen) from None


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=_DIGEST_LENGTH // 2).hexdigest()


def _damaged(seen: str) -> UnreachableError:
    return UnreachableError(
        f"the notes on which policies this session has met can't be read ({seen})",
        where=seen,
        why="the strictest of them holds until the session ends, and nobody can say which that is",
        fix="start a new session",
        ask="whoever set up this clone",
    )


def _remember(repository: Repository, seen: str, text: bytes | None) -> None:
    """Notes the version that the session meets now. The git directory may be read-only: then there is less to go by."""
    if text is None:
        return
    digest = _digest(text)
    if digest in _lines(seen):
        return
    with contextlib.suppress(OSError):
        kept = Path(repository.common_dir, "ccguard", "met", digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            scratch = kept.with_name(f".{digest}.{os.getpid()}")
            scratch.write_bytes(text)
            scratch.replace(kept)
        Path(seen).parent.mkdir(parents=True, exist_ok=True)
        with Path(seen).open("a", encoding="ascii") as file:
            file.write(digest + "\n")
