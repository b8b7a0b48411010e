"""Ways round the gate in commits, ranges and pushes; each of them once got through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gitrepo import GitRepo

CCGUARD = str(Path(sys.executable).parent / "ccguard")
CLAUDE = ["Co-Authored-By: Claude <noreply@anthropic.com>"]
POLICY = """version = 1
[claude]
mode = "supervised"
[zones.vault]
paths = ["secrets/"]
[zones.migrations]
paths = ["/db/migrations/"]
access = "read"
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo.made(tmp_path / "repo")
    made.write(".claude-policy.toml", POLICY)
    made.write("db/migrations/1.sql", "select 1;\n")
    made.write("docs/draft.sql", "".join(f"select {number};\n" for number in range(40)))
    made.write("x/settings.json", "{}\n")
    made.commit("Protect")
    made.git("branch", "base")
    return made


def told(repo: GitRepo, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run([CCGUARD, *words], cwd=repo.path, env=repo.environment, input=stdin, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def refused(repo: GitRepo, base: str = "base") -> set[tuple[str, str]]:
    """(rule number, path) of what blocks the range from a base to HEAD."""
    code, out, err = told(repo, "check", "--range", f"{base}..HEAD", "--format", "json")
    assert code in (0, 1), err
    return {(found["id"], found["path"]) for found in json.loads(out)["findings"] if found["level"] == "block"}


@pytest.mark.parametrize("name", [".claude", ".github", "docs"])
def test_a_link_in_the_place_of_a_folder_that_holds_guard_files_is_refused(repo: GitRepo, name: str) -> None:
    if name == "docs":
        repo.git("rm", "-rq", "docs")
    (repo.path / name).symlink_to("x")
    repo.commit("Tidy", trailers=CLAUDE)
    assert ("CCG031", name) in refused(repo)


def test_a_link_in_the_place_of_a_folder_that_holds_a_zone_is_refused(repo: GitRepo) -> None:
    repo.git("mv", "db", "elsewhere")
    (repo.path / "db").symlink_to("elsewhere")
    repo.commit("Tidy", trailers=CLAUDE)
    assert ("CCG021", "db") in refused(repo)


@pytest.mark.parametrize("kind", ["tag", "branch"])
def test_a_base_that_names_two_commits_is_refused(repo: GitRepo, kind: str) -> None:
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.write("secrets/key.txt", "k\n")
    repo.commit("Rotate", trailers=CLAUDE)
    repo.git(kind, "origin/main", "HEAD")
    code, _, err = told(repo, "check", "--range", "origin/main..HEAD")
    assert code == 2
    assert "names 2 refs that are not the same commit" in err
    assert refused(repo, "refs/remotes/origin/main") == {("CCG021", "secrets/key.txt")}


def test_an_edit_that_a_merge_carries_into_a_zone_is_refused(repo: GitRepo) -> None:
    repo.git("checkout", "-qb", "topic")
    repo.write("docs/draft.sql", "drop table users;\n" + "".join(f"select {number};\n" for number in range(40)))
    repo.commit("Edit the draft", trailers=CLAUDE)
    repo.git("checkout", "-q", "main")
    repo.git("mv", "docs/draft.sql", "db/migrations/2.sql")
    repo.commit("Take the draft over")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "--no-edit", "main")
    assert (repo.path / "db/migrations/2.sql").read_text().startswith("drop table")
    assert refused(repo, "main") == {("CCG021", "db/migrations/2.sql")}


def test_a_zone_in_other_letters_is_the_zone(repo: GitRepo) -> None:
    repo.write("SECRETS/key.txt", "k\n")
    repo.commit("Rotate", trailers=CLAUDE)
    assert refused(repo) == {("CCG021", "SECRETS/key.txt")}


@pytest.mark.parametrize("key", ["Signed-off-by", "Co-developed-by"])
def test_claudes_mailbox_counts_under_any_key_that_names_an_author(repo: GitRepo, key: str) -> None:
    repo.write("secrets/key.txt", "k\n")
    repo.commit("Rotate", trailers=[f"{key}: Claude <noreply@anthropic.com>"])
    assert refused(repo) == {("CCG021", "secrets/key.txt")}


@pytest.mark.parametrize("file", ["prek.toml", ".pre-commit-config.yml", "lefthook.yaml", ".githooks/pre-commit"])
def test_another_configuration_of_hooks_is_a_guard_file(repo: GitRepo, file: str) -> None:
    repo.write(file, "x\n")
    repo.commit("Add", trailers=CLAUDE)
    assert refused(repo) == {("CCG031", file)}


def test_a_push_to_a_remote_that_was_never_fetched_is_judged_by_the_local_default_branch(repo: GitRepo) -> None:
    repo.git("checkout", "-qb", "topic")
    repo.git("rm", "-q", ".claude-policy.toml")
    repo.write("secrets/key.txt", "k\n")
    head = repo.commit("Rotate", trailers=CLAUDE)
    line = f"refs/heads/topic {head} refs/heads/topic {'0' * 40}\n".encode()
    code, out, _ = told(repo, "push", "origin", stdin=line)
    assert code == 1
    assert "CCG021" in out
