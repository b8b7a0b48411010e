"""What a push would send, told from git's lines or from the refs of the clone."""

from __future__ import annotations

from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git.plumbing import Git
from ccguard.git.push import Pushed, pushed
from ccguard.git.range import commits
from ccguard.model.error import UnreachableError, UsageError


def git_of(repo: GitRepo) -> Git:
    return Git(repo.path, repo.environment)


def line(local: str, new: str, remote: str, old: str) -> bytes:
    return f"{local} {new} {remote} {old}\n".encode()


def judged(repo: GitRepo, found: list[Pushed]) -> list[str]:
    return [commit.oid for one in found for commit in commits(git_of(repo), one.bases, one.head)]


@pytest.fixture(params=["sha1", "sha256"])
def clone(tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    """A clone of a repository with one commit; `origin/main` is tracked."""
    upstream = GitRepo.made(tmp_path / "upstream", object_format=request.param)
    upstream.commit("First")
    return upstream.clone(tmp_path / "clone")


def test_commits_that_the_remote_lacks_are_judged(clone: GitRepo) -> None:
    old = clone.head()
    made = [clone.commit("Second"), clone.commit("Third")]
    found = pushed(git_of(clone), [line("refs/heads/main", made[1], "refs/heads/main", old)], "origin")
    assert found == [Pushed("refs/heads/main", (old,), made[1])]
    assert judged(clone, found) == made


def test_every_ref_of_a_push_is_judged_and_shared_commits_once(clone: GitRepo) -> None:
    zero = "0" * len(clone.head())
    shared = clone.commit("Shared")
    clone.git("checkout", "--quiet", "-b", "good")
    good = clone.commit("Good")
    clone.git("checkout", "--quiet", "-b", "bad", "main")
    bad = clone.commit("Bad")
    lines = [
        line(f"refs/heads/{name}", oid, f"refs/heads/{name}", zero) for name, oid in (("good", good), ("bad", bad))
    ]
    found = pushed(git_of(clone), lines, "origin")
    assert [one.ref for one in found] == ["refs/heads/good", "refs/heads/bad"]
    assert sorted(judged(clone, found)) == sorted([shared, good, bad])


def test_a_deletion_has_nothing_to_judge(clone: GitRepo) -> None:
    zero = "0" * len(clone.head())
    clone.commit("Not pushed")
    assert pushed(git_of(clone), [line("(delete)", zero, "refs/heads/old", clone.head())], "origin") == []


def test_the_first_push_of_a_repository_is_judged_from_its_root(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo")
    made = [repo.commit("First"), repo.commit("Second")]
    for lines in ([line("refs/heads/main", made[1], "refs/heads/main", "0" * 40)], []):
        assert judged(repo, pushed(git_of(repo), lines, "origin")) == made


def test_an_id_that_only_the_remote_knows_is_not_subtracted(clone: GitRepo) -> None:
    new = clone.commit("Second")
    foreign = "1" * len(new)
    found = pushed(git_of(clone), [line("refs/heads/main", new, "refs/heads/main", foreign)], "origin")
    assert judged(clone, found) == [new]


def test_a_push_by_url_subtracts_nothing_that_is_tracked_for_a_name(clone: GitRepo) -> None:
    new = clone.commit("Second")
    lines = [line("HEAD", new, "refs/for/main", "0" * len(new))]
    assert len(judged(clone, pushed(git_of(clone), lines, "https://forge.example/a.git"))) == 2
    assert pushed(git_of(clone), lines, "origin")[0].ref == "refs/for/main"


def test_refs_of_a_remote_with_a_longer_name_are_not_subtracted(clone: GitRepo) -> None:
    new = clone.commit("Second")
    clone.git("update-ref", "refs/remotes/origin-fork/main", new)
    lines = [line("refs/heads/main", new, "refs/heads/main", "0" * len(new))]
    assert judged(clone, pushed(git_of(clone), lines, "origin")) == [new]


def test_a_tag_is_judged_by_the_commit_it_leads_to(clone: GitRepo) -> None:
    new = clone.commit("Only tagged")
    clone.git("tag", "-a", "-m", "One", "v1")
    clone.git("tag", "-a", "-m", "Tag of a tag", "v2", "v1")
    tag = clone.git("rev-parse", "refs/tags/v2")
    found = pushed(git_of(clone), [line("refs/tags/v2", tag, "refs/tags/v2", "0" * len(new))], "origin")
    assert [(one.ref, one.head) for one in found] == [("refs/tags/v2", new)]


def test_a_tag_on_something_that_is_no_commit_is_not_passed_unseen(clone: GitRepo) -> None:
    blob = clone.git("hash-object", "-w", "--stdin", input=b"a file")
    clone.git("tag", "on-a-file", blob)
    for lines in ([line("refs/tags/on-a-file", blob, "refs/tags/on-a-file", "0" * len(blob))], []):
        with pytest.raises(UnreachableError):
            pushed(git_of(clone), lines, "origin")


def test_without_lines_every_local_branch_and_tag_is_judged(clone: GitRepo) -> None:
    clone.git("checkout", "--quiet", "-b", "topic")
    topic = clone.commit("Topic")
    clone.git("checkout", "--quiet", "--detach", "main")
    tagged = clone.commit("Tagged")
    clone.git("tag", "v1")
    detached = clone.commit("Detached")
    clone.git("update-ref", "refs/elsewhere/x", clone.git("commit-tree", "HEAD^{tree}", "-m", "Elsewhere"))
    elsewhere = clone.git("rev-parse", "refs/elsewhere/x")
    found = pushed(git_of(clone), [], "origin", also=["refs/elsewhere/x"])
    assert [(one.ref, one.head) for one in found] == [
        ("refs/heads/topic", topic),
        ("refs/tags/v1", tagged),
        ("HEAD", detached),
        ("refs/elsewhere/x", elsewhere),
    ]
    assert sorted(judged(clone, found)) == sorted([topic, tagged, detached, elsewhere])


def test_without_lines_and_with_nothing_new_there_is_nothing_to_judge(clone: GitRepo) -> None:
    assert pushed(git_of(clone), [], "origin") == []


@pytest.mark.parametrize("words", ["x", "a b c d", "refs/heads/main {oid} refs/heads/main 0000", "{oid} {oid}"])
def test_a_line_that_git_would_not_write_is_wrong_use(clone: GitRepo, words: str) -> None:
    with pytest.raises(UsageError):
        pushed(git_of(clone), [words.format(oid=clone.head()).encode()], "origin")


def test_git_s_own_hook_hands_over_lines_that_are_understood(clone: GitRepo, tmp_path: Path) -> None:
    record = tmp_path / "lines"
    hook = Path(clone.path, ".git", "hooks", "pre-push")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\ncat > "{record}"\n')
    hook.chmod(0o755)
    new = clone.commit("Second")
    clone.git("branch", "other")
    clone.git("push", "--quiet", "--dry-run", "origin", "main:refs/heads/new", "other")
    found = pushed(git_of(clone), record.read_bytes().splitlines(keepends=True), "origin")
    assert judged(clone, found) == [new]
