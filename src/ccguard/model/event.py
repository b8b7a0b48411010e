"""What happens and is judged: a call of a tool, a prompt, a commit, a range of commits."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    AccessMode: TypeAlias = Literal["read", "write", "delete", "run", "send", "name"]
    EventKind: TypeAlias = Literal["tool-call", "prompt", "commit", "pull-request", "push", "tree"]
    MarkLevel: TypeAlias = Literal["proved", "declared", "hinted"]


class Access(Record):
    """One file that a call touches.

    `written` is the path as the call spells it, for messages. `paths` are all spellings of it relative to the root of
    the repository that owns it (as written, normalised, resolved, by another name of the same file), POSIX, empty where
    the judging policy's repository does not own it. `absolute` are its absolute spellings.
    """

    written: str
    mode: AccessMode
    certain: bool = True
    paths: tuple[str, ...] = ()
    absolute: tuple[str, ...] = ()
    folder: bool = False  # a folder, or nothing yet that could become one
    exists: bool = True
    folds: bool = False  # the file system ignores case
    searched: bool = False  # not named: a search below a folder opens it


class Mark(Record):
    """One piece of evidence that an agent took part in a commit."""

    level: MarkLevel
    agent: str
    evidence: str
    authored: bool = False  # author, committer or co-author; not merely "Assisted-by"


class Change(Record):
    """One path that a commit changes against its first parent. Status letters are git's (A, M, D, T)."""

    status: str
    path: str
    old_oid: str = ""
    new_oid: str = ""
    old_mode: str = ""
    new_mode: str = ""

    def stands_for_a_folder(self) -> bool:
        """Whether it is a link or a submodule, before or after: what is said of a folder, or below it, holds for it."""
        return any(mode in ("120000", "160000") for mode in (self.old_mode, self.new_mode))


class Commit(Record):
    """A commit, or what is staged (`oid` empty). Renames arrive as a deletion and an addition."""

    oid: str
    marks: tuple[Mark, ...] = ()
    changes: tuple[Change, ...] = ()
    parents: tuple[str, ...] = ()
    unreadable: str = ""  # why its message can't be read, and so its marks can't be told

    def assisted(self) -> bool:
        """Whether an agent is known to have taken part; a mere hint is not enough."""
        return any(mark.level != "hinted" for mark in self.marks)


class Event(Record):
    """What the rules judge. `today` is the day in UTC as an ISO date, given by the caller: the core has no clock."""

    kind: EventKind
    today: str = ""
    tool: str = ""
    accesses: tuple[Access, ...] = ()
    commits: tuple[Commit, ...] = ()
    unreadable: str = ""  # why the event could not be understood
    attended: bool = False  # somebody is there who can answer a question
    adopts: bool = False  # no policy held before this change
    switches: tuple[str, ...] = ()  # commands of a call that take the guard away
