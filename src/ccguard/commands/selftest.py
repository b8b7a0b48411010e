"""The self-test: real payloads through the very command that Claude Code's settings start."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from ccguard.claude import settings
from ccguard.git.discovery import WorkTree
from ccguard.model.error import CcguardError
from ccguard.model.policy import Policy

from .setup import ccguard_command

_SECONDS = 10
# None of these needs to exist: the hook judges the name.
_OFF_LIMITS = (".env", "id_rsa", "server.pem", "server.key", ".netrc")
_ORDINARY = ("README.md", "ccguard-self-test.txt", "src/ccguard-self-test.txt")


class Trial(NamedTuple):
    """What was tried, and what came of it."""

    what: str
    answer: str

    def __str__(self) -> str:
        return f"{self.what} -> {self.answer}"


def hook_trials(tree: WorkTree, file: Path, policy: Policy, environ: Mapping[str, str]) -> list[Trial]:
    """Reads an off-limits and an ordinary file through a settings file. Raises CcguardError if the hook doesn't work.

    The ordinary file may be refused by what the policy asks of a session: that is an answer, and it is shown.
    """
    command = settings.hook_command(file.read_text("utf-8-sig"), "PreToolUse")
    session = str(uuid4())  # as the client names one
    trials = []
    try:
        closed = next((path for path in _OFF_LIMITS if _is_closed(policy, path)), "")
        if closed:
            answer, reason = _asked(command, tree.root, closed, session, environ)
            if answer != "blocked":
                raise _broken(file, f"a read of {closed} was not refused", reason or answer)
            trials.append(Trial(f"read {closed}", answer))
        ordinary = next((path for path in _ORDINARY if not _is_closed(policy, path)), "")
        if ordinary:
            answer, reason = _asked(command, tree.root, ordinary, session, environ)
            trials.append(Trial(f"read {ordinary}", f"{answer} ({reason})" if reason else answer))
    finally:
        # What the hook keeps of a session would be a trace of one that never was.
        Path(tree.common_dir, "ccguard", "sessions", session).unlink(missing_ok=True)
    return trials


def check_trial(tree: WorkTree) -> Trial:
    """Whether `ccguard check --staged` gives an answer. Raises CcguardError if it doesn't."""
    command = [str(ccguard_command()), "check", "--staged"]
    done = subprocess.run(command, cwd=tree.root, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        said = done.stderr.decode("utf-8", "replace") or f"exit code {done.returncode}"
        raise _broken(Path(command[0]), "ccguard check --staged gave no answer", said)
    return Trial("ccguard check --staged", "answers" if done.returncode == 0 else "answers, with findings")


def _is_closed(policy: Policy, path: str) -> bool:
    return any(zone.access == "none" for zone in policy.covering(path))


def _asked(command: list[str], root: Path, path: str, session: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """(blocked, asked about or not touched; the reason that was given) for a read of a file."""
    payload = {
        "session_id": session,
        "transcript_path": "",
        "cwd": str(root),
        "permission_mode": "default",
        "hook_event_name": "PreToolUse",
        "tool_name": "Read",
        "tool_input": {"file_path": str(root / path)},
        "tool_use_id": "toolu_self_test",
    }
    client = {"CLAUDECODE": "1", "CLAUDE_CODE_CHILD_SESSION": "1", "CLAUDE_PROJECT_DIR": str(root)}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(payload).encode(),
            cwd=root,
            env={**environ, **client},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _broken(root, "the hook could not be started", str(error)) from None
    if done.returncode != 0:
        raise _broken(root, "the hook gave no answer", os.fsdecode(done.stderr) or f"exit code {done.returncode}")
    if not done.stdout:
        return "not touched", ""
    reply = json.loads(done.stdout)
    answer = reply.get("hookSpecificOutput", {})
    words = {"deny": "blocked", "ask": "asked about"}
    return words.get(answer.get("permissionDecision"), "not touched"), str(answer.get("permissionDecisionReason", ""))


def _broken(where: Path, what: str, why: str) -> CcguardError:
    return CcguardError(
        f"self-test failed: {what}",
        where=str(where),
        why=" ".join(why.split())[:600],
        fix="run `ccguard doctor`, or `ccguard uninstall` to go back to how it was",
    )
