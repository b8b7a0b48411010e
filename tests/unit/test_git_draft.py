"""The commit that is being made: whose it is, and which words of its message are the author's."""

from __future__ import annotations

from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git import draft
from ccguard.git.plumbing import Git


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo.made(tmp_path / "repo")


def test_the_author_is_whom_git_names_to_its_hooks(repo: GitRepo) -> None:
    environ = {"GIT_AUTHOR_NAME": "Claude", "GIT_AUTHOR_EMAIL": "noreply@anthropic.com"}
    repo.git("config", "user.name", "Ada")
    repo.git("config", "user.email", "ada@acme.example")
    found = draft.identities(Git(repo.path, repo.environment), environ)
    assert found == (("Claude", "noreply@anthropic.com"), ("Ada", "ada@acme.example"))


def test_what_a_command_line_says_of_the_person_counts(repo: GitRepo) -> None:
    given = {"GIT_CONFIG_PARAMETERS": "'user.name'='Claude' 'user.email'='noreply@anthropic.com'"}
    _, committer = draft.identities(Git(repo.path, {**repo.environment, **given}), given)
    assert committer == ("Claude", "noreply@anthropic.com")


def test_nobody_is_named_where_git_knows_nobody(repo: GitRepo) -> None:
    repo.git("config", "user.useConfigOnly", "true")
    assert draft.identities(Git(repo.path, repo.environment), {}) == (("", ""), ("", ""))


@pytest.mark.parametrize(("said", "expected"), [(None, "#"), ("auto", "#"), (";", ";")])
def test_comment_lines_begin_as_configured(said: str | None, expected: str, repo: GitRepo) -> None:
    if said:
        repo.git("config", "core.commentChar", said)
    assert draft.comment(Git(repo.path, repo.environment)) == expected


def test_what_is_below_the_scissors_is_not_the_authors() -> None:
    below = b"# ------------------------ >8 ------------------------\nCo-Authored-By: Claude <noreply@anthropic.com>\n"
    assert draft.own_words(b"Subject\n" + below, "#") == b"Subject\n"


@pytest.mark.parametrize("state", ["CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"])
def test_a_commit_that_exists_already_is_being_replayed(state: str, repo: GitRepo) -> None:
    git = Git(repo.path, repo.environment)
    assert not draft.replaying(git)
    (repo.path / ".git" / state).mkdir()
    assert draft.replaying(git)
