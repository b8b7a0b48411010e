"""The report for programs: schema 1, additive changes only, deterministic order."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from ..model.decision import Decision
from ..model.event import Commit
from ..model.finding import Finding
from ..model.policy import Policy
from ..model.record import Record
from ..rules import TABLE
from .text import plain

SCHEMA = 1
_NUMBERS = {rule.id: rule.number for rule in TABLE}


class Report(Record):
    """What a check has to say, besides the decision. `base` and `head` are empty where no range was judged."""

    event: str
    policy: Policy
    commits: tuple[Commit, ...]
    files: int
    seconds: float
    base: str = ""
    head: str = ""


def text(decision: Decision, report: Report) -> str:
    """The report as one JSON object, with a final newline."""
    return json.dumps(envelope(decision, report), indent=1, ensure_ascii=True) + "\n"


def envelope(decision: Decision, report: Report) -> dict[str, Any]:
    """The report as plain values, in the shape that `docs/json.md` promises."""
    verdict = "block" if decision.verdict == "ask" else decision.verdict
    return {
        "schema": SCHEMA,
        "verdict": verdict,
        "event": report.event,
        "range": {"base": report.base, "head": report.head} if report.head else None,
        "policy": {"digest": report.policy.digest, "layers": [plain(layer) for layer in report.policy.layers]},
        "findings": [_finding(finding) for finding in decision.findings],
        "waived": [_finding(finding) for finding in decision.waived],
        "attribution": [entry for commit in report.commits for entry in _attribution(commit)],
        "reviews": [],
        "checked": {"commits": len(report.commits), "files": report.files, "seconds": round(report.seconds, 3)},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    where = finding.where
    entry: dict[str, Any] = {
        "rule": finding.rule,
        "id": _NUMBERS.get(finding.rule, ""),
        "level": "block" if finding.level == "ask" else finding.level,
        "path": plain(where.path) or None,
        "line": where.line or None,
        "commit": where.commit or None,
        "message": plain(finding.message),
        "why": plain(finding.why),
        "fix": plain(finding.fix),
        "ask": plain(finding.ask),
        "origin": plain(finding.origin),
        "fingerprint": fingerprint(finding),
    }
    if finding.secret is not None:
        secret = finding.secret
        entry |= {"engine": secret.engine, "type": secret.type, "masked": secret.masked, "digest": secret.digest}
    raw = where.path.encode("utf-8", "surrogateescape")
    if where.path and plain(where.path).encode("utf-8", "surrogateescape") != raw:
        entry["path_base64"] = base64.b64encode(raw).decode("ascii")
    return entry


def fingerprint(finding: Finding) -> str:
    """The same for the same finding wherever it moves to within its file; no secret can be told from it."""
    made = hashlib.blake2b(digest_size=16)
    for part in (finding.rule, finding.where.path, finding.subject):
        made.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return made.hexdigest()


def _attribution(commit: Commit) -> list[dict[str, Any]]:
    oid = commit.oid or None
    if not commit.marks:
        return [{"commit": oid, "level": "none", "agent": None, "evidence": []}]
    agents = dict.fromkeys(mark.agent for mark in commit.marks)
    entries = []
    for agent in agents:
        marks = [mark for mark in commit.marks if mark.agent == agent]
        strongest = min((mark.level for mark in marks), key=("proved", "declared", "hinted").index)
        evidence = [plain(mark.evidence) for mark in marks]
        entries.append({"commit": oid, "level": strongest, "agent": agent, "evidence": evidence})
    return entries


def nothing() -> str:
    """The report where no policy holds: everything passes, and it says so."""
    empty: dict[str, list[Any]] = {"findings": [], "waived": [], "attribution": [], "reviews": []}
    head = {"schema": SCHEMA, "verdict": "pass", "event": None, "range": None, "policy": None}
    checked = {"commits": 0, "files": 0, "seconds": 0.0}
    return json.dumps({**head, **empty, "checked": checked}, indent=1) + "\n"
