"""Whether the process that git was started from is Claude Code's."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.event import Mark


def made_by_claude(environment: Mapping[str, str]) -> Mark | None:
    """The evidence in an environment that Claude Code runs this commit; None if there is none.

    `CLAUDECODE=1` alone says nothing: editor extensions set it in people's own terminals too.
    """
    if environment.get("CLAUDE_CODE_CHILD_SESSION") == "1" and environment.get("CLAUDE_CODE_SESSION_ID"):
        return Mark("declared", "claude-code", "environment CLAUDE_CODE_CHILD_SESSION", authored=True)
    return None
