"""A policy's own examples, tried: what the engine answers to each, in a session that the policy approves."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from ..engine.decide import decide
from ..model.decision import Decision
from ..model.event import Access, Change, Commit, Event, Mark
from ..model.evidence import NoEvidence
from ..model.policy import Example, Policy
from ..rules import TABLE
from ..shell.accesses import spelled
from ..shell.words import SpelledWord
from .examples import Action, Ask, CommitOf, Run, Touch, Use, parse_do

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.decision import Verdict
    from ..model.event import AccessMode

# verb -> what it does to the file, and the tool that Claude does it with.
_TOUCHES: dict[str, tuple[AccessMode, str]] = {
    "read": ("read", "Read"),
    "write": ("write", "Write"),
    "edit": ("write", "Edit"),
    "delete": ("delete", "Bash"),
}
_JUDGED = frozenset(rule.id for rule in TABLE if rule.events)


class Trial(NamedTuple):
    """An example and the policy's answer to it. `unjudged` are rules that would matter and that nothing judges yet."""

    example: Example
    decision: Decision
    unjudged: tuple[str, ...] = ()

    @property
    def answer(self) -> Verdict:
        """Block, ask, warn or pass."""
        return self.decision.verdict

    @property
    def kept(self) -> bool:
        """Whether the policy answers as the example expects."""
        return self.answer == self.example.expect


def tried(policy: Policy, today: str) -> tuple[Trial, ...]:
    """Every example of a policy, judged by it on a day (ISO date)."""
    return tuple(judged(example, policy, today) for example in policy.examples)


def judged(example: Example, policy: Policy, today: str) -> Trial:
    """One example, judged. Nothing is read from disk and nothing is run: files need not exist."""
    action = parse_do(example.do)
    needed = (
        "permission-mode" if example.mode else "",
        "environment-not-approved" if example.environment else "",
        "connector-not-approved" if isinstance(action, Use) else "",
        "data-class" if isinstance(action, Ask) else "",
    )
    unjudged = tuple(rule for rule in needed if rule and rule not in _JUDGED)
    return Trial(example, decide(_event(action, today), policy, NoEvidence()), unjudged)


def _event(action: Action, today: str) -> Event:
    if isinstance(action, Touch):
        mode, tool = _TOUCHES[action.verb]
        return Event("tool-call", today, tool, (_access(action.path, mode),), attended=True)
    if isinstance(action, Run):
        found = spelled(action.command)
        accesses = tuple(map(_named, found.words))
        return Event(
            "tool-call", today, "Bash", accesses, unreadable=found.unreadable, attended=True, switches=found.switches
        )
    if isinstance(action, Use):
        return Event("tool-call", today, f"mcp__{action.connector}__tool", attended=True)
    if isinstance(action, CommitOf):
        return Event("commit", today, commits=(_commit(action),), attended=True)
    return Event("prompt", today, attended=True)


def _named(word: SpelledWord) -> Access:
    """A word of a command, from where the command went before it."""
    return _access(posixpath.join(word.below, word.text), word.mode, word.text, certain=word.certain)


def _access(path: str, mode: AccessMode, written: str = "", *, certain: bool = True) -> Access:
    """A file by its path from the root. What need not exist may be a folder: then zones that name folders hold it."""
    normal = posixpath.normpath(path)
    outside = normal.startswith(("/", "~")) or normal == ".." or normal.startswith("../")
    return Access(
        written or path,
        mode,
        certain=certain,
        paths=() if outside else (normal,),
        absolute=(normal,) if outside else (),
        folder=True,
    )


def _commit(action: CommitOf) -> Commit:
    mark = Mark("declared", "claude-code", "the example says so", authored=True)
    changes = tuple(Change("M", posixpath.normpath(path), new_mode="100644") for path in action.paths)
    return Commit("", (mark,) if action.by == "claude" else (), changes)
