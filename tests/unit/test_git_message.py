"""What a commit says about Claude, and what looks like it and is not."""

from __future__ import annotations

import pytest
from gitrepo import CLAUDE, PERSON

from ccguard.git.agents import AGENTS
from ccguard.git.message import marks, unreadable
from ccguard.git.session import made_by_claude
from ccguard.model.event import Mark

CO_AUTHOR = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"


def found(message: str | bytes, encoding: str = "") -> tuple[Mark, ...]:
    raw = message if isinstance(message, bytes) else message.encode("utf-8", "surrogateescape")
    return marks(PERSON, PERSON, raw, encoding)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(f"Subject\n\n{CO_AUTHOR}\n", id="plain"),
        pytest.param(f"Subject\n\nBody\n---\n{CO_AUTHOR}\n", id="1-trailer-after-dashes"),
        pytest.param(f"Subject\n\n{CO_AUTHOR}\n---\nmore\n", id="2-trailer-before-dashes"),
        pytest.param(f"Subject\n\n{CO_AUTHOR}\n\nAn afterthought.\n", id="3-trailer-in-earlier-paragraph"),
        pytest.param(f"Subject\n\nFree\n{CO_AUTHOR}\nlines\naround\n", id="3-mixed-paragraph"),
        pytest.param(CO_AUTHOR, id="4-trailer-in-subject-only"),
        pytest.param("Subject\n\nCo-Authored-By: Claude\n <noreply@anthropic.com>\n", id="5-folded-trailer"),
        pytest.param("Subject\n\nCo-Authored-By:\n\tClaude\n\t<noreply@anthropic.com>\n", id="5-folded-twice"),
        pytest.param("Subject\n\nCo-Authored-By \t: Claude <noreply@anthropic.com>\n", id="6-space-before-colon"),
        pytest.param(f"Subject\r\n\r\n{CO_AUTHOR}\r\n", id="7-crlf-trailer"),
        pytest.param(f"Subject\r\r{CO_AUTHOR}\r", id="7-cr-alone"),
        pytest.param("Subject\n\nCo-Authored-By: Сlaude <noreply@anthropic.com>\n", id="8-homoglyph-name"),
        pytest.param("Subject\n\nCo-Authored-By: Claude <nore\u200bply@anthropic.com>\n", id="9-zero-width-in-mail"),
        pytest.param(
            "Subject\n\nCo\u2010Authored\u2011By: Claude <noreply@anthropic.com>\n", id="10-unicode-hyphen-key"
        ),
        pytest.param("Subject\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n", id="wide-forms"),
        pytest.param("Subject\n\nCo-Authored-By: Claude <nore\ufe0fply@anthropic.\u115fcom>\n", id="other-invisibles"),
        pytest.param("Subject\n\nCo-Authored-By: Claude <nore\x08ply@anthropic.com>\n", id="control-character"),
        pytest.param("Subject\n\n    co-authored-by: x <NoReply@Anthropic.COM>\n", id="indented, other case"),
        pytest.param(f"Subject\u2028{CO_AUTHOR}", id="other-line-separator"),
        pytest.param("Subject\n\nCo-Authored-By: noreply@anthropic.com\n", id="without brackets"),
        pytest.param("Subject\n\nCo-Authored-By: A <a@x>, Claude <noreply@anthropic.com>\n", id="two on one line"),
        pytest.param("Subject\n\nCo-Authored-By: Claude <claude@anthropic.com>\n", id="claude@"),
        pytest.param("Subject\n\nCo-Authored-By: x <41898282+claude[bot]@users.noreply.github.com>\n", id="action"),
        pytest.param("Subject\n\nClaude-Session: https://claude.ai/code/session_01AbC\n", id="session"),
        pytest.param(
            "Subject\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n", id="footer of today"
        ),
        pytest.param("Subject\n\nGenerated with [Claude Code](https://claude.ai/code)\n", id="older footer"),
        pytest.param("Subject\n\nGenerated with\n[Claude  Code](https://claude.ai/code)\n", id="wrapped footer"),
    ],
)
def test_a_claude_that_wrote_is_declared(message: str) -> None:
    (mark,) = found(message)
    assert (mark.level, mark.agent, mark.authored) == ("declared", "claude-code", True)
    assert mark.evidence.isprintable()


@pytest.mark.parametrize(
    "value",
    [
        "Claude-Code",
        "ClaudeCode:claude-opus-4.8",
        "Claude:claude-3-opus coccinelle sparse",
        "Claude Code (Sonnet 4.6)",
        "Claude",
        "claude for the tests",
        "Claude Opus",
        "Claude-Opus",
        "claude-opus-4-5-20251101",
        "Claude 4.5 Sonnet",
        "Anthropic Claude",
        "Opus 4.6",
        "Sonnet-4.5",
        "haiku",
        "Claude Code <noreply@anthropic.com>",
    ],
)
@pytest.mark.parametrize("key", ["Assisted-by", "Generated-By", "assisted-by"])
def test_a_claude_that_helped_is_declared_and_not_called_an_author(key: str, value: str) -> None:
    (mark,) = found(f"Subject\n\n{key}: {value}\n")
    assert (mark.level, mark.agent, mark.authored) == ("declared", "claude-code", False)
    assert mark.evidence == f"trailer {key}: {value}"


@pytest.mark.parametrize("value", ["Claude Dupont", "Claude de Villiers", "Claude-Marie Dupont", "Claude M. O'Neill"])
def test_a_helper_who_may_be_a_person_is_a_hint(value: str) -> None:
    (mark,) = found(f"Subject\n\nAssisted-by: {value}\n")
    assert mark.level == "hinted"


@pytest.mark.parametrize(
    "message",
    [
        "Co-Authored-By: Jane Doe <jane@anthropic.com>",
        "Co-Authored-By: Claude <claude@dupont.example>",
        "Co-Authored-By: x <41898282+github-actions[bot]@users.noreply.github.com>",
        "Co-Authored-By: x <41898282+github-actions[bot]@users.noreply.github.com> claude[bot]",
        "Co-Authored-By: Plugin Stats Publisher <noreply@anthropic.com>",
        "Co-Authored-By: x <notnoreply@anthropic.com>",
        "Co-Authored-By: x <noreply@anthropic.com.example>",
        "Co-Authored-By: Claude <noreply@opencode.ai>",
        "Assisted-by: Daniel Stenberg",
        "Assisted-by: Claude Dupont <claude@dupont.example>",
        "Assisted-by: Claude\n Dupont <claude@dupont.example>",
        "Assisted-by: Claudette",
        "Assisted-by: Sonnet Writers",
        "Assisted-by: generic LLM chatbot",
        "Generated-by: protoc",
        "Claude-Session: https://elsewhere.example/code/session_1",
        "Claude-Session-Id: 0123",
        "Thanks to Claude and noreply@anthropic.com",
        "Generated with Claude Code",
        "Generated with [Claude Code](https://elsewhere.example)",
        "> Co-Authored-By: Claude <noreply@anthropic.com>",
    ],
)
def test_what_only_looks_like_claude_is_nothing(message: str) -> None:
    assert found(f"Subject\n\n{message}\n") == ()


@pytest.mark.parametrize(
    "person",
    [
        ("Shahzad Haider", "haider@acme.example"),
        ("Claude", "claude@dupont.example"),
        ("Xavier Claude", "xavier@claude.example"),
        ("Jane Doe", "jane@anthropic.com"),
        ("Plugin Stats Publisher", "noreply@anthropic.com"),
        ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"),
        ("", ""),
    ],
)
def test_people_and_plain_automation_are_not_flagged(person: tuple[str, str]) -> None:
    assert marks(person, person, b"Subject\n") == ()


@pytest.mark.parametrize("mailbox", [mailbox for agent in AGENTS for mailbox in agent.mailboxes])
def test_every_mailbox_counts_as_author_and_as_committer(mailbox: str) -> None:
    author = marks(("Anybody", mailbox.upper()), PERSON, b"Subject\n")
    committer = marks(PERSON, ("Anybody", mailbox), b"Subject\n")
    assert [mark.evidence.split()[0] for mark in author + committer] == ["author", "committer"]
    assert all(mark.level == "declared" and mark.authored for mark in author + committer)


def test_all_the_evidence_is_kept_once_each() -> None:
    message = f"Subject\n\n{CO_AUTHOR}\n{CO_AUTHOR}\nAssisted-by: Claude-Code\n".encode()
    assert [mark.evidence for mark in marks(CLAUDE, PERSON, message)] == [
        "author Claude <noreply@anthropic.com>",
        f"trailer {CO_AUTHOR}",
        "trailer Assisted-by: Claude-Code",
    ]


def test_evidence_can_be_printed_and_is_short() -> None:
    hostile = f"Subject\n\nCo-Authored-By: \x1b[2J\u202e{'x' * 5000} <noreply@anthropic.com>\n"
    (mark,) = found(hostile)
    assert mark.evidence.isprintable()
    assert len(mark.evidence) <= 160


@pytest.mark.parametrize("encoding", ["", "utf-8", "ISO-8859-1", "latin1", "windows-1251", "Shift_JIS"])
def test_bytes_that_do_not_fit_their_encoding_are_judged_all_the_same(encoding: str) -> None:
    message = b"\xff\x81 Subject\n\n" + CO_AUTHOR.encode()
    assert len(found(message, encoding)) == 1
    assert unreadable(message, encoding) == ""


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "utf-16", "UTF-16LE", "punycode", "x-nobody-knows", "rot13"])
def test_an_encoding_that_garbles_ascii_hides_nothing(encoding: str) -> None:
    assert len(found(f"Subject\n\n{CO_AUTHOR}\n", encoding)) == 1


def test_a_message_in_another_encoding_is_read_by_its_header() -> None:
    message = f"Subject\n\n{CO_AUTHOR}\n"
    assert len(found(message.encode("cp037"), "cp037")) == 1
    assert len(found(message.encode("utf-16"), "UTF-16")) == 1


@pytest.mark.parametrize(
    ("message", "encoding", "reason"),
    [
        (b"Subject\n", "", ""),
        (b"\xff\n", "", ""),
        (b"Subject\0more", "", "NUL"),
        ("Subject".encode("utf-16"), "UTF-16", "NUL"),
        (b"odd", "UTF-16", "encoding"),
        (b"Subject\n", "x-nobody-knows", "encoding"),
        (b"Subject\n", "punycode", "encoding"),
    ],
)
def test_a_message_is_unreadable_for_a_reason(message: bytes, encoding: str, reason: str) -> None:
    told = unreadable(message, encoding)
    assert reason in told
    assert bool(told) == bool(reason)


@pytest.mark.parametrize(
    ("environment", "declared"),
    [
        ({"CLAUDE_CODE_CHILD_SESSION": "1", "CLAUDE_CODE_SESSION_ID": "abc"}, True),
        ({"CLAUDE_CODE_CHILD_SESSION": "1"}, False),
        ({"CLAUDE_CODE_SESSION_ID": "abc", "CLAUDECODE": "1"}, False),
        ({"CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli", "GIT_EDITOR": ":"}, False),
        ({}, False),
    ],
)
def test_only_a_child_of_a_session_is_claude_s_own_doing(environment: dict[str, str], declared: bool) -> None:
    mark = made_by_claude(environment)
    assert (mark is not None) == declared
    if mark is not None:
        assert (mark.level, mark.agent, mark.authored) == ("declared", "claude-code", True)
