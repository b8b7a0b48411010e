"""Where a path really is, and which repositories own it: told from files alone, without starting git.

This is on the way of every tool call, so it uses the interpreter's built-in system module and nothing else.
"""

from __future__ import annotations

from ..model.record import Record

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

_LINKS = 40  # as many as Linux follows before it gives up
_FOLDER, _LINK, _KIND = 0o040000, 0o120000, 0o170000
_SMALL_FILE = 4096
_OF_PROCESSES = frozenset(("cwd", "root", "fd", "map_files"))  # links that lead elsewhere for each process
_MOST_ROUNDS = 3  # a link may lead to a process's folder, and a link in there to one again
_PACKED_REFS_LIMIT = 64 << 20
# The default branch is one of these where nobody says otherwise.
USUAL_REFS = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")


class NoPlace(Exception):
    """A path of which nobody can say what it names; the text says why."""


class PathLoop(NoPlace):
    """A path whose links never end."""


class Repository(Record):
    """A work tree: its root, its own git directory and the one it shares with its other work trees."""

    root: str
    git_dir: str
    common_dir: str
    folds: bool = False  # its file system ignores case


class Places:
    """Answers about paths for one event; remembers what it has looked up."""

    def __init__(self, cwd: str, home: str, project: str = "") -> None:
        """`project` is where the session was started, if that is known."""
        self.cwd = slashed(cwd)
        self.home = slashed(home)
        self._project = slashed(project)
        self._repositories: dict[str, Repository | None] = {}
        self._links: dict[str, str | None] = {}

    def spellings(self, text: str, below: str = "", rounds: int = 0) -> tuple[str, ...]:
        """All absolute names of what `text` names from the working directory: as text, and as the kernel resolves it.

        Raises NoPlace. A path that does not exist yet is resolved as far as it exists. The last name is the likeliest.
        """
        if "\0" in text:
            raise NoPlace("a path holds a zero byte")
        passed: list[tuple[str, str]] = []
        absolute = self._absolute(text, below)
        normal = normalised(absolute)
        found = {normal: None, resolved(absolute, self._links, passed): None}
        found[resolved(normal, self._links, passed)] = None  # a client that normalises before it opens
        if passed or text[:5].lower() == "file:":
            from .meant import meant

            if rounds == _MOST_ROUNDS:
                raise PathLoop("a path leads through links that never end")
            for other in meant(text, passed, (self._project, self.cwd, below)):
                for name in self.spellings(other, below, rounds + 1):
                    found.pop(name, None)
                    found[name] = None
        return tuple(found)

    def _absolute(self, text: str, below: str) -> str:
        text = slashed(text)
        if text == "~" or text.startswith("~/"):
            text = self.home + text[1:]
        if is_absolute(text):
            return text
        if below:
            text = below + "/" + text
            if is_absolute(text):
                return text
        return self.cwd + "/" + text

    def owners(self, absolute: str) -> tuple[Repository, ...]:
        """Every repository that holds a path, innermost first: a submodule and what it is in, say."""
        found = []
        folder = absolute
        while True:
            repository = self._repository(folder)
            if repository is not None:
                found.append(repository)
            parent = folder.rpartition("/")[0] or "/"
            if parent == folder:
                return tuple(found)
            folder = parent

    def _repository(self, folder: str) -> Repository | None:
        if folder not in self._repositories:
            self._repositories[folder] = repository_at(folder)
        return self._repositories[folder]


def slashed(path: str) -> str:
    """The path with forward slashes."""
    return path.replace("\\", "/") if system.__name__ == "nt" else path


def is_absolute(path: str) -> bool:
    """Whether a path starts at a root (or, on Windows, at a drive)."""
    return path.startswith("/") or (system.__name__ == "nt" and path[1:3] == ":/")


def normalised(absolute: str) -> str:
    """The path without `.`, `..` and doubled slashes, worked out on the text alone."""
    parts: list[str] = []
    for part in absolute.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return _joined(parts)


def resolved(
    absolute: str, known: dict[str, str | None] | None = None, passed: list[tuple[str, str]] | None = None
) -> str:
    """The path as the kernel walks it: each link followed before the `..` after it. Raises PathLoop.

    `known` remembers from call to call where each path leads: None for what is no link. `passed` is told of each link
    of a process (`/proc/self/cwd`) that the path goes through, with what comes after it.
    """
    known = {} if known is None else known
    waiting = absolute.split("/")[::-1]
    parts: list[str] = []
    links = 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            if parts:
                parts.pop()
            continue
        if not part or part == ".":
            continue
        parts.append(part)
        if part in _OF_PROCESSES and passed is not None:
            from .meant import of_process

            if of_process(parts):
                passed.append((part, "/".join(waiting[::-1])))
        path = _joined(parts)
        if path not in known:
            known[path] = _link_target(path)
        target = known[path]
        if target is None:
            continue
        links += 1
        if links > _LINKS:
            raise PathLoop("a path leads through links that never end")
        parts = [] if is_absolute(target) else parts[:-1]
        waiting.extend(target.split("/")[::-1])
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    if system.__name__ == "nt":
        return "/".join(parts)
    return "/" + "/".join(parts)


def _link_target(path: str) -> str | None:
    """Where a link leads; None for what is no link, does not exist or can't be looked at (the client can't either)."""
    try:
        if system.lstat(path).st_mode & _KIND != _LINK:
            return None
        return slashed(system.readlink(path))
    except (OSError, ValueError):
        return None


def is_folder(path: str) -> bool:
    """Whether a path is a folder now."""
    try:
        return system.stat(path).st_mode & _KIND == _FOLDER
    except (OSError, ValueError):
        return False


def exists(path: str) -> bool:
    """Whether there is anything at a path, a broken link included."""
    try:
        system.lstat(path)
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def is_plain_file(path: str) -> bool:
    """Whether a path itself is a regular file, not a link to one."""
    try:
        return system.lstat(path).st_mode & _KIND == 0o100000
    except (OSError, ValueError):
        return False


def hard_linked(path: str) -> tuple[int, int] | None:
    """Device and inode of a file that has more than one name, else None."""
    try:
        status = system.stat(path)
    except (OSError, ValueError):
        return None
    if status.st_nlink < 2 or status.st_mode & _KIND != 0o100000:
        return None
    return status.st_dev, status.st_ino


def inode(path: str) -> tuple[int, int] | None:
    """Device and inode of a path, None if there is nothing."""
    try:
        status = system.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def relative(absolute: str, root: str) -> str | None:
    """The path below a root, None if it is not below it."""
    if root == "/":
        return absolute[1:]
    if absolute.startswith(root) and absolute[len(root) : len(root) + 1] == "/":
        return absolute[len(root) + 1 :]
    return None


def repository_at(root: str) -> Repository | None:
    """The work tree whose root a folder is, None if it is none.

    A `.git` that nobody can make sense of (a pipe, a link to nothing, a file of something else) is one too: git will
    say what is wrong with it, and until then nothing may pass as if there were no repository.
    """
    marker = (root if root != "/" else "") + "/.git"
    try:
        kind = system.stat(marker).st_mode & _KIND
    except (OSError, ValueError):
        if _link_target(marker) is None:
            return None
        kind = _LINK
    git_dir = marker
    pointer = small_file(marker).strip() if kind != _FOLDER else ""
    if pointer.startswith("gitdir:"):
        git_dir = _below(pointer[7:].strip(), root)
    common = small_file(git_dir + "/commondir").strip()
    common_dir = _below(common, git_dir) if common else git_dir
    return Repository(root, git_dir, common_dir, _folds(marker, kind))


def _below(path: str, folder: str) -> str:
    path = slashed(path)
    return normalised(path if is_absolute(path) else folder + "/" + path)


def _folds(marker: str, kind: int) -> bool:
    """Whether `.GIT` is `.git`."""
    try:
        return system.stat(marker[:-4] + ".GIT").st_mode & _KIND == kind
    except OSError:
        return False


def read_file(path: str, limit: int) -> bytes | None:
    """A regular file's bytes, at most `limit`; None if it is not there, no regular file, or can't be read."""
    try:
        handle = system.open(path, system.O_RDONLY | getattr(system, "O_NONBLOCK", 0) | getattr(system, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    try:
        if system.fstat(handle).st_mode & _KIND != 0o100000:
            return None
        pieces = []
        while limit > 0:
            piece = system.read(handle, min(limit, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            limit -= len(piece)
        return b"".join(pieces)
    except OSError:
        return None
    finally:
        system.close(handle)


def small_file(path: str) -> str:
    """The text of one of git's small files, empty if there is none."""
    return (read_file(path, _SMALL_FILE) or b"").decode("utf-8", "surrogateescape")


def heads(repository: Repository) -> str:
    """A text that changes whenever `HEAD` or the default branch moves: part of the key of a frozen policy."""
    common = repository.common_dir
    # Where refs live in a reftable, any change of any ref changes the list of its tables.
    tables = small_file(common + "/reftable/tables.list")
    head = small_file(repository.git_dir + "/HEAD").strip()
    origin = small_file(common + "/refs/remotes/origin/HEAD").strip()
    names = [name for name in (_target(head), _target(origin), *USUAL_REFS) if name]
    return "\n".join([tables, head, origin, *_values(common, names)])


def ref(repository: Repository, name: str) -> bytes:
    """Bytes that change whenever this ref moves, unless refs live in a reftable, which `heads` looks at."""
    return "\n".join(_values(repository.common_dir, [name])).encode("utf-8", "surrogateescape")


def _values(common: str, names: list[str]) -> list[str]:
    """What each of these refs says, and what each ref says that a symbolic one among them leads to."""
    packed: bytes | None = None
    values = []
    for name in names:
        value = small_file(common + "/" + name).strip()
        if not value:
            if packed is None:
                packed = read_file(common + "/packed-refs", _PACKED_REFS_LIMIT) or b""
            value = _packed(packed, name)
        elif value.startswith("ref: ") and len(names) < _LINKS:
            names.append(_target(value))  # its turn comes in this very loop
        values.append(value)
    return values


def _target(symbolic: str) -> str:
    return symbolic[5:].strip() if symbolic.startswith("ref: ") else ""


def _packed(packed: bytes, name: str) -> str:
    end = packed.find(b" " + name.encode("utf-8", "surrogateescape") + b"\n")
    if end < 0:
        return ""
    return packed[packed.rfind(b"\n", 0, end) + 1 : end].decode("ascii", "replace")
