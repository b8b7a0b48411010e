"""Off-limits files found on disk: for the few calls where a single path does not tell."""

from __future__ import annotations

import os
import time

from ..git.places import NoPlace, Places, Repository, repository_at, resolved
from ..git.plumbing import Git, calm_environment
from ..model.error import UnreachableError
from ..model.record import Record
from ..policy.patterns import compile_patterns
from .globs import Globs, expanded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..model.paths import PathSet
    from ..model.policy import Policy

# As many as a refusal could name; one is enough to refuse.
_ENOUGH = 4
# Repositories below one searched folder, and how far they lie within one another.
_MOST_REPOSITORIES, _DEEPEST = 64, 8
# Files and folders looked at where git can't list them.
_MOST_WALKED = 50_000
# Seconds for finding every name of a file: the hook as a whole has two.
_LONGEST = 1.2
# What ripgrep reads besides git's ignore files, and what may let in again what those leave out.
_OTHER_IGNORES = (".ignore", ".rgignore")
_MOST_FOLDERS = 1_000


def other_names(root: str, twins: set[tuple[int, int]], policy: Policy, fold: bool = False) -> list[str]:
    """The zone files of a repository that are the same file on disk as one of these (device and inode).

    The folders nearest to the root come first. Raises UnreachableError where there is too much to look at.
    """
    found: list[str] = []
    devices = {device for device, _ in twins}
    inodes = {number for _, number in twins}
    ends = time.monotonic() + _LONGEST
    for entry in _entries(root):
        # The number is there without asking the disk; only a file that has it is looked at.
        if entry.inode() in inodes and _identity(entry, devices) in twins:
            path = entry.path[len(root.rstrip("/")) + 1 :]
            if any(zone.access != "edit" and zone.covers(path, fold=fold) for zone in policy.zones):
                found.append(path)
        if len(found) == _ENOUGH:
            break
        if time.monotonic() > ends:
            raise UnreachableError(
                "not every name of this file could be found",
                where=root,
                why="it is hard-linked, one of its names may be off limits, and there are too many files to look at",
                fix="use a copy of the file, or work in a smaller repository",
            )
    return found


def _identity(entry: os.DirEntry[str], devices: set[int]) -> tuple[int, int] | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_dev in devices else None


def _entries(root: str) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder, level by level; git's own directories are left out."""
    level = [root]
    while level:
        below: list[str] = []
        for folder in level:
            try:
                inside = list(os.scandir(folder))
            except OSError:
                continue  # whoever can't list it can't search it either
            for entry in inside:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry
                elif entry.name != ".git":
                    below.append(entry.path)
        level = below


class _Judge(Record):
    """One policy, and how a file's absolute path becomes the path that it judges."""

    closed: tuple[PathSet, ...]  # what is off limits
    owner: Repository
    skipped: int  # characters of the absolute path
    prefix: str = ""  # what stands in their place

    def forbidden(self, absolute: str) -> str:
        """The absolute path of a file, as this policy knows it, if its content is off limits; else nothing."""
        path = self.prefix + absolute[self.skipped :]
        for paths in self.closed:
            if paths.covers(path, fold=self.owner.folds):
                return f"{self.owner.root.rstrip('/')}/{path}"
        return ""


class Search:
    """What a search below a folder would open, for one event."""

    def __init__(self, where: Places, policy: Callable[[Repository], Policy | None], own: Sequence[Repository]) -> None:
        """`own` are the session's repositories: what lies in their zones may have another name anywhere."""
        self._places = where
        self._policy = policy
        self._own = own
        self._visited: set[str] = set()
        self._globs = Globs("", ())
        self._folder = ""

    def opened(self, names: tuple[str, ...], glob: str) -> list[str]:
        """Files whose content is off limits and that a search below a folder opens, by their absolute paths.

        `names` are the folder's spellings. Raises NoPlace where that can't be told.
        """
        found: list[str] = []
        for folder in dict.fromkeys(resolved(name) for name in names):
            spelled = [name for name in names if resolved(name) == folder]
            self._globs = globs = Globs(glob, tuple(self._prefixes(spelled)))
            self._folder = folder.rstrip("/")
            self._visited = set()
            suspects: dict[tuple[int, int], str] = {}
            for path, judges in self._files(folder, spelled):
                if not globs.open(path[len(self._folder) + 1 :]):
                    continue
                forbidden = next(filter(None, (judge.forbidden(path) for judge in judges)), "")
                if forbidden:
                    if os.path.lexists(path):
                        found.append(forbidden)
                elif (twin := _linked(path)) is not None:
                    suspects[twin] = path
                if len(found) == _ENOUGH:
                    return found
            found.extend(self._twins(folder, suspects))
        return found

    def _prefixes(self, spelled: list[str]) -> Iterator[str]:
        """The searched folder as it is named from the working directory, or from the root if it is not below."""
        for cwd in self._places.spellings("."):
            for name in spelled:
                if name != cwd:
                    yield name[len(cwd) + 1 :] if name.startswith(cwd.rstrip("/") + "/") else name[1:]

    def _twins(self, folder: str, suspects: dict[tuple[int, int], str]) -> Iterator[str]:
        """Those of the hard-linked files that are a zone's file by another name."""
        if not suspects:
            return
        repositories = {owner.root: owner for owner in (*self._places.owners(folder), *self._own)}
        for owner in repositories.values():
            policy = self._policy(owner)
            for path in other_names(owner.root, set(suspects), policy, owner.folds) if policy else ():
                status = os.lstat(f"{owner.root}/{path}")
                yield suspects[status.st_dev, status.st_ino]

    # -- listing ----------------------------------------------------------------------------------------------------

    def _files(self, folder: str, spelled: list[str]) -> Iterator[tuple[str, list[_Judge]]]:
        """Every file below a folder that is there for a search, with those who judge it."""
        everything = _other_ignores_above(folder)
        owners = self._places.owners(folder)
        judges = [judge for owner in owners for judge in self._judges(owner)]
        for name in spelled:
            judges.extend(self._judges_by_name(name, folder))
        if owners:
            yield from self._listed(owners[0], folder, judges, everything, 0)
        else:
            for inner in _repositories_in(folder):
                yield from self._listed(inner, inner.root, list(self._judges(inner)), everything, 1)
        for owner in self._own:
            if owner.root.startswith(folder.rstrip("/") + "/") and owner.root not in self._visited:
                around = [judge for one in self._places.owners(owner.root) for judge in self._judges(one)]
                yield from self._listed(owner, owner.root, around, everything, 0)

    def _judges(self, owner: Repository) -> Iterator[_Judge]:
        policy = self._policy(owner)
        if policy is not None:
            yield _Judge(_closed(policy), owner, len(owner.root.rstrip("/")) + 1)

    def _judges_by_name(self, name: str, folder: str) -> Iterator[_Judge]:
        """Repositories that hold a link to the folder, which judge by the link's name."""
        for owner in self._places.owners(name) if name != folder else ():
            policy = self._policy(owner)
            if policy is not None and name != owner.root:
                prefix = name[len(owner.root.rstrip("/")) + 1 :]
                yield _Judge(_closed(policy), owner, len(folder.rstrip("/")), prefix)

    def _listed(
        self, owner: Repository, folder: str, judges: list[_Judge], everything: bool, depth: int
    ) -> Iterator[tuple[str, list[_Judge]]]:
        """The files of a repository below a folder of its work tree, and of the repositories in there."""
        self._visited.add(owner.root)
        if depth > _DEEPEST or len(self._visited) > _MOST_REPOSITORIES:
            raise NoPlace("more repositories lie below this folder than can be looked at")
        for path in self._names(owner.root, folder, everything, bool(judges)):
            if not path.endswith("/"):
                yield path, judges
                continue
            inner = repository_at(path[:-1])
            if inner is None:  # a submodule that was never checked out
                for file in _walked(path[:-1]):
                    yield file, judges
            elif inner.root not in self._visited:
                yield from self._listed(inner, inner.root, [*judges, *self._judges(inner)], everything, depth + 1)

    def _names(self, root: str, folder: str, everything: bool, judged: bool) -> Iterator[str]:
        """Absolute paths of what a repository holds below a folder; one that is another repository ends in a slash."""
        git = Git(root, calm_environment())
        base = root.rstrip("/")
        below = folder[len(base) + 1 :]
        where = f"{below}/" if below else "."
        try:
            staged = git.run("ls-files", "-z", "--stage", "--", where).split(b"\0")
            everything = everything or any(map(_other_ignores, staged)) or bool(below and _ignored(git, below))
            others = self._untracked(git, base, where, everything)
        except UnreachableError:
            if not judged:
                return  # nobody's policy is broken by what nobody can list
            if git.root is not None:
                raise
            yield from _walked(folder)  # a bare repository around its work trees
            return
        for entry in staged:
            facts, _, name = entry.partition(b"\t")
            if name:
                yield f"{base}/{os.fsdecode(name)}" + ("/" if facts.startswith(b"160000") else "")
        for other in others:
            yield f"{base}/{other}"

    def _untracked(self, git: Git, base: str, where: str, everything: bool) -> list[str]:
        """Files that git does not know, as far as ripgrep opens them.

        A glob lets in ignored files, and what lies in an ignored folder only if it covers the folder (ripgrep 15).
        """
        if everything:
            return _others(git, where)
        names = _others(git, where, "--exclude-standard")
        if self._globs.given:
            ignored = _others(git, where, "--exclude-standard", "--ignored", "--directory")
            folders = [name for name in ignored if name.endswith("/")]
            if any(self._globs.enter(f"{base}/{name}"[len(self._folder) + 1 : -1]) for name in folders):
                return _others(git, where)
            names.extend(name for name in ignored if not name.endswith("/"))
        if any(name.rpartition("/")[2] in _OTHER_IGNORES for name in names):
            return _others(git, where)
        return names


def _closed(policy: Policy) -> tuple[PathSet, ...]:
    return tuple(paths for zone in policy.zones if zone.access == "none" for paths in zone.matchers)


def _others(git: Git, where: str, *options: str) -> list[str]:
    out = git.run("ls-files", "-z", "--others", *options, "--", where)
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _other_ignores(entry: bytes) -> bool:
    return entry.endswith((b"/.ignore", b"\t.ignore", b"/.rgignore", b"\t.rgignore"))


def _ignored(git: Git, below: str) -> bool:
    """Whether the searched folder itself is one that git ignores: ripgrep searches what it is told to."""
    # This one command refuses to run where paths are said to be literal; its paths are.
    able = git.elsewhere(git.folder, GIT_LITERAL_PATHSPECS="0")
    code, _, _ = able.ended("check-ignore", "--quiet", "--no-index", "--", f"./{below}")
    return code != 1


def _other_ignores_above(folder: str) -> bool:
    """Whether ripgrep finds an ignore file of its own on the way down to a folder."""
    while True:
        if any(os.path.lexists(f"{folder.rstrip('/')}/{name}") for name in _OTHER_IGNORES):
            return True
        if folder in ("", "/"):
            return False
        folder = folder.rpartition("/")[0]


def _walked(folder: str) -> Iterator[str]:
    """Every file below a folder, without git; a folder that is a repository ends in a slash. Raises NoPlace."""
    waiting, seen = [folder], 0
    while waiting:
        try:
            inside = list(os.scandir(waiting.pop()))
        except OSError:
            continue  # whoever can't list it can't search it either
        seen += len(inside)
        if seen > _MOST_WALKED:
            raise NoPlace("more files lie below this folder than can be looked at")
        for entry in inside:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.path
            elif repository_at(entry.path) is not None:
                yield entry.path + "/"
            elif entry.name != ".git":
                waiting.append(entry.path)


def _repositories_in(folder: str) -> Iterator[Repository]:
    """The repositories with a policy that lie directly in a folder which belongs to none. Raises NoPlace."""
    try:
        inside = [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    if len(inside) > _MOST_FOLDERS:
        raise NoPlace("more folders lie in this folder than can be looked at")
    for path in inside:
        inner = repository_at(path) if os.path.lexists(f"{path}/.claude-policy.toml") else None
        if inner is not None:
            yield inner


def folders_aimed_at(base: str, pattern: str) -> list[str]:
    """The folders below which a glob looks, as far as it names them: `vau*/x` names `vault`, `*/x` and `**` none.

    Raises NoPlace for one that can't be read or names too much.
    """
    found: list[str] = []
    try:
        for glob in expanded(pattern):
            found.extend(_aimed_at("" if glob.startswith("/") else base.rstrip("/"), glob.strip("/").split("/")))
    except ValueError as error:
        raise NoPlace(f"a glob can't be read: {error}") from None
    return found


def _aimed_at(base: str, parts: list[str]) -> list[str]:
    folders, named = [base], False
    for part in parts[:-1]:
        if not part.strip("*"):
            break
        named = True
        if any(character in part for character in "*?["):
            folders = [f"{folder}/{name}" for folder in folders for name in _matching(folder, part)]
        else:
            folders = [f"{folder}/{part}" for folder in folders]
        if len(folders) > _MOST_FOLDERS:
            raise NoPlace("a glob names more folders than can be looked at")
    return folders if named else []


def _matching(folder: str, part: str) -> list[str]:
    matcher = compile_patterns([part])
    try:
        return [entry.name for entry in os.scandir(folder or "/") if entry.is_dir() and matcher.covers(entry.name)]
    except OSError:
        return []


def _linked(path: str) -> tuple[int, int] | None:
    """Device and inode of a regular file that has more than one name."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if status.st_nlink < 2 or status.st_mode & 0o170000 != 0o100000:
        return None
    return status.st_dev, status.st_ino
