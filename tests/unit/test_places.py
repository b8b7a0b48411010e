"""Where a path really is: as text, and as the kernel walks it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ccguard.git.places import NoPlace, PathLoop, Places, heads, normalised, relative, repository_at, resolved

CALM = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
WHO = {f"GIT_{role}_{part}": "dev@acme.example" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env={**CALM, **WHO}, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a folder, a file in it and one commit."""
    repo = (tmp_path / "repo").resolve()
    (repo / "secrets").mkdir(parents=True)
    (repo / "secrets" / "key").write_text("k")
    (repo / "src").mkdir()
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "one")
    return repo


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a//b/./c", "/a/b/c"),
        ("/a/b/../c", "/a/c"),
        ("/../../a", "/a"),
        ("/", "/"),
        ("//a/", "/a"),
        ("/a/b/..", "/a"),
    ],
)
def test_a_path_is_normalised_as_text(path: str, expected: str) -> None:
    assert normalised(path) == expected


def test_a_link_is_followed_before_the_dots_after_it(root: Path) -> None:
    (root / "links").mkdir()
    (root / "links" / "down").symlink_to("../secrets")
    assert resolved(f"{root}/links/down/../src") == f"{root}/src"
    assert resolved(f"{root}/links/down/key") == f"{root}/secrets/key"


def test_a_chain_of_links_is_followed_to_its_end(root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to(root / "secrets" / "key")
    assert resolved(f"{root}/a") == f"{root}/secrets/key"


def test_a_loop_of_links_is_no_path(root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    with pytest.raises(PathLoop):
        resolved(f"{root}/a")


def test_what_does_not_exist_yet_is_resolved_as_far_as_it_exists(root: Path) -> None:
    (root / "door").symlink_to("secrets")
    assert resolved(f"{root}/door/new/deep.txt") == f"{root}/secrets/new/deep.txt"


def test_a_broken_link_leads_to_where_it_points(root: Path) -> None:
    (root / "later").symlink_to("secrets/not-yet")
    assert resolved(f"{root}/later") == f"{root}/secrets/not-yet"


def test_all_spellings_of_a_path_are_given(root: Path) -> None:
    (root / "door").symlink_to("secrets/sub")
    (root / "secrets" / "sub").mkdir()
    found = Places(str(root), "/home/dev").spellings("door/../key")
    assert set(found) == {f"{root}/key", f"{root}/secrets/key"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("~/x", "/home/dev/x"), ("~", "/home/dev"), ("file:///etc/x", "/etc/x"), ("~other/x", "{root}/~other/x")],
)
def test_home_and_file_addresses_are_paths_too(text: str, expected: str, root: Path) -> None:
    assert expected.format(root=root) in Places(str(root), "/home/dev").spellings(text)


@pytest.mark.parametrize(
    "text",
    [
        "file:/etc/x",
        "FILE:///etc/x",
        "file://localhost/etc/x",
        "file:///etc/%78",
        "file:///etc/x?a#b",
        "file:///%65tc/x#b?a",
        "file://%2Fetc/x",
    ],
)
def test_an_address_of_a_file_is_a_path_however_it_is_written(text: str, root: Path) -> None:
    assert "/etc/x" in Places(str(root), "/home/dev").spellings(text)


def test_what_only_looks_like_an_escape_in_an_address_stays() -> None:
    names = Places("/r", "/h").spellings("file:///a%zz%2%+1\u00e9%ff")
    assert "/a%zz%2%+1\u00e9\udcff" in names


def test_an_address_in_an_address_in_an_address_has_an_end() -> None:
    with pytest.raises(PathLoop):
        Places("/r", "/h").spellings("file:" * 5 + "/x")


@pytest.mark.parametrize("process", ["self", "thread-self", "999999999", "self/task/1"])
def test_a_process_s_links_lead_where_they_lead_for_the_session(process: str, root: Path) -> None:
    where = Places(f"{root}/src", "/h", str(root))
    assert {f"{root}/x", f"{root}/src/x"} < set(where.spellings(f"/proc/{process}/cwd/x"))
    assert where.spellings(f"/proc/{process}/cwd/x")[-1] == f"{root}/src/x"
    assert f"{root}/secrets/x" in where.spellings(f"/proc/{process}/cwd/x", f"{root}/secrets")
    assert "/etc/x" in where.spellings(f"/proc/{process}/root/etc/x")
    (root / "open").symlink_to(f"/proc/{process}/fd")
    for text in (f"/proc/{process}/fd/7", f"{root}/open/7", f"/proc/{process}/map_files/0-1"):
        with pytest.raises(NoPlace, match="can't be told"):
            where.spellings(text)
    for stream in (f"/proc/{process}/fd/0", "/dev/fd/2", f"/proc/{process}/fd", f"/proc/{process}/status"):
        assert stream in where.spellings(stream)


def test_a_name_like_a_process_s_link_is_an_ordinary_one_elsewhere(root: Path) -> None:
    assert Places(str(root), "/h").spellings("proc/self/cwd/fd") == (f"{root}/proc/self/cwd/fd",)
    assert Places(str(root), "/h").spellings("/proc/sys/fs/root/x") == ("/proc/sys/fs/root/x",)


def test_a_path_with_a_zero_byte_is_no_path(root: Path) -> None:
    with pytest.raises(NoPlace):
        Places(str(root), "/h").spellings("a\0b")


def test_a_path_with_a_lone_surrogate_is_taken_as_text(root: Path) -> None:
    assert Places(str(root), "/h").spellings("a\ud800b") == (f"{root}/a\ud800b",)


def test_every_repository_around_a_path_owns_it_innermost_first(root: Path) -> None:
    inner = root / "vendor" / "lib"
    inner.mkdir(parents=True)
    git(inner, "init", "-q")
    owners = Places(str(root), "/h").owners(f"{inner}/new/file")
    assert [owner.root for owner in owners] == [str(inner), str(root)]


def test_a_linked_work_tree_shares_the_common_directory(root: Path) -> None:
    git(root, "worktree", "add", "-q", "../other")
    other = repository_at(str(root.parent / "other"))
    assert other is not None
    assert other.common_dir == f"{root}/.git"
    assert other.git_dir == f"{root}/.git/worktrees/other"


def test_a_submodule_is_a_repository_of_its_own(root: Path, tmp_path: Path) -> None:
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(root), "sub")
    owner = Places(str(root), "/h").owners(f"{root}/sub/secrets/key")[0]
    assert (owner.root, owner.git_dir) == (f"{root}/sub", f"{root}/.git/modules/sub")


def test_a_file_called_dot_git_that_points_nowhere_is_not_taken_for_no_repository(tmp_path: Path) -> None:
    assert repository_at(str(tmp_path)) is None
    (tmp_path / ".git").write_text("nonsense")
    assert repository_at(str(tmp_path)) is not None


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_heads_change_when_the_branch_or_the_default_branch_moves(root: Path, packed: bool) -> None:
    git(root, "checkout", "-qb", "work")

    def now() -> str:
        if packed:
            git(root, "pack-refs", "--all")
        repository = repository_at(str(root))
        assert repository is not None
        return heads(repository)

    seen = [now()]
    git(root, "commit", "-qm", "two", "--allow-empty")
    seen.append(now())
    git(root, "branch", "-f", "main", "work")
    seen.append(now())
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD~1")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    seen.append(now())
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    seen.append(now())
    assert len(set(seen)) == len(seen)
    assert now() == seen[-1]


def test_a_path_is_below_a_root_only_at_a_slash() -> None:
    assert relative("/a/b/c", "/a/b") == "c"
    assert relative("/a/bc", "/a/b") is None
    assert relative("/a/b", "/a/b") is None
    assert relative("/x", "/") == "x"
