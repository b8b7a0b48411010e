"""A governed repository, met by the real Claude Code client."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from .client import NEEDS_CLIENT, HookRun, Run, ToolCall, drive, one_call_a_turn
from .governed import OWNER, README, ZONE, ZONE_CONTACT, Governed, govern
from .scripted_model import Call, Turn

pytestmark = NEEDS_CLIENT

# What a refusal may never teach: each of these switches a guard off, or goes past one.
WAYS_ROUND = (
    "--no-verify",
    "--bare",
    "--safe-mode",
    "disableAllHooks",
    "ccguard uninstall",
    "ccguard waive",
    ".claude/settings",
)
# The client's own words where a deny rule of the settings stops a file tool before any hook is asked.
DENY_RULE = "denied by your permission settings"


@pytest.fixture
def repository(tmp_path: Path) -> Governed:
    return govern(tmp_path)


def bash(command: str) -> Call:
    return Call("Bash", {"command": command, "description": "part of the work"})


def read(path: Path) -> Call:
    return Call("Read", {"file_path": str(path)})


def off_limits_calls(repository: Governed, up: str = "") -> list[Call]:
    """Every way in which this file asks for the key; `up` leads from the start folder to the root."""
    key = str(repository.key)
    return [
        Call("Read", {"file_path": key}),
        Call("Write", {"file_path": key, "content": "overwritten\n"}),
        Call("Edit", {"file_path": key, "old_string": "marker", "new_string": "overwritten"}),
        bash(f"cat {up}secrets/key.txt"),
        bash(f"head -c 20 < {up}secrets/key.txt"),
    ]


def assert_kept(repository: Governed, run: Run) -> None:
    """Nothing was done, nothing was seen."""
    assert run.passed() == []
    assert not run.reached_model(repository.key_marker[:20])
    assert not run.reached_model(repository.env_marker[:20])
    assert repository.key.read_text() == f"{repository.key_marker}\n"


def assert_refused_by_ccguard(calls: Sequence[ToolCall], zone: str, contact: str) -> None:
    """Each refusal says which zone and whom to ask, teaches no way round, and shows no command line of a hook."""
    assert calls
    for call in calls:
        assert call.failed
        assert zone in call.answer
        assert contact in call.answer
        assert [way for way in (*WAYS_ROUND, ".local/share") if way in call.answer] == []
        assert len(call.answer) < 1_500


def test_an_off_limits_file_is_neither_read_nor_changed_nor_seen(repository: Governed) -> None:
    run = repository.session(*off_limits_calls(repository))
    assert_kept(repository, run)
    assert [call.tool for call in run.failed()] == ["Read", "Write", "Edit", "Bash", "Bash"]
    by_hook = [call for call in run.calls if DENY_RULE not in call.answer]
    assert [call.tool for call in by_hook][-2:] == ["Bash", "Bash"]
    assert_refused_by_ccguard(by_hook, ZONE, ZONE_CONTACT)
    assert len(run.hooks_of("PreToolUse")) == len(by_hook)


def test_the_hook_alone_refuses_every_one_of_these_calls_and_says_why(repository: Governed) -> None:
    repository.keep_only_hooks("PreToolUse")
    run = repository.session(*off_limits_calls(repository))
    assert_kept(repository, run)
    assert [call.tool for call in run.failed()] == ["Read", "Write", "Edit", "Bash", "Bash"]
    assert_refused_by_ccguard(run.calls, ZONE, ZONE_CONTACT)
    assert [hook.exit_code for hook in run.hooks] == [0] * 5


def test_scope_clone_holds_in_a_session_that_starts_in_a_subdirectory(repository: Governed) -> None:
    repository.by_hand("ccguard", "install", "--scope", "clone")
    run = repository.session(*off_limits_calls(repository, up="../"), start_in="src")
    assert_kept(repository, run)
    assert [call.tool for call in run.failed()] == ["Read", "Write", "Edit", "Bash", "Bash"]
    assert_refused_by_ccguard(run.calls[-2:], ZONE, ZONE_CONTACT)
    assert len(run.hooks_of("PreToolUse")) >= 2


def test_a_credentials_file_is_off_limits_without_a_word_about_it_in_the_policy(repository: Governed) -> None:
    run = repository.session(read(repository.path / ".env"), bash("cat .env"))
    assert_kept(repository, run)
    assert_refused_by_ccguard(run.calls[1:2], "credentials", OWNER)
    assert len(run.hooks_of("PreToolUse")) >= 1


def test_a_subagent_is_held_by_the_same_hook(repository: Governed) -> None:
    task = {
        "description": "look",
        "prompt": "SUBTASK: look into it",
        "subagent_type": "general-purpose",
        "run_in_background": False,
    }
    own = {"SUBTASK": [Turn(calls=(bash("cat secrets/key.txt"),)), Turn("I could not.")]}
    run = drive(repository.path, repository.home, one_call_a_turn(Call("Agent", task)), subagents=own)
    inner = [call for call in run.calls if call.agent]
    assert [call.tool for call in inner] == ["Bash"]
    assert_refused_by_ccguard(inner, ZONE, ZONE_CONTACT)
    assert not run.reached_model(repository.key_marker)


def test_an_everyday_session_meets_no_refusal_and_its_commit_carries_the_marker(repository: Governed) -> None:
    app, notes = repository.path / "src" / "app.py", repository.path / "notes.md"
    run = repository.session(
        read(repository.path / "README.md"),
        read(app),
        Call("Edit", {"file_path": str(app), "old_string": "good morning", "new_string": "good day"}),
        Call("Write", {"file_path": str(notes), "content": "Say good day.\n"}),
        bash("ls"),
        bash("git status"),
        bash("python3 -c 'print(1)'"),
        bash('git add -A && git commit -m "Greet at any hour"'),
    )
    assert [(call.arguments, call.answer) for call in run.failed()] == []
    assert len(run.hooks_of("PreToolUse")) == len(run.calls) == 8
    assert [hook for hook in run.hooks if hook.exit_code != 0] == []
    assert run.reached_model(README.strip())
    subject, _, rest = repository.by_hand("git", "log", "-1", "--format=%B").partition("\n")
    assert subject == "Greet at any hour"
    assert "Assisted-by: Claude-Code" in rest.splitlines()
    assert repository.by_hand("git", "show", "--format=", "--name-only", "HEAD").split() == ["notes.md", "src/app.py"]
    assert repository.by_hand("git", "status", "--porcelain") == ""


def test_where_claude_is_forbidden_no_model_is_called_and_the_person_hears_whom_to_ask(tmp_path: Path) -> None:
    repository = govern(tmp_path, mode="forbidden")
    run = repository.session(read(repository.path / "README.md"), prompt="Please read the README.")
    assert run.main_requests() == []
    assert not run.reached_model("Please read the README.")
    assert OWNER in run.result
    assert len(run.hooks_of("UserPromptSubmit")) == 1


def test_where_claude_is_forbidden_a_tool_call_is_refused_even_if_the_prompt_got_through(tmp_path: Path) -> None:
    repository = govern(tmp_path, mode="forbidden")
    repository.keep_only_hooks("PreToolUse")
    run = repository.session(read(repository.path / "README.md"), bash("ls"))
    assert_kept(repository, run)
    assert [OWNER in call.answer for call in run.calls] == [True, True]
    assert len(run.hooks_of("PreToolUse")) == 2


LOSSES = [
    pytest.param(Governed.lose_the_launcher, id="launcher removed"),
    pytest.param(Governed.lose_the_interpreter, id="interpreter removed"),
]


@pytest.mark.parametrize("lose", LOSSES)
def test_with_ccguard_gone_from_the_machine_nothing_passes(
    repository: Governed, lose: Callable[[Governed], None]
) -> None:
    lose(repository)
    run = repository.session(*off_limits_calls(repository), read(repository.path / "README.md"))
    assert_kept(repository, run)
    assert not run.reached_model(README.strip())
    asked = run.hooks_of("UserPromptSubmit") or run.hooks_of("PreToolUse")
    assert_one_helpful_sentence(asked)


@pytest.mark.parametrize("lose", LOSSES)
def test_with_ccguard_gone_each_tool_call_is_refused_with_one_helpful_sentence(
    repository: Governed, lose: Callable[[Governed], None]
) -> None:
    lose(repository)
    repository.keep_only_hooks("PreToolUse")
    run = repository.session(bash("cat secrets/key.txt"), read(repository.path / "README.md"))
    assert_kept(repository, run)
    assert not run.reached_model(README.strip())
    assert len(run.hooks_of("PreToolUse")) == len(run.calls) == 2
    assert_one_helpful_sentence(run.hooks_of("PreToolUse"))
    assert all("ccguard install" in call.answer for call in run.calls)


def assert_one_helpful_sentence(hooks: Sequence[HookRun]) -> None:
    """Each hook blocked, and said on one line how to get ccguard back."""
    assert hooks
    for hook in hooks:
        assert hook.exit_code == 2
        assert len(hook.stderr.strip().splitlines()) == 1
        assert "ccguard install" in hook.stderr


def test_a_session_opens_with_two_lines_that_say_what_holds_here(repository: Governed) -> None:
    run = repository.session()
    (hook,) = run.hooks_of("SessionStart")
    notice = context_of(hook)
    assert len(notice.splitlines()) == 2
    for part in ("supervised", "secrets/", "Assisted-by", OWNER):
        assert part in notice
    for line in notice.splitlines():
        assert run.reached_model(line)


def context_of(hook: HookRun) -> str:
    """What the hook adds to the session: its JSON answer's context, else its plain text."""
    assert hook.exit_code == 0
    if not hook.stdout.startswith("{"):
        return hook.stdout.strip()
    context = json.loads(hook.stdout)["hookSpecificOutput"]["additionalContext"]
    assert isinstance(context, str)
    return context.strip()
