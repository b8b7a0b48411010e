"""The files that a command line names: the door of this room."""

from __future__ import annotations

from .changes import effects, switches
from .lexer import lex
from .programs import (
    DECLARES,
    EVALUATES,
    FORGETS,
    NAME_READERS,
    SHELLS,
    base_name,
    foreign_code,
    only_named,
    program_place,
    scripts,
)
from .words import Operator, Part, Redirect, Spelled, SpelledWord, Unreadable, Word, assigned_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, TypeAlias

    from .words import Mode, Token

    # What becomes of a command's output: nothing that matters here, words of another command, names of files, commands.
    Use: TypeAlias = Literal["", "words", "names", "code"]

_DEEPEST = 110  # the lexer's 50, each in a word
_DEEPEST_CODE = 10  # code in words of code
_MOST_WORDS = 10_000
_LONGEST_PATH = 4096  # what Linux takes; a longer word names no file
_LONGEST_VALUE = 4096
_WRITES = frozenset((">", ">>", ">|", "<>", "&>", "&>>", ">&"))
_COPIES = frozenset((">&", "<&"))
_WRITERS = ("echo", "printf")
_COLONS = ("git", "docker", "podman", "scp", "rsync", "openssl")  # revision:path, folder:mount, file:path
_UNKNOWN = "$*"  # stands for what isn't static when a word is read as a command
_NUMBERS = frozenset(("?", "#", "$", "!"))  # parameters that are never a name


def spelled(command: str) -> Spelled:
    """Every word of a command line that could name a file, in the order of the line.

    Looks into substitutions, `sh -c`, `eval`, and here-documents for a shell. Leaves out what is only text: messages,
    search patterns, arguments of `echo` that nothing reads.
    """
    reader = _Reader(len(command))
    reader.run(lex(command))
    return Spelled(tuple(reader.words), reader.unreadable, reader.unknown, tuple(reader.switches))


class _Reader:
    """Follows a command line from left to right: what it names, where it goes, what its variables hold."""

    def __init__(self, size: int) -> None:
        self.words: list[SpelledWord] = []
        self.unreadable = ""
        self.unknown = 0
        self.switches: list[str] = []
        self._below = ""
        self._left: list[str] = []  # where pushd came from
        self._variables: dict[str, str] = {}
        self._functions: set[str] = set()
        self._depth = 0
        self._code_depth = 0
        self._fuel = 2 * size + 65536  # characters that may still come out of variables and of code in words

    def run(self, tokens: Sequence[Token], use: Use = "") -> None:
        """Follow a list of commands; `use` is what becomes of its output."""
        if not self._down():
            return
        uses = _uses(tokens, use)
        words: list[Word] = []
        redirects: list[Redirect] = []
        groups: list[str] = []
        for index, token in enumerate(tokens):
            if isinstance(token, Word) and token.role in ("plain", "assignment"):
                words.append(token)
            elif isinstance(token, Redirect):
                redirects.append(token)
            else:
                if isinstance(token, Operator) and token.text == "(" and len(words) == 1:
                    self._functions.add(words[0].text or "")
                self._command(words, redirects, uses.get(index, use))
                words, redirects = [], []
                self._between(token, groups)
        self._command(words, redirects, use)
        self._depth -= 1

    def _down(self) -> bool:
        """One level down; False at the bottom."""
        if self._depth == _DEEPEST:
            self._give_up(f"it is nested more than {_DEEPEST} deep")
            return False
        self._depth += 1
        return True

    def _give_up(self, reason: str) -> None:
        self.unreadable = self.unreadable or reason

    def _between(self, token: Token, groups: list[str]) -> None:
        """Follow what is no part of a simple command."""
        if isinstance(token, Unreadable):
            self._give_up(token.reason)
        elif isinstance(token, Operator):
            if token.text == "(":
                groups.append(self._below)
            elif token.text == ")" and groups:
                self._below = groups.pop()
        elif isinstance(token, Word):
            if token.role == "element":
                for text, word in self._values(token):
                    self._argument(text, word)
            elif token.text is None:
                self._substitutions(token.parts)
            elif token.role == "name":
                self._functions.add(token.text)
                self._variables.pop(token.text, None)

    # -- simple commands ------------------------------------------------------------------------------------------

    def _command(self, words: list[Word], redirects: list[Redirect], use: Use) -> None:
        at = 0
        while at < len(words) and words[at].role == "assignment":
            at += 1
        for word in words[:at]:
            self._assign(word, at == len(words))
        arguments = [value for word in words[at:] for value in self._values(word)]
        texts = [text for text, _ in arguments]
        for redirect in redirects:
            self._redirect(redirect, texts, use)
        if arguments:
            self._program(arguments, texts, use)

    def _program(self, arguments: list[tuple[str | None, Word]], texts: list[str | None], use: Use) -> None:
        shift = 1 if texts[0] in ("command", "builtin") and len(texts) > 1 else 0
        name = base_name(texts[shift])
        no_files = frozenset() if name in self._functions else only_named(texts, use != "")
        foreign = foreign_code(texts)
        self.unknown += len(foreign)
        done = effects(texts)
        self.switches += switches(texts, no_files)
        colons = base_name(texts[program_place(texts)]) in _COLONS if program_place(texts) >= 0 else False
        no_files |= foreign
        code = range(shift + 1, len(texts)) if name in EVALUATES else frozenset(scripts(texts))
        ended = False
        for index, (text, word) in enumerate(arguments):
            is_code = index in code and any(blank in (text or "") for blank in " \t\n")
            if index not in no_files and not is_code and (index or text is None or "/" in text):
                self._argument(text, word, ended, done.get(index, "read"), colons)
            ended = ended or text == "--"
        self._follow(name, arguments[shift + 1 :])
        if name in EVALUATES or (name in _WRITERS and use in ("names", "code")):
            source = " ".join([self._source(word) for _, word in arguments[shift + 1 :]])
            if use == "names" and name in _WRITERS:
                self._read_names(source.replace("\\n", " "), arguments[0][1])
            else:
                self._code(source)
            return
        for index in sorted(code):
            self._code(self._source(arguments[index][1]))

    def _follow(self, name: str, operands: list[tuple[str | None, Word]]) -> None:
        """Keep up with what a builtin of the shell changes."""
        if name in ("cd", "pushd", "popd"):
            self._go(name, [text for text, _ in operands])
        elif name in DECLARES:
            for _, word in operands:
                self._assign(word, True)
        elif name == "alias":
            self._functions.update((text or "").partition("=")[0] for text, _ in operands)
        elif name in FORGETS:
            for text, _ in operands:
                self._variables.pop((text or "").partition("=")[0], None)

    def _read_names(self, given: str, word: Word) -> None:
        for name in given.split():
            self._add(name, word, "read")

    def _argument(
        self, text: str | None, word: Word, ended: bool = False, mode: Mode = "read", colons: bool = False
    ) -> None:
        if text is None:
            self.unknown += not _is_no_name(word)
            return
        for piece, certain in _pieces(text, ended, colons):
            self._add(piece, word, mode, certain)

    def _add(self, text: str, word: Word, mode: Mode, certain: bool = True) -> None:
        text = text.rstrip("\r")
        if not text or len(text) > _LONGEST_PATH or ("\n" in text and " " in text):
            return
        if len(self.words) == _MOST_WORDS:
            self._give_up(f"it names more than {_MOST_WORDS} files")
            return
        globs = word.globs or word.braces or (word.text is None and any(char in text for char in "*?[{"))
        tilde = text[0] == "~" and any(part.kind == "literal" and "~" in (part.text or "") for part in word.parts)
        self.words.append(SpelledWord(text, mode, globs, tilde, self._below, certain))

    def _go(self, name: str, operands: list[str | None]) -> None:
        """Follow `cd`, `pushd` and `popd` as far as they say where they go."""
        if name == "popd":
            self._below = self._left.pop() if self._left else self._below
            return
        if name == "pushd":
            self._left.append(self._below)
        places = [text for text in operands if text is None or text == "-" or text[:1] not in ("-", "+")]
        place = places[0] if places else ("~" if name == "cd" else None)
        if place is None or place in ("", "-"):
            return
        joined = place if place[0] in "/~" or not self._below else f"{self._below}/{place}"
        if len(joined) > _LONGEST_PATH:
            self._give_up("it changes folders too often to be followed")
            return
        self._below = joined

    # -- redirections -----------------------------------------------------------------------------------------------

    def _redirect(self, redirect: Redirect, texts: list[str | None], use: Use) -> None:
        target, operator = redirect.target, redirect.operator
        if operator in ("<<", "<<-", "<<<"):
            self._standard_input(redirect.body or target, texts, use)
            return
        for text, word in self._values(target):
            if text is None:
                self.unknown += not _is_no_name(word)
            elif operator not in _COPIES or not (text == "-" or text.removesuffix("-").isdigit()):
                self._add(text, word, "write" if operator in _WRITES else "read")

    def _standard_input(self, given: Word, texts: list[str | None], use: Use) -> None:
        """Text that the command reads is data, unless it goes to a shell, or to something that takes names."""
        if given.text is None:
            self._substitutions(given.parts)
        programs = {base_name(text) for text in texts}
        if use == "code" or not programs.isdisjoint(SHELLS):
            self._code(self._source(given))
        elif use == "names" or not programs or not programs.isdisjoint(NAME_READERS):
            self._read_names(self._source(given), given)

    # -- words ------------------------------------------------------------------------------------------------------

    def _values(self, word: Word) -> list[tuple[str | None, Word]]:
        """The words that one word becomes, each with where it comes from; None for what isn't static."""
        if word.text is not None:
            return [(word.text, word)]
        self._substitutions(word.parts)
        text = self._filled(word.parts)
        if text is None or not any(part.kind == "parameter" for part in word.parts):
            return [(text, word)]
        return [(piece, word) for piece in text.split()]

    def _filled(self, parts: Sequence[Part], hole: str | None = None) -> str | None:
        """The text of parts whose parameters are known; for what isn't, the hole, or None if there is none."""
        pieces = []
        for part in parts:
            text = part.text
            if text is None and part.kind == "parameter" and not part.parts:
                text = self._variables.get(part.name)
                self._fuel -= len(text or "")
            elif text is None and part.kind in ("double", "locale"):
                text = self._filled(part.parts, hole)
            text = hole if text is None else text
            if text is None:
                return None
            pieces.append(text)
        if self._fuel < 0:
            self._give_up("its variables hold too much text")
            return hole
        return "".join(pieces)

    def _source(self, word: Word) -> str:
        """The word as a text to be read as commands."""
        return (word.text if word.text is not None else self._filled(word.parts, _UNKNOWN)) or ""

    def _code(self, source: str) -> None:
        """Follow a text as commands."""
        self._fuel -= len(source)
        if self._fuel < 0 or self._code_depth == _DEEPEST_CODE:
            self._give_up("it holds too much code in words")
            return
        self._code_depth += 1
        self.run(lex(source))
        self._code_depth -= 1

    def _substitutions(self, parts: Sequence[Part]) -> None:
        """Follow the commands inside a word. Where they go, the rest of the line does not."""
        if not self._down():
            return
        for part in parts:
            if part.tokens:
                below = self._below
                self.run(part.tokens, "words" if part.kind in ("command", "backquote") else "")
                self._below = below
            if part.parts:
                self._substitutions(part.parts)
        self._depth -= 1

    def _assign(self, word: Word, lasts: bool) -> None:
        """Follow an assignment; one that stands before a command does not last."""
        name = assigned_name(word.parts)
        if not name:
            return
        if word.text is None and word.role == "assignment":
            self._substitutions(word.parts)
        text = self._filled(word.parts)
        head, _, value = (text or "").partition("=")
        if word.role == "assignment":
            self._argument(value, word, True)
        if not lasts:
            return
        known = self._variables.pop(name, None)
        if head.endswith("+"):
            value = (known or "") + value
        if text is None or head.removesuffix("+") != name or len(value) > _LONGEST_VALUE:
            return
        if not (text.startswith(f"{name}+") and known is None):
            self._variables[name] = value


def _uses(tokens: Sequence[Token], use: Use) -> dict[int, Use]:
    """What becomes of the output of each command that is piped on, by the place of the operator behind it."""
    uses: dict[int, Use] = {}
    seen = use
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if isinstance(token, Operator):
            if token.text in ("|", "|&", ")"):
                uses[index] = seen
            elif token.text != "(":
                seen = use
        elif isinstance(token, Word) and seen != "code":
            name = base_name(token.text)
            if name in SHELLS:
                seen = "code"
            elif name in NAME_READERS or (token.role == "reserved" and name not in ("!", "time")):
                seen = "names"
    return uses


def _pieces(text: str, ended: bool, colons: bool) -> Iterator[tuple[str, bool]]:
    """What in a word could name a file, and whether that is how most programs would take it."""
    if text[:1] != "-" or ended:
        yield from _names(text, colons)
    elif text[1:2] != "-" and len(text) > 2:
        for name, _ in _names(text[2:], colons):  # -ofile
            yield name, False
    _, equals, value = text.partition("=")
    if equals:
        yield from _names(value, colons)


def _names(text: str, colons: bool) -> Iterator[tuple[str, bool]]:
    """A name, and what it may be around a sign: `@file`, `revision:file`, `file:///file`; nothing for other URLs."""
    scheme, colon, rest = text.partition(":")
    if rest.startswith("//") and scheme.isalnum():
        if scheme.lower() == "file":
            yield rest[2:].removeprefix("localhost"), True
        return
    yield text, True
    if text[:1] == "@":
        yield text[1:], True
    if colon and colons:
        yield scheme, True
        yield rest, True
        last = text.rpartition(":")[2]
        if last != rest:
            yield last, True


def _is_no_name(word: Word) -> bool:
    """Whether a word that isn't static is still known to name no file: `<(...)` and numbers of the shell's own."""
    return all(part.kind == "process" or (part.kind == "parameter" and part.name in _NUMBERS) for part in word.parts)
