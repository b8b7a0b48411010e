"""The stamp goes to the end of the author's own words, and changes none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from gitrepo import PERSON, GitRepo
from hypothesis import given
from hypothesis import strategies as st

from ccguard.git.message import marks
from ccguard.git.stamp import stamped

STAMP = "Assisted-by: Claude-Code"
SCISSORS = "# ------------------------ >8 ------------------------\n# Do not modify the line above.\ndiff --git a b\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Subject\n", f"Subject\n\n{STAMP}\n"),
        ("Subject", f"Subject\n\n{STAMP}\n"),
        ("Subject\n\nBody\n", f"Subject\n\nBody\n\n{STAMP}\n"),
        ("fix: subject\n", f"fix: subject\n\n{STAMP}\n"),
        ("Subject\n\nNote: free\ntext\n", f"Subject\n\nNote: free\ntext\n\n{STAMP}\n"),
        ("Subject\n\nSigned-off-by: A <a@x>\n", f"Subject\n\nSigned-off-by: A <a@x>\n{STAMP}\n"),
        ("Subject\n\nFixes: 1\n  and 2", f"Subject\n\nFixes: 1\n  and 2\n{STAMP}\n"),
        (
            "Subject\n\n(cherry picked from commit 0123)\n",
            f"Subject\n\n(cherry picked from commit 0123)\n{STAMP}\n",
        ),
        ("Subject\n\n\n# On branch main\n#\n", f"Subject\n\n{STAMP}\n\n\n# On branch main\n#\n"),
        ("Subject\n# On branch main\n", f"Subject\n\n{STAMP}\n# On branch main\n"),
        (f"Subject\n{SCISSORS}", f"Subject\n\n{STAMP}\n{SCISSORS}"),
        (f"Subject\n\nBy: A\n\n# hint\n{SCISSORS}", f"Subject\n\nBy: A\n{STAMP}\n\n# hint\n{SCISSORS}"),
        ("\n# Please enter the message\n", f"\n\n{STAMP}\n\n# Please enter the message\n"),
        ("", f"\n\n{STAMP}\n"),
        ("Subject\r\n\r\nBody\r\n", f"Subject\r\n\r\nBody\r\n\r\n{STAMP}\r\n"),
        ("Subject\r\n\r\nBy: A\r\n", f"Subject\r\n\r\nBy: A\r\n{STAMP}\r\n"),
        ("Subject  \n\n\ttrailing blanks \n\n\n", f"Subject  \n\n\ttrailing blanks \n\n{STAMP}\n\n\n"),
    ],
)
def test_the_stamp_joins_the_trailers_or_starts_them(before: str, after: str) -> None:
    assert stamped(before.encode(), "Assisted-by").decode() == after
    assert stamped(after.encode(), "Assisted-by").decode() == after


@pytest.mark.parametrize(
    ("trailer", "line"),
    [
        ("Assisted-by", "Assisted-by: Claude-Code"),
        ("Generated-by", "Generated-by: Claude-Code"),
        ("Co-Authored-By", "Co-Authored-By: Claude <noreply@anthropic.com>"),
    ],
)
def test_the_form_is_the_policy_s(trailer: str, line: str) -> None:
    assert stamped(b"Subject\n", trailer).decode() == f"Subject\n\n{line}\n"
    (mark,) = marks(PERSON, PERSON, stamped(b"Subject\n", trailer))
    assert mark.level == "declared"


@pytest.mark.parametrize(
    ("trailer", "line"),
    [
        ("Assisted-by", "assisted-by : ClaudeCode:claude-opus-4.8"),
        ("Co-Authored-By", "Co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>"),
    ],
)
def test_a_trailer_that_names_claude_already_is_enough(trailer: str, line: str) -> None:
    text = f"Subject\n\n{line}\n\nMore words.\n".encode()
    assert stamped(text, trailer) == text


@pytest.mark.parametrize(
    "text",
    [
        "Subject\n\nAssisted-by: Daniel Stenberg\n",
        "Subject\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n",
        "Subject\n\n# Assisted-by: Claude-Code\n",
        f"Subject\n{SCISSORS}Assisted-by: Claude-Code\n",
    ],
    ids=["person", "other key", "comment", "below the scissors"],
)
def test_what_does_not_name_claude_in_this_trailer_is_not_enough(text: str) -> None:
    assert stamped(text.encode(), "Assisted-by").decode().count("\nAssisted-by: Claude-Code\n") >= 1
    assert stamped(text.encode(), "Assisted-by") != text.encode()


def test_without_comments_a_line_with_a_hash_is_the_author_s_word() -> None:
    assert (
        stamped(b"Subject\n\n#123 is fixed\n", "Assisted-by", "").decode() == f"Subject\n\n#123 is fixed\n\n{STAMP}\n"
    )
    assert stamped(b"Subject\n; hint\n", "Assisted-by", ";").decode() == f"Subject\n\n{STAMP}\n; hint\n"


@given(
    st.lists(st.sampled_from(["Subject", "", "  ", "Key: value", "# comment", "#", "\tfold", "é", SCISSORS.strip()])),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_the_author_s_bytes_stay_and_a_second_stamp_changes_nothing(lines: list[str], end: str, closed: bool) -> None:
    before = (end.join(lines) + (end if closed else "")).encode()
    after = stamped(before, "Assisted-by")
    assert stamped(after, "Assisted-by") == after
    head, _, tail = after.partition(STAMP.encode())
    assert (head + tail).split() == before.split()
    assert before.startswith(head.rstrip(b"\r\n"))


def test_git_reads_the_stamp_as_a_trailer(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo")
    for text in ("Subject\n\nBody\n", "Subject\n\nSigned-off-by: A <a@x>\n"):
        repo.commit(stamped(text.encode(), "Assisted-by").decode())
        assert repo.git("log", "-1", "--format=%(trailers:key=Assisted-by,valueonly)").strip() == "Claude-Code"
