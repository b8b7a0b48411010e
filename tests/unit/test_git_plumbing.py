"""Git as a child process: which repository it finds, what it refuses to run, and what its failures say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.git.objects import reader
from ccguard.git.plumbing import Git
from ccguard.git.range import commits, net_changes
from ccguard.git.staged import staged
from ccguard.model.error import UnreachableError


def git_of(repo: GitRepo, **variables: str) -> Git:
    return Git(repo.path, {**repo.environment, **variables})


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo")
    made.write("a.txt", "one\n")
    made.commit("First")
    return made


def assert_five_parts(error: UnreachableError) -> None:
    assert error.exit_code == 4
    for part in (error.message, error.where, error.why, error.fix, error.ask):
        assert part
        assert part.isprintable()


def test_a_folder_inside_the_work_tree_belongs_to_its_repository(repo: GitRepo) -> None:
    repo.write("deep/er/b.txt", "")
    git = Git(repo.path / "deep" / "er", repo.environment)
    assert git.root == str(repo.path)
    assert git.git_dir == git.common_dir == str(repo.path / ".git")
    assert (git.bare, git.shallow, git.object_format) == (False, False, "sha1")


def test_a_folder_name_with_a_newline_stays_whole(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "two\nlines")
    git = git_of(repo)
    assert git.root == str(repo.path)
    assert git.git_dir == str(repo.path / ".git")


def test_a_bare_repository_has_no_root(tmp_path: Path) -> None:
    git = git_of(GitRepo.made(tmp_path / "bare.git", bare=True))
    assert git.bare
    assert git.root is None


def test_inside_the_git_directory_there_is_no_root(repo: GitRepo) -> None:
    assert Git(repo.path / ".git", repo.environment).root is None


def test_a_linked_work_tree_has_its_own_git_directory_and_shares_the_common_one(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    git = Git(tmp_path / "linked", repo.environment)
    assert git.root == str(tmp_path / "linked")
    assert git.git_dir == str(repo.path / ".git" / "worktrees" / "linked")
    assert git.common_dir == str(repo.path / ".git")


def test_a_submodule_is_a_repository_of_its_own(repo: GitRepo, tmp_path: Path) -> None:
    outer = GitRepo.made(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.path.as_uri(), "inner")
    git = Git(outer.path / "inner", outer.environment)
    assert git.root == str(outer.path / "inner")
    assert git.git_dir == str(outer.path / ".git" / "modules" / "inner")


def test_the_ids_of_nothing_have_the_length_of_the_object_format(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo", object_format="sha256")
    git = git_of(repo)
    assert git.object_format == "sha256"
    assert len(git.zero_oid) == len(git.empty_tree) == 64
    assert git.empty_tree == repo.git("hash-object", "-t", "tree", os.devnull)


def test_what_git_tells_its_hook_is_honoured_from_another_folder(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("b.txt", "two\n")
    repo.git("add", "b.txt", env={"GIT_INDEX_FILE": ".git/other-index"})
    repo.write("sub/c.txt", "")
    monkeypatch.chdir(repo.path)
    git = Git("sub", {**repo.environment, "GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/other-index"})
    assert ("A", "b.txt") in [(change.status, change.path) for change in staged(git).changes]


def test_objects_of_a_push_in_quarantine_are_seen(repo: GitRepo, tmp_path: Path) -> None:
    aside = tmp_path / "quarantine"
    aside.mkdir()
    variables = {
        "GIT_OBJECT_DIRECTORY": str(aside),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repo.path / ".git" / "objects"),
    }
    tree = repo.git("rev-parse", "HEAD^{tree}")
    new = repo.git("commit-tree", tree, "-p", "HEAD", "-m", "Arriving", env=variables)
    with pytest.raises(UnreachableError):
        list(commits(git_of(repo), "", new))
    assert [commit.oid for commit in commits(git_of(repo, **variables), repo.head(), new)] == [new]


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_EXTERNAL_DIFF": "touch {proof}"},
        {"GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='touch {proof}'"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "touch {proof}"},
        {"GIT_GLOB_PATHSPECS": "1"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_an_inherited_variable_starts_no_program(repo: GitRepo, tmp_path: Path, variables: dict[str, str]) -> None:
    proof = tmp_path / "proof"
    git = git_of(repo, **{name: value.format(proof=proof) for name, value in variables.items()})
    repo.write("a.txt", "two\n")
    repo.git("add", "a.txt")
    assert [change.path for change in staged(git).changes] == ["a.txt"]
    assert not proof.exists()


def test_a_configuration_that_names_programs_starts_none(repo: GitRepo, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    repo.write(".gitattributes", "* diff=evil\n")
    repo.write("a.txt", "two\n")
    repo.git("add", "--all")
    for setting in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv"):
        repo.git("config", setting, f"touch {proof}")
    git = git_of(repo)
    assert len(staged(git).changes) == 2
    assert len(list(commits(git, "", repo.head()))) == 1
    assert not proof.exists()


def test_a_replace_ref_shows_nothing_else_than_the_real_commit(repo: GitRepo) -> None:
    real = repo.commit("By Claude", author=("Claude", "noreply@anthropic.com"))
    human = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD~1", "-m", "By a person")
    repo.git("replace", real, human)
    (commit,) = commits(git_of(repo), repo.git("rev-parse", "HEAD~1"), real)
    assert commit.oid == real
    assert [mark.agent for mark in commit.marks] == ["claude-code"]


def test_grafts_hide_no_commit(repo: GitRepo) -> None:
    first = repo.head()
    second = repo.commit("Second")
    third = repo.commit("Third")
    repo.write(".git/info/grafts", f"{third} {first}\n")
    assert [commit.oid for commit in commits(git_of(repo), first, third)] == [second, third]


def test_a_missing_git_program_is_said_plainly(repo: GitRepo, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError) as caught:
        git_of(repo, PATH=str(tmp_path / "empty")).run("version")
    assert_five_parts(caught.value)
    assert "program git" in caught.value.message


def test_a_missing_folder_is_said_plainly(repo: GitRepo) -> None:
    with pytest.raises(UnreachableError) as caught:
        Git(repo.path / "nowhere", repo.environment).run("version")
    assert_five_parts(caught.value)
    assert "no folder" in caught.value.message


def test_a_folder_outside_every_repository_is_said_plainly(tmp_path: Path, repo: GitRepo) -> None:
    with pytest.raises(UnreachableError) as caught:
        assert Git(tmp_path, repo.environment).root
    assert_five_parts(caught.value)
    assert "not in a git repository" in caught.value.message


def test_a_repository_of_another_owner_names_the_remedy(repo: GitRepo) -> None:
    git = git_of(repo, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    with pytest.raises(UnreachableError) as caught:
        assert git.root
    assert_five_parts(caught.value)
    assert "safe.directory" in caught.value.fix


def test_a_missing_object_is_an_error_and_not_an_empty_answer(repo: GitRepo) -> None:
    repo.write("a.txt", "two\n")
    head = repo.commit("Second")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    Path(repo.path, ".git", "objects", tree[:2], tree[2:]).unlink()
    git = git_of(repo)
    with pytest.raises(UnreachableError) as caught:
        list(commits(git, repo.git("rev-parse", "HEAD~1"), head))
    assert_five_parts(caught.value)
    with pytest.raises(UnreachableError):
        net_changes(git, repo.git("rev-parse", "HEAD~1"), head)


def test_an_object_left_out_of_a_partial_clone_is_not_fetched_in_secret(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = repo.clone(tmp_path / "clone", "--filter=blob:none", "--no-checkout")
    blob = repo.git("rev-parse", "HEAD:a.txt")
    with pytest.raises(UnreachableError) as caught, reader(git_of(clone)) as objects:
        objects.read(blob, 100)
    assert_five_parts(caught.value)
    assert "object" in caught.value.message


def test_a_git_that_does_not_know_an_option_is_called_too_old(repo: GitRepo) -> None:
    with pytest.raises(UnreachableError) as caught:
        git_of(repo).run("rev-list", "--no-such-option", "HEAD")
    assert_five_parts(caught.value)
    assert "2.39" in caught.value.message


def test_what_git_complains_of_is_quoted_without_control_characters(repo: GitRepo) -> None:
    with pytest.raises(UnreachableError) as caught:
        git_of(repo).run("rev-parse", "--verify", "evil\x1b[2J\rname")
    assert_five_parts(caught.value)
    assert caught.value.why.startswith("git says: fatal:")


def test_objects_are_read_by_id_and_by_path(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo")
    odd = b"odd\n\xff name blob 3"
    repo.write(odd, "abc")
    head = repo.commit()
    with reader(git_of(repo)) as objects:
        found = objects.find(f"{head}:{os.fsdecode(odd)}")
        assert found is not None
        assert (found.kind, found.size) == ("blob", 3)
        assert objects.read(found.oid, 3) == b"abc"
        assert objects.read(found.oid, 2) is None
        assert objects.find(f"{head}:{os.fsdecode(odd)} missing\nx blob") is None
        assert objects.find("0" * 40) is None
        assert objects.read(found.oid, 3) == b"abc"
        with pytest.raises(UnreachableError):
            objects.read("1" * 40, 10)
