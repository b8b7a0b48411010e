"""A command line as tokens, read as bash 5 reads it.

Where a word ends depends on grammar: `)` may end a pattern of `case`, `<` compares inside `[[ ]]`, `#` counts elements
in `a[ #x ]=1`. So the lexer knows the reserved words, and tells for each word what it stands there as. What it can't
read is said in the last token, an `Unreadable`; no input raises, and the work is linear in its length.
"""

from __future__ import annotations

from .grammar import ARRAY, BEGINS, COMMAND, LOOP, PREFIX, TEST, CommandList
from .quoting import END, GROUP, HEREDOC, PLAIN, SUBSCRIPT, CannotRead, Scanner
from .words import Part, Redirect, Unreadable, Word, assigned_name, bare_text, is_name, static_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .words import Token

LONGEST = 1 << 20  # characters

_REDIRECTIONS = frozenset(("<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<", "<<-", "<<<"))
_OPERATORS = _REDIRECTIONS | frozenset(("\n", ";", "&", "&&", "||", "|", "|&", ";;", ";&", ";;&", "(", ")"))
_BREAKS = frozenset(f" \t\n;&|()<>{END}")
_SPECIAL = _BREAKS | frozenset("\\'\"$`")
_SPECIAL_FIRST = _SPECIAL | frozenset("[")
_BEFORE_GROUP = frozenset("?*+@!")


def lex(command: str) -> tuple[Token, ...]:
    """The tokens of a command line; those read so far and an `Unreadable` if it can't be read to its end."""
    if END in command:
        return (Unreadable("it holds a NUL character"),)
    if len(command) > LONGEST:
        return (Unreadable(f"it is longer than {LONGEST} characters"),)
    lexer = _Lexer(command)
    try:
        return lexer.commands(END)
    except CannotRead as error:
        return (*lexer.outermost, Unreadable(str(error)))


class _Lexer(Scanner):
    outermost: Sequence[Token] = ()

    def commands(self, closer: str, expects: int = COMMAND) -> tuple[Token, ...]:
        """The tokens up to the closer, which is consumed."""
        self.deeper()
        here = CommandList(closer, expects)
        if self.depth == 1:
            self.outermost = here.tokens
        text = self.text
        while not here.closed:
            char = text[self.at]
            if char == " " or char == "\t":
                self.at += 1
            elif char == "\\" and text[self.at + 1] == "\n":
                self.at += 2
            elif char == "#":
                end = text.find("\n", self.at)
                self.at = self.size if end < 0 else end
            elif char == END:
                self._end(here)
            elif char not in _BREAKS or self._is_process(char) or (char == "(" and here.expression):
                self._word(here)
            else:
                self._operator(here)
        self.higher()
        return tuple(here.tokens)

    # -- operators ------------------------------------------------------------------------------------------------

    def _is_process(self, char: str) -> bool:
        return char in "<>" and self.text[self.after(self.at)] == "("

    def _operator(self, here: CommandList) -> None:
        operator = self._longest_operator()
        if here.redirection:
            raise CannotRead("a redirection has no target")
        if operator in _REDIRECTIONS and here.expects != TEST:
            here.redirection = operator
        elif operator == "(":
            self._open(here)
        elif operator == ")":
            here.shut()
        else:
            here.add_operator(operator)
            if operator == "\n":
                self._read_heredocs(here)

    def _longest_operator(self) -> str:
        operator, last = self.text[self.at], self.at
        following = self.after(last)
        while operator + self.text[following] in _OPERATORS:
            operator, last = operator + self.text[following], following
            following = self.after(last)
        self.at = last + 1
        return operator

    def _open(self, here: CommandList) -> None:
        begin, second = self.at, self.after(self.at - 1)
        if self.text[second] == "(" and (here.expects in BEGINS or here.expects == LOOP):
            part = self.arithmetic(second)
            if part is not None:
                here.add_arithmetic(part)
                return
            self.at = begin
        here.open()

    def _end(self, here: CommandList) -> None:
        """The end of the text: a here-document may end there too, nothing else that is open."""
        if here.closer != END:
            raise CannotRead("a ${ is never closed" if here.closer == "}" else "a ( is never closed")
        self._read_heredocs(here)
        here.close()

    # -- words ----------------------------------------------------------------------------------------------------

    def _word(self, here: CommandList) -> None:
        start = self.at
        if self.text[start] == "-" and here.redirection in (">&", "<&"):  # `>&-file`: a word follows that is no target
            self.at += 1
            here.add_target((Part("literal", "-"),))
            return
        parts = self._parts(here)
        if here.redirection:
            redirect = here.add_target(parts)
            if redirect.operator in ("<<", "<<-"):
                delimiter = _delimiter(redirect.target, self.text[start : self.at])
                here.heredocs.append((len(here.tokens) - 1, *delimiter))
        elif self.text[self.at] in "<>" and here.expects != TEST and _is_fd(bare := bare_text(parts)):
            here.fd = bare
        else:
            here.add_word(parts)

    def _parts(self, here: CommandList) -> tuple[Part, ...]:
        """The parts of the word that begins here."""
        text = self.text
        parts: list[Part] = []
        assigns = here.expects <= PREFIX and not here.redirection
        special = _SPECIAL_FIRST if assigns else _SPECIAL
        while True:
            start = at = self.at
            while text[at] not in special:
                at += 1
            if at > start:
                parts.append(Part("literal", text[start:at]))
            self.at = at
            char = text[at]
            if char in _BREAKS:
                part = self._joined(here, parts, char)
                if part is None:
                    return tuple(parts)
            elif char == "[":
                part = self._subscript(parts)
                special = _SPECIAL
            else:
                part = self.quoting(char, PLAIN)
            if part is not None:
                parts.append(part)

    def _subscript(self, parts: list[Part]) -> Part:
        self.at += 1
        if not is_name(bare_text(tuple(parts))):
            return Part("literal", "[")
        inner = self.until(SUBSCRIPT)
        text = static_text(inner)
        return Part("subscript", None if text is None else f"[{text}]", "", inner)

    def _joined(self, here: CommandList, parts: list[Part], char: str) -> Part | None:
        """The part that begins with an operator's character and still belongs to the word; None if the word ends."""
        if char in "<>":
            return self.process()
        if char == "|" and here.expression:
            self.at += 1
            return Part("literal", char)
        if char != "(":
            return None
        before = (parts[-1].text or "") if parts and parts[-1].kind == "literal" else ""
        if before.endswith("=") and not here.redirection and not here.expression and _assigns_all_that_follows(parts):
            self.at += 1
            return Part("array", None, "", (), self.commands(")", ARRAY))
        if here.expression or (before[-1:] in _BEFORE_GROUP and not (before == "!" and here.expects in BEGINS)):
            self.at += 1
            inner = self.until(GROUP)
            text = static_text(inner)
            return Part("group", None if text is None else f"({text})", "", inner)
        return None

    # -- here-documents ---------------------------------------------------------------------------------------------

    def _read_heredocs(self, here: CommandList) -> None:
        """Give the redirections of the line that has just ended their bodies."""
        for index, delimiter, quoted in here.heredocs:
            redirect = here.tokens[index]
            assert isinstance(redirect, Redirect)
            body = self._body(delimiter, quoted, redirect.operator == "<<-", here.closer == ")")
            here.tokens[index] = Redirect(redirect.operator, redirect.fd, redirect.target, body)
        here.heredocs.clear()

    def _body(self, delimiter: str, quoted: bool, tabs: bool, in_substitution: bool) -> Word:
        lines: list[str] = []
        while self.at < self.size:
            start = self.at
            line = self._line(quoted)
            kept = line.lstrip("\t") if tabs else line
            if kept.removesuffix("\n") == delimiter:
                break
            # Bash takes `E)` for the end too: it closes the here-document, and the parenthesis the substitution.
            if in_substitution and kept.startswith(delimiter) and ")" in kept[len(delimiter) :]:
                if self.at - start != len(line):
                    raise CannotRead("a here-document ends in a continued line")
                self.at = start + len(line) - len(kept) + len(delimiter)
                break
            lines.append(kept)
        text = "".join(lines)
        if quoted or not text:
            return Word(text, (Part("single", text),), "body")
        parts = self.inside(text).until(HEREDOC)
        return Word(static_text(parts), parts, "body")

    def _line(self, quoted: bool) -> str:
        """The next line with its newline; where the delimiter isn't quoted, continued lines are one."""
        pieces: list[str] = []
        while True:
            start, end = self.at, self.text.find("\n", self.at)
            if end < 0:
                self.at = self.size
                return "".join(pieces) + self.text[start : self.size]
            self.at = end + 1
            line = self.text[start:end]
            if quoted or (len(line) - len(line.rstrip("\\"))) % 2 == 0:
                return "".join(pieces) + line + "\n"
            pieces.append(line[:-1])


def _is_fd(bare: str) -> bool:
    """Whether a word right before `<` or `>` says which file descriptor is meant."""
    if bare.isdigit():
        return bare.isascii()
    return bare[:1] == "{" and bare[-1:] == "}" and is_name(bare[1:-1].partition("[")[0])


def _assigns_all_that_follows(parts: list[Part]) -> bool:
    """Whether a word is `a=`, `a+=` or `a[...]=` so far."""
    plain = "".join([part.text or "" for part in parts if part.kind == "literal"])
    return plain.find("=") == len(plain) - 1 and assigned_name(parts) != ""


def _delimiter(word: Word, source: str) -> tuple[str, bool]:
    """The line that ends a here-document, and whether it is quoted. Nothing is expanded in it: `<<$x` ends at `$x`."""
    quoted = any(part.kind not in ("literal", "parameter") for part in word.parts)
    if word.text is not None:
        return word.text, quoted
    if any(char in source for char in "\\'\"`("):
        raise CannotRead("the delimiter of a here-document holds an expansion")
    return source, False
