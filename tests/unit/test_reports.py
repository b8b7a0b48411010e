"""The report for people and the report for programs."""

from __future__ import annotations

import base64
import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from fakes import FakeEvidence
from hypothesis import given
from hypothesis import strategies as some

from ccguard.engine.decide import decide
from ccguard.model.decision import Decision
from ccguard.model.error import CcguardError
from ccguard.model.event import Change, Commit, Event, Mark
from ccguard.model.finding import Finding, Location
from ccguard.model.policy import Claude, Contacts, Policy, Zone
from ccguard.policy.patterns import compile_patterns
from ccguard.report import json as programs
from ccguard.report import text as people

if TYPE_CHECKING:
    from ccguard.model.policy import Level

OID = "3f9ac81d0b7e4c55a1f6d2e8907b4c3a5d6e7f80"
CHECKED = people.Checked("staged changes", files=1)
POLICY = Policy(Claude("supervised"), (), layers=("org.toml", ".claude-policy.toml"), digest="d0")


def finding(level: Level = "block", rule: str = "off-limits-path", **changed: Any) -> Finding:
    fields: dict[str, Any] = {
        "message": "an AI-assisted change may not touch infra/prod/db.tf",
        "where": Location("infra/prod/db.tf", 3, OID),
        "why": 'zone "production" is off limits ("regulated: change board")',
        "fix": "take this file out of the commit and hand the change to its owners",
        "ask": "#platform-oncall",
        "origin": ".claude-policy.toml:14",
        "subject": "production",
    }
    return Finding(rule, level=level, **{**fields, **changed})


def at(path: str, line: int = 0, commit: str = "", tool: str = "") -> Finding:
    return finding(where=Location(path, line, commit, tool))


def shown(decision: Decision, **options: bool) -> str:
    return "\n".join(people.lines(decision, CHECKED, **options))


def reported(decision: Decision, *commits: Commit, **changed: Any) -> dict[str, Any]:
    """The JSON report, read back."""
    facts = {"event": "commit", "policy": POLICY, "files": 1, "seconds": 0.12345, **changed}
    report = programs.Report(**facts, commits=commits)
    value: dict[str, Any] = json.loads(programs.text(decision, report))
    return value


# -- for people -------------------------------------------------------------------------------------------------------


def test_a_finding_has_five_parts_in_their_order() -> None:
    assert list(people.finding_lines(finding())) == [
        "error[off-limits-path] CCG021: an AI-assisted change may not touch infra/prod/db.tf",
        "  --> infra/prod/db.tf:3, commit 3f9ac81d0b7e",
        '  why: .claude-policy.toml:14 zone "production" is off limits ("regulated: change board")',
        "  fix: take this file out of the commit and hand the change to its owners",
        "  ask: #platform-oncall        more: ccguard explain CCG021",
    ]


def test_what_a_finding_does_not_know_is_left_out() -> None:
    lines = list(people.finding_lines(finding(where=Location(), fix="", origin="")))
    assert lines[1:3] == ["  --> this change", '  why: zone "production" is off limits ("regulated: change board")']
    assert not any("fix:" in line for line in lines)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (Location("a.txt"), "  --> a.txt"),
        (Location("a.txt", 7), "  --> a.txt:7"),
        (Location("a.txt", tool="Write"), "  --> tool call Write, a.txt"),
        (Location(tool="Bash"), "  --> tool call Bash"),
        (Location(commit=OID), "  --> commit 3f9ac81d0b7e"),
    ],
)
def test_a_place_is_a_call_or_a_path_or_a_commit(where: Location, line: str) -> None:
    assert list(people.finding_lines(finding(where=where)))[1] == line


@pytest.mark.parametrize(
    ("level", "word"), [("block", "error"), ("ask", "error"), ("warn", "warning"), ("monitor", "note")]
)
def test_a_level_has_its_word(level: Level, word: str) -> None:
    assert next(people.finding_lines(finding(level))).startswith(f"{word}[off-limits-path] CCG021: ")


def test_findings_come_in_the_order_of_the_decision_and_the_summary_last() -> None:
    decision = Decision("block", (finding(message="one"), finding("warn", message="two")))
    told = list(people.lines(decision, CHECKED))
    heads = [line for line in told if "CCG021: " in line]
    assert [head.rpartition(": ")[2] for head in heads] == ["one", "two"]
    assert told[-1] == "ccguard: 1 blocking, 1 warning (staged changes; 1 file)"


def test_a_monitored_finding_is_only_counted() -> None:
    told = shown(Decision("pass", (finding("monitor"),)))
    assert told == "ccguard: 0 blocking, 0 warnings, 1 monitored (staged changes; 1 file)"


@pytest.mark.parametrize(
    ("levels", "waived", "checked", "expected"),
    [
        ((), 0, people.Checked("whole tree", files=40), "0 blocking, 0 warnings (whole tree; 40 files)"),
        (
            ("block", "ask", "warn", "warn", "monitor"),
            2,
            people.Checked("range a..b", 12, 1, 3),
            "2 blocking, 2 warnings, 1 monitored, 2 waived (range a..b; 12 commits, at least 3 AI-assisted; 1 file)",
        ),
        (
            ("warn",),
            0,
            people.Checked("staged changes", 1),
            "0 blocking, 1 warning (staged changes; 1 commit, at least 0 AI-assisted; 0 files)",
        ),
    ],
)
def test_the_summary_counts(levels: tuple[Level, ...], waived: int, checked: people.Checked, expected: str) -> None:
    decision = Decision("block", tuple(map(finding, levels)), (finding(),) * waived)
    assert people.summary(decision, checked) == f"ccguard: {expected}"


def test_quiet_says_nothing_where_there_is_nothing_to_say() -> None:
    assert shown(Decision("pass"), quiet=True) == ""
    assert shown(Decision("pass", (finding("monitor"),)), quiet=True) == ""


@pytest.mark.parametrize("level", ["block", "warn"])
def test_quiet_still_tells_findings_and_what_the_exit_code_meant(level: Any) -> None:
    decision = Decision(level, (finding(level),))
    assert shown(decision, quiet=True) == shown(decision)
    assert "ccguard: " in shown(decision, quiet=True)


def test_colour_comes_only_when_it_is_asked_for() -> None:
    decision = Decision("block", (finding(), finding("warn"), finding("ask")))
    assert "\x1b" not in shown(decision)
    coloured = shown(decision, colour=True)
    assert "\x1b[31;1merror[off-limits-path]\x1b[0m CCG021" in coloured
    assert "\x1b[33;1mwarning[off-limits-path]\x1b[0m CCG021" in coloured
    for code in ("\x1b[31;1m", "\x1b[33;1m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == shown(decision)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("caf\udcc3\udca9", "caf\\xc3\\xa9"),
        ("a\udcffb", "a\\xffb"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\x1b[2J\x1b]8;;x\x07", "\\x1b[2J\\x1b]8;;x\\x07"),
        ("a\x9bb\x7f", "a\\x9bb\\x7f"),
        ("txt.\u202eexe", "txt.\\u202eexe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\ud83d", "half\\ud83d"),
        ("grün 漢字 😀 back\\slash", "grün 漢字 😀 back\\slash"),
    ],
)
def test_what_a_terminal_could_act_on_is_escaped(text: str, expected: str) -> None:
    assert people.plain(text) == expected


@given(some.text(some.characters(), max_size=40))
def test_no_word_of_a_repository_breaks_a_line_or_colours_it(words: str) -> None:
    where = Location(words, 1, words, words)
    told = finding(message=words, where=where, why=words, fix=words or "x", ask=words, origin=words)
    lines = list(people.finding_lines(told))
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)


def test_an_error_that_ends_a_command_has_the_same_parts() -> None:
    error = CcguardError("the base is not here", where="range a..b", why="it is shallow", fix="fetch it", ask="@acme")
    assert list(people.error_lines(error)) == [
        "error: the base is not here",
        "  --> range a..b",
        "  why: it is shallow",
        "  fix: fetch it",
        "  ask: @acme",
    ]
    assert list(people.error_lines(CcguardError("no"), colour=True)) == ["\x1b[31;1merror\x1b[0m: no"]


# -- for programs -----------------------------------------------------------------------------------------------------


def test_the_report_has_the_promised_shape() -> None:
    commit = Commit(OID, (Mark("declared", "claude-code", "trailer Co-Authored-By: Claude"),), (Change("M", "a.txt"),))
    decision = Decision("block", (finding(),), (finding("warn", rule="not-scanned", subject="binary"),))
    told = reported(decision, commit, event="pull-request", base="b" * 40, head=OID)
    assert list(told) == [
        "schema",
        "verdict",
        "event",
        "range",
        "policy",
        "findings",
        "waived",
        "attribution",
        "reviews",
        "checked",
    ]
    assert (told["schema"], told["verdict"], told["event"]) == (1, "block", "pull-request")
    assert told["range"] == {"base": "b" * 40, "head": OID}
    assert told["policy"] == {"digest": "d0", "layers": ["org.toml", ".claude-policy.toml"]}
    assert told["checked"] == {"commits": 1, "files": 1, "seconds": 0.123}
    assert told["findings"] == [
        {
            "rule": "off-limits-path",
            "id": "CCG021",
            "level": "block",
            "path": "infra/prod/db.tf",
            "line": 3,
            "commit": OID,
            "message": "an AI-assisted change may not touch infra/prod/db.tf",
            "why": 'zone "production" is off limits ("regulated: change board")',
            "fix": "take this file out of the commit and hand the change to its owners",
            "ask": "#platform-oncall",
            "origin": ".claude-policy.toml:14",
            "fingerprint": programs.fingerprint(finding()),
        }
    ]
    assert [(one["rule"], one["id"], one["level"]) for one in told["waived"]] == [("not-scanned", "CCG043", "warn")]
    assert told["attribution"] == [
        {
            "commit": OID,
            "level": "declared",
            "agent": "claude-code",
            "evidence": ["trailer Co-Authored-By: Claude"],
        }
    ]
    assert told["reviews"] == []


def test_a_report_is_ascii_and_ends_its_last_line() -> None:
    report = programs.Report("commit", POLICY, (), 1, 0.0)
    text = programs.text(Decision("block", (at("grün/漢字 \u2028"),)), report)
    assert text.isascii()
    assert text.endswith("}\n")


def test_what_was_no_range_has_none() -> None:
    assert reported(Decision("pass"))["range"] is None


@pytest.mark.parametrize(
    ("verdict", "level", "told"),
    [
        ("block", "block", "block"),
        ("ask", "ask", "block"),
        ("warn", "warn", "warn"),
        ("pass", "monitor", "monitor"),
    ],
)
def test_nobody_can_be_asked_by_a_report(verdict: Any, level: Level, told: str) -> None:
    report = reported(Decision(verdict, (finding(level),)))
    assert report["verdict"] == ("pass" if told == "monitor" else told)
    assert report["findings"][0]["level"] == told


def test_a_finding_without_a_place_says_null() -> None:
    told = reported(Decision("block", (at(""),)))["findings"][0]
    assert (told["path"], told["line"], told["commit"]) == (None, None, None)
    assert "path_base64" not in told


@pytest.mark.parametrize(
    ("path", "shown"),
    [("caf\udcc3(.txt", "caf\\xc3(.txt"), ("a\nb", "a\\x0ab"), ("a\u202eb", "a\\u202eb"), ("\udcff", "\\xff")],
)
def test_a_path_that_can_not_be_shown_is_told_in_base64_too(path: str, shown: str) -> None:
    told = reported(Decision("block", (at(path),)))["findings"][0]
    assert told["path"] == shown
    assert base64.b64decode(told["path_base64"]) == path.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("path", ["a.txt", "grün/漢字 😀", "back\\xff", 'quote"'])
def test_a_path_that_can_be_shown_has_no_second_form(path: str) -> None:
    told = reported(Decision("block", (at(path),)))["findings"][0]
    assert told["path"] == path
    assert "path_base64" not in told


def test_words_of_a_repository_lose_their_control_characters() -> None:
    noisy = finding(message="a\x1b[2J", why="b\x07", fix="c\r\n", ask="d\u202e")
    commit = Commit("", (Mark("hinted", "other", "branch \x1b[31m"),))
    told = reported(Decision("block", (noisy,)), commit)
    assert [told["findings"][0][part] for part in ("message", "why", "fix", "ask")] == [
        "a\\x1b[2J",
        "b\\x07",
        "c\\x0d\\x0a",
        "d\\u202e",
    ]
    assert told["attribution"][0]["evidence"] == ["branch \\x1b[31m"]


def test_every_commit_is_attributed_also_where_nothing_is_known() -> None:
    marks = (
        Mark("hinted", "claude-code", "branch claude/x"),
        Mark("declared", "copilot", "trailer Co-authored-by: Copilot"),
        Mark("proved", "claude-code", "the ledger holds a.txt"),
    )
    told = reported(Decision("pass"), Commit(OID, marks), Commit("2" * 40), Commit(""))["attribution"]
    assert [(one["commit"], one["level"], one["agent"], len(one["evidence"])) for one in told] == [
        (OID, "proved", "claude-code", 2),
        (OID, "declared", "copilot", 1),
        ("2" * 40, "none", None, 0),
        (None, "none", None, 0),
    ]


# -- fingerprints and order -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moved",
    [
        at("infra/prod/db.tf", 400, OID),
        at("infra/prod/db.tf", 3, "2" * 40),
        at("infra/prod/db.tf", tool="Write"),
        finding("warn"),
        finding(message="other words", why="other", fix="other", ask="other", origin="other:1"),
    ],
    ids=["another line", "another commit", "a call", "another level", "other words"],
)
def test_a_fingerprint_stays_where_the_finding_only_moves(moved: Finding) -> None:
    assert programs.fingerprint(moved) == programs.fingerprint(finding())


@pytest.mark.parametrize(
    "other",
    [at("infra/prod/db.tf2"), finding(rule="guard-tampering"), finding(subject="staging"), at("")],
    ids=["another path", "another rule", "another zone", "no path"],
)
def test_a_fingerprint_tells_findings_apart(other: Finding) -> None:
    assert programs.fingerprint(other) != programs.fingerprint(finding())


def test_the_parts_of_a_fingerprint_do_not_run_together() -> None:
    one, two = finding(where=Location("ab"), subject="c"), finding(where=Location("a"), subject="bc")
    assert programs.fingerprint(one) != programs.fingerprint(two)


def test_a_fingerprint_is_32_hex_digits_that_never_change() -> None:
    assert programs.fingerprint(finding()) == "f791edc54d245cfddb2c17eb0f523adf"
    assert len(programs.fingerprint(at("caf\udcff"))) == 32


def test_the_same_change_is_reported_the_same_in_whatever_order_it_comes() -> None:
    zones = (Zone("vault", "none", ("vault/",), (compile_patterns(["vault/"]),)),)
    policy = Policy(Claude("supervised"), zones, contacts=Contacts(owner="@acme/all"))
    marks = (Mark("declared", "claude-code", "trailer Assisted-by: Claude-Code"),)
    paths = ("vault/b", "vault/a", "vault/\udcff", "src/a")
    told = set()
    for order in permutations(paths):
        commit = Commit(OID, marks, tuple(Change("M", path) for path in order))
        decision = decide(Event("commit", "2026-11-01", commits=(commit,)), policy, FakeEvidence())
        report = programs.Report("commit", policy, (commit,), len(paths), 0.0)
        told.add((programs.text(decision, report), "\n".join(people.lines(decision, CHECKED))))
    assert len(told) == 1
    findings = json.loads(told.pop()[0])["findings"]
    assert [one["path"] for one in findings] == ["vault/a", "vault/b", "vault/\\xff"]


def test_where_no_policy_holds_everything_passes_and_says_so() -> None:
    told = json.loads(programs.nothing())
    assert (told["schema"], told["verdict"], told["policy"]) == (1, "pass", None)
    assert told["findings"] == told["waived"] == told["attribution"] == told["reviews"] == []
    assert told["checked"] == {"commits": 0, "files": 0, "seconds": 0.0}
