"""Frozen policies: merged, as plain data, outside the repository, found by the digest of all that they came from.

Reading TOML costs two interpreter starts; thawing costs nothing to speak of. A frozen policy is rebuilt whenever it is
missing, unreadable or not exactly the one asked for, and CI never uses one.
"""

from __future__ import annotations

import marshal
import sys

from ..model.policy import Policy
from ..model.record import Record
from ..version import VERSION

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FORMAT = "1"
_LIMIT = 16 << 20


class Source(Record):
    """A file beside the policy that it was built from (`extends`), and the digest of what was in it."""

    path: str
    digest: str


def digest(*parts: str | bytes | None) -> str:
    """A digest in which no two lists of parts collide: each is counted, and None is not empty."""
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    made = blake2b(digest_size=20)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        made.update(b"-" if data is None else b"%d:" % len(data))
        made.update(data or b"")
    return made.hexdigest()


def key(*parts: str | bytes | None) -> str:
    """The name of a frozen policy: all it came from, and what reads it."""
    return digest(_FORMAT, VERSION, str(sys.hexversion), *parts)


def thawed(folder: str, name: str, current: Callable[[str], bytes | None]) -> tuple[bool, Policy | None]:
    """(is it there, the policy or None for a repository without one). `current` reads a file beside the policy."""
    data = _own_file(f"{folder}/{name}")
    if data is None or data[:40].decode("ascii", "replace") != digest(name, data[40:]):
        return False, None
    sources, plain = marshal.loads(data[40:])  # noqa: S302 (our own file, by its digest; see _own_file)
    for path, expected in sources:
        if digest(current(path)) != expected:
            return False, None
    return True, None if plain is None else Policy.thaw(plain)


def freeze(file: str, policy: Policy | None, sources: tuple[Source, ...]) -> None:
    """Keeps a policy for the next call. Raises OSError; what can't be kept is only slower."""
    plain = None if policy is None else policy.freeze()
    body = marshal.dumps((tuple((source.path, source.digest) for source in sources), plain))
    folder, _, name = file.rpartition("/")
    _folders(folder)
    scratch = f"{folder}/.{name}.{system.getpid()}"
    handle = system.open(scratch, system.O_WRONLY | system.O_CREAT | system.O_TRUNC, 0o600)
    try:
        data = memoryview(digest(name, body).encode("ascii") + body)
        while data:
            data = data[system.write(handle, data) :]
    finally:
        system.close(handle)
    system.replace(scratch, file)


def _folders(folder: str) -> None:
    missing = []
    while True:
        try:
            system.stat(folder)
            break
        except FileNotFoundError:
            missing.append(folder)
            folder = folder.rpartition("/")[0]
    for name in reversed(missing):
        try:
            system.mkdir(name, 0o700)
        except FileExistsError:  # another hook made it meanwhile
            continue


def _own_file(path: str) -> bytes | None:
    """The bytes of a regular file that is ours and that nobody else may write; else None."""
    try:
        handle = system.open(
            path, system.O_RDONLY | getattr(system, "O_NOFOLLOW", 0) | getattr(system, "O_NONBLOCK", 0)
        )
    except OSError:
        return None
    try:
        status = system.fstat(handle)
        if status.st_mode & 0o170000 != 0o100000 or status.st_size > _LIMIT:
            return None
        if system.__name__ == "posix" and (status.st_uid != system.geteuid() or status.st_mode & 0o022):
            return None
        pieces = []
        while piece := system.read(handle, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        system.close(handle)
