"""Ways past the hook by which a zone's file could be reached, and calls beside them that must go through."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from gitrepo import GitRepo

from .ground import POLICY, POLICY_FILE, Ground, payload

ANCHORED = 'version = 1\n[claude]\nmode = "supervised"\n[zones.vault]\npaths = ["/local/"]\naccess = "none"\n'


def _searched(ground: Ground, **given: Any) -> str:
    return ground.call("Grep", pattern="x", **given).verdict


# -- searches: what git ignores ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ignoring(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A repository whose off-limits files git ignores, and which has nothing off limits besides."""
    ground = Ground(tmp_path_factory.mktemp("ignoring").resolve())
    ground.repo.write(POLICY_FILE, POLICY)
    ground.repo.write(".gitignore", ".env\nlocal/\n")
    for name in ("a.txt", "src/a.py", ".env", "local/secrets/key.txt", "local/x.txt", "src/.env"):
        ground.repo.write(name, "x\n")
    ground.repo.commit("Begin")
    return ground


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "pass"),
        ({"path": "src"}, "pass"),
        ({"glob": "*.py"}, "pass"),
        ({"glob": ".env"}, "deny"),
        ({"glob": ".env*"}, "deny"),
        ({"glob": "**"}, "deny"),
        ({"glob": "*.txt local"}, "deny"),
        ({"glob": "{a"}, "deny"),
        ({"glob": "key.txt"}, "pass"),
        ({"glob": "local/**"}, "pass"),
        ({"path": "local"}, "deny"),
        ({"path": "local/"}, "deny"),
        ({"path": "local", "glob": "x.txt"}, "pass"),
    ],
    ids=str,
)
def test_a_search_opens_ignored_files_where_a_glob_or_its_folder_says_so(
    given: dict[str, str], expected: str, ignoring: Ground
) -> None:
    assert _searched(ignoring, **given) == expected


@pytest.mark.parametrize("name", [".ignore", ".rgignore", "src/.ignore"])
def test_an_ignore_file_of_ripgrep_s_own_may_let_ignored_files_in(name: str, ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, ANCHORED)
    ground.repo.write(".gitignore", ".env\n")
    ground.repo.write("src/.env", "x\n")
    ground.repo.write("src/a.py", "x\n")
    assert _searched(ground, path="src") == "pass"
    ground.repo.write(name, "!.env\n")
    assert _searched(ground, path="src") == "deny"


# -- searches: the glob -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def globbed(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A governed repository with something in it for every glob."""
    ground = Ground(tmp_path_factory.mktemp("globbed").resolve()).governed()
    for name in ("README.md", "src/a.py", "src/secrets/key.txt"):
        ground.repo.write(name, "x\n")
    return ground


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.md,secrets/*", "deny"),
        ("*.md secrets/*", "deny"),
        ("*.md\tkey.txt", "deny"),
        ("*.md,*.{py,txt}", "deny"),
        ("*.{md,{py,txt}}", "deny"),
        ("{*.md,secrets/{key,x}.txt}", "deny"),
        ("!secrets/** secrets/key.txt", "deny"),
        ("!*.md", "deny"),
        ("#", "deny"),
        ("{a", "deny"),
        ("[", "deny"),
        ("!secrets", "pass"),
        ("!secrets/ !*.txt", "pass"),
        ("*.md,*.py", "pass"),
        ("*.md *.{py,js}", "pass"),
        ("*.{md,{py,js}}", "pass"),
        ("**/*.py", "pass"),
    ],
)
def test_a_search_s_glob_is_split_as_the_client_splits_it(glob: str, expected: str, globbed: Ground) -> None:
    assert _searched(globbed, glob=glob) == expected


def test_a_search_s_glob_may_count_from_the_working_directory_and_from_the_folder(globbed: Ground) -> None:
    for glob in ("src/secrets/*.txt", "secrets/*.txt", "key.txt"):
        assert _searched(globbed, path="src", glob=glob) == "deny", glob
    assert _searched(globbed, path=f"{globbed.path}/src", glob="src/secrets/*.txt") == "deny"
    assert _searched(globbed, path="src", glob="src/*.txt") == "pass"


# -- searches: folders by other names ---------------------------------------------------------------------------------


def test_a_search_through_a_link_lists_the_folder_that_it_leads_to(ground: Ground) -> None:
    ground.repo.write("deep/er/secrets/key.txt", "x\n")
    ground.repo.write("open/a.txt", "x\n")
    for name, target in {"link": "deep/er", "open-link": "open"}.items():
        (ground.path / name).symlink_to(target)
    (ground.folder / "door").symlink_to(ground.path / "deep")
    assert _searched(ground, path="link") == "deny"
    assert _searched(ground, path=f"{ground.folder}/door") == "deny"
    assert _searched(ground, path="open-link") == "pass"


def test_a_search_through_a_link_is_judged_by_the_repository_of_the_link_too(ground: Ground) -> None:
    other = GitRepo.made(ground.folder / "other")
    other.write("keys/a.txt", "x\n")
    ground.repo.write(POLICY_FILE, ANCHORED.replace("/local/", "/link/keys/"))
    (ground.path / "link").symlink_to("../other")
    assert _searched(ground, path="link") == "deny"
    assert _searched(ground, path="link", glob="*.py") == "pass"


# -- searches: repositories below -------------------------------------------------------------------------------------


@pytest.fixture
def outer(tmp_path: Path) -> Ground:
    """A repository without a policy."""
    ground = Ground(tmp_path.resolve())
    ground.repo.write("a.txt", "x\n")
    ground.repo.commit("Begin")
    return ground


def _governed(path: Path) -> GitRepo:
    repo = GitRepo.made(path)
    repo.write(POLICY_FILE, POLICY)
    repo.write("secrets/key.txt", "x\n")
    repo.commit("Begin")
    return repo


def test_a_search_sees_into_a_nested_repository(outer: Ground) -> None:
    assert _searched(outer) == "pass"
    _governed(outer.path / "vendor/lib")
    assert _searched(outer) == "deny"
    assert _searched(outer, path="vendor") == "deny"
    assert _searched(outer, glob="*.py") == "pass"


def test_a_search_sees_into_a_submodule(outer: Ground) -> None:
    source = _governed(outer.folder / "source")
    outer.repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source.path), "sub")
    assert _searched(outer) == "deny"
    assert _searched(outer, path="sub", glob="*.py") == "pass"


def test_a_search_sees_into_a_linked_work_tree_below_and_judges_by_the_outer_policy_too(ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, ANCHORED.replace("/local/", "/trees/feat/b/"))
    ground.repo.git("rm", "-q", "-r", "secrets")
    ground.repo.write("b/a.txt", "x\n")
    ground.repo.commit("Move")
    ground.repo.git("worktree", "add", "-q", "--detach", "trees/feat")
    assert _searched(ground, path="b") == "pass"
    assert _searched(ground, path="trees") == "deny"
    assert _searched(ground, path="trees", glob="*.py") == "pass"


def test_a_submodule_that_was_never_checked_out_hides_no_files(ground: Ground) -> None:
    ground.repo.write(POLICY_FILE, ANCHORED.replace("/local/", "/sub/keys/"))
    ground.repo.git("rm", "-q", "-r", "secrets")
    ground.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    (ground.path / "sub").mkdir()
    assert _searched(ground) == "pass"
    ground.repo.write("sub/keys/a.txt", "x\n")
    assert _searched(ground) == "deny"


def test_a_search_around_repositories_sees_into_those_with_a_policy(ground: Ground) -> None:
    projects = ground.folder / "projects"
    GitRepo.made(projects / "free").write("a.txt", "x\n")
    assert _searched(ground, path=str(projects)) == "pass"
    _governed(projects / "held")
    assert _searched(ground, path=str(projects)) == "deny"
    assert _searched(ground, path=str(projects), glob="*.py") == "pass"


def test_more_repositories_than_can_be_looked_at_can_not_be_told(ground: Ground) -> None:
    ground.repo.git("rm", "-q", "-r", "secrets")
    inner = ground.path
    for _ in range(8):
        inner = inner / "in"
        GitRepo.made(inner)
    (inner / "a.txt").write_text("x")
    assert _searched(ground) == "pass"
    GitRepo.made(inner / "in").write("a.txt", "x")
    found = ground.call("Grep", pattern="x")
    assert found.verdict == "deny" and "more repositories lie below" in found.reason


def test_a_search_in_a_work_tree_beside_its_bare_repository_works(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    source = _governed(folder / "source")
    source.write("src/a.py", "x\n")
    source.commit("More")
    container = folder / "proj"
    container.mkdir()
    source.git("clone", "-q", "--bare", str(source.path), str(container / ".bare"))
    (container / ".git").write_text("gitdir: ./.bare\n")
    bare = GitRepo(container)
    bare.git("worktree", "add", "-q", "feat", "main")
    ground = Ground(folder, GitRepo(container / "feat"))
    assert ground.read("src/a.py").verdict == "pass"
    assert _searched(ground, path="src") == "pass"
    assert _searched(ground, glob="*.py") == "pass"
    assert _searched(ground) == "deny"
    assert _searched(ground, path=str(container)) == "deny"


# -- hard links -------------------------------------------------------------------------------------------------------


def test_a_search_over_a_hard_link_to_an_off_limits_file_opens_it(ground: Ground) -> None:
    ground.repo.write("open/b.txt", "x\n")
    (ground.path / "open/twin.txt").hardlink_to(ground.path / "a.txt")
    assert _searched(ground, path="open") == "pass"
    (ground.path / "open/hard.txt").hardlink_to(ground.path / "secrets/key.txt")
    assert _searched(ground, path="open") == "deny"
    assert _searched(ground, path="open", glob="b.txt") == "pass"


def test_a_search_outside_of_every_repository_is_none_of_ours_but_for_the_session_s_files(ground: Ground) -> None:
    other = GitRepo.made(ground.folder / "other")
    other.write("b.txt", "x\n")
    assert _searched(ground, path=str(other.path)) == "pass"
    (other.path / "hard.txt").hardlink_to(ground.path / "secrets/key.txt")
    assert _searched(ground, path=str(other.path)) == "deny"


def test_a_hard_linked_file_among_very_many_is_read_in_time(ground: Ground) -> None:
    store = ground.path / "node_modules"
    for folder in range(300):
        (store / f"p{folder}").mkdir(parents=True)
        for file in range(100):
            os.close(os.open(store / f"p{folder}/f{file}.js", os.O_CREAT | os.O_WRONLY))
    (store / "p7/linked.js").hardlink_to(ground.path / "a.txt")
    (store / "p8/linked.js").hardlink_to(ground.path / "secrets/key.txt")
    assert ground.read("node_modules/p7/linked.js").verdict == "pass"
    assert ground.read("node_modules/p8/linked.js").verdict == "deny"


# -- tools that nobody here knows -------------------------------------------------------------------------------------

# a string, with {root}, in an unknown tool's input -> the answer
TEXTS: dict[str, tuple[str, str]] = {
    "newline that a step up removes": ("x\n/../secrets/key.txt", "deny"),
    "very many dots": ("./" * 3_000 + "secrets/key.txt", "deny"),
    "very many steps up": ("x/../" * 2_000 + "secrets/key.txt", "deny"),
    "address with a host": ("file://localhost{root}/secrets/key.txt", "deny"),
    "address with one slash": ("file:{root}/secrets/key.txt", "deny"),
    "address in another case": ("FILE://{root}/secrets/key.txt", "deny"),
    "escaped address": ("file://{root}/%73ecrets/key%2etxt", "deny"),
    "address with a query": ("file://{root}/%73ecrets?x=1#y", "deny"),
    "address with a fragment": ("file://{root}/src/..%2f.env#L1", "deny"),
    "blanks around": ("  ./secrets/key.txt\n", "deny"),
    "backslashes": ("secrets\\key.txt", "deny"),
    "at": ("@secrets/key.txt", "deny"),
    "at and blanks": (" @.env ", "deny"),
    "home by its variable": ("$HOME/.ssh/id_rsa", "deny"),
    "home by its variable in braces": ("${HOME}/.aws/credentials", "deny"),
    "home of a user": ("~root/../{root}/secrets/key.txt", "deny"),
    "JSON": (json.dumps({"a": ["secrets/key.txt"]}), "deny"),
    "JSON in JSON": (json.dumps([json.dumps({"path": "secrets"})]), "deny"),
    "word": ("secrets", "pass"),
    "word of a file that is there": ("id_rsa_mine", "deny"),
    "word with a dot": ("secrets.txt", "pass"),
    "text of several lines": ("Move the key\nfrom app/secrets/ to a vault\n", "pass"),
    "text that looks like JSON": ("[secrets] are kept elsewhere", "pass"),
    "long text": ("a/b " * 3_000, "pass"),
    "address of the web": ("https://example.com/a?b=c", "pass"),
    "ordinary path": ("src/a.py", "pass"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """One governed repository, in which these tests change nothing."""
    ground = Ground(tmp_path_factory.mktemp("shared").resolve()).governed()
    for name in ("src/a.py", "id_rsa_mine", "vault2/x.txt"):
        ground.repo.write(name, "x\n")
    return ground


@pytest.mark.parametrize("name", TEXTS)
def test_a_string_of_an_unknown_tool_is_taken_for_every_path_that_it_may_mean(name: str, shared: Ground) -> None:
    text, expected = TEXTS[name]
    text = text.replace("{root}", str(shared.path)) if "{root}" in text else text
    assert shared.call("mcp__x__do", value=text).verdict == expected


@pytest.mark.parametrize(
    "key", ["path", "file", "dir", "folder", "uri", "filePath", "targetDir", "paths", "source", "cwd"]
)
def test_an_input_that_says_it_is_a_path_is_one_whatever_it_looks_like(key: str, shared: Ground) -> None:
    for value, expected in (("secrets", "deny"), ("nothing", "pass")):
        assert shared.answer(payload("mcp__x__do", {key: value}, str(shared.path))).verdict == expected


@pytest.mark.parametrize("key", ["channel", "query", "name", "text"])
def test_a_word_is_no_path(key: str, shared: Ground) -> None:
    assert shared.call("mcp__x__do", **{key: "secrets"}).verdict == "pass"


# -- how the client opens a path --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [" .env", ".env ", "\tsrc/.env\n", "\ufeffid_rsa", "\u3000.env"])
@pytest.mark.parametrize("tool", ["Read", "Write", "Grep", "Glob"])
def test_a_path_is_trimmed_as_the_client_trims_it(text: str, tool: str, shared: Ground) -> None:
    given: dict[str, Any] = {"Grep": {"path": text, "pattern": "x"}, "Glob": {"path": text, "pattern": "*"}}.get(
        tool, {"file_path": text, "content": "x"}
    )
    assert shared.call(tool, **given).verdict == "deny"


def test_a_path_is_known_in_both_of_unicode_s_normal_forms(ground: Ground) -> None:
    for zone, path in (("caf\u00e9", "cafe\u0301"), ("cafe\u0301", "caf\u00e9")):
        ground.repo.write(POLICY_FILE, ANCHORED.replace("/local/", f"/{zone}/"))
        assert ground.read(f"{path}/x.txt").verdict == "deny"
        assert ground.write(f"{path}/x.txt").verdict == "deny"
    assert ground.read("th\u00e9/x.txt").verdict == "pass"


# -- links of a process -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/cwd").is_symlink(), reason="there is no /proc here")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/proc/self/cwd/secrets/key.txt", "deny"),
        ("/proc/thread-self/cwd/secrets/key.txt", "deny"),
        ("/proc/self/task/1/cwd/secrets/key.txt", "deny"),
        ("/proc/999999999/cwd/secrets/key.txt", "deny"),
        ("/proc/self/root{root}/secrets/key.txt", "deny"),
        ("/proc/1/root{root}/secrets/key.txt", "deny"),
        ("here/secrets/key.txt", "deny"),
        ("/proc/self/fd/7", "deny"),
        ("/dev/fd/7", "deny"),
        ("/proc/self/cwd/a.txt", "pass"),
        ("/proc/self/status", "pass"),
        ("/proc/self/fd", "pass"),
        ("/dev/stdin", "pass"),
        ("/dev/null", "pass"),
    ],
)
def test_a_process_s_own_links_lead_where_they_lead_for_the_session(path: str, expected: str, ground: Ground) -> None:
    (ground.path / "here").symlink_to("/proc/self/cwd")
    elsewhere = ground.folder / "elsewhere"
    elsewhere.mkdir()
    started = GitRepo(elsewhere)
    ground.repo.path, inside = elsewhere, ground.path  # the hook itself runs in another folder
    try:
        path = path.replace("{root}", str(inside))
        path = f"{inside}/{path}" if path.startswith("here") else path
        assert started.path == elsewhere
        assert ground.call("Read", cwd=str(inside), file_path=path).verdict == expected
        assert ground.call("Bash", cwd=str(inside), command=f"cat {path}").verdict == expected
    finally:
        ground.repo.path = inside


def test_a_process_s_working_directory_may_be_the_one_that_the_session_started_in(ground: Ground) -> None:
    (ground.path / "src").mkdir()
    call = {"file_path": "/proc/self/cwd/secrets/key.txt"}
    at = payload("Read", call, str(ground.path / "src"))
    assert ground.answer(at, {"CLAUDE_PROJECT_DIR": str(ground.path)}).verdict == "deny"


# -- globs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("secr*/*", "deny"),
        ("{secrets,x}/*", "deny"),
        ("{secrets/*,x}", "deny"),
        ("{x,{y,secrets}}/*", "deny"),
        ("[s]ecrets/*", "deny"),
        ("?ecrets/**/*.txt", "deny"),
        ("{root}/secr*/*", "deny"),
        ("{x/*", "deny"),
        ("**/*.py", "pass"),
        ("*.md", "pass"),
        ("*/*.txt", "pass"),
        ("src/**", "pass"),
        ("s*c/*", "pass"),
        ("**/*.{py,{js,ts}}", "pass"),
        ("{src,tests}/**/*.py", "pass"),
        ("secr*", "pass"),
    ],
)
def test_a_glob_that_is_aimed_at_a_zone_touches_it(pattern: str, expected: str, shared: Ground) -> None:
    assert shared.call("Glob", pattern=pattern.replace("{root}", str(shared.path))).verdict == expected
