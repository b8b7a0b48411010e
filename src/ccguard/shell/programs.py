"""What well-known programs do with their arguments: which only name something, which are code.

Only what is certain is listed: an argument that nothing here knows is taken for a file.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "mksh", "ash", "rbash", "fish"))
# Other programs that run what stands behind their -c.
_RUN_C = SHELLS | frozenset(("su", "runuser", "script", "flock"))
# They run their arguments, put together, as one command.
EVALUATES = frozenset(("eval", "watch"))
# They take names, or commands, from what is written to them.
NAME_READERS = frozenset(("xargs", "parallel", "read", "mapfile", "readarray", "cpio", "pax"))
# Set variables that are known then; and set or unset them in ways that nobody follows here.
DECLARES = frozenset(("export", "declare", "typeset", "local", "readonly"))
FORGETS = frozenset(("unset", "read", "mapfile", "readarray", "getopts", "printf", "let", "wait"))

# They only look at names; and they write the names they are given, so it depends on who reads that.
_SILENT = frozenset(("test", "[", ":", "true", "false", "type", "which"))
_REPEATING = frozenset(("echo", "printf", "basename", "dirname"))
# Where a program is the one that its name says.
_SYSTEM = ("/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
# They run the rest of their words, as long as no option stands between.
_LAUNCHERS = frozenset(("sudo", "env", "command", "builtin", "exec", "nice", "nohup", "time", "timeout"))

_GREP = ("ef", ("--regexp", "--file"), "ABCmdD")
_PATTERN_OPTIONS = ("--regexp", "--expression")
_AWK = ("efEi", ("--file", "--source", "--exec", "--include"), "Fv")
_JQ = ("f", ("--from-file",), "")
# Programs whose first operand is a pattern or a program of their own, unless an option gives it: the letters and the
# names of such options, and the letters of those whose value is a word of its own.
_PATTERN_FIRST: dict[str, tuple[str, tuple[str, ...], str]] = {
    **dict.fromkeys(("grep", "egrep", "fgrep", "zgrep"), _GREP),
    "rg": ("ef", ("--regexp", "--file", "--files", "--type-list"), "ABCmgtTjrMEd"),
    "ag": ("g", (), "ABCm"),
    "sed": ("ef", ("--expression", "--file"), "l"),
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), _AWK),
    **dict.fromkeys(("jq", "yq"), _JQ),
}
# Interpreters, and the letters behind which their code stands.
_CODE_LETTERS = {"python": "c", "python3": "c", "perl": "eE", "ruby": "e", "node": "ep", "php": "r", "lua": "e"}
_GIT_OPTIONS_WITH_VALUE = frozenset(("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env"))
_GIT_WITH_MESSAGE = frozenset(("commit", "tag", "merge", "stash", "notes"))
_GIT_WITH_NAMES = frozenset(
    ("branch", "switch", "push", "fetch", "pull", "remote")
)  # of branches and remotes, not files
_GIT_NEW_BRANCH = ("-b", "-B", "--orphan")
_GIT_COMMIT_FLAGS = frozenset("aevqsnpoi")  # may stand in front of the m of `-am`
_GH_TEXT = frozenset(("-b", "-t", "-n", "--body", "--title", "--notes", "--subject"))
_FIND_TESTS = frozenset(
    f"-{kind}" for kind in ("name", "iname", "path", "ipath", "wholename", "iwholename", "regex", "iregex", "lname")
)
_FIND_ACTIONS = ("-exec", "-ok", "-delete", "-fprint", "-fls")
_EXCLUDING = frozenset(("grep", "egrep", "fgrep", "tar", "rsync", "du", "zip"))
_EXCLUDE = ("--exclude", "--exclude-dir")


def base_name(text: str | None) -> str:
    """A program's name without its folder."""
    return (text or "").rpartition("/")[2]


def only_named(texts: Sequence[str | None], feeds: bool) -> frozenset[int]:
    """The places of the words that are no files: `texts` are a command's words, None where one isn't known.

    `feeds` says that what the command writes is read as names or as code.
    """
    at = program_place(texts)
    if at < 0:
        return frozenset()
    name = base_name(texts[at])
    named = _excluded(texts, name)
    if name in _SILENT or (name in _REPEATING and not feeds):
        named |= set(range(at + 1, len(texts)))
    elif name in _PATTERN_FIRST:
        named |= _pattern(texts, at, *_PATTERN_FIRST[name])
    elif name == "git":
        named |= _git(texts, at)
    elif name == "gh":
        named |= {index + 1 for index, text in enumerate(texts) if text in _GH_TEXT}
    elif name == "find":
        named |= _find(texts, feeds)
    return frozenset(named)


def foreign_code(texts: Sequence[str | None]) -> frozenset[int]:
    """The places of code in another language than the shell's."""
    at = program_place(texts)
    letters = _CODE_LETTERS.get(base_name(texts[at]), "") if at >= 0 else ""
    found = set()
    for index in range(at + 2, len(texts) if letters else 0):
        option = texts[index - 1] or ""
        if option[:1] == "-" and option[1:2] != "-" and option[-1] in letters:
            found.add(index)
    return frozenset(found)


def scripts(texts: Sequence[str | None]) -> list[int]:
    """The places of the words that a shell is to run: behind `sh -c`, wherever in the command that stands."""
    found = []
    armed = wanted = False
    for index, text in enumerate(texts):
        if wanted and (text is None or text[:1] not in ("-", "+")):
            found.append(index)
            armed = wanted = False
        elif armed and text is not None and text[:1] == "-" and text[1:2] != "-" and "c" in text:
            wanted = True
        elif base_name(text) in _RUN_C:
            armed = True
    return found


def program_place(texts: Sequence[str | None]) -> int:
    """The place of the program that runs in the end; -1 where that can't be told."""
    at = 0
    while at < len(texts) and base_name(texts[at]) in _LAUNCHERS:
        timed = base_name(texts[at]) == "timeout"
        at += 1
        while at < len(texts) and ("=" in (texts[at] or "") or (timed and (texts[at] or "")[:1].isdigit())):
            at += 1
    program = (texts[at] or "") if at < len(texts) else ""
    folder, slash, _ = program.rpartition("/")
    return -1 if not program or program[0] == "-" or (slash and folder not in _SYSTEM) else at


def _excluded(texts: Sequence[str | None], name: str) -> set[int]:
    """Words that say what to leave out."""
    named = set()
    for index, text in enumerate(texts):
        option, equals, _ = (text or "").partition("=")
        if option in _EXCLUDE and equals:
            named.add(index)
        elif option in _EXCLUDE and name in _EXCLUDING:
            named.add(index + 1)
    return named


def _pattern(texts: Sequence[str | None], at: int, letters: str, names: tuple[str, ...], valued: str) -> set[int]:
    """The places of the patterns: behind each `-e`, or the first operand if no option gives one."""
    operand, skip, ended, given = -1, False, False, False
    named = set()
    for index in range(at + 1, len(texts)):
        text = texts[index]
        if skip:
            skip = False
        elif text == "--" and not ended:
            ended = True
        elif ended or text is None or text[:1] != "-" or text == "-":
            operand = index if operand < 0 else operand
        elif text.startswith("--"):
            option, equals, _ = text.partition("=")
            if any(name.startswith(option) for name in names):
                given = True
                named |= {index if equals else index + 1} if option in _PATTERN_OPTIONS else set()
        elif any(letter in text for letter in letters):
            given = True
            if text.find("e") == len(text) - 1 and "f" not in text:
                named.add(index + 1)
            elif text[1] == "e":
                named.add(index)
        else:
            skip = text[-1] in valued
    return named if given or operand < 0 else {operand}


def git_verb_place(texts: Sequence[str | None], at: int) -> int:
    """The place of git's subcommand, for git at `at`; past the end if there is none."""
    at += 1
    while at < len(texts) and (texts[at] or "").startswith("-"):
        at += 2 if texts[at] in _GIT_OPTIONS_WITH_VALUE else 1
    return at


def _git(texts: Sequence[str | None], at: int) -> set[int]:
    """Messages, the pattern of `git grep`, and what `git check-ignore` is asked about."""
    at = git_verb_place(texts, at)
    verb = texts[at] if at < len(texts) else None
    if verb == "grep":
        return _pattern(texts, at, *_GREP)
    if verb == "check-ignore" or verb in _GIT_WITH_NAMES:
        return set(range(at + 1, len(texts)))
    if verb == "checkout":
        return {index + 1 for index in range(at + 1, len(texts)) if texts[index] in _GIT_NEW_BRANCH}
    if verb in ("log", "diff", "show"):  # -S and -G search for a text
        return {index for index in range(at + 1, len(texts)) if (texts[index] or "")[:2] in ("-S", "-G")}
    return _messages(texts, at) if verb in _GIT_WITH_MESSAGE else set()


def _messages(texts: Sequence[str | None], at: int) -> set[int]:
    named = set()
    for index in range(at + 1, len(texts)):
        text = texts[index] or ""
        if text == "--":
            break
        if text.startswith(("-m", "--message=")) and text != "-m":
            named.add(index)
        elif text == "--message" or (text[:1] == "-" and text[-1:] == "m" and set(text[1:-1]) <= _GIT_COMMIT_FLAGS):
            named.add(index + 1)
    return named


def _find(texts: Sequence[str | None], feeds: bool) -> set[int]:
    """What `find` compares names with; what it leaves out only, where it does more with the files than print names."""
    does_more = feeds or any((text or "").startswith(_FIND_ACTIONS) for text in texts)
    named = set()
    for index, text in enumerate(texts):
        left_out = texts[index - 1] in ("!", "-not") or _is_pruned(texts[index + 2 : index + 5])
        if text in _FIND_TESTS and (left_out or not does_more):
            named.add(index + 1)
    return named


def _is_pruned(behind: Sequence[str | None]) -> bool:
    """Whether a test of `find` is followed by `-prune -o`, a parenthesis perhaps between them."""
    return list(behind[:2]) in (["-prune", "-o"], ["-prune", "-or"]) or list(behind) == ["-prune", ")", "-o"]
