"""Frozen policies: merged, as plain data, outside the repository, each with all that it came from.

Reading TOML costs two interpreter starts; thawing costs nothing to speak of. A frozen policy is rebuilt whenever it is
missing, unreadable or not exactly the one asked for, and CI never uses one.
"""

from __future__ import annotations

import marshal
import sys
from _imp import source_hash

from ..model.policy import Policy
from ..version import VERSION

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LIMIT = 32 << 20
_LONGEST_NAME = 200
_SEAL = 8  # bytes


def file_name(root: str) -> str:
    """The name of a repository's frozen policy: its root, as one word."""
    name = root.replace("%", "%25").replace("/", "%2f").replace(":", "%3a")
    if len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable():
        return name
    from hashlib import blake2b

    return blake2b(root.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def thawed(file: str, made_of: tuple[Any, ...], beside: Callable[[str], bytes | None]) -> tuple[bool, Policy | None]:
    """(is it there, the policy; None for a repository without one). Raises what a damaged file raises.

    It is there if it is made of just this, and by this version and interpreter; `beside` reads what else it is made of.
    Comparing the sources themselves is faster than a digest of them, and nothing collides.
    """
    data = _own_file(file)
    if data is None:
        return False, None
    made_by, was_made_of, extended, plain = unsealed(data)
    if made_by != _maker() or was_made_of != made_of:
        return False, None
    if any(beside(path) != content for path, content in extended):
        return False, None
    return True, None if plain is None else Policy.thaw(plain)


def freeze(file: str, made_of: tuple[Any, ...], extended: dict[str, bytes | None], policy: Policy | None) -> None:
    """Keeps a policy for the next call, without its examples: `ccguard policy test` alone wants them. Raises OSError.

    `extended` is what `beside` of `thawed` has to give for the policy to be the same. What isn't kept is only slower.
    """
    plain = None if policy is None else policy.but(examples=()).freeze()
    data = memoryview(sealed((_maker(), made_of, tuple(extended.items()), plain)))
    folder = file.rpartition("/")[0]
    _folders(folder)
    scratch = f"{file}.{system.getpid()}"
    handle = system.open(scratch, system.O_WRONLY | system.O_CREAT | system.O_TRUNC, 0o600)
    try:
        while data:
            data = data[system.write(handle, data) :]
    finally:
        system.close(handle)
    system.replace(scratch, file)


def sealed(value: Any) -> bytes:
    """A plain value as bytes, behind a digest of them.

    Of a damaged file marshal may make a tuple of two thousand million parts, which takes it half a minute in which no
    deadline strikes. The digest is the one that CPython has for sources: built in, and quick. It tells damage, not
    forgery: whoever may write our files could make another one.
    """
    data = marshal.dumps(value)
    return source_hash(len(data) + _SEAL, data) + data


def unsealed(data: bytes) -> Any:
    """The value that was sealed. Raises ValueError if the bytes are not those that `sealed` made."""
    content = memoryview(data)[_SEAL:]
    if source_hash(len(data), content) != data[:_SEAL]:
        raise ValueError("damaged")
    return marshal.loads(content)  # noqa: S302 (our own file, as it was written)


def _maker() -> tuple[str, int]:
    return VERSION, sys.hexversion


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
