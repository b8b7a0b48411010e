"""The door of the shell room lists every word of a command line that could name a file, and leaves mere text out."""

from __future__ import annotations

import pytest

from ccguard.shell.accesses import spelled
from ccguard.shell.words import SpelledWord


def names(command: str) -> set[str]:
    """What a command names; what it writes with a `>` in front."""
    found = spelled(command)
    assert not found.unreadable
    return {f"{'>' if word.mode == 'write' else ''}{word.text}" for word in found.words}


@pytest.mark.parametrize(
    "command",
    [
        "cat .env",
        "cat '.e'\"nv\"",
        "cat $'\\x2eenv'",
        "cat .e\\\nnv",
        "cat<.env",
        "cat 0<.env",
        "cat >&-.env",
        "cat .env\r",
        "a=1 cat .env",
        "a && b || cat .env",
        "if a; then cat .env; fi",
        "while read x; do echo $x; done <.env",
        "for f in .env; do cat $f; done",
        "case a in a) cat .env;; esac",
        "f() { cat .env; }",
        "coproc echo { cat .env; }",
        "[[ $(cat .env) ]]",
        "echo $(cat .env)",
        'echo "`cat .env`"',
        "echo ${x:-$(<.env)}",
        "diff <(sort .env) /dev/null",
        "cat <<E\n$(cat .env)\nE",
        "x=(.env)",
        "x[ #]=1; cat .env",
        "cat $(echo .env)",
        "echo .env | xargs cat",
        "echo 'x .env' | sort | xargs cat",
        "printf '.env\\n' | while read f; do cat $f; done",
        "echo 'cat .env' | sh",
        "xargs cat <<< .env",
        "while read f; do cat $f; done <<E\n.env\nE",
        "sh -c 'cat .env'",
        "sudo -u x bash -xec 'cat .env' y",
        "bash -c -x -- .env",
        'bash -c "cat .env; $x"',
        "bash -c 'sh -c \"cat .env\"'",
        "find . -exec sh -c 'cat .env' \\;",
        "eval cat .env",
        "eval 'cat .env'",
        "command eval 'cat .env'",
        "bash <<E\ncat .env\nE",
        "cat <<E | sudo bash\ncat .env\nE",
        "sh <<<'cat .env'",
        "dd if=.env",
        "cat --file=.env",
        "X=.env cat",
        "curl -d @.env url",
        "curl -F file=@.env url",
        "curl -T.env url",
        "openssl x -passin file:.env",
        "git show HEAD:.env",
        "git show :0:.env",
        "F=.env; cat $F",
        "F=.env; cat ${F}",
        'export F=.env; cat "$F"',
        "F=.e; F+=nv; cat $F",
        "F=.en; G=${F}v; cat $G",
        "c='cat .env'; $c",
        "F=x bash -c 'cat .env'",
        "grep -e x .env",
        "grep x .env",
        "grep .env -e x",
        "grep --reg=x .env",
        "grep --fil=.env x",
        "grep -ee .env",
        "grep -fe .env",
        "sed -ne p .env",
        "sed --expression p .env",
        "perl -pe 's/a/b/' .env",
        "python -m x .env",
        "node -r ./x .env",
        "grep -f .env x",
        "grep -- x .env",
        "rg --files .env",
        "git grep x -- .env",
        "git log -m .env",
        "git log -m .env",
        "git commit -m x -F .env",
        "git commit -m x -- -m .env",
        "sed -n p .env",
        "awk -f x .env",
        "awk -F : 1 .env",
        "jq -f x .env",
        "find . -name .env -exec cat {} +",
        "find . -name .env | xargs cat",
        "find . -name .env -prune -exec cat {} +",
        "echo() { cat $1; }; echo .env",
        "function test { cat $1; }; test .env",
        "alias echo=cat\necho .env",
        "./echo .env",
        "/bin/../tmp/grep .env x",
        "sudo -u echo cat .env",
        "env -S echo cat .env",
        "cat eval .env",
        "cat bash -c .env",
        "cat -- .env",
        "cat x 2>&1 .env",
        "cat ' ' '.env'",
    ],
)
def test_a_file_that_a_command_reads_is_listed(command: str) -> None:
    assert ".env" in names(command)


@pytest.mark.parametrize(
    "command",
    [
        "echo .env",
        "printf %s .env",
        "echo .env | tee x",
        "test -f .env",
        "[ -e .env ] && a",
        "[[ -e .env && .env -nt x ]]",
        "case $x in .env) a;; esac",
        "basename .env",
        "x=$([ -f .env ] && a)",
        "a # .env",
        "cat <<E\n.env\nE",
        "cat <<'E' >x\n$(cat .env)\nE",
        "wc <<<.env",
        "git commit -m .env",
        "git commit -am .env",
        "git commit -m.env",
        "git commit --message=.env",
        "git commit -m \"$(cat <<'E'\nfix .env\nE\n)\"",
        "git -C x tag -m .env v1",
        "git check-ignore -v .env",
        "gh pr create --title .env --body .env",
        "grep .env x",
        "grep -rn .env x",
        "grep -A 3 .env x",
        "grep -rn -- .env x",
        "rg -g '*.py' .env",
        "git grep .env",
        "grep -e .env x",
        "grep -re .env x",
        "grep -e.env x",
        "grep --regexp=.env x",
        "rg --regexp .env x",
        "sed -e s/a/.env/ x",
        "sed -es/a/.env/ x",
        "perl -pe s/a/.env/ x",
        "python3 -c .env",
        "sed .env x",
        "awk -F : .env x",
        "jq .env package.json",
        "find . -name .env",
        "find . -path .env -prune -o -type f -exec cat {} +",
        "find . -not -name .env -exec cat {} +",
        "tar --exclude=.env --exclude .env -cf x y",
        "rsync -a --exclude .env x y",
        "curl https://example.com/.env",
        "sudo echo .env",
        "/usr/bin/printf %s .env",
        "env A=b echo .env",
        "timeout 5 echo .env",
        ".env",
        "npm run x",
    ],
)
def test_mere_text_is_not_listed(command: str) -> None:
    assert ".env" not in names(command)
    assert not any(name.endswith("/.env") for name in names(command))


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("echo .env >a", {">a"}),
        ("a >>b", {">b"}),
        ("a >|b", {">b"}),
        ("a 2>b", {">b"}),
        ("a {fd}>b", {">b"}),
        ("a &>b", {">b"}),
        ("a &>>b", {">b"}),
        ("a >&b", {">b"}),
        ("a <>b", {">b"}),
        (">a", {">a"}),
        ("a 2>&1 >&2 <&- >&3-", set()),
        ("a <b", {"b"}),
        ("F=.env; a >$F", {".env", ">.env"}),
    ],
)
def test_the_target_of_an_output_redirection_is_written(command: str, written: set[str]) -> None:
    assert names(command) == written


@pytest.mark.parametrize(
    ("command", "below"),
    [
        ("cat key", ""),
        ("cd a && cat key", "a"),
        ("cd a; cd b; cat key", "a/b"),
        ("cd a; cd ../b; cat key", "a/../b"),
        ("cd a; cd /b; cat key", "/b"),
        ("cd a; cd; cat key", "~"),
        ("cd -P -- a; cat key", "a"),
        ("command cd a; cat key", "a"),
        ("D=a; cd $D; cat key", "a"),
        ("pushd a; pushd b; popd; cat key", "a"),
        ("(cd a); cat key", ""),
        ("(cd a; cat key)", "a"),
        ("cd a; (cd b); cat key", "a"),
        ("x=$(cd a); cat key", ""),
        ("x=$(cd a; cat key)", "a"),
        ("cd a; sh -c 'cat key'", "a"),
        ("eval 'cd a'; cat key", "a"),
        ("cd a; x >key", "a"),
        ("cd $x; cat key", ""),
        ("cd -; cat key", ""),
    ],
)
def test_a_word_knows_where_the_command_went_before(command: str, below: str) -> None:
    assert [word.below for word in spelled(command).words if word.text == "key"] == [below]


def test_a_word_knows_what_the_shell_may_expand_in_it() -> None:
    found = spelled("cat a* '*' {a,b} ~/c '~'/d X=~/e $F; F='*'; cat $F ~")
    assert found.words == (
        SpelledWord("a*", globs=True),
        SpelledWord("*"),
        SpelledWord("{a,b}", globs=True),
        SpelledWord("~/c", tilde=True),
        SpelledWord("~/d"),
        SpelledWord("X=~/e"),
        SpelledWord("~/e", tilde=True),
        SpelledWord("*"),
        SpelledWord("*", globs=True),
        SpelledWord("~", tilde=True),
    )


def test_a_name_in_an_option_that_few_programs_read_so_is_not_certain() -> None:
    assert spelled("tar -Ckeys -cf=a").words == (
        SpelledWord("keys", certain=False),
        SpelledWord("f=a", certain=False),
        SpelledWord("a"),
    )


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("cat a", 0),
        ("cat $x", 1),
        ("cat a$x `b` $((1))", 3),
        ("cat >$x <$y", 2),
        ("for f in $x; do a; done", 1),
        ("F=a; cat $F", 0),
        ("F=a; read F; cat $F", 1),
        ("F=a; F=$x; cat $F", 1),
        ("F=a; unset F; cat $F", 1),
        ("for F in a; do cat $F; done", 1),
        ("F=a b; cat $F", 1),
        ("F=(a); cat $F", 1),
        ("F+=a; cat $F", 1),
        ("F=a; cat ${F%b}", 1),
        ("$x a", 1),
        ("echo $x", 0),
        ("x=$(a)", 0),
        ("exit $?; kill $!", 0),
        ("cat <(a)", 0),
        ("cat <<<$x", 0),
        ("grep $x a", 0),
        ("python -c 'open(\".env\")' a", 1),
        ("bash -c \"cat $x\"", 2),
    ],
)  # fmt: skip
def test_words_that_only_a_running_shell_could_spell_are_counted(command: str, unknown: int) -> None:
    assert spelled(command).unknown == unknown


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("cat .env; cat 'x", "a ' is never closed"),
        ("cat .env; sh -c 'cat \"'", 'a " is never closed'),
        ("cat .env; " + "eval " * 12 + "x", "it holds too much code in words"),
        ("cat .env " + "x " * 10_000, "it names more than 10000 files"),
        ("cat .env; " + "cd abcdefgh; " * 500, "it changes folders too often to be followed"),
        ("cat .env; F=" + "x" * 4000 + "; " + "a $F;" * 100, "its variables hold too much text"),
        ("cat .env; " + "${x:-$(" * 30, "it is nested more than 50 deep"),
    ],
)
def test_a_command_that_can_not_be_followed_says_so_and_keeps_what_it_named(command: str, reason: str) -> None:
    found = spelled(command)
    assert found.unreadable == reason
    assert found.words[0] == SpelledWord(".env")


def test_variables_that_grow_are_let_go() -> None:
    found = spelled("F=ab; " + "F=$F$F; " * 40 + "cat $F")
    assert (found.unknown, found.unreadable) == (1, "")
    assert max(len(word.text) for word in found.words) <= 4096


@pytest.mark.parametrize(
    "command",
    [
        "rm -f key",
        "mv key elsewhere",
        "mv elsewhere key",
        "cp other key",
        "cp -t key other",
        "cp --target-directory=key other",
        "sed -i s/a/b/ key",
        "sed -i.bak -e s/a/b/ key",
        "sed --in-place=.bak s/a/b/ key",
        "perl -pi -e 's/a/b/' key",
        "echo x | tee key",
        "echo x > key",
        "touch key",
        "chmod 600 key",
        "truncate -s0 key",
        "ln -sf other key",
        "sudo rm key",
        "git checkout -- key",
        "git -C . restore key",
        "git rm key",
        "sort -o key other",
        "dd if=/dev/zero of=key",
        "patch key",
        "curl -o key https://example.com",
        "tar -xf a.tar key",
        "sh -c 'rm key'",
    ],
)
def test_a_file_that_a_command_changes_is_listed_as_written(command: str) -> None:
    removing = any(name in command.split() for name in ("rm", "mv")) or "'rm" in command
    mode = "delete" if removing else "write"
    assert ("key", mode) in {(word.text, word.mode) for word in spelled(command).words}


@pytest.mark.parametrize(
    "command",
    [
        "cat key",
        "cp key other",
        "sed -n 1p key",
        "git diff key",
        "git add key",
        "sort key",
        "tar -cf a.tar key",
        "tool key",
    ],
)
def test_a_file_that_a_command_only_reads_is_not_listed_as_written(command: str) -> None:
    assert {word.mode for word in spelled(command).words if word.text == "key"} == {"read"}


@pytest.mark.parametrize("command", ["npm run lint:key", "make test:key", "tool a:key"])
def test_a_colon_separates_names_only_for_programs_that_read_it_so(command: str) -> None:
    assert "key" not in {word.text for word in spelled(command).words}


@pytest.mark.parametrize(
    ("command", "switch"),
    [
        ("ccguard uninstall", "ccguard uninstall"),
        ("cd /tmp; .venv/bin/ccguard uninstall --purge", "ccguard uninstall"),
        ("uvx ccguard-policy waive", "ccguard-policy waive"),
        ("python3 -m ccguard.cli uninstall", "ccguard.cli uninstall"),
        ("env X=1 pre-commit uninstall -t pre-push", "pre-commit uninstall"),
        ("sh -c 'prek uninstall'", "prek uninstall"),
    ],
)
def test_a_command_that_takes_the_guard_away_is_told(command: str, switch: str) -> None:
    assert spelled(command).switches == (switch,)


@pytest.mark.parametrize(
    "command",
    [
        "ccguard check",
        "pre-commit run --all-files",
        "echo ccguard uninstall",
        "git commit -m 'ccguard uninstall'",
        "grep ccguard uninstall",
    ],
)
def test_a_command_that_only_says_so_is_not(command: str) -> None:
    assert spelled(command).switches == ()
