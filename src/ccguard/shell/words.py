"""What a command line is made of: words and their parts, operators, redirections; and what it comes to."""

from __future__ import annotations

from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal, TypeAlias

    PartKind: TypeAlias = Literal[
        "literal",  # plain characters
        "escaped",  # one character behind a backslash
        "single",  # '...'
        "double",  # "..."
        "ansi",  # $'...'
        "locale",  # $"..."
        "parameter",  # $x ${x...}
        "command",  # $(...) ${ ...; }
        "backquote",  # `...`
        "process",  # <(...) >(...)
        "arithmetic",  # $((...)) $[...] ((...))
        "subscript",  # the [...] of a[...]=x
        "array",  # the (...) of a=(...)
        "group",  # the (...) of @(...), and of a regular expression
    ]
    Role: TypeAlias = Literal[
        "plain",  # the name or an argument of a simple command
        "assignment",  # a=b before it
        "reserved",  # if, then, {, [[, in ...
        "name",  # of a loop's variable, or of a function
        "element",  # of an array or of a for-list
        "compared",  # inside [[ ]], between case and in, a pattern of case, (( ))
        "target",  # of a redirection
        "body",  # of a here-document
    ]
    Token: TypeAlias = "Word | Operator | Redirect | Unreadable"  # noqa: S105
    Mode: TypeAlias = Literal["read", "write", "delete"]


class Part(Record):
    """A stretch of a word in one kind of quoting.

    `text` is what it stands for, None where only a running shell could tell. `name` is a parameter's name with its
    prefix (`x`, `#x`, `!x`), or the `<` or `>` of a process substitution. `parts` are what lies inside where that isn't
    static: of a `${x:-y}` the operator and its word. `tokens` are the commands of a substitution, or the words of an
    array.
    """

    kind: PartKind
    text: str | None
    name: str = ""
    parts: tuple[Part, ...] = ()
    tokens: tuple[Token, ...] = ()

    if not TYPE_CHECKING:  # a command line makes hundreds: written out, this takes a fifth of Record's own time

        def __init__(self, kind, text, name="", parts=(), tokens=()):
            self.kind = kind
            self.text = text
            self.name = name
            self.parts = parts
            self.tokens = tokens


class Word(Record):
    """A word. `text` is what it stands for after quote removal, None where an expansion in it has to be run first.

    `globs` says that an unquoted `*`, `?`, `[` or `@(` is in it, `braces` that unquoted braces may make several words
    of it, `tilde` that it begins with an unquoted `~`.
    """

    text: str | None
    parts: tuple[Part, ...]
    role: Role = "plain"
    globs: bool = False
    braces: bool = False
    tilde: bool = False

    if not TYPE_CHECKING:  # as above

        def __init__(self, text, parts, role="plain", globs=False, braces=False, tilde=False):
            self.text = text
            self.parts = parts
            self.role = role
            self.globs = globs
            self.braces = braces
            self.tilde = tilde


class Operator(Record):
    """`;`, `&`, `&&`, `||`, `|`, `|&`, `;;`, `;&`, `;;&`, `(`, `)`, a newline; inside `[[ ]]` also `<` and `>`."""

    text: str


class Redirect(Record):
    """A redirection. `fd`: what stands before the operator (`2`, `{log}`, often nothing); `body`, a here-document's."""

    operator: str
    fd: str
    target: Word
    body: Word | None = None


class Unreadable(Record):
    """The last token of a command that could not be read to its end."""

    reason: str


def word_of(parts: tuple[Part, ...], role: Role) -> Word:
    """The word that its parts make."""
    first = parts[0]
    if len(parts) == 1 and first.kind == "literal":  # most words
        text, bare = first.text, first.text or ""
    else:
        text = static_text(parts)
        bare = "".join([part.text or "" for part in parts if part.kind == "literal"])
    globs = "*" in bare or "?" in bare or "[" in bare or _holds_group(parts)
    braces = "{" in bare and "}" in bare and ("," in bare or ".." in bare)
    return Word(text, parts, role, globs, braces, bare[:1] == "~" and first.kind == "literal")


def _holds_group(parts: tuple[Part, ...]) -> bool:
    return len(parts) > 1 and any(part.kind in ("group", "subscript") for part in parts)


def static_text(parts: Iterable[Part]) -> str | None:
    """What the parts stand for together; None where one of them isn't static."""
    pieces = []
    encoded = False
    for part in parts:
        if part.text is None:
            return None
        pieces.append(part.text)
        encoded = encoded or part.kind == "ansi"
    text = "".join(pieces)
    return _decoded(text) if encoded and not text.isascii() else text


def bare_text(parts: tuple[Part, ...]) -> str:
    """The text of a word that nothing in it quotes; empty for every other word. Only such a word can be reserved."""
    if len(parts) == 1:
        return (parts[0].text or "") if parts[0].kind == "literal" else ""
    return "".join([part.text or "" for part in parts]) if all(part.kind == "literal" for part in parts) else ""


def assigned_name(parts: Sequence[Part]) -> str:
    """`a` for `a=...`, `a+=...` and `a[...]=...`; empty for a word that assigns nothing."""
    pieces: list[str] = []
    for index, part in enumerate(parts):
        if part.kind == "subscript" and index + 1 < len(parts):
            following = parts[index + 1]
            name = "".join(pieces)
            return name if following.kind == "literal" and _begins_value(following.text or "") else ""
        if part.kind != "literal":
            return ""
        before, equals, _ = (part.text or "").partition("=")
        pieces.append(before)
        if equals:
            name = "".join(pieces).removesuffix("+")
            return name if is_name(name) else ""
    return ""


def _begins_value(text: str) -> bool:
    return text.startswith(("=", "+="))


def is_name(text: str) -> bool:
    """Whether a variable can be called so."""
    return text.isidentifier() and text.isascii()


def _decoded(text: str) -> str:
    """The text with the bytes that `$'\\xc3'$'\\xa9'` spelled one by one read together, as the kernel will see them."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text


class SpelledWord(Record):
    """A word that could name a file, without its quotes.

    `mode` is "write" for the target of an output redirection and for what a well-known program changes, "delete" for
    what one removes or moves away, "read" for everything else. `globs` says that the shell may make other names of it
    (`*`, `?`, `[`, braces), `tilde` that it begins with an unquoted `~`. `below` is where the command went before, by
    `cd` and `pushd`, as written and joined with slashes; empty if it stayed. `certain` is False for a piece of a word
    that few programs would take for a name.
    """

    text: str
    mode: Mode = "read"
    globs: bool = False
    tilde: bool = False
    below: str = ""
    certain: bool = True


class Spelled(Record):
    """What a command line names. `unreadable` says why it could not be read; `unknown` counts words that only a running
    shell could spell, and code in other languages, which nobody reads here. `switches` are commands that take the guard
    away, as one would say them."""

    words: tuple[SpelledWord, ...] = ()
    unreadable: str = ""
    unknown: int = 0
    switches: tuple[str, ...] = ()
