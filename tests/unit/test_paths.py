"""What a set of gitignore patterns covers, which patterns are refused, and what survives freezing."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest
from gitrepo import GitRepo

from ccguard.model.paths import PathSet, bytes_of
from ccguard.policy.patterns import CLASSES, MOST_BYTES, MOST_PATTERNS, PatternError, compile_patterns

# patterns, covered, not covered; a path that ends in a slash is a folder
CASES = {
    "a bare name matches at any depth": ([".env"], [".env", "a/b/.env", ".env/", ".env/x"], [".envrc", "a.env", "env"]),
    "an extension matches at any depth": (["*.pem"], ["x.pem", "a/b.pem", ".pem", "d.pem/x"], ["x.pem2", "x.PEM"]),
    "the start of a name matches": (["id_rsa*"], ["id_rsa", "id_rsa.pub", "a/id_rsa2"], ["my_id_rsa", "id_rs"]),
    "both ends of a name match": (["a*.json"], ["a.json", "a-1.json", "x/ab.json"], ["a.jso", "b.json", "a.json5"]),
    "the two ends may not overlap": (["aba*ba"], ["ababa", "abaxba"], ["aba", "abba"]),
    "what is between stars may not overlap the ends": (["ab*bx*c", "x*yz*zz"], ["abbxc", "xyzzz"], ["abxac", "xayzz"]),
    "a slash at the end means folders only": (["out/"], ["out/", "out/x", "a/out/x/y"], ["out", "a/out"]),
    "a slash at the start ties to the root": (["/out"], ["out", "out/", "out/x"], ["a/out"]),
    "a slash in the middle ties to the root": (["src/pay/"], ["src/pay/", "src/pay/a/b"], ["src/pay", "x/src/pay/a"]),
    "a star does not cross a slash": (["src/*.py"], ["src/a.py", "src/.py"], ["src/a/b.py", "a.py"]),
    "a lone star is everything": (["*"], ["a", "a/b", "x/"], []),
    "a star alone for one folder": (["a/*/c"], ["a/b/c", "a/b/c/d"], ["a/c", "a/b/b/c"]),
    "two stars at the start": (["**/a/b"], ["a/b", "x/a/b", "x/y/a/b/c"], ["a/x/b", "xa/b"]),
    "two stars at the end": (["a/**"], ["a/b", "a/b/c"], ["a", "a/", "x/a/b"]),
    "two stars at the end, folders only": (["a/**/"], ["a/b/", "a/b/c"], ["a/b", "a/"]),
    "two stars in the middle": (["a/**/b"], ["a/b", "a/x/b", "a/x/y/b/z"], ["ab", "b", "x/a/b", "a/xb"]),
    "two stars within a name are one": (["a/x**y"], ["a/xy", "a/x1y"], ["a/x/y"]),
    "three stars are two": (["a/***/b"], ["a/b", "a/x/y/b"], ["ab"]),
    "two stars after the literal start cross folders, as in git": (["a/b**/c"], ["a/bc", "a/bx/y/c"], ["a/x/c"]),
    "a question mark is one byte": (["a?c", "n?"], ["abc", "a.c", "n\udcff"], ["ac", "abbc", "né", "a/c"]),
    "a character is several bytes": (["n??"], ["né", "nab"], ["na", "n"]),
    "a name in any script": (["gehälter/", "秘密.txt"], ["gehälter/x", "a/秘密.txt"], ["gehalter/x"]),
    "a bracket": (["[a-c]1"], ["a1", "b1", "x/c1"], ["d1", "A1", "1"]),
    "a bracket of all others": (["[!a-c]1", "[^x]2"], ["d1", "A1", "y2"], ["a1", "x2", "/1"]),
    "a class of characters": (["[[:digit:]_]x"], ["1x", "_x"], ["ax", ":x", "[x"]),
    "a bracket holds its own end": (["[]-]x"], ["]x", "-x"], ["ax"]),
    "a bracket in a name between slashes": (["a/[!/]b/c"], ["a/xb/c"], ["a//b/c", "a/b/c"]),
    "a backslash takes away a meaning": (["\\*", "\\!a", "\\#b", "c\\?"], ["*", "!a", "#b", "c?"], ["x", "a", "cx"]),
    "a space at the end is dropped": (["a  ", "b\\ "], ["a", "b "], ["a ", "a  ", "b"]),
    "a tab at the end stays": (["a\t"], ["a\t"], ["a"]),
    "a carriage return at the end is dropped": (["a\r", "b \r", "c\r\r"], ["a", "b", "c\r"], ["a\r", "c"]),
    "a byte order mark before the first line is dropped": (["\ufeffa", "\ufeffb"], ["a", "\ufeffb"], ["\ufeffa", "b"]),
    "comments and empty lines are nothing": (["# a", "", "  ", "\r"], [], ["# a", "a", "  ", "x"]),
    "the last matching line wins": (["*.env", "!x.env", "a/x.env"], ["y.env", "a/x.env"], ["x.env", "b/x.env"]),
    "what is below a covered folder stays covered": (["a/", "!a/b"], ["a/b", "a/"], ["b"]),
    "the content of a folder can be taken out": (["a/*", "!a/b"], ["a/c", "a/c/b"], ["a/b", "a/", "a/b/c"]),
    "a folder taken out still holds covered files": (["a*", "!ab/", "*.key"], ["ab", "ab/x.key"], ["ab/", "ab/x"]),
    "nothing at all": ([], [], ["a", "a/"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_set_covers(case: str) -> None:
    lines, covered, clear = CASES[case]
    paths = compile_patterns(lines)
    assert [path for path in covered + clear if paths.covers(path)] == covered


def test_git_gives_the_same_answers_to_the_table(tmp_path: Path) -> None:
    repo = GitRepo.made(tmp_path / "repo")
    for case, (lines, covered, clear) in CASES.items():
        (repo.path / ".gitignore").write_bytes("\n".join(lines).encode())
        asked = [path for path in covered + clear if not path.endswith("/") and "//" not in path and path[0] != "/"]
        done = repo.tried("check-ignore", "--no-index", "-z", "--stdin", input=b"\0".join(map(bytes_of, asked)) + b"\0")
        assert done.returncode in (0, 1), done.stderr
        ignored = done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
        assert ignored == [path for path in asked if path in covered], case


def test_the_caller_may_say_that_a_path_is_a_folder() -> None:
    paths = compile_patterns(["out/"])
    assert paths.covers("a/out", folder=True)
    assert not paths.covers("a/out", folder=False)


def test_the_root_is_never_covered() -> None:
    assert not compile_patterns(["*", "/**"]).covers("", folder=True)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("Secrets/", "sEcReTs/x"),
        ("*.pem", "X.PEM"),
        ("*.PEM", "x.pem"),
        ("src/[A-C]x", "SRC/bX"),
        ("[A]x", "ax"),
        ("[[:upper:]]x", "ax"),
        ("\\A", "a"),
        ("gehälter", "GEHÄLTER"),
        ("straße*", "STRASSE1"),
        ("Ä?", "äx"),
    ],
)
def test_folding_ignores_case_on_both_sides(pattern: str, path: str) -> None:
    paths = compile_patterns([pattern])
    assert paths.covers(path, fold=True)
    assert not paths.covers(path)


def test_a_bracket_of_all_others_leaves_out_either_case() -> None:
    paths = compile_patterns(["[!a]x"])
    assert [paths.covers(path, fold=True) for path in ("Ax", "ax", "Bx")] == [False, False, True]


def test_half_of_a_surrogate_pair_is_a_byte_sequence_like_any_other() -> None:
    paths = compile_patterns([".env*"])
    assert paths.covers("a/.env\ud800")
    assert not paths.covers("a/\ud800.env")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("*a" * 17, "more than 16 stars"),
        ("**/" * 8 + "*", "more than 16 stars"),
        ("x" * (MOST_BYTES + 1), "longer than 1,024 bytes"),
        ("é" * 513, "longer than 1,024 bytes"),
        ("a\0b", "one line"),
        ("a\nb", "one line"),
        ("[ab", "never closed"),
        ("a/[", "never closed"),
        ("[]", "never closed"),
        ("[a\\]", "never closed"),
        ("[[:alpha:]", "never closed"),
        ("[[:letter:]]", "[:letter:] is no class"),
        ("a\\", "backslash at the end"),
        ("a\\/", "backslash at the end"),
        ("a[/]b", "can match no path"),
        ("./secrets/", "can match no path"),
        ("../secrets", "can match no path"),
        ("a//b", "can match no path"),
        ("/", "can match no path"),
        ("!", "can match no path"),
    ],
)
def test_a_pattern_that_git_never_matches_or_that_is_too_large_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_patterns(["fine", "# a comment", pattern])
    assert message in str(caught.value)
    assert (caught.value.line, caught.value.pattern) == (2, pattern)


@pytest.mark.parametrize("pattern", ["*a" * 16, "x" * MOST_BYTES, "[*]\\*" * 20, "**/" * 8 + "a"])
def test_a_pattern_at_the_limit_is_taken(pattern: str) -> None:
    assert compile_patterns([pattern]).patterns == (pattern,)


def test_more_patterns_than_the_limit_are_refused() -> None:
    lines = [f"name{number}" for number in range(MOST_PATTERNS)]
    assert compile_patterns([*lines, "# a comment"]).covers("name1999")
    with pytest.raises(PatternError, match="more than 2,000 patterns") as caught:
        compile_patterns([*lines, "# a comment", "one more"])
    assert caught.value.line == MOST_PATTERNS + 1


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_members_and_leaves_some_out(name: str) -> None:
    paths = compile_patterns([f"x[[:{name}:]]"])
    answers = [paths.covers(f"x{chr(code)}") for code in range(1, 128)]
    assert set(answers) == {True, False}


@pytest.mark.parametrize("case", CASES)
def test_a_set_is_the_same_after_freezing_and_thawing(case: str) -> None:
    lines, covered, clear = CASES[case]
    paths = compile_patterns([*lines, "A", "x[b-d]*?y*z", "a/**/b"])
    thawed = PathSet.thaw(marshal.loads(marshal.dumps(paths.freeze())))
    assert thawed == paths
    assert hash(thawed) == hash(paths)
    assert [thawed.covers(p, fold=f) for p in covered + clear for f in (False, True)] == [
        paths.covers(p, fold=f) for p in covered + clear for f in (False, True)
    ]


def test_the_empty_set_covers_nothing() -> None:
    assert not PathSet(()).covers("a/b")
    assert not PathSet(()).touches_below("")


def test_patterns_that_were_not_compiled_raise_and_never_say_no() -> None:
    with pytest.raises(ValueError, match="never compiled"):
        PathSet(("a",)).covers("b")
    with pytest.raises(ValueError, match="never compiled"):
        PathSet(("a",)).touches_below("b")


@pytest.mark.parametrize(
    ("lines", "touched", "clear"),
    [
        (["src/payments/"], ["", "src", "src/"], ["lib", "src/pay", "lib/src"]),
        (["src/*/keys"], ["src", "src/a"], ["src/a/b"]),
        (["src/**/keys"], ["src", "src/a", "src/a/b"], ["lib"]),
        (["*.pem", ".env"], [], ["", "src"]),
        (["**/conf/keys", "**/**/*.key"], ["conf", "a/conf"], ["", "a", "conf/x"]),
        (["!src/payments/", "*.pem"], [], ["", "src"]),
    ],
)
def test_a_set_touches_what_is_below_a_folder(lines: list[str], touched: list[str], clear: list[str]) -> None:
    paths = compile_patterns(lines)
    assert [path for path in touched + clear if paths.touches_below(path)] == touched


def test_a_set_touches_below_a_folder_in_another_case_where_case_is_ignored() -> None:
    paths = compile_patterns(["Src/Payments/"])
    assert paths.touches_below("sRC", fold=True)
    assert not paths.touches_below("sRC")
