"""Writes the files that follow from a table of ccguard: hook manifest, rule pages, policy reference, JSON Schema.

`python tools/gen.py` writes them, `python tools/gen.py --check` changes nothing and fails with a diff where one is not
what its table says.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from ccguard.git.stages import MINIMUM_PRE_COMMIT, STAGES, Stage
from ccguard.model.rule import Rule
from ccguard.policy import reference, schema
from ccguard.rules import TABLE

ROOT = Path(__file__).resolve().parents[1]
HEADINGS = {"Why": "Why", "Bad": "Refused", "Good": "Fine", "Waive": "Waiving it"}
EVENTS = {
    "tool-call": "a tool call",
    "prompt": "a prompt",
    "commit": "a commit",
    "pull-request": "a pull request",
    "push": "a push",
    "tree": "the whole tree",
}


def generated() -> dict[str, str]:
    """What every generated file should hold, by its path in the repository."""
    judged = [rule for rule in TABLE if rule.events]
    return {
        ".pre-commit-hooks.yaml": manifest(),
        "docs/policy.md": reference.filled_in((ROOT / "docs/policy.md").read_text("utf-8")),
        "docs/rules/index.md": index(),
        **{f"docs/rules/{rule.id}.md": page(rule) for rule in judged},
        "schema/claude-policy.schema.json": schema.text(),
    }


def manifest() -> str:
    """The hook manifest that pre-commit and prek read."""
    head = "# Made by tools/gen.py from src/ccguard/git/stages.py.\n"
    return head + "".join(map(manifest_entry, STAGES))


def manifest_entry(stage: Stage) -> str:
    """One hook."""
    return f"""- id: {stage.id}
  name: "{stage.name}"
  description: "{stage.what}"
  entry: {stage.command}
  args: []
  language: python
  stages: [{stage.hook}]
  pass_filenames: {str(stage.filenames).lower()}
  always_run: true
  require_serial: true
  verbose: {str(stage.verbose).lower()}
  minimum_pre_commit_version: "{MINIMUM_PRE_COMMIT}"
"""


def index() -> str:
    """The page that lists all rules."""
    rows = "".join(
        f"| {rule.number} | {_linked(rule)} | {rule.level} | {'yes' if rule.fixed else ''} | {rule.summary} |\n"
        for rule in TABLE
    )
    return f"""# Rules

The name is what `[rules]`, waivers and reports use. Neither a name nor a number ever changes or is used again. The
level is the one a rule has where the policy says nothing; no policy can lower a fixed one. A name without a page may
be named in a policy and is not judged by this version.

| no. | rule | level | fixed | objects to |
|---|---|---|---|---|
{rows}"""


def _linked(rule: Rule) -> str:
    return f"[`{rule.id}`]({rule.id}.md)" if rule.events else f"`{rule.id}`"


def page(rule: Rule) -> str:
    """A rule's page, from its row in the table and the docstring of its module."""
    fixed = ", which no policy can lower" if rule.fixed else ""
    judged = ", ".join(EVENTS[event] for event in rule.events)
    return f"""# {rule.id} ({rule.number})

Level: {rule.level}{fixed}. Judged at: {judged}.

{"".join(sections(docstring(rule)))}[All rules](index.md)
"""


def docstring(rule: Rule) -> str:
    """The docstring of the module that judges a rule; an error names a rule that has no module or no docstring."""
    name = f"ccguard.rules.{rule.id.replace('-', '_')}"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"gen: {rule.id} is judged by the table, but there is no module {name}")
    text = ast.get_docstring(ast.parse(Path(spec.origin).read_bytes()))
    if not text:
        raise SystemExit(f"gen: {name} has no docstring, and its page is made from it")
    return text


def sections(text: str) -> Iterator[str]:
    """The paragraphs of a docstring; one that starts with a known word and a colon gets a heading."""
    for paragraph in text.split("\n\n"):
        word, colon, rest = paragraph.partition(":")
        if colon and word in HEADINGS:
            body = rest.strip()
            yield f"## {HEADINGS[word]}\n\n{body[0].upper()}{body[1:]}\n\n"
        else:
            yield f"{paragraph}\n\n"


def differences(wanted: dict[str, str], root: Path = ROOT) -> str:
    """A diff from what is there to what should be, empty if nothing differs. Pages of rules that are gone count too."""
    found: list[str] = []
    for name in sorted(wanted.keys() | stale_pages(wanted, root)):
        path = root / name
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = (present.splitlines(keepends=True), wanted.get(name, "").splitlines(keepends=True))
        found.extend(difflib.unified_diff(*lines, f"{name} (present)", f"{name} (generated)"))
    return "".join(found)


def stale_pages(wanted: dict[str, str], root: Path = ROOT) -> set[str]:
    """Rule pages that no rule stands behind."""
    pages = {path.relative_to(root).as_posix() for path in (root / "docs/rules").glob("*.md")}
    return pages - wanted.keys()


def write(wanted: dict[str, str], root: Path = ROOT) -> None:
    """Puts every generated file in its place and removes pages of rules that are gone."""
    for name in stale_pages(wanted, root):
        (root / name).unlink()
    for name, text in wanted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    wanted = generated()
    if not arguments:
        write(wanted)
        return 0
    diff = differences(wanted)
    print(diff or f"{len(wanted)} generated files are what their tables say")
    return 1 if diff else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
