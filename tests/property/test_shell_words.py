"""Our lexer agrees with bash: on what words stand for, where here-documents end, and what is a word at all."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccguard.shell.accesses import spelled
from ccguard.shell.lexer import lex
from ccguard.shell.words import Part, Redirect, Unreadable, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ccguard.shell.words import Token

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the oracle")
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BASH = shutil.which("bash") or "bash"


def bash(script: str, given: str = "") -> str:
    """What bash writes to standard output, with nothing on PATH and nothing read from files."""
    ran = subprocess.run(
        [BASH, "--norc", "--noprofile", "-c", script],
        input=given.encode("utf-8", "surrogateescape"),
        capture_output=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/nonexistent", "FUNCNEST": "10"},
        cwd="/",
        timeout=60,
        check=False,
    )
    return ran.stdout.decode("utf-8", "surrogateescape")


# -- what a word stands for ---------------------------------------------------------------------------------------

PLAIN = st.text("abz09._-/:,%@^+=#\u00e9", min_size=1, max_size=4)
INSIDE = st.text(" ab\t\n;&|()<>#*?[]{}~!'\"\\$`=\u00e9\r", max_size=5)


def _single(text: str) -> str:
    return "'" + text.replace("'", "") + "'"


def _double(text: str) -> str:
    """Text between double quotes in which a backslash may stand before anything, and nothing is expanded."""
    kept = text.replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return '"' + kept + ("\\" if (len(kept) - len(kept.rstrip("\\"))) % 2 else "") + '"'


def _escaped(char: str) -> str:
    return "\\" + char


ANSI = st.lists(
    st.sampled_from(["a", " ", '"', "$x", "\\n", "\\t", "\\'", "\\\\", "\\x41", "\\x4", "\\xc3\\xa9", "\\xff", "\\101"])
    | st.sampled_from(
        ["\\u00e9", "\\u", "\\U0001F600", "\\cA", "\\c?", "\\e", "\\q", "\\?", "\\x{41}", "\\0a", "\\400", "\n"]
    ),
    max_size=4,
).map(lambda pieces: "$'" + "".join(pieces) + "'")
PIECE = st.one_of(
    PLAIN,
    st.sampled_from(" ab;&|()<>#*?[]{}~!'\"\\$`=\u00e9").map(_escaped),
    INSIDE.map(_single),
    INSIDE.map(lambda text: _double(text.replace("\\", ""))),
    st.sampled_from(["\\a", "\\\\", "\\$", "\\`", '\\"', "\\\n", "a", "'"]).map(lambda text: f'"{text}"'),
    INSIDE.map(lambda text: "$" + _double(text.replace("\\", ""))),
    ANSI,
    st.just("\\\n"),
)
WORD = st.builds(
    lambda pieces, end: "".join(pieces) + end, st.lists(PIECE, min_size=1, max_size=5), st.sampled_from(["", "$"])
)


def _is_word(text: str) -> bool:
    return text.replace("\\\n", "")[:1] not in ("", "#")


@FEW
@given(st.lists(WORD.filter(_is_word), min_size=1, max_size=30), st.sampled_from([" ", "\t", "  ", " \\\n "]))
def test_a_word_stands_for_what_bash_makes_of_it(words: list[str], blank: str) -> None:
    line = blank.join(["printf '%s\\0'", *words])
    wanted = bash(f"set -f +B\n{line}").split("\0")[:-1]
    tokens = lex(line)
    assert [token.text for token in tokens if isinstance(token, Word)][2:] == wanted


# -- where a here-document ends -------------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(["x", "", "E", "\tE", "E ", " E", "EE", "'", '"', ")", "\\", "x\\", "E\\", "\\\\", "#", "é"])
)
PRINT = 'while IFS= read -r line || [ -n "$line" ]; do printf \'%s\\n\' "$line"; done'


@FEW
@given(LINES, st.sampled_from(["<<E", "<<'E'", "<<\\E", '<<""E', "<<-E", "<<-'E'", "<< E", "<<\\\nE"]))
def test_a_here_document_holds_what_bash_gives_to_the_command(lines: list[str], start: str) -> None:
    behind = "printf 'END'"
    command = "\n".join([f"{{ {PRINT}; }} {start}", *lines, "E", behind])
    tokens = lex(command)
    redirect = next(token for token in tokens if isinstance(token, Redirect))
    assert redirect.body is not None
    wanted = bash(command)
    body = redirect.body.text
    assert body is not None
    follows = any(isinstance(token, Word) and token.text == "END" for token in tokens)
    if body and not body.endswith("\n"):
        body += "\n"  # bash printed each line with one
    assert (body, follows) == (wanted.removesuffix("END"), wanted.endswith("END"))


# -- what is a word at all ------------------------------------------------------------------------------------------

# Bash prints a function that it has read in its own layout: the same words must be in the text and in the print.
REPRINT = """
while IFS= read -r -d '' text; do
  ( if eval "f() {
$text
}" >/dev/null 2>&1 </dev/null; then declare -f f; fi )
  printf '\\0'
done
"""
BLANK = st.sampled_from([" ", "  ", "\t", " \\\n"])
END = st.sampled_from(["; ", "\n", " ;\n", " & ", " # it's (\n"])
JOIN = st.sampled_from([";", " && ", "||", "|", "&", "\n", "\n\n", " # \" ' ) `\n", "&\\\n& "])
LITERAL = st.one_of(
    st.sampled_from(["a", "b1", "'c d'", '"e f"', "\\g", "\\;", "h\\\ni", "*", "[j]", "{k,l}", "~", "#", "!", "="]),
    st.sampled_from(["in", "do", "esac", "]", "'\"'", '"\'"', "`a \\`b\\``", "$((1<<2))", "$(( (1) + `a` ))", "$[1]"]),
    st.sampled_from(["$x", "${x}", "${#x}", "${x:-y}", "${x#'}'}", "\"${x#'}'}\"", '"${x:-"z"}"', "\"${x:-'z'}\""]),
)
FIRST = st.sampled_from(["a", "x=b c", "x+=(d e) f", "x[ 1 ]=g", "x[#]=h i", "'j'", "! k", "time l"])
OPERATOR = st.sampled_from(["<", ">", ">>", "2>", "<>", ">|", "&>", "<<<", "{v}>"])
TEST = st.one_of(
    st.sampled_from(["[[ a =~ (b c|d) ]]", "[[ a =~ x|y$ ]]", "[[ -f a && ! -e b ]]", "[[ a < b || ( 'c' == d ) ]]"]),
    st.sampled_from(["((1 < 2))", "((a); b)", "(((1)) && (2))"]),
)
# What stands for itself in a shape: L a word, C a command, J between commands, E behind the last one of a list.
SHAPES = st.one_of(
    st.sampled_from(["CJC", "( C )", "( CJC )", "{ CE}", "{ CJCE}", "g() { CE}", "function g { CE}", "coproc N { CE}"]),
    st.sampled_from(["if CEthen CEfi", "if CEthen CEelse CEfi", "while CEdo CEdone", "for x in L L\ndo CEdone"]),
    st.sampled_from(["for ((i=0; i<2; i++)); do CEdone", "case L in (x|L) C;; a) ;& esac", "select x in L; do CEdone"]),
    st.sampled_from(["a $( CJC) L", 'a "p$( C\n)q" L', "a <(C ) >(C\n)", "a $( case L in L) C;; esac) L"]),
)


@st.composite
def command(draw: st.DrawFn, depth: int = 3) -> str:
    """A command in bash's grammar, but for words that happen to be reserved or to begin a comment."""
    if draw(st.integers(0, 5)) == 0:
        return draw(TEST)
    if depth == 0 or draw(st.booleans()):
        words = [draw(FIRST)]
        for _ in range(draw(st.integers(0, 3))):
            words.append(draw(OPERATOR) + draw(BLANK) + draw(LITERAL) if draw(st.booleans()) else draw(LITERAL))
        return draw(BLANK).join(words)
    fillers = {"L": LITERAL, "C": command(depth - 1), "J": JOIN, "E": END}
    return "".join(draw(fillers[char]) if char in fillers else char for char in draw(SHAPES))


@settings(FEW, max_examples=60)
@given(st.lists(command(), min_size=1, max_size=12))
def test_the_words_of_a_command_are_those_that_bash_prints(commands: list[str]) -> None:
    printed = bash(REPRINT, "".join(f"{command}\0" for command in commands)).split("\0")[:-1]
    assert len(printed) == len(commands)
    for command, reprint in zip(commands, printed, strict=True):
        if reprint:  # else bash would not have it
            assert sorted(_texts(lex(f"f() {{\n{command}\n}}"))) == sorted(_texts(lex(reprint))), command


def _texts(tokens: Iterable[Token]) -> Iterator[str]:
    """All words with those of their substitutions; a stretch that isn't static is shown by its kind."""
    for token in tokens:
        assert not isinstance(token, Unreadable), token.reason
        if isinstance(token, Redirect):
            yield from _of_word(token.target.parts)
        elif isinstance(token, Word) and token.role != "reserved":
            yield from _of_word(token.parts)


def _of_word(parts: Iterable[Part]) -> Iterator[str]:
    yield "".join(part.text if part.text is not None else f"<{part.kind} {part.name}>" for part in parts)
    for part in parts:
        yield from _texts(part.tokens)
        if part.parts:
            yield from _of_word(part.parts)


# -- anything -------------------------------------------------------------------------------------------------------

SOUP = st.one_of(
    st.sampled_from([*"ab \t\n;&|()<>'\"\\$`{}[]#*?!~=-@+,\r\0\ud800\udcff"]),
    st.sampled_from(
        ["$(", "${", "$((", "$'", "<<E\n", "\nE\n", "case a in ", "esac", "[[ ", " ]]", "=~ ", "((", "))", ";;"]
    ),
    st.sampled_from(
        ["x=(", "sh -c ", "eval ", "cd ", "echo ", "git commit -m", "find . -name ", "grep ", "F=", "$F", "a "]
    ),
)


@settings(FEW, max_examples=200)
@given(st.lists(SOUP, max_size=40).map("".join))
@pytest.mark.parametrize("read", [lex, spelled])
def test_no_text_is_too_strange_to_be_answered(read: Callable[[str], object], command: str) -> None:
    assert read(command) == read(command)
