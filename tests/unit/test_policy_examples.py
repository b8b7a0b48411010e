"""What a policy's own examples try, and how the policy answers them."""

from __future__ import annotations

import pytest
from policy_samples import SMALLEST, merged

from ccguard.policy.examples import Action, ActionError, Ask, CommitOf, Run, Touch, Use, parse_do
from ccguard.policy.trial import tried
from ccguard.rules import TABLE

POLICY = (
    SMALLEST
    + """[zones.vault]
paths = ["vault/", "/keys"]
access = "none"
[zones.data]
paths = ["db/"]
access = "read"
"""
)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("read secrets/prod.key", Touch("read", "secrets/prod.key")),
        ("write a file with spaces.txt", Touch("write", "a file with spaces.txt")),
        ("edit  src/app.py ", Touch("edit", "src/app.py")),
        ("delete db/", Touch("delete", "db/")),
        ("run cat 'a b' | wc -l", Run("cat 'a b' | wc -l")),
        ("prompt Summarise this e-mail: by claude", Ask("Summarise this e-mail: by claude")),
        ("use github", Use("github")),
        ("commit a.py", CommitOf(("a.py",), "claude")),
        ("commit a.py 'b c.py' by claude", CommitOf(("a.py", "b c.py"), "claude")),
        ("commit a.py by a person", CommitOf(("a.py",), "a person")),
        ("commit by by claude", CommitOf(("by",), "claude")),
    ],
)
def test_what_is_tried_is_read(text: str, action: Action) -> None:
    assert parse_do(text) == action


@pytest.mark.parametrize(
    ("text", "message", "close"),
    [
        ("", '"" is nothing that can be tried', ""),
        ("reed x", '"reed" is nothing that can be tried', "read"),
        ("read", '"read" needs something after it', ""),
        ("commit by a person", '"commit" needs at least one path', ""),
        ("commit 'a", "is never closed", ""),
    ],
)
def test_what_can_not_be_tried_is_refused(text: str, message: str, close: str) -> None:
    with pytest.raises(ActionError) as caught:
        parse_do(text)
    assert message in str(caught.value)
    assert caught.value.nearest == close


def _answer(do: str, policy: str = POLICY) -> str:
    (trial,) = tried(merged(f"{policy}[[examples]]\ndo = '''{do}'''\nexpect = \"pass\"\n").policy, "2026-11-01")
    assert trial.kept is (trial.answer == "pass")
    return trial.answer


@pytest.mark.parametrize(
    ("do", "answer"),
    [
        ("read src/app.py", "pass"),
        ("read vault/x", "block"),
        ("read vault", "block"),
        ("read src/../vault/x", "block"),
        ("read db/x.sql", "pass"),
        ("edit db/x.sql", "block"),
        ("delete db/x.sql", "block"),
        ("write .env", "block"),
        ("read .env.example", "pass"),
        ("edit .claude-policy.toml", "block"),
        ("read .claude-policy.toml", "pass"),
        ("run cat src/app.py", "pass"),
        ("run cat vault/x", "block"),
        ("run cd vault && cat x", "block"),
        ("run echo x > db/y", "block"),
        ("run cat 'unclosed", "ask"),
        ("commit src/app.py", "pass"),
        ("commit vault/x by claude", "block"),
        ("commit vault/x by a person", "pass"),
        ("prompt what is in vault/x?", "pass"),
    ],
)
def test_a_policy_answers_its_examples_as_it_answers_a_session(do: str, answer: str) -> None:
    assert _answer(do) == answer


_FORBIDDEN = 'version = 1\nclaude.mode = "forbidden"\n'


@pytest.mark.parametrize("do", ["read README.md", "prompt hello", "use github", "commit README.md by claude"])
def test_where_claude_is_forbidden_every_example_is_refused(do: str) -> None:
    assert _answer(do, _FORBIDDEN) == "block"


def test_where_claude_is_forbidden_people_still_commit() -> None:
    assert _answer("commit README.md by a person", _FORBIDDEN) == "pass"


def test_rules_that_an_example_needs_and_that_nothing_judges_yet_are_named() -> None:
    text = POLICY + '[[examples]]\ndo = "use github"\nexpect = "block"\nmode = "auto"\nenvironment = "api"\n'
    (trial,) = tried(merged(text).policy, "2026-11-01")
    needed = ("permission-mode", "environment-not-approved", "connector-not-approved")
    assert trial.unjudged == tuple(rule.id for name in needed for rule in TABLE if rule.id == name and not rule.events)
