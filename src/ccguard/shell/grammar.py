"""What a word stands in a command line as: the little grammar without which no lexer knows where a word ends."""

from __future__ import annotations

from .quoting import CannotRead
from .words import Operator, Redirect, Word, assigned_name, bare_text, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .words import Part, Role, Token

# What the next word would be. Reserved words are known in COMMAND, COPROC and NAMED, assignments up to PREFIX.
COMMAND, COPROC, PREFIX, NAMED, ARGUMENT, LOOP, FUNCTION, IN, LIST, ARRAY, SUBJECT, CASE_IN, PATTERN, TEST = range(14)

_RESERVED = {
    **dict.fromkeys(("if", "then", "elif", "else", "fi", "while", "until", "do", "done"), COMMAND),
    **dict.fromkeys(("!", "{", "}", "time", "esac"), COMMAND),
    **{"coproc": COPROC, "case": SUBJECT, "for": LOOP, "select": LOOP, "function": FUNCTION, "[[": TEST},
}
# Words that are reserved behind other words: (what is expected, the word) -> what comes then.
_RESERVED_LATER = {
    (IN, "in"): LIST,
    (IN, "do"): COMMAND,
    (IN, "{"): COMMAND,
    (CASE_IN, "in"): PATTERN,
    (PATTERN, "esac"): COMMAND,
    (TEST, "]]"): COMMAND,
}
# What any other word is, and what is expected behind it.
_ROLES: dict[int, tuple[Role, int]] = {
    COMMAND: ("plain", ARGUMENT),
    COPROC: ("plain", NAMED),  # in front of a group it is the coprocess's name
    NAMED: ("plain", ARGUMENT),
    PREFIX: ("plain", ARGUMENT),
    ARGUMENT: ("plain", ARGUMENT),
    LOOP: ("name", IN),
    FUNCTION: ("name", COMMAND),
    IN: ("plain", ARGUMENT),
    LIST: ("element", LIST),
    ARRAY: ("element", ARRAY),
    SUBJECT: ("compared", CASE_IN),
    CASE_IN: ("compared", CASE_IN),
    PATTERN: ("compared", PATTERN),
    TEST: ("compared", TEST),
}
BEGINS = frozenset((COMMAND, COPROC, NAMED))  # where a command may begin
_STAYS_BEHIND_NEWLINE = frozenset((IN, CASE_IN, PATTERN))


class CommandList:
    """A list of commands that is being read: its tokens so far, and what may come next."""

    def __init__(self, closer: str, expects: int) -> None:
        self.closer = closer
        self.expects = expects
        self.tokens: list[Token] = []
        self.closed = False
        self.redirection = ""  # the operator that waits for its target
        self.fd = ""
        self.expression = False  # the next word is a regular expression
        self.heredocs: list[tuple[int, str, bool]] = []  # without a body yet: token, delimiter, is it quoted
        self._parentheses = 0  # open ones
        self._braces = 0
        self._cases = 0

    def add_word(self, parts: tuple[Part, ...]) -> None:
        """Take a word that is no target of a redirection."""
        bare = bare_text(parts)
        self.expression = bare == "=~" and self.expects == TEST
        role = self._role(parts, bare)
        if not self.closed:
            self.tokens.append(word_of(parts, role))

    def add_arithmetic(self, part: Part) -> None:
        """Take a `((...))`."""
        self.tokens.append(Word(None, (part,), "compared"))
        self.expects = COMMAND

    def add_target(self, parts: tuple[Part, ...]) -> Redirect:
        """Take the target of the redirection that waits for one."""
        redirect = Redirect(self.redirection, self.fd, word_of(parts, "target"))
        self.redirection = self.fd = ""
        self.tokens.append(redirect)
        if self.expects == COMMAND:
            self.expects = PREFIX
        return redirect

    def add_operator(self, operator: str) -> None:
        """Take an operator that is neither a redirection nor a parenthesis."""
        if self.expects == ARRAY:  # newlines are mere blanks there
            return
        self.tokens.append(Operator(operator))
        if self.expects == TEST:
            return
        if operator in (";;", ";&", ";;&"):
            self.expects = PATTERN if self._cases else COMMAND
        elif operator == "|" and self.expects == PATTERN:
            return
        elif operator != "\n" or self.expects not in _STAYS_BEHIND_NEWLINE:
            self.expects = COMMAND

    def open(self) -> None:
        """Take a `(`."""
        self.tokens.append(Operator("("))
        if self.expects == PATTERN:
            return
        self._parentheses += 1
        if self.expects not in (TEST, ARRAY):
            self.expects = COMMAND

    def shut(self) -> None:
        """Take a `)`: the end of a pattern, of a group, or of this very list."""
        if self.expects == PATTERN:
            self.expects = COMMAND
        elif self._parentheses:
            self._parentheses -= 1
            self.expects = self.expects if self.expects in (TEST, ARRAY) else COMMAND
        elif self.closer != ")":
            raise CannotRead("a ) closes nothing")
        else:
            if self.heredocs:
                raise CannotRead("a here-document begins inside a substitution and does not end there")
            self.close()
            return
        self.tokens.append(Operator(")"))

    def close(self) -> None:
        """End the list; nothing may be open in it."""
        if self.redirection:
            raise CannotRead("a redirection has no target")
        if self._parentheses:
            raise CannotRead("a ( is never closed")
        if self.expects == TEST:
            raise CannotRead("a [[ is never closed")
        if self._cases or self.expects in (SUBJECT, CASE_IN):
            raise CannotRead("a case has no esac")
        self.closed = True

    def _role(self, parts: tuple[Part, ...], bare: str) -> Role:
        expects = self.expects
        if bare and expects != ARGUMENT:
            behind = _RESERVED.get(bare) if expects in BEGINS else _RESERVED_LATER.get((expects, bare))
            if behind is not None and not (bare == "esac" and self._inside_pattern()):
                self.expects = behind
                self._count(bare)
                return "reserved"
        if expects <= PREFIX and assigned_name(parts):
            self.expects = PREFIX
            return "assignment"
        role, self.expects = _ROLES[expects]
        return role

    def _inside_pattern(self) -> bool:
        """Whether the next word goes on with a pattern of `case`, so that not even `esac` is reserved."""
        last = self.tokens[-1] if self.tokens else None
        return self.expects == PATTERN and isinstance(last, Operator) and last.text in ("(", "|")

    def _count(self, reserved: str) -> None:
        if reserved == "{":
            self._braces += 1
        elif reserved == "}" and self.closer == "}" and not self._braces:
            self.close()
        elif reserved == "}":
            self._braces -= 1
        elif reserved == "esac":
            self._cases = max(0, self._cases - 1)
        elif self.expects == PATTERN:
            self._cases += 1
