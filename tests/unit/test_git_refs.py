"""Names of commits: ranges, the default branch, common ancestors."""

from __future__ import annotations

from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git.plumbing import Git
from ccguard.git.refs import default_branch, floor_branch, merge_bases, parse_range, resolve
from ccguard.model.error import UnreachableError, UsageError


def git_of(repo: GitRepo) -> Git:
    return Git(repo.path, repo.environment)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo")
    for number in range(4):
        made.commit(f"Commit {number}")
    return made


def test_a_range_is_two_full_ids(repo: GitRepo) -> None:
    repo.git("tag", "-a", "-m", "One", "v1", "HEAD~2")
    assert parse_range(git_of(repo), "v1..main") == (repo.git("rev-parse", "HEAD~2"), repo.head())


@pytest.mark.parametrize("written", ["main", "main...HEAD", "..main", "main..", "..", "", "a..b..c", "main....HEAD"])
def test_what_is_no_range_is_wrong_use(repo: GitRepo, written: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_range(git_of(repo), written)
    assert "A..B" in caught.value.fix


def test_an_unknown_revision_is_named(repo: GitRepo) -> None:
    with pytest.raises(UnreachableError) as caught:
        parse_range(git_of(repo), "origin/main..HEAD")
    assert "origin/main" in caught.value.message
    assert "git fetch" in caught.value.fix


@pytest.mark.parametrize("revision", ["-h", "--all", "--output=x", "HEAD:a.txt", "HEAD^{tree}", "^HEAD"])
def test_a_revision_is_never_taken_for_an_option_or_for_something_else(repo: GitRepo, revision: str) -> None:
    with pytest.raises(UnreachableError):
        resolve(git_of(repo), revision)


@pytest.mark.parametrize("revision", ["", "a\0b", "a\nb"])
def test_a_revision_that_none_can_be_is_wrong_use(repo: GitRepo, revision: str) -> None:
    with pytest.raises(UsageError):
        resolve(git_of(repo), revision)


def test_a_branch_that_looks_like_an_option_resolves(repo: GitRepo) -> None:
    repo.git("update-ref", "refs/heads/--help", "HEAD~1")
    assert resolve(git_of(repo), "--help") == repo.git("rev-parse", "HEAD~1")


def test_a_base_that_a_shallow_clone_lacks_says_how_to_fetch_it(repo: GitRepo, tmp_path: Path) -> None:
    base = repo.git("rev-parse", "HEAD~3")
    git = git_of(repo.clone(tmp_path / "clone", "--depth=2"))
    with pytest.raises(UnreachableError) as caught:
        parse_range(git, f"{base}..HEAD")
    assert "shallow" in caught.value.message
    assert "--unshallow" in caught.value.fix
    assert "fetch-depth: 0" in caught.value.fix


def test_histories_without_a_common_ancestor_have_no_merge_base(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "--orphan", "alone")
    alone = repo.commit("Alone")
    main = repo.git("rev-parse", "main")
    assert merge_bases(git_of(repo), main, alone) == ()
    assert merge_bases(git_of(repo), repo.git("rev-parse", "main~2"), main) == (repo.git("rev-parse", "main~2"),)


def test_a_common_ancestor_beyond_a_shallow_clone_is_an_error(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "side", "HEAD~2")
    repo.commit("Side")
    git = git_of(repo.clone(tmp_path / "clone", "--depth=1", "--no-single-branch"))
    with pytest.raises(UnreachableError) as caught:
        merge_bases(git, resolve(git, "origin/main"), resolve(git, "origin/side"))
    assert "--unshallow" in caught.value.fix


def test_a_bare_repository_names_its_default_branch_by_its_head(tmp_path: Path) -> None:
    bare = GitRepo.made(tmp_path / "bare.git", bare=True, branch="trunk")
    assert default_branch(git_of(bare)) == "refs/heads/trunk"


def test_a_clone_knows_the_default_branch_of_its_origin(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("branch", "-m", "main", "trunk")
    git = git_of(repo.clone(tmp_path / "clone"))
    assert default_branch(git) == floor_branch(git) == "refs/remotes/origin/trunk"


def test_without_a_remote_the_default_branch_is_not_known_but_the_local_one_is_a_floor(repo: GitRepo) -> None:
    git = git_of(repo)
    assert default_branch(git) is None
    assert floor_branch(git) == "refs/heads/main"


@pytest.mark.parametrize(
    ("refs", "floor"),
    [
        (["refs/remotes/origin/main", "refs/heads/main"], "refs/remotes/origin/main"),
        (["refs/heads/develop", "refs/heads/main"], "refs/heads/develop"),
        (["refs/remotes/origin/master", "refs/heads/develop"], "refs/remotes/origin/master"),
        (["refs/heads/other"], None),
    ],
)
def test_the_floor_is_the_tracked_branch_before_the_local_one(
    repo: GitRepo, refs: list[str], floor: str | None
) -> None:
    repo.git("config", "init.defaultBranch", "develop")
    repo.git("checkout", "--quiet", "--detach")
    repo.git("update-ref", "-d", "refs/heads/main")
    for ref in refs:
        repo.git("update-ref", ref, "HEAD")
    assert floor_branch(git_of(repo)) == floor


def test_a_dangling_head_of_the_origin_is_no_floor(repo: GitRepo) -> None:
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert default_branch(git_of(repo)) == "refs/remotes/origin/gone"
    assert floor_branch(git_of(repo)) == "refs/heads/main"
