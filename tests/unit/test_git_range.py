"""The commits of a range: which ones, with what marks, and what each of them changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from gitrepo import CLAUDE, GitRepo

from ccguard.git.plumbing import Git
from ccguard.git.range import commits, net_changes
from ccguard.model.error import UnreachableError
from ccguard.model.event import Change, Commit


def judged(repo: GitRepo, base: str, head: str = "HEAD") -> list[Commit]:
    ids = [repo.git("rev-parse", name) if name else "" for name in (base, head)]
    return list(commits(Git(repo.path, repo.environment), ids[0], ids[1]))


def touched(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.status} {change.path}" for change in changes]


@pytest.fixture(params=["sha1", "sha256"])
def any_repo(tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    return GitRepo.made(tmp_path / "repo", object_format=request.param)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo")
    made.write("base.txt", "1\n2\n3\n")
    made.write("other.txt", "other\n")
    made.commit("Base")
    return made


@pytest.fixture
def forked(repo: GitRepo) -> GitRepo:
    """`main` and `side`, with a change each to `base.txt` that don't conflict, and a file of their own."""
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("base.txt", "1\n2\nside\n")
    repo.write("side.txt", "side\n")
    repo.commit("Side")
    repo.git("checkout", "--quiet", "main")
    repo.write("base.txt", "main\n2\n3\n")
    repo.write("main.txt", "main\n")
    repo.commit("Main")
    return repo


def test_a_root_commit_adds_all_that_it_holds(any_repo: GitRepo) -> None:
    any_repo.write("a.txt", "a")
    any_repo.write("b/c.txt", "c")
    oid = any_repo.commit("First", author=CLAUDE)
    (commit,) = judged(any_repo, "")
    assert (commit.oid, commit.parents, commit.unreadable) == (oid, (), "")
    assert commit.assisted()
    assert touched(commit.changes) == ["A a.txt", "A b/c.txt"]


def test_changes_carry_both_modes_and_both_ids(any_repo: GitRepo) -> None:
    any_repo.write("a.txt", "a")
    any_repo.commit()
    old = any_repo.git("rev-parse", "HEAD:a.txt")
    Path(any_repo.path, "a.txt").unlink()
    Path(any_repo.path, "a.txt").symlink_to("target")
    any_repo.commit()
    (commit,) = judged(any_repo, "HEAD~1")
    new = any_repo.git("rev-parse", "HEAD:a.txt")
    assert commit.changes == (Change("T", "a.txt", old, new, "100644", "120000"),)


def test_a_rename_is_a_deletion_and_an_addition(repo: GitRepo) -> None:
    repo.git("config", "diff.renames", "copies")
    repo.git("mv", "base.txt", "moved.txt")
    repo.commit("Move")
    (commit,) = judged(repo, "HEAD~1")
    assert touched(commit.changes) == ["D base.txt", "A moved.txt"]
    assert touched(net_changes(Git(repo.path, repo.environment), commit.parents[0], commit.oid)) == [
        "D base.txt",
        "A moved.txt",
    ]


@pytest.mark.parametrize(
    "name", [b"tab\there", b"two\nlines", b"\xff\xfe.txt", b'"quoted"', "ünï.txt".encode(), b" : "]
)
def test_any_name_of_a_file_arrives_exactly(repo: GitRepo, name: bytes) -> None:
    repo.write(name, "x")
    repo.commit()
    (commit,) = judged(repo, "HEAD~1")
    assert [os.fsencode(change.path) for change in commit.changes] == [name]


def test_a_submodule_that_moved_is_listed_although_its_owner_ignores_it(repo: GitRepo) -> None:
    first, second = repo.head(), repo.commit("Empty")
    for oid in (first, second):
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{oid},inner")
        repo.write(".gitmodules", '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = all\n')
        repo.git("add", ".gitmodules")
        repo.git("commit", "--quiet", "--message=Bump")
    (commit,) = judged(repo, "HEAD~1")
    assert touched(commit.changes) == ["M inner"]
    assert commit.changes[0].new_mode == "160000"


def test_an_empty_range_has_no_commits(repo: GitRepo) -> None:
    assert judged(repo, "HEAD") == []


def test_parents_come_before_their_children(repo: GitRepo) -> None:
    made = [repo.commit(f"Commit {number}") for number in range(5)]
    assert [commit.oid for commit in judged(repo, "HEAD~5")] == made


def test_several_bases_all_count(forked: GitRepo) -> None:
    git = Git(forked.path, forked.environment)
    forked.git("merge", "--quiet", "--no-edit", "side")
    bases = [forked.git("rev-parse", name) for name in ("main~1", "side")]
    assert [commit.oid for commit in commits(git, bases, forked.head())] == [forked.head()]


def test_a_clean_merge_changes_nothing_of_its_own(forked: GitRepo) -> None:
    forked.git("merge", "--quiet", "--no-edit", "side")
    merge = judged(forked, "main~1")[-1]
    assert len(merge.parents) == 2
    assert merge.changes == ()


def test_a_change_hidden_in_a_merge_is_found(forked: GitRepo) -> None:
    forked.git("merge", "--quiet", "--no-commit", "side")
    forked.write("other.txt", "evil\n")
    forked.write("new.txt", "evil\n")
    forked.commit("Merge", trailers=["Assisted-by: Claude-Code"])
    merge = judged(forked, "main~1")[-1]
    assert touched(merge.changes) == ["A new.txt", "M other.txt"]
    assert merge.assisted()


def test_a_merge_that_drops_the_other_side_s_work_is_found(forked: GitRepo) -> None:
    forked.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    merge = judged(forked, "main~1")[-1]
    assert touched(merge.changes) == ["M base.txt", "D side.txt"]
    assert merge.changes[0].old_oid == forked.git("rev-parse", "side:base.txt")


def test_a_conflict_resolved_by_hand_is_found_and_named_as_the_parents_name_it(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("base.txt", "side\n")
    repo.git("rm", "--quiet", "other.txt")
    repo.write("other.txt/deep", "a folder now\n")
    repo.commit("Side")
    repo.git("checkout", "--quiet", "main")
    repo.write("base.txt", "main\n")
    repo.write("other.txt", "changed\n")
    repo.commit("Main")
    assert repo.tried("merge", "side").returncode == 1
    repo.git("reset", "--quiet", "--hard")
    repo.write("base.txt", "both\n")
    tree = repo.git("rev-parse", f"{repo.commit('Resolved')}^{{tree}}")
    merge = repo.git("commit-tree", tree, "-p", "main~1", "-p", "side", "-m", "Merge")
    found = judged(repo, "main~2", merge)[-1]
    assert touched(found.changes) == ["M base.txt", "A other.txt", "D other.txt/deep"]
    for change in found.changes:
        if change.old_oid:
            assert repo.git("cat-file", "-t", change.old_oid) == "blob"


def test_a_clean_octopus_changes_nothing_and_an_evil_one_is_found(repo: GitRepo) -> None:
    for name in ("one", "two", "three"):
        repo.git("checkout", "--quiet", "-b", name, "main")
        repo.write(f"{name}.txt", name)
        repo.commit(name)
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", "one", "two", "three")
    merge = judged(repo, "main~1")[-1]
    assert (len(merge.parents), merge.changes) == (3, ())
    repo.git("checkout", "--quiet", "main")
    repo.write("evil.txt", "evil")
    repo.git("rm", "--quiet", "two.txt")
    repo.commit("Evil", options=["--amend"])
    evil = judged(repo, "main~1")[-1]
    assert touched(evil.changes) == ["A evil.txt", "D two.txt"]


def test_a_merge_of_unrelated_histories_is_compared_with_both(repo: GitRepo) -> None:
    main = repo.head()
    repo.git("checkout", "--quiet", "--orphan", "alone")
    repo.git("rm", "--quiet", "-r", "--force", ".")
    repo.write("alone.txt", "alone\n")
    repo.commit("Alone")
    repo.git("merge", "--quiet", "--no-edit", "--allow-unrelated-histories", main)
    found = judged(repo, "")
    assert [touched(commit.changes) for commit in found if len(commit.parents) == 2] == [[]]


@pytest.mark.parametrize("driver", ["union", "evil"])
def test_attributes_of_the_change_do_not_decide_how_its_merges_are_judged(
    forked: GitRepo, tmp_path: Path, driver: str
) -> None:
    forked.git("config", "merge.evil.driver", f"touch {tmp_path}/proof; cp %B %A")
    forked.write("base.txt", "main\n2\nmain\n")
    forked.commit("Conflicting")
    forked.git("merge", "--quiet", "--strategy=ours", "--no-commit", "side")
    forked.write(".gitattributes", f"* merge={driver}\n")
    forked.write("side.txt", "side\n")
    forked.write("base.txt", "main\n2\nmain\nside\n" if driver == "union" else "1\n2\nside\n")
    forked.commit("Merge")
    merge = judged(forked, "main~1")[-1]
    assert touched(merge.changes) == ["A .gitattributes", "M base.txt"]
    assert not Path(tmp_path, "proof").exists()


def test_attributes_of_the_base_do(repo: GitRepo) -> None:
    repo.write(".gitattributes", "base.txt merge=union\n")
    base = repo.commit("Union")
    for name in ("side", "main"):
        repo.git("checkout", "--quiet", "-B", name, base)
        repo.write("base.txt", f"1\n2\n3\n{name}\n")
        repo.commit(name)
    repo.git("merge", "--quiet", "--no-edit", "side")
    assert judged(repo, base)[-1].changes == ()


def test_judging_merges_leaves_the_repository_as_it_was(forked: GitRepo) -> None:
    forked.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    before = forked.git("count-objects")
    judged(forked, "main~1")
    assert forked.git("count-objects") == before


def test_merges_are_judged_in_a_linked_work_tree_a_submodule_and_a_bare_clone(forked: GitRepo, tmp_path: Path) -> None:
    forked.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    head, base = forked.head(), forked.git("rev-parse", "main~1")
    forked.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    bare = forked.clone(tmp_path / "bare.git", "--bare")
    outer = GitRepo.made(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", forked.path.as_uri(), "inner")
    for folder in (tmp_path / "linked", bare.path, outer.path / "inner"):
        found = list(commits(Git(folder, forked.environment), base, head))
        assert touched(found[-1].changes) == ["M base.txt", "D side.txt"], folder


def test_a_mailmap_launders_nobody(repo: GitRepo) -> None:
    repo.write(".mailmap", "Ada Person <ada@acme.example> <noreply@anthropic.com>\n")
    repo.git("config", "log.mailmap", "true")
    repo.commit("By Claude", author=CLAUDE)
    (commit,) = judged(repo, "HEAD~1")
    assert [mark.evidence for mark in commit.marks] == ["author Claude <noreply@anthropic.com>"]


def test_an_author_is_seen_behind_the_forge_that_committed(repo: GitRepo) -> None:
    repo.commit("Merge pull request", author=CLAUDE, committer=("GitHub", "noreply@github.com"))
    (commit,) = judged(repo, "HEAD~1")
    assert commit.assisted()


def test_a_message_that_cannot_be_read_says_why(repo: GitRepo) -> None:
    people = b"author A <a@x> 0 +0000\ncommitter A <a@x> 0 +0000"
    hidden = b"Innocent\n\0\nCo-Authored-By: Claude <noreply@anthropic.com>\n"
    (nul,) = judged(repo, "HEAD", repo.raw_commit(people, hidden))
    assert "NUL" in nul.unreadable
    assert nul.assisted()
    odd = repo.raw_commit(people + b"\nencoding x-nobody-knows", b"Innocent\n")
    (unknown,) = judged(repo, "HEAD", odd)
    assert "x-nobody-knows" in unknown.unreadable


def test_trailers_are_found_whatever_the_repository_configures(repo: GitRepo) -> None:
    repo.git("config", "trailer.separators", "=:")
    repo.commit("Subject\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n---\nnot the end\n")
    (commit,) = judged(repo, "HEAD~1")
    assert commit.assisted()


def test_a_header_with_more_than_one_mailbox_hides_none(repo: GitRepo) -> None:
    people = b"author Ada <ada@x> <noreply@anthropic.com> 0 +0000\ncommitter A <a@x> 0 +0000"
    (commit,) = judged(repo, "HEAD", repo.raw_commit(people, b"Subject\n"))
    assert commit.assisted()


def test_a_signature_in_the_header_is_no_part_of_the_message(repo: GitRepo) -> None:
    people = (
        b"author A <a@x> 0 +0000\ncommitter A <a@x> 0 +0000\n"
        b"gpgsig -----BEGIN SSH SIGNATURE-----\n author Claude <noreply@anthropic.com>\n \n -----END SSH SIGNATURE-----"
    )
    (commit,) = judged(repo, "HEAD", repo.raw_commit(people, b"Subject\n"))
    assert commit.marks == ()


def test_a_detached_head_makes_no_difference(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "--detach")
    oid = repo.commit("Detached")
    assert [commit.oid for commit in judged(repo, "main")] == [oid]


def test_a_range_that_a_shallow_clone_cuts_off_is_an_error(repo: GitRepo, tmp_path: Path) -> None:
    for number in range(5):
        repo.commit(f"Commit {number}")
    clone = repo.clone(tmp_path / "clone", "--depth=3")
    assert len(judged(clone, "HEAD~2")) == 2
    with pytest.raises(UnreachableError) as caught:
        judged(clone, "")
    assert "--unshallow" in caught.value.fix


def test_net_changes_are_those_since_the_common_ancestor(forked: GitRepo) -> None:
    git = Git(forked.path, forked.environment)
    main, side = (forked.git("rev-parse", name) for name in ("main", "side"))
    assert touched(net_changes(git, main, side)) == ["M base.txt", "A side.txt"]


def test_without_a_common_ancestor_all_of_the_head_is_a_change(repo: GitRepo) -> None:
    main = repo.head()
    repo.git("checkout", "--quiet", "--orphan", "alone")
    alone = repo.commit("Alone")
    assert touched(net_changes(Git(repo.path, repo.environment), main, alone)) == ["A base.txt", "A other.txt"]
    assert [commit.oid for commit in judged(repo, "main", alone)] == [alone]


def test_the_number_of_git_processes_does_not_grow_with_the_range(forked: GitRepo, tmp_path: Path) -> None:
    def started(base: str, name: str) -> int:
        log = tmp_path / name
        git = Git(forked.path, {**forked.environment, "GIT_TRACE2_EVENT": str(log)})
        ids = [forked.git("rev-parse", name) for name in (base, "HEAD")]
        list(commits(git, *ids))
        events = [json.loads(line) for line in log.read_text().splitlines()]
        return sum(event["event"] == "start" for event in events)

    for number in range(6):
        forked.write("count.txt", f"{number}\n")
        forked.commit(f"Commit {number}")
        forked.git("checkout", "--quiet", "side")
        forked.commit(f"Side {number}")
        forked.git("checkout", "--quiet", "main")
        forked.git("merge", "--quiet", "--no-edit", "side")
    assert (len(judged(forked, "main~1")), len(judged(forked, "main~12"))) == (2, 19)
    assert started("main~1", "short") == started("main~12", "long") <= 8
