"""One event of a Claude Code session, judged: by each repository that owns a path it names, and by the session's own.

On the way of every tool call: nothing is imported here but ccguard's own light modules. What costs (TOML, git) is
imported where it is needed, when no frozen policy fits.
"""

from __future__ import annotations

import time

from ..claude import tools, wire
from ..engine.decide import decide, strongest
from ..git import places
from ..model.decision import Decision
from ..model.event import Access, Event
from ..model.evidence import NoEvidence
from ..model.record import Record
from ..policy import frozen

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..model.policy import Policy
    from .guarded import Guarded

_POLICY_FILE = ".claude-policy.toml"
_POLICY_LIMIT = (1 << 20) + 1
_LONGEST_ID = 64


class Environment(Record):
    """What the hook reads of its environment."""

    home: str
    configuration: str
    project: str
    attended: bool


def environment() -> Environment:
    """The environment of this process, without importing `os`."""

    def read(name: str) -> str:
        if system.__name__ == "nt":
            return str(system.environ.get(name, ""))  # type: ignore[call-overload]
        return system.environ.get(name.encode("ascii"), b"").decode("utf-8", "surrogateescape")

    home = places.slashed(read("HOME") or read("USERPROFILE") or _home_of_user())
    configuration = places.slashed(read("CLAUDE_CONFIG_DIR")) or f"{home}/.claude"
    return Environment(home, configuration, read("CLAUDE_PROJECT_DIR"), read("CLAUDE_CODE_SESSION_ATTENDED") == "1")


def _home_of_user() -> str:
    """The home folder as the system knows it, where the environment does not say."""
    try:
        from pwd import getpwuid

        return getpwuid(system.getuid()).pw_dir
    except (ImportError, KeyError):
        return ""


class _Evidence(NoEvidence):
    """What a rule may ask about a tool call: it brings no commits, and its policy was read before any rule asks."""

    def __init__(self, given: Environment, where: places.Places) -> None:
        self._given = given
        self._places = where
        self._parts: tuple[Guarded, ...] | None = None
        self.repositories: tuple[places.Repository, ...] = ()  # those with a policy

    def guarded(self, absolute: str, *, whole: bool = False) -> str:
        """What part of the guardrails an absolute path belongs to, or holds below it."""
        from .guarded import git_parts, machine_part, machine_parts, may_run_ccguard, runs_ccguard_now

        if self._parts is None:
            machine = machine_parts(self._given.home, self._given.configuration)
            self._parts = (*machine, *git_parts(self.repositories))
        part = machine_part(absolute, self._parts, whole=whole)
        for owner in () if part else self._places.owners(absolute):
            path = places.relative(absolute, owner.root) or ""
            if may_run_ccguard(path) and runs_ccguard_now(absolute):
                return "a file that runs ccguard"
        return part


class Session:
    """One event of a session: the repositories it is in and touches, and their policies."""

    def __init__(self, payload: wire.Payload, given: Environment) -> None:
        self._payload = payload
        self._given = given
        self._places = places.Places(_whole(payload.cwd), given.home, given.project)
        self._evidence = _Evidence(given, self._places)
        self._policies: dict[str, Policy | None] = {}
        self._switches: tuple[str, ...] = ()
        year, month, day = time.gmtime()[:3]
        self._today = f"{year:04d}-{month:02d}-{day:02d}"

    def judged_prompt(self) -> Decision:
        """The answer to a prompt."""
        event = Event("prompt", self._today, attended=self._given.attended)
        return strongest([decide(event, policy, self._evidence) for policy in self._own_policies()])

    def judged_call(self) -> Decision:
        """The answer to a tool call: of each repository that owns a path it names, and of the session's own ones."""
        accesses, unreadable = self._accesses()
        own = self._own_repositories()
        by_repository: dict[str, list[Access]] = {repository.root: [] for repository in own}
        known = {repository.root: repository for repository in own}
        homeless = []
        for access in accesses:
            owners = [owner for name in access.absolute for owner in self._places.owners(name)]
            if _may_have_twins(access) and places.hard_linked(access.absolute[-1]):
                owners += own  # it may be another name of one of their files
            governed = {owner.root: owner for owner in owners if self._policy(owner) is not None}
            known.update(governed)
            for owner in governed.values():
                by_repository.setdefault(owner.root, []).append(self._owned(access, owner))
            if not governed:
                homeless.append(access)
        self._evidence.repositories = tuple(one for one in known.values() if self._policy(one) is not None)
        decisions = []
        for root, judged in by_repository.items():
            policy = self._policy(known[root])
            if policy is not None:
                reached = (*judged, *homeless) if known[root] in own else tuple(judged)
                event = Event(
                    "tool-call",
                    self._today,
                    self._payload.tool,
                    tuple(reached),
                    unreadable=unreadable,
                    attended=self._given.attended,
                    switches=self._switches,
                )
                decisions.append(decide(event, policy, self._evidence))
        return strongest(decisions)

    def notice(self) -> bytes:
        """Two lines for the start of a session: mode and zones, marker and contact."""
        from .notice import notice

        policies = self._own_policies()
        return wire.notice_reply("\n".join(notice(policy) for policy in policies)) if policies else b""

    # -- what the call touches ------------------------------------------------------------------------------------

    def _accesses(self) -> tuple[list[Access], str]:
        """The accesses that the call names, and why it could not be understood, if it could not."""
        accesses: list[Access] = []
        unreadable = ""
        try:
            for reach in tools.reaches(self._payload.tool, self._payload.input):
                unreadable = self._read_reach(reach, accesses) or unreadable
            if len(accesses) > 1:  # several spellings may be one path
                accesses = list({(one.absolute, one.folder): one for one in accesses}.values())
            command = tools.command(self._payload.tool, self._payload.input)
            if command:
                unreadable = self._read_command(command, accesses)
        except tools.ReachError as error:
            unreadable = str(error)
        return accesses, unreadable

    def _read_reach(self, reach: tools.Reach, accesses: list[Access]) -> str:
        """Adds what is reached to the accesses; why that can't be told, if it can't."""
        try:
            access = self._access(reach.text, reach.mode, reach.certain)
            if reach.word and not _may_have_twins(access):
                return ""  # no such file
            accesses.append(access)
            if reach.tree or reach.pattern:
                accesses.extend(self._below(reach, access))
        except places.NoPlace as error:
            return "" if reach.word else str(error)
        return ""

    def _read_command(self, command: str, accesses: list[Access]) -> str:
        """Adds what a command touches to the accesses; why that can't be told, if it can't."""
        from ..shell.accesses import spelled

        found = spelled(command)
        self._switches = found.switches
        unreadable = found.unreadable
        for word in found.words:
            # Where a folder was entered in a branch that may not have run, the word may be meant from here as well.
            for below in {word.below, ""}:
                try:
                    accesses.append(self._access(word.text, word.mode, word.certain, below))
                except places.NoPlace as error:
                    unreadable = str(error)
        return unreadable

    def _access(self, text: str, mode: str, certain: bool, below: str = "") -> Access:
        absolute = self._places.spellings(text, below)
        exists = places.exists(absolute[-1])
        folder = text.endswith("/") or not exists or places.is_folder(absolute[-1])
        return Access(text, mode, certain, (), absolute, folder, exists)  # type: ignore[arg-type]

    def _owned(self, access: Access, owner: places.Repository) -> Access:
        """The access with its paths below a repository's root; a hard-linked file under each of its names in a zone."""
        paths = [path for path in (places.relative(name, owner.root) for name in access.absolute) if path]
        twin = places.hard_linked(access.absolute[-1]) if _may_have_twins(access) else None
        if twin is not None:
            from .listing import other_names

            policy = self._policy(owner)
            paths.extend(other_names(owner.root, {twin}, policy, owner.folds) if policy else ())
        if owner.folds:
            paths.extend(_folded(path) for path in tuple(paths))
        return access.but(paths=tuple(dict.fromkeys(paths)), folds=owner.folds)

    def _below(self, reach: tools.Reach, base: Access) -> Iterator[Access]:
        """What lies below a folder and is touched too: off-limits files that a search opens, folders of a glob."""
        from .listing import Search, folders_aimed_at

        if reach.tree:
            found = Search(self._places, self._policy, self._own_repositories()).opened(base.absolute, reach.pattern)
        else:
            found = [path for name in base.absolute for path in folders_aimed_at(name, reach.pattern)]
        for path in dict.fromkeys(found):
            yield self._access(path, "read", True).but(searched=True)

    # -- whose policies judge -------------------------------------------------------------------------------------

    def _own_repositories(self) -> list[places.Repository]:
        """The repositories that the session started in and that it is in now."""
        starts = [self._places.cwd]
        if self._given.project:
            starts.append(self._given.project)
        found = {}
        for start in starts:
            for name in self._places.spellings(start):
                for owner in self._places.owners(name):
                    found[owner.root] = owner
        return list(found.values())

    def _own_policies(self) -> list[Policy]:
        policies = (self._policy(repository) for repository in self._own_repositories())
        return [policy for policy in policies if policy is not None]

    def _policy(self, repository: places.Repository) -> Policy | None:
        root = repository.root
        if root not in self._policies:
            self._policies[root] = self._frozen_policy(repository)
        return self._policies[root]

    def _frozen_policy(self, repository: places.Repository) -> Policy | None:
        root = "" if repository.root == "/" else repository.root
        file = f"{root}/{_POLICY_FILE}"
        seen = f"{repository.common_dir}/ccguard/sessions/{_word(self._payload.session)}"
        text = places.read_file(file, _POLICY_LIMIT) if places.is_plain_file(file) else None
        heads = places.heads(repository)

        def made_of() -> tuple[bytes | None, str, bytes | None]:
            return text, heads, places.read_file(seen, _POLICY_LIMIT)

        def beside(path: str) -> bytes | None:
            if path.startswith("/"):  # no file of the repository: one of its refs
                return places.ref(repository, path[1:])
            return places.read_file(f"{root}/{path}", _POLICY_LIMIT)

        home = self._given.home
        kept = f"{home}/.cache/ccguard/policies/{frozen.file_name(repository.root)}"
        frozen_file = kept if places.is_absolute(home) and places.is_folder(home) else ""  # a home is never made
        # A policy that is there and is no readable plain file has a message to give; it is never taken for none.
        if text is not None or not places.exists(file):
            found, policy = _thawed(frozen_file, made_of(), beside)
            if found:
                return policy
        from .rebuilt import rebuilt

        return rebuilt(repository, seen, frozen_file, made_of)


def _thawed(file: str, made_of: tuple[Any, ...], beside: Callable[[str], bytes | None]) -> tuple[bool, Policy | None]:
    """As `frozen.thawed` says; a frozen policy that is damaged is as good as none."""
    try:
        return frozen.thawed(file, made_of, beside)
    except Exception:  # noqa: BLE001 (nobody can tell what it stumbles over in a damaged file)
        return False, None


def _whole(cwd: str) -> str:
    """The working directory as an absolute path. The client sends one; a relative one counts from this process's."""
    cwd = places.slashed(cwd)
    return cwd if places.is_absolute(cwd) else f"{system.getcwd()}/{cwd}"


def _word(session: str) -> str:
    """A session's id as a file name."""
    if session.replace("-", "").isalnum() and session.isascii() and len(session) <= _LONGEST_ID:
        return session
    from hashlib import blake2b

    return blake2b(session.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _may_have_twins(access: Access) -> bool:
    """Whether the file may have other names: what is not there has none, and a folder can't."""
    return access.exists and not access.folder


def _folded(path: str) -> str:
    if path.isascii():
        return path
    from unicodedata import normalize

    return normalize("NFC", path)
