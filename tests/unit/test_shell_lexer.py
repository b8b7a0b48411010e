"""The lexer reads a command line as bash does, says so when it can't, and works in linear time on anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

import pytest

from ccguard.shell.accesses import spelled
from ccguard.shell.lexer import LONGEST, lex
from ccguard.shell.words import Operator, Part, Redirect, Unreadable, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ccguard.shell.words import Token


def shown(tokens: tuple[Token, ...]) -> str:
    """Tokens as one line: words in brackets, `?` for what isn't static, a here-document's body behind its delimiter."""
    return " ".join(_shown(token) for token in tokens)


def _shown(token: Token) -> str:
    if isinstance(token, Unreadable):
        return f"unreadable: {token.reason}"
    if isinstance(token, Operator):
        return token.text.replace("\n", "NL")
    if isinstance(token, Redirect):
        body = "" if token.body is None else f"={_text(token.body)}"
        return f"{token.fd}{token.operator}{_text(token.target)}{body}"
    return _text(token)


def _text(word: Word) -> str:
    return "[?]" if word.text is None else f"[{word.text}]".replace("\n", "NL")


def inside(tokens: tuple[Token, ...]) -> Iterator[str]:
    """The commands of every substitution, outermost first."""
    for token in tokens:
        words = [token] if isinstance(token, Word) else []
        if isinstance(token, Redirect):
            words = [token.target, *([token.body] if token.body else [])]
        for word in words:
            yield from _inside(word.parts)


def _inside(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if part.tokens:
            yield shown(part.tokens)
            yield from inside(part.tokens)
        yield from _inside(part.parts)


@pytest.mark.parametrize(
    ("command", "tokens"),
    [
        ("", ""),
        ("  cat\t.env ", "[cat] [.env]"),
        ("cat '.e'\"nv\" .\\env $'.\\x65nv' $\".env\"", "[cat] [.env] [.env] [.env] [.env]"),
        ("cat .e\\\nnv", "[cat] [.env]"),
        ("cat '.e\\\nnv'", "[cat] [.e\\NLnv]"),
        ('echo "a\\b\\$\\"\\`\\\\"', '[echo] [a\\b$"`\\]'),
        ("echo $'\\x41\\101\\u00e9\\cA\\e\\q\\'' $'a\\0b'c", "[echo] [AA\u00e9\x01\x1b\\q'] [ac]"),
        ("echo $'\\xc3\\xa9' $'\\xff'", "[echo] [\u00e9] [\udcff]"),
        ("echo '' \"\"", "[echo] [] []"),
        ("echo $ a$ \"$\" $'a", "[echo] [$] [a$] [$] unreadable: a ' is never closed"),
        ("a;b&c&&d||e|f|&g\nh", "[a] ; [b] & [c] && [d] || [e] | [f] |& [g] NL [h]"),
        ("a &\\\n& b", "[a] && [b]"),
        ("a >b 2>>c <d 3<>e >|f &>g &>>h", "[a] >[b] 2>>[c] <[d] 3<>[e] >|[f] &>[g] &>>[h]"),
        ("a >&2 2>&1 <&- <<<i", "[a] >&[2] 2>&[1] <&[-] <<<[i]"),
        ("a {log}>b 2 >c d2>e", "[a] {log}>[b] [2] >[c] [d2] >[e]"),
        ("cat >&-.env", "[cat] >&[-] [.env]"),
        ("a #b c\nd#e # f", "[a] NL [d#e]"),
        ("echo a\r\n", "[echo] [a\r] NL"),
        ("cat <<E <<'F'; b\n$x\nE\n$x\nF\nc", "[cat] <<[E]=[?] <<[F]=[$xNL] ; [b] NL [c]"),
        ("cat <<-E\n\ta\n\tE\nb", "[cat] <<-[E]=[aNL] NL [b]"),
        ("cat <<E\na\\\nE\nb\nE\nc", "[cat] <<[E]=[aENLbNL] NL [c]"),
        ("cat <<EOF\nE\\\nOF\ncat .env", "[cat] <<[EOF]=[] NL [cat] [.env]"),
        ("cat <<$x\na\n$x\nb", "[cat] <<[?]=[aNL] NL [b]"),
        ("cat <<E\nnever ended", "[cat] <<[E]=[never ended] NL"),
        ("echo $(cat <<E\n)\nE\n) b", "[echo] [?] [b]"),
        ("echo $(cat <<E\na\nE) b", "[echo] [?] [b]"),
        ("a=(b # c )\n d) e", "[?] [e]"),
        ("a[ #]=1; cat .env", "[a[ #]=1] ; [cat] [.env]"),
        ("case $x in a) b;; (c|d) e;& esac; f", "[case] [?] [in] [a] ) [b] ;; ( [c] | [d] ) [e] ;& [esac] ; [f]"),
        ("[[ a < b && (c > d) ]] && e <f", "[[[] [a] < [b] && ( [c] > [d] ) []]] && [e] <[f]"),
        ("[[ a =~ (b c|d)$ ]]; e", "[[[] [a] [=~] [(b c|d)$] []]] ; [e]"),
        ("((a < b)); ((c); d)", "[?] ; ( ( [c] ) ; [d] )"),
        ("echo $((1 << 2)) $[a[1]] $((a); b)", "[echo] [?] [?] [?]"),
        ("ls @(a|b).c !(x y)", "[ls] [@(a|b).c] [!(x y)]"),
        ("!(a); f() { b; }", "[!] ( [a] ) ; [f] ( ) [{] [b] ; [}]"),
        ("echo ${x:-'}'} ${x:-\"}\"} \"${x:-'}'}\" \"${x#'}'}\" z", "[echo] [?] [?] [?] [?] [z]"),
    ],
)  # fmt: skip
def test_a_command_line_becomes_these_tokens(command: str, tokens: str) -> None:
    assert shown(lex(command)) == tokens


@pytest.mark.parametrize(
    ("command", "commands"),
    [
        ("a $(b $(c) d)", ["[b] [?] [d]", "[c]"]),
        ("a `b \\`c\\`` \"`d \\\"e f\\\"`\"", ["[b] [?]", "[c]", "[d] [e f]"]),
        ("a <(b) >(c) x<(d)", ["[b]", "[c]", "[d]"]),
        ("a \"$(b \"c)d\")\"", ["[b] [c)d]"]),
        ("a ${x:-$(b)} \"${x:-'$(c)'}\" \"${x:-$'\\'$(d)'}\"", ["[b]", "[c]", "[d]"]),
        ("a ${x:-'$(b)'} \"${x#'$(c)'}\" '$(d)' $'$(e)' \\$(f)", []),
        ("a $(( '$(b)' + $[$(c)] ))", ["[b]", "[c]"]),
        ("a ${x:-<(b)} ${ c; } ${|d;}", ["[b]", "[c] ;", "[d] ;"]),
        ("a $\\\n(b) $(case x in x) c;; esac)", ["[b]", "[case] [x] [in] [x] ) [c] ;; [esac]"]),
        ("a <<E\n$(b) \\$(c) `d`\nE", ["[b]", "[d]"]),
        ("a <<'E'\n$(b)\nE", []),
        ("a=($(b)) c[$(d)]=e", ["[?]", "[b]", "[d]"]),
        ("[[ $(a) == @($(b)) ]] && ((`c`))", ["[a]", "[b]", "[c]"]),
        ("a $(#b\nc)", ["NL [c]"]),
    ],
)  # fmt: skip
def test_the_commands_of_a_substitution_are_read_too(command: str, commands: list[str]) -> None:
    tokens = lex(command)
    assert not any(isinstance(token, Unreadable) for token in tokens)
    assert list(inside(tokens)) == commands


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("cat 'x", "a ' is never closed"),
        ('cat "x', 'a " is never closed'),
        ("cat $'x\\'", "a ' is never closed"),
        ("cat `x", "a ` is never closed"),
        ("cat $(x", "a ( is never closed"),
        ("cat ${x", "a ${ is never closed"),
        ("cat $((x", "a $(( is never closed"),
        ("(cat x", "a ( is never closed"),
        ("cat x)", "a ) closes nothing"),
        ("cat >", "a redirection has no target"),
        ("cat > > x", "a redirection has no target"),
        ("[[ a", "a [[ is never closed"),
        ("case a in b) c", "a case has no esac"),
        ("cat <<\"$x\"\n", "the delimiter of a here-document holds an expansion"),
        ("cat $(cat <<E)\nx\nE", "a here-document begins inside a substitution and does not end there"),
        ("cat $'\\U00110000'", "it spells a character that does not exist"),
        ("cat x\0y", "it holds a NUL character"),
        ("x" * (LONGEST + 1), f"it is longer than {LONGEST} characters"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_said(command: str, reason: str) -> None:
    assert lex(command)[-1] == Unreadable(reason)
    assert spelled(command).unreadable == reason


def test_what_stands_before_an_unreadable_place_is_kept() -> None:
    assert shown(lex("cat .env; echo 'x")).startswith("[cat] [.env] ; [echo] unreadable")


@pytest.mark.parametrize(
    ("command", "roles"),
    [
        ("a=1 b c=2", "assignment plain plain"),
        ("if a; then b; fi", "reserved plain reserved plain reserved"),
        ("for x in a b; do c; done", "reserved name reserved element element reserved plain reserved"),
        ("for x do case x in esac; done", "reserved name reserved reserved compared reserved reserved reserved"),
        ("function f { a; }", "reserved name reserved plain reserved"),
        ("coproc N { a; }", "reserved plain reserved plain reserved"),
        ("[[ -f a ]]", "reserved compared compared reserved"),
        ("echo if { case", "plain plain plain plain"),
        ("'if' \\if i\"f\"", "plain plain plain"),
        (">f a[1]=b c", "assignment plain"),
    ],
)
def test_a_word_knows_what_it_stands_there_as(command: str, roles: str) -> None:
    assert " ".join(token.role for token in lex(command) if isinstance(token, Word)) == roles


@pytest.mark.parametrize(
    ("word", "globs", "braces", "tilde"),
    [
        ("plain", False, False, False),
        ("a*", True, False, False),
        ("a?[b]", True, False, False),
        ("'a*'\\?\"[b]\"", False, False, False),
        ("@(a)", True, False, False),
        ("{a,b}", False, True, False),
        ("{1..3}", False, True, False),
        ("{}", False, False, False),
        ("'{a,b}'", False, False, False),
        ("~/a", False, False, True),
        ("'~'/a", False, False, False),
        ("a~", False, False, False),
    ],
)
def test_a_word_knows_what_the_shell_would_expand_in_it(word: str, globs: bool, braces: bool, tilde: bool) -> None:
    _, found = lex(f"x {word}")
    assert isinstance(found, Word)
    assert (found.globs, found.braces, found.tilde) == (globs, braces, tilde)


HOSTILE = {
    "words": "a ",
    "one word": "a",
    "quotes": "'a'\"b\"$'c'",
    "escapes": "\\a",
    "continued lines": "a\\\n",
    "dollars and continued lines": "$\\\n",
    "substitutions side by side": "$(a) ",
    "substitutions inside each other": "$(",
    "processes inside each other": "<(",
    "quoted substitutions inside each other": '"$(a ',
    "parameters": "${a:-b}",
    "parameters inside each other": "${a:-",
    "no arithmetic": "$((a) ) ",
    "arithmetic that never ends": "((",
    "groups in arithmetic": "$(( ((a) ) ) ",
    "backquotes": "`a` ",
    "escaped backquotes": "\\`",
    "braces": "{a,{",
    "brackets": "a[",
    "subscripts": "a[1]=b ",
    "arrays": "a=(b) ",
    "array tries": "[[ a =~ b=(c) ]];",
    "patterns": "@(a",
    "groups": "( ",
    "cases": "case a in b) ",
    "here-documents": "cat <<E\na\nE\n",
    "here-documents of one line": "<<E ",
    "here-documents inside each other": "cat <<E\n$(",
    "lines of a here-document": "cat <<E\\\n",
    "operators": "&&;|",
    "redirections": ">a ",
    "comments": "#a\n",
    "pipes": "echo a | ",
    "folders": "cd a; ",
    "assignments": "a+=b$a; ",
    "code in code": "eval ",
    "shells": "bash -c ",
    "functions": "f() { a; };",
    "searches": "find -name a ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_thousands_of_anything_are_answered(piece: str) -> None:
    for command in (piece * 2000, piece * 2000 + "'", f"{piece * 2000} \ud800 '"):
        assert all(isinstance(token, (Word, Operator, Redirect)) for token in lex(command)[:-1])
        assert len(spelled(command).words) <= 10_000


@pytest.mark.parametrize(
    "piece", ["$(", '"$(', "<(", "${a:-", "$((", "`", "(", "{", "a[", "cat <<E\na\nE\n", "cat <<E\n$(", "<<E "]
)
def test_ten_thousand_levels_or_here_documents_are_answered(piece: str) -> None:
    assert spelled(piece * 10_000).words == ()


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_work_grows_no_faster_than_the_command(piece: str) -> None:
    small, large = _lines_run(piece * 50), _lines_run(piece * 200)
    assert large < 5 * small + 2000


def _lines_run(command: str) -> int:
    """How many lines of Python run while a command is read: unlike time, the same on every machine."""
    count = 0

    def traced(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)  # type: ignore[arg-type]  # the stub wants a more exact protocol
    try:
        spelled(command)
    finally:
        sys.settrace(before)
    return count


def test_a_mebibyte_is_read_to_its_end() -> None:
    line = f"cat '{'a b' * 300}' \"c$(d){'e' * 900}\" >{'f' * 900};"
    command = line * (LONGEST // len(line))
    assert not any(isinstance(token, Unreadable) for token in lex(command))
