"""The lines that a commit adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git.content import LARGEST, AddedLines, added_lines
from ccguard.git.objects import reader
from ccguard.git.plumbing import Git
from ccguard.git.range import commits
from ccguard.git.staged import staged


def added(repo: GitRepo, base: str = "HEAD~1", head: str = "HEAD") -> list[AddedLines]:
    """What the last commit of a range adds."""
    git = Git(repo.path, repo.environment)
    ids = [repo.git("rev-parse", name) if name else "" for name in (base, head)]
    last = list(commits(git, *ids))[-1]
    with reader(git) as objects:
        return list(added_lines(objects, last))


def added_when_staged(repo: GitRepo) -> list[AddedLines]:
    git = Git(repo.path, repo.environment)
    with reader(git) as objects:
        return list(added_lines(objects, staged(git)))


@pytest.fixture(params=["sha1", "sha256"])
def repo(tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo", object_format=request.param)
    made.write("a.txt", "one\ntwo\nthree\n")
    made.commit()
    return made


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("one\ntwo\nnew\nthree\nlast", (3, 5)),
        ("three\ntwo\none\n", ()),
        ("one\n", ()),
        ("one\ntwo\nthree\ntwo\n", (2, 4)),
        ("one\r\ntwo\nthree\n", (1,)),
        ("one\ntwo\nthr\u2028ee\x0b\x0c\n", (3,)),
        ("\ufeffone\n\n", (1, 2)),
    ],
    ids=["inserted", "moved", "removed", "once-more", "carriage-return", "other-separators", "byte-order-mark"],
)
def test_a_line_is_added_if_the_file_holds_it_more_often_than_before(
    repo: GitRepo, content: str, lines: tuple[int, ...]
) -> None:
    repo.write("a.txt", content)
    repo.git("add", "--all")
    before = added_when_staged(repo)
    repo.commit()
    (found,) = added(repo)
    assert (found.lines, found.text, found.reason) == (lines, content, "")
    assert before == [found]


def test_all_lines_of_a_new_file_are_added_and_a_deletion_adds_none(repo: GitRepo) -> None:
    repo.git("mv", "a.txt", "moved.txt")
    repo.commit()
    (found,) = added(repo)
    assert (found.change.path, found.lines) == ("moved.txt", (1, 2, 3))


def test_a_root_commit_and_the_first_staged_files_add_all_their_lines(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo")
    repo.write(b"odd\n\xff", "x\ny\n")
    repo.git("add", "--all")
    (found,) = added_when_staged(repo)
    assert (found.change.path, found.lines) == ("odd\n\udcff", (1, 2))
    repo.commit()
    assert added(repo, "") == [found]


def test_a_change_of_mode_alone_adds_nothing(repo: GitRepo) -> None:
    repo.git("update-index", "--chmod=+x", "a.txt")
    repo.git("commit", "--quiet", "--message=Mode")
    assert added(repo) == []


def test_a_symlink_s_target_is_its_text(repo: GitRepo) -> None:
    Path(repo.path, "link").symlink_to("secrets/key.pem")
    repo.commit()
    (found,) = added(repo)
    assert (found.text, found.lines) == ("secrets/key.pem", (1,))


def test_attributes_hide_no_line(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "diff.evil.textconv", f"touch {tmp_path}/proof; true")
    repo.write(".gitattributes", "*.txt -diff -text binary diff=evil working-tree-encoding=UTF-16\n")
    repo.git("add", ".gitattributes")
    oid = repo.git("hash-object", "-w", "--stdin", input=b"one\nsecret\n")
    repo.git("update-index", "--cacheinfo", f"100644,{oid},a.txt")
    repo.git("commit", "--quiet", "--message=Hide")
    assert [(found.change.path, found.lines) for found in added(repo)] == [(".gitattributes", (1,)), ("a.txt", (2,))]
    assert not Path(tmp_path, "proof").exists()


def test_bytes_that_are_not_utf_8_stay_what_they_are(repo: GitRepo) -> None:
    repo.write("a.txt", b"one\nM\xfcller\n")
    repo.commit()
    (found,) = added(repo)
    assert (found.lines, found.text) == ((2,), "one\nM\udcfcller\n")


def test_what_is_too_large_to_be_scanned_says_why(repo: GitRepo) -> None:
    repo.write("new.bin", b"x" * (LARGEST + 1))
    repo.commit()
    (found,) = added(repo)
    assert (found.lines, found.text, found.reason) == ((), "", "larger than 10 MB")


@pytest.mark.parametrize("content", [b"one\ntwo\0\xff\n\x80", "one\ntwo\n".encode("utf-16"), b"\0" * 9 + b"\nb\nc"])
def test_all_lines_of_what_holds_a_zero_byte_are_added_and_no_byte_is_lost(repo: GitRepo, content: bytes) -> None:
    repo.write("a.txt", content + b"\0")
    repo.commit()
    repo.write("a.txt", content)
    repo.commit()
    (found,) = added(repo)
    assert (found.lines, found.reason) == ((1, 2, 3), "")
    assert found.text.encode("utf-8", "surrogateescape") == content


def test_a_file_that_was_too_large_to_compare_counts_as_new(repo: GitRepo) -> None:
    repo.write("a.txt", b"one\n" * (LARGEST // 4 + 1))
    repo.commit()
    repo.write("a.txt", "one\n")
    repo.commit()
    (found,) = added(repo)
    assert found.lines == (1,)


def test_a_submodule_and_an_open_conflict_say_why(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("a.txt", "side\n")
    side = repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write("a.txt", "main\n")
    repo.commit()
    repo.tried("merge", "side")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{side},inner")
    found = {one.change.path: one.reason for one in added_when_staged(repo)}
    assert found["a.txt"] == "a conflict in it is not resolved"
    assert found["inner"].startswith("a submodule")


def test_a_pointer_to_large_storage_is_scanned_and_still_says_why(repo: GitRepo) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    repo.write("big.bin", pointer)
    repo.commit()
    (found,) = added(repo)
    assert (found.lines, found.text) == ((1, 2, 3), pointer)
    assert "LFS" in found.reason


def test_a_blob_that_is_missing_says_why(repo: GitRepo) -> None:
    repo.write("new.txt", "new\n")
    repo.commit()
    oid = repo.git("rev-parse", "HEAD:new.txt")
    Path(repo.path, ".git", "objects", oid[:2], oid[2:]).unlink()
    (found,) = added(repo)
    assert (found.lines, found.reason) == ((), "its content is not in this clone")


def test_a_merge_adds_only_lines_that_none_of_its_parents_has(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("a.txt", "one\ntwo\nside\n")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write("a.txt", "one\ntwo\nmain\n")
    repo.commit()
    repo.tried("merge", "side")
    repo.write("a.txt", "one\ntwo\nmain\nside\nevil\n")
    repo.write("new\n.txt", "evil\n")
    repo.git("add", "--all")
    before = added_when_staged(repo)
    repo.commit("Merge")
    found = added(repo)
    assert [(one.change.path, one.lines) for one in found] == [("a.txt", (5,)), ("new\n.txt", (1,))]
    assert before == found


def test_one_git_process_reads_the_contents_of_all_commits(repo: GitRepo, tmp_path: Path) -> None:
    for number in range(5):
        repo.write("a.txt", f"{number}\n")
        repo.commit()
    log = tmp_path / "log"
    git = Git(repo.path, {**repo.environment, "GIT_TRACE2_EVENT": str(log)})
    all_commits = list(commits(Git(repo.path, repo.environment), "", repo.head()))
    with reader(git) as objects:
        assert sum(len(list(added_lines(objects, commit))) for commit in all_commits) == 6
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert sum(event["event"] == "start" for event in events) == 1
