"""Findings for people: five parts each, in the same order."""

from __future__ import annotations

from ..model.decision import STRENGTH
from ..model.record import Record
from ..rules import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.decision import Decision
    from ..model.error import CcguardError
    from ..model.finding import Finding

_NUMBERS = {rule.id: rule.number for rule in TABLE}
_WORDS = {"block": "error", "ask": "error", "warn": "warning", "monitor": "note"}
_COLOURS = {"block": "31", "ask": "31", "warn": "33", "monitor": "36"}


class Checked(Record):
    """What was looked at, for the closing line."""

    what: str
    commits: int = 0
    files: int = 0
    assisted: int = 0


def plain(text: str) -> str:
    """One line without control characters: names of files and words of a policy are not ours to trust."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """A byte that is no UTF-8, or a control character, as a backslash escape."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lines(
    decision: Decision, checked: Checked, *, colour: bool = False, quiet: bool = False, every: bool = False
) -> Iterator[str]:
    """The report, line by line. Monitored and waived findings are only counted, unless `every` one is wanted."""
    for finding in (*decision.findings, *(decision.waived if every else ())):
        if every or finding.level != "monitor":
            yield from finding_lines(finding, colour=colour)
            yield ""
    if not quiet or decision.verdict != "pass":
        yield summary(decision, checked)


def finding_lines(finding: Finding, *, colour: bool = False) -> Iterator[str]:
    """One finding in its five parts."""
    number = _NUMBERS.get(finding.rule, "")
    head = f"{_WORDS[finding.level]}[{finding.rule}]"
    yield f"{_painted(head, _COLOURS[finding.level], colour)} {number}: {plain(finding.message)}"
    yield f"  --> {plain(_where(finding))}"
    yield f"  why: {plain(_why(finding))}"
    if finding.fix:
        yield f"  fix: {plain(finding.fix)}"
    yield f"  ask: {plain(finding.ask)}        more: ccguard explain {number}"


def _painted(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code};1m{text}\x1b[0m" if colour else text


def _where(finding: Finding) -> str:
    where = finding.where
    path = f"{where.path}:{where.line}" if where.line else where.path
    parts = [
        f"tool call {where.tool}" if where.tool else "",
        path,
        f"commit {where.commit[:12]}" if where.commit else "",
    ]
    return ", ".join(part for part in parts if part) or "this change"


def _why(finding: Finding) -> str:
    return f"{finding.origin} {finding.why}" if finding.origin else finding.why


def summary(decision: Decision, checked: Checked) -> str:
    """The closing line: what the exit code meant."""
    counts = dict.fromkeys(STRENGTH, 0)
    for finding in decision.findings:
        counts[finding.level] += 1
    parts = [f"{counts['block'] + counts['ask']} blocking", _plural(counts["warn"], "warning")]
    if counts["monitor"]:
        parts.append(f"{counts['monitor']} monitored")
    if decision.waived:
        parts.append(f"{len(decision.waived)} waived")
    looked = [checked.what]
    if checked.commits:
        looked.append(f"{_plural(checked.commits, 'commit')}, at least {checked.assisted} AI-assisted")
    looked.append(_plural(checked.files, "file"))
    return f"ccguard: {', '.join(parts)} ({plain('; '.join(looked))})"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def error_lines(error: CcguardError, *, colour: bool = False) -> Iterator[str]:
    """An error that ended a command, in the same five parts."""
    first, *more = error.message.splitlines() or [""]
    yield f"{_painted('error', '31', colour)}: {plain(first)}"
    yield from map(plain, more)
    for name, text in (("-->", error.where), ("why:", error.why), ("fix:", error.fix), ("ask:", error.ask)):
        if text:
            yield f"  {name} {plain(text)}"
