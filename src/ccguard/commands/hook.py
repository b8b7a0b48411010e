"""Claude Code's hook: payload in, one JSON object or nothing out. `hooks/claude_code.py` is the fast way in.

Whatever goes wrong in here ends with exit code 2, which blocks.
"""

from __future__ import annotations

import sys
import time

from ..claude import wire
from ..model.error import CcguardError
from .session import Environment, Session, environment

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_LARGEST_PAYLOAD = 64 << 20
_LONGEST_SENTENCE = 200
# Seconds. Answer before the client's own time-out, ten seconds in our settings: a hook that times out there lets the
# call through in older clients. A large policy that has to be read anew takes longer than a decision may.
_DEADLINE = 2
_DEADLINE_OF_SLOW_WAY = 8
_SLOW_WAY = "ccguard.commands.rebuilt"
_TO_CLEAN_UP = 0.5

# Events that are known and that ccguard has nothing to say to.
_SILENT = frozenset(
    """ConfigChange CwdChanged DirectoryAdded Elicitation ElicitationResult FileChanged InstructionsLoaded
    MessageDisplay Notification PermissionDenied PermissionRequest PostCompact PostModelSwitch PostToolBatch
    PostToolUse PostToolUseFailure PreCompact PreModelSwitch SessionEnd Setup Stop StopFailure SubagentStart
    SubagentStop TaskCompleted TaskCreated TeammateIdle UserPromptExpansion WorktreeRemove""".split()  # noqa: SIM905
)


class _TooSlow(BaseException):
    """The deadline struck. Raised and not ended with, so that on the way out git is ended if it is what hangs."""


def answer(data: bytes, given: Environment) -> bytes:
    """One JSON object, or nothing. Raises where there is no answer to give: the caller refuses."""
    payload = wire.read(data)
    if payload.event in _SILENT:
        return b""
    try:
        return _answer(Session(payload, given), payload.event)
    except CcguardError as error:
        return wire.trouble(payload.event, error)


def _answer(session: Session, event: str) -> bytes:
    if event == "PreToolUse":
        return wire.tool_reply(session.judged_call())
    if event == "UserPromptSubmit":
        return wire.prompt_reply(session.judged_prompt())
    if event == "SessionStart":
        return session.notice()
    raise wire.WireError(f"{event} is no event that ccguard knows")


def run(handle: int = 0) -> bytes:
    """The answer to the payload that waits on a file descriptor."""
    pieces: list[bytes] = []
    size = 0
    while piece := system.read(handle, 1 << 20):
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST_PAYLOAD:
            raise wire.WireError("the payload is larger than 64 MiB")
    return answer(b"".join(pieces), environment())


def main() -> NoReturn:
    """Reads the payload on stdin, writes the answer to stdout and ends the process: with 0, or with 2, which blocks."""
    try:
        _set_deadline()
        system.fstat(1)  # nobody would hear an answer
        answer = run()
        while answer:
            answer = answer[system.write(1, answer) :]
        system._exit(0)
    except wire.WireError as error:
        _refuse(f"{wire.plain(str(error))[:_LONGEST_SENTENCE]}.")
    except _TooSlow as error:
        _refuse(str(error))
    except BaseException as error:  # noqa: BLE001 (there is no failure that may let the call through)
        _refuse(f"no decision ({type(error).__name__}).")


def _refuse(sentence: str) -> NoReturn:
    """Ends with "block", which stands even if the sentence can't be written."""
    try:
        system.write(2, f"ccguard: {sentence} This call is refused; `ccguard doctor` finds out more.\n".encode())
    finally:
        system._exit(2)


def _set_deadline() -> None:
    try:
        from _signal import ITIMER_REAL, SIGALRM, setitimer, signal  # type: ignore[import-not-found]  # no stub
    except ImportError:  # native Windows
        import _thread

        _thread.start_new_thread(_end_at_deadline, ())
        return
    seconds = _DEADLINE

    def end(*_: object) -> None:
        _refuse(_too_slow(seconds))

    def strike(*_: object) -> None:
        nonlocal seconds
        if seconds == _DEADLINE and _SLOW_WAY in sys.modules:
            seconds = _DEADLINE_OF_SLOW_WAY
            setitimer(ITIMER_REAL, seconds - _DEADLINE)
            return
        signal(SIGALRM, end)  # if the way out hangs as well
        setitimer(ITIMER_REAL, _TO_CLEAN_UP)
        raise _TooSlow(_too_slow(seconds))

    signal(SIGALRM, strike)
    setitimer(ITIMER_REAL, seconds)


def _end_at_deadline() -> None:
    """Waits in a thread of its own for the deadline, and ends the process."""
    time.sleep(_DEADLINE)
    seconds = _DEADLINE
    if _SLOW_WAY in sys.modules:
        seconds = _DEADLINE_OF_SLOW_WAY
        time.sleep(seconds - _DEADLINE)
    _refuse(_too_slow(seconds))


def _too_slow(seconds: int) -> str:
    return f"no decision within {seconds} seconds."
