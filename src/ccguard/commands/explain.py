"""`ccguard explain`: what a rule means, or what Claude may do with a path here and which line of the policy says so."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import click

from ..git.places import NoPlace, Places, is_folder, relative
from ..model.error import UsageError
from ..model.policy import Policy, Zone
from ..model.rule import Rule
from ..report.text import plain
from ..rules import TABLE, contact
from .here import here

_MAY = {"none": "neither read nor change it", "read": "read it, not change it", "edit": "read and change it"}
_ORDER = ("none", "read", "edit")


@click.command("explain")
@click.argument("what", metavar="RULE|PATH")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(what: str, form: str) -> None:
    """Say what a rule means, or what Claude may do with a path and why. Changes nothing.

    \b
    Examples:
      ccguard explain CCG021
      ccguard explain src/payments/ledger.py
    """
    rule = next((rule for rule in TABLE if what.lower() in (rule.id, rule.number.lower())), None)
    if rule is None and what[:3].lower() == "ccg" and what[3:].isdigit():
        raise UsageError(
            f"there is no rule {what}",
            where="ccguard explain",
            why="the numbers of rules never change, and this is none of them",
            fix="docs/rules/index.md lists the rules",
            ask="whoever gave you the number",
        )
    facts = _rule_facts(rule) if rule else _path_facts(what)
    if form == "json":
        click.echo(json.dumps(facts, indent=1))
        return
    for line in _rule_lines(facts) if rule else _path_lines(facts):
        click.echo(line)


def _rule_facts(rule: Rule) -> dict[str, Any]:
    text = ""
    if rule.events:
        text = importlib.import_module(f"ccguard.rules.{rule.id.replace('-', '_')}").__doc__ or ""
    return {"rule": rule.id, "id": rule.number, "level": rule.level, "summary": rule.summary, "text": text.strip()}


def _rule_lines(facts: dict[str, Any]) -> list[str]:
    head = f"{facts['id']} {facts['rule']} ({facts['level']})"
    return [head, "", facts["text"] or f"{facts['summary'].capitalize()}. This version does not judge it yet."]


def _path_facts(what: str) -> dict[str, Any]:
    places = Places(str(Path.cwd()), str(Path.home()))
    root, policy = here()
    try:
        names = places.spellings(what)
    except NoPlace as error:
        raise _no_place(f"{what}: {error}", root) from None
    paths = [path for path in (relative(name, root) for name in names) if path]
    if not what or not paths:
        raise _no_place(f"{what or 'the empty path'} names no file of this repository", root)
    zones = {zone.name: zone for path in paths for zone in policy.covering(path, folder=is_folder(names[-1]))}
    access = min((zone.access for zone in zones.values()), key=_ORDER.index, default=_everywhere(policy))
    return {
        "path": plain(paths[0]),
        "resolved": plain(paths[-1]),
        "mode": policy.claude.mode,
        "access": "none" if policy.claude.mode == "forbidden" else access,
        "zones": [_zone_facts(zone, policy) for zone in zones.values()],
        "ask": contact.owner(policy),
    }


def _no_place(message: str, root: str) -> UsageError:
    return UsageError(
        message,
        where=root,
        why="the policy is asked about one file or folder below the root of its repository",
        fix="name a rule, or a path below this folder",
        ask="the owner of this repository",
    )


def _everywhere(policy: Policy) -> str:
    return "edit" if policy.claude.mode in ("supervised", "open") else "read"


def _zone_facts(zone: Zone, policy: Policy) -> dict[str, Any]:
    return {
        "zone": zone.name,
        "access": zone.access,
        "origin": zone.origin,
        "reason": zone.reason,
        "ask": contact.for_zone(zone, policy),
        "reviewers": zone.reviewers,
        "approvers": list(zone.approvers),
    }


def _path_lines(facts: dict[str, Any]) -> list[str]:
    lines = [f"{facts['path']}: Claude may {_MAY[facts['access']]} (mode {facts['mode']})"]
    if facts["resolved"] != facts["path"]:
        lines.append(f"  it is {facts['resolved']}, by another name")
    for zone in facts["zones"]:
        reason = f' ("{plain(zone["reason"])}")' if zone["reason"] else ""
        lines.append(f'  zone "{zone["zone"]}", {zone["origin"]}: access {zone["access"]}{reason}; ask {zone["ask"]}')
    if not facts["zones"]:
        lines.append(f"  no zone names it; ask {facts['ask']}")
    return lines
