"""What is staged, judged as the commit that it is about to become."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git.plumbing import Git
from ccguard.git.range import commits
from ccguard.git.staged import staged
from ccguard.model.event import Mark


def touched(repo: GitRepo) -> list[str]:
    found = staged(Git(repo.path, repo.environment))
    return [f"{change.status} {change.path}" for change in found.changes]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo")
    made.write("a.txt", "1\n2\n3\n")
    made.write("b.txt", "b\n")
    made.commit()
    return made


@pytest.fixture
def merging(repo: GitRepo) -> GitRepo:
    """A merge of `side` into `main` that conflicts in `a.txt`, and brings `side.txt`."""
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("a.txt", "side\n2\n3\n")
    repo.write("side.txt", "side\n")
    repo.commit("Side")
    repo.git("checkout", "--quiet", "main")
    repo.write("a.txt", "main\n2\n3\n")
    repo.commit("Main")
    assert repo.tried("merge", "side").returncode == 1
    return repo


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_before_the_first_commit_everything_staged_is_new(tmp_path: Path, object_format: str) -> None:
    repo = GitRepo.made(tmp_path / "repo", object_format="sha1" if object_format == "sha1" else "sha256")
    repo.write(b"odd\n\xff.txt", "x")
    repo.git("add", "--all")
    commit = staged(Git(repo.path, repo.environment))
    assert (commit.oid, commit.parents) == ("", ())
    assert [(change.status, change.path) for change in commit.changes] == [("A", "odd\n\udcff.txt")]


def test_nothing_staged_is_no_change(repo: GitRepo) -> None:
    repo.write("a.txt", "not staged\n")
    assert touched(repo) == []


def test_every_kind_of_change_is_listed(repo: GitRepo) -> None:
    repo.git("rm", "--quiet", "b.txt")
    repo.write("new.txt", "b\n")
    repo.git("add", "new.txt")
    repo.git("update-index", "--chmod=+x", "a.txt")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},inner")
    commit = staged(Git(repo.path, repo.environment))
    assert [(change.status, change.path, change.old_mode, change.new_mode) for change in commit.changes] == [
        ("M", "a.txt", "100644", "100755"),
        ("D", "b.txt", "100644", ""),
        ("A", "inner", "", "160000"),
        ("A", "new.txt", "", "100644"),
    ]


def test_a_file_that_became_a_symlink_changes_its_type(repo: GitRepo) -> None:
    Path(repo.path, "a.txt").unlink()
    Path(repo.path, "a.txt").symlink_to("/etc/passwd")
    repo.git("add", "a.txt")
    assert touched(repo) == ["T a.txt"]


def test_a_staged_submodule_is_listed_although_its_owner_ignores_it(repo: GitRepo) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},inner")
    repo.git("commit", "--quiet", "--message=Add")
    repo.git("config", "diff.ignoreSubmodules", "all")
    repo.git("update-index", "--cacheinfo", f"160000,{repo.head()},inner")
    assert touched(repo) == ["M inner"]


def test_the_marks_given_are_kept(repo: GitRepo) -> None:
    mark = Mark("proved", "claude-code", "ledger")
    assert staged(Git(repo.path, repo.environment), (mark,)).assisted()


def test_it_works_from_a_folder_below_and_from_a_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("deep/c.txt", "c")
    repo.git("add", "--all")
    below = staged(Git(repo.path / "deep", repo.environment))
    assert [change.path for change in below.changes] == ["deep/c.txt"]
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = GitRepo(tmp_path / "linked")
    assert touched(linked) == []
    linked.write("linked.txt", "x")
    linked.git("add", "--all")
    assert touched(linked) == ["A linked.txt"]


def test_on_a_detached_head_the_comparison_is_with_that_commit(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "--detach")
    repo.write("a.txt", "x\n")
    repo.git("add", "a.txt")
    commit = staged(Git(repo.path, repo.environment))
    assert commit.parents == (repo.head(),)
    assert touched(repo) == ["M a.txt"]


def test_an_open_conflict_is_listed_as_such(merging: GitRepo) -> None:
    assert touched(merging) == ["U a.txt"]


def test_the_other_side_s_work_is_no_change_of_a_merge(merging: GitRepo) -> None:
    merging.write("a.txt", "both\n2\n3\n")
    merging.git("add", "a.txt")
    assert touched(merging) == ["M a.txt"]


def test_a_staged_merge_and_the_commit_made_of_it_get_the_same_answer(merging: GitRepo) -> None:
    merging.write("a.txt", "both\n2\n3\n")
    merging.write("b.txt", "smuggled\n")
    merging.git("rm", "--quiet", "--force", "side.txt")
    merging.git("add", "--all")
    git = Git(merging.path, merging.environment)
    before = staged(git)
    base = merging.git("rev-parse", "main~1")
    after = list(commits(git, base, merging.commit("Merge")))[-1]
    assert [change.path for change in before.changes] == ["a.txt", "b.txt", "side.txt"]
    assert before.changes == after.changes
    assert before.parents == after.parents


def test_a_merge_in_a_linked_work_tree_is_known_there_only(merging: GitRepo, tmp_path: Path) -> None:
    merging.git("merge", "--abort")
    merging.git("worktree", "add", "--quiet", "-b", "third", str(tmp_path / "linked"), "main~1")
    linked = GitRepo(tmp_path / "linked")
    linked.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    assert len(staged(Git(linked.path, linked.environment)).parents) == 2
    assert touched(linked) == []
    assert len(staged(Git(merging.path, merging.environment)).parents) == 1


_HOOK = """#!{python}
from ccguard.git.plumbing import Git
from ccguard.git.staged import staged

git = Git(".")
with open({record!r}, "a") as out:
    out.write(f"{{git.root}} {{[change.path for change in staged(git).changes]}}\\n")
"""


def test_git_s_own_hook_sees_what_its_commit_holds_in_every_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    record = tmp_path / "record"
    hook = Path(repo.path, ".git", "hooks", "pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_HOOK.format(python=sys.executable, record=str(record)))
    hook.chmod(0o755)
    repo.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    for here in (repo, GitRepo(tmp_path / "linked")):
        here.write("a.txt", "partly\n")
        here.write("b.txt", "all\n")
        here.git("add", "b.txt")
        here.git("commit", "--quiet", "--message=Only a", "a.txt")
        here.git("commit", "--quiet", "--message=All", "--all")
    assert record.read_text().splitlines() == [
        f"{folder} {paths}" for folder in (repo.path, tmp_path / "linked") for paths in (["a.txt"], ["b.txt"])
    ]
