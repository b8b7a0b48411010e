"""The policy that holds, put together from the versions that have a say: work tree, `HEAD`, default branch, session."""

from __future__ import annotations

import contextlib
import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from ..git import places, refs
from ..git.objects import Objects, reader
from ..git.places import Repository
from ..git.plumbing import Git, calm_environment
from ..model.error import UnreachableError
from ..policy import frozen
from ..policy.layer import Layer
from ..policy.load import load, read_file
from ..policy.merge import Merged, merge
from ..policy.mistakes import Mistake, PolicyMistakes
from ..policy.parse import MOST_BYTES
from . import bundle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..model.policy import Policy

POLICY_FILE = ".claude-policy.toml"
# A session meets few versions of a policy; more than this many are not a person editing.
_SEEN_LIMIT = 200
_DIGEST_LENGTH = 40  # hex digits
_LARGEST_POLICY = 1 << 21  # past the limit of a policy, so that its own message can say so
_KINDS = {"tree": "folder", "commit": "submodule"}


class Floors(NamedTuple):
    """Other versions of a policy, which hold besides the one at hand; and what is wrong with unreadable ones."""

    versions: list[tuple[Layer, ...]]
    mistakes: tuple[Mistake, ...] = ()


class Versions:
    """Versions of a policy, most of which are the same: what is made of the same files is read once."""

    def __init__(self) -> None:
        self._known: list[tuple[dict[str, bytes | None], tuple[Layer, ...]]] = []

    def load(self, read: Callable[[str], bytes | None]) -> tuple[Layer, ...] | None:
        """As `policy.load.load` says."""
        for files, layers in self._known:
            if _gives(read, files):
                return layers
        found: dict[str, bytes | None] = {}

        def reading(path: str) -> bytes | None:
            found[path] = read(path)
            return found[path]

        layers_found = load(reading)
        if layers_found is not None:
            self._known.append((found, layers_found))
        return layers_found


def _gives(read: Callable[[str], bytes | None], files: Mapping[str, bytes | None]) -> bool:
    try:
        return all(read(path) == content for path, content in files.items())
    except PolicyMistakes:
        return False


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
    versions = Versions()
    layers = versions.load(reading)
    watched = _watched_refs(repository)  # before the policies of these refs are read
    held = revision_layers(root, versions)
    merged = floored(layers, Floors([*held.versions, *_met(repository, seen, versions)], held.mistakes))
    policy = merged.policy if merged else None
    _remember(repository, seen, read)
    text = read.pop(POLICY_FILE, None)
    known = made_of()
    if frozen_file and known[0] == text:  # it has not changed since the caller looked
        with contextlib.suppress(OSError):  # a folder that can't be written costs time, not safety
            frozen.freeze(frozen_file, known, {**read, **watched}, policy)
    bundle.refresh()
    return policy


def _watched_refs(repository: Repository) -> dict[str, bytes | None]:
    """The refs that may be the default branch and that `places.heads` doesn't know of, as the frozen policy keeps them.

    Their names begin with a slash, as no path from the repository's root does.
    """
    names = refs.likely_defaults(Git(repository.root, calm_environment()))
    return {f"/{name}": places.ref(repository, name) for name in names if name not in places.USUAL_REFS}


def floored(layers: tuple[Layer, ...] | None, floors: Floors) -> Merged | None:
    """One policy out of the offered one and its floors; the floors alone hold where the offered one is missing.

    Raises PolicyMistakes where all that is left is a version that can't be read: that is not the same as no policy.
    """
    if layers is None and not floors.versions:
        if floors.mistakes:
            raise PolicyMistakes(floors.mistakes)
        return None
    return merge(layers or (), [layer for floor in floors.versions for layer in floor])


def revision_layers(root: str, versions: Versions | None = None) -> Floors:
    """The policies of `HEAD` and of the default branch, where they are."""
    git = Git(root, calm_environment())
    revisions = ("HEAD", refs.floor_branch(git))
    with reader(git) as objects:
        return readable(objects, [revision for revision in revisions if revision], versions)


def readable(objects: Objects, revisions: list[str], versions: Versions | None = None) -> Floors:
    """The policies of the revisions that have one. A version that can't be read is no floor: it can be mended."""
    versions = versions or Versions()
    found: list[tuple[Layer, ...]] = []
    mistakes: list[Mistake] = []
    for revision in dict.fromkeys(revisions):
        try:
            layers = versions.load(at_revision(objects, revision))
        except PolicyMistakes as error:
            mistakes += (mistake._replace(file=f"{revision}:{mistake.file}") for mistake in error.mistakes)
            continue
        if layers is not None:
            found.append(layers)
    return Floors(found, tuple(mistakes))


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


def _met(repository: Repository, seen: str, versions: Versions) -> list[tuple[Layer, ...]]:
    found = []
    for digest in _lines(seen):
        files = _files_of(repository, digest)
        if files is None:
            raise _damaged(seen)
        layers = versions.load(files.get)
        if layers is not None:
            found.append(layers)
    return found


def _files_of(repository: Repository, digest: str) -> dict[str, bytes] | None:
    """All files of a version that was met, by path; None if they are not there as they were noted."""
    kept = Path(repository.common_dir, "ccguard", "met", digest)
    data = kept.read_bytes() if len(digest) == _DIGEST_LENGTH and digest.isalnum() and kept.is_file() else b""
    if _digest(data) != digest:
        return None
    try:
        return {path: text.encode("utf-8", "surrogateescape") for path, text in json.loads(data).items()}
    except (ValueError, AttributeError):  # not of this version of ccguard
        return None


def _as_noted(files: Mapping[str, bytes | None]) -> bytes:
    texts = {path: content.decode("utf-8", "surrogateescape") for path, content in files.items() if content is not None}
    return json.dumps(texts, sort_keys=True).encode("ascii")


def _lines(seen: str) -> list[str]:
    """The digests of the versions that the session has met; none where there are no notes. Raises UnreachableError."""
    try:
        return Path(seen).read_text("ascii").split()[:_SEEN_LIMIT]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError):
        raise _damaged(seen) from None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=_DIGEST_LENGTH // 2).hexdigest()


def _damaged(seen: str) -> UnreachableError:
    return UnreachableError(
        f"the notes on which policies this session has met can't be read ({seen})",
        where=seen,
        why="the strictest of them holds until the session ends, and nobody can say which that is",
        fix="start a new session",
        ask="whoever set up this clone",
    )


def _remember(repository: Repository, seen: str, files: Mapping[str, bytes | None]) -> None:
    """Notes the version that the session meets now, with all that it extends: a branch may have another file there.

    The git directory may be read-only: then there is less to go by.
    """
    if files.get(POLICY_FILE) is None:
        return
    data = _as_noted(files)
    digest = _digest(data)
    if digest in _lines(seen):
        return
    with contextlib.suppress(OSError):
        kept = Path(repository.common_dir, "ccguard", "met", digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            scratch = kept.with_name(f".{digest}.{os.getpid()}")
            scratch.write_bytes(data)
            scratch.replace(kept)
        Path(seen).parent.mkdir(parents=True, exist_ok=True)
        with Path(seen).open("a", encoding="ascii") as file:
            file.write(digest + "\n")
