"""Our matcher and git answer alike, for any patterns and any paths."""

from __future__ import annotations

import shutil
import sys

import pytest
from gitrepo import GitRepo
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccguard.model.paths import PathSet, bytes_of
from ccguard.policy.patterns import CLASSES, PatternError, compile_patterns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes as a name")

LITERALS = "aabbc.- Aé\udcff\r\t\x0b^!#]~"
SPECIALS = ("*", "**", "***", "?", "/", "/", "/**", "**/", "/**/", "\\", "\\/", "!", "#", " ", "*", "a*")
BRACKETS = (
    "[ab]", "[!a]", "[^ab-]", "[a-c]", "[c-a]", "[]a]", "[!]]", "[a/]", "[!/]", "[\\]a]", "[\\a-\\c]", "[--a]", "[a-]",
    "[[:alpha:]]", "[![:space:]]", "[[:upper:]b]", "[[:punct:]]", "[[:lower:]-a]", "[[:]", "[[:a]", "[é]", "[!é]",
    "[B-C]", "[[:cntrl:]]", "[[:graph:]]", "[[:digit:][:blank:]]", "[a-[:alpha:]]", "[[:print:]]", "[[:alnum:]]",
    "[[:xdigit:]]", "[a-c-e]", "[\\--1]", "[[:alpha:]-z]", "[^[:upper:]]",
)  # fmt: skip


def texts(alphabet: str, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=most)


pieces = st.one_of(texts(LITERALS, 2), st.sampled_from(SPECIALS), st.sampled_from(SPECIALS), st.sampled_from(BRACKETS))
names = st.one_of(texts("ab", 3), texts("ab", 3), texts("abcA.-é\udcff !#*?[]\\^~\r\t\x0b1", 4))
paths = st.lists(names.filter(lambda name: name not in (".", "..")), min_size=1, max_size=5).map("/".join)
globs = st.sampled_from(("*", "**", "a*", "*b", "?", "[ab]"))
tame = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "", "", "!")),
    st.sampled_from(("", "", "/", "**/")),
    st.lists(st.one_of(names, globs), min_size=1, max_size=4).map("/".join),
    st.sampled_from(("", "", "/", "/**", " ")),
)
# Where case is ignored git never matches an upper-case letter that is escaped or in a bracket (only in a range); we do.
patterns = st.one_of(st.lists(pieces, min_size=1, max_size=7).map("".join), tame, tame).map(
    lambda line: line.replace("A", "a") if "[" in line or "\\" in line else line
)


def near(line: str) -> list[str]:
    """Paths that a pattern likely matches, or only just fails to."""
    bare = line.strip("!/ \r")
    for bracket in BRACKETS:
        bare = bare.replace(bracket, "a")
    filled = [bare.replace("**", deep).replace("*", star) for deep in ("a", "b/a", "a/b/c") for star in ("", "b")]
    filled += [bare, bare.replace("**/", "").replace("*", "a"), bare.replace("\\", "")]
    filled += [bare.replace("a", "A").replace("b", "B"), f"{filled[0]}/a", f"a/{filled[2]}"]
    return [path for path in filled if not {"", ".", ".."} & set(path.split("/"))]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    return GitRepo.made(tmp_path_factory.mktemp("gitignore") / "repository")


def make_folders(repo: GitRepo, folders: list[str]) -> None:
    """Leaves these folders, and nothing else, in the work tree."""
    for entry in repo.path.iterdir():
        if entry.is_dir() and entry.name != ".git":
            shutil.rmtree(entry)
    for folder in folders:
        (repo.path / folder).mkdir(parents=True, exist_ok=True)


def ignored(repo: GitRepo, lines: list[str], asked: list[str], *, fold: bool) -> dict[str, bool]:
    """What `git check-ignore` says of each path, with these lines as the one .gitignore."""
    (repo.path / ".gitignore").write_bytes(b"\n".join(map(bytes_of, lines)))
    done = repo.tried(
        *("-c", f"core.ignorecase={str(fold).lower()}", "check-ignore", "--no-index", "-znv", "--stdin"),
        input=b"".join(bytes_of(path) + b"\0" for path in asked),
    )
    assert done.returncode in (0, 1), done.stderr
    fields = done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]  # source, line, pattern, path; again
    assert fields[3::4] == asked
    matches = zip(fields[3::4], fields[0::4], fields[2::4], strict=True)
    return {path: bool(source) and not pattern.startswith("!") for path, source, pattern in matches}


def usable(lines: list[str]) -> tuple[PathSet, list[str]]:
    """The set of the lines that we take; a line that we refuse must be one that git never matches."""
    refused: set[int] = set()
    while True:
        kept = ["#" if index in refused else line for index, line in enumerate(lines)]
        try:
            return compile_patterns(kept), [lines[index] for index in sorted(refused)]
        except PatternError as error:
            refused.add(error.line)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(lines=["a/b**/c"], asked=["a/bc", "a/b/c", "a/bx/c", "a/bx/y/c", "a/x/c"], folders=[], fold=False)
@example(lines=["a**/**/**"], asked=["a", "ab", "ab/c", "a/b/c"], folders=["ab"], fold=False)
@example(lines=["a/**\\/b"], asked=["a/b", "a/x/b", "a/x/y/b"], folders=[], fold=False)
@given(
    lines=st.lists(patterns.filter(lambda line: "\n" not in line), min_size=1, max_size=5),
    asked=st.lists(paths, min_size=15, max_size=20),
    folders=st.lists(paths, max_size=3),
    fold=st.booleans(),
)
def test_the_answer_is_git_s_answer(
    repo: GitRepo, lines: list[str], asked: list[str], folders: list[str], fold: bool
) -> None:
    asked = asked + folders + [path for line in lines for path in near(line)]
    make_folders(repo, folders)
    compiled, refused = usable(lines)
    ours = {path: compiled.covers(path, folder=(repo.path / path).is_dir(), fold=fold) for path in asked}
    assert ours == ignored(repo, lines, asked, fold=fold)
    for line in refused:
        answers = ignored(repo, [line.removeprefix("!")], asked, fold=fold)
        assert not any(answers.values()), f"{line!r} is refused, and git can match it"


@pytest.mark.parametrize("bracket", [*BRACKETS, *(f"[[:{name}:]]" for name in CLASSES)])
def test_a_bracket_takes_the_bytes_that_git_takes(repo: GitRepo, bracket: str) -> None:
    make_folders(repo, [])
    asked = ["a" + bytes([code]).decode("utf-8", "surrogateescape") for code in range(1, 256) if code != ord("/")]
    for fold in (False, True):
        compiled, _ = usable(["a" + bracket])
        ours = {path: compiled.covers(path, fold=fold) for path in asked}
        assert ours == ignored(repo, ["a" + bracket], asked, fold=fold)
