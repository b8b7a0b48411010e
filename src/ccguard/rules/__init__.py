"""The table of rules: the one list. A rule is a file here, named after its id, and a row in `TABLE`.

The hook manifest, the JSON Schema, the rule pages and the SARIF metadata are generated from this table. A row without
events is a number that version 1 of the policy knows (it may be named under `[rules]`) and that nothing judges yet.
"""

from __future__ import annotations

from ..model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..model.event import Event
    from ..model.evidence import Evidence
    from ..model.finding import Finding
    from ..model.policy import Policy

_CALL = ("tool-call",)
_CHANGE = ("commit", "pull-request", "push")

TABLE: tuple[Rule, ...] = (
    Rule("claude-forbidden", "CCG001", "block", "Claude Code may not be used, or not change anything, here",
         ("tool-call", "prompt", *_CHANGE), fixed=True),
    Rule("environment-not-approved", "CCG002", "block", "this Claude environment is not approved here"),
    Rule("model-forbidden", "CCG003", "block", "this model may not be used here"),
    Rule("client-too-old", "CCG004", "block", "this client is older than the policy asks for"),
    Rule("permission-mode", "CCG005", "block", "this permission mode is not allowed here"),
    Rule("sandbox-required", "CCG006", "block", "the session runs without the sandbox"),
    Rule("reporting-settings", "CCG007", "block", "what the client reports is not what the policy says"),
    Rule("connector-not-approved", "CCG008", "block", "this MCP server is not approved here"),
    Rule("off-limits-path", "CCG021", "block", "an access that a zone does not give", (*_CALL, *_CHANGE)),
    Rule("unreadable-command", "CCG022", "ask", "what a call would touch could not be told", _CALL),
    Rule("zone-content-in-output", "CCG023", "block", "off-limits content came out of a tool"),
    Rule("guard-tampering", "CCG031", "block", "a change to the guardrails themselves", (*_CALL, *_CHANGE), fixed=True),
    Rule("no-verify", "CCG032", "block", "git hooks are skipped", fixed=True),
    Rule("history-rewrite", "CCG033", "ask", "history is rewritten or destroyed"),
    Rule("settings-smuggling", "CCG034", "block", "a repository file changes how Claude Code runs"),
    Rule("drift", "CCG035", "warn", "a generated file differs from the policy"),
    Rule("unsafe-workflow", "CCG036", "block", "a CI workflow can be turned against the repository"),
    Rule("hidden-ref", "CCG037", "block", "a ref that hides what a commit holds"),
    Rule("secret-in-content", "CCG041", "block", "a secret in what is added", (*_CHANGE, "tree")),
    Rule("data-class", "CCG042", "block", "data that may not be put in front of Claude"),
    Rule("not-scanned", "CCG043", "warn", "a file that could not be scanned for secrets", (*_CHANGE, "tree")),
    Rule("marker-missing", "CCG051", "block", "an AI-assisted commit without its trailer"),
    Rule("marker-forbidden", "CCG052", "block", "an AI trailer where the policy wants none"),
    Rule("agent-not-accepted", "CCG053", "block", "help of an agent that is not accepted here"),
    Rule("message-unreadable", "CCG054", "block", "a commit message that cannot be read"),
    Rule("marker-disguised", "CCG055", "block", "a trailer or mailbox written in disguise"),
    Rule("review-missing", "CCG061", "block", "no review that counts"),
    Rule("approver-missing", "CCG062", "block", "no review by an approver of the zone"),
    Rule("direct-push", "CCG063", "block", "commits on a reviewed branch that no review covers"),
    Rule("policy-invalid", "CCG071", "block", "a policy that cannot be read", _CHANGE, fixed=True),
    Rule("policy-loosened", "CCG072", "block", "a layer loosens what a layer above it says", fixed=True),
    Rule("waiver-invalid", "CCG073", "block", "a waiver that is malformed or has run out", (*_CHANGE, "tree")),
    Rule("policy-overdue", "CCG074", "warn", "the policy's own review date has passed"),
    Rule("undecided", "CCG075", "warn", "a question the policy leaves open"),
)  # fmt: skip


def judge(rule: Rule) -> Callable[[Event, Policy, Evidence], Iterator[Finding]]:
    """The rule's generator of findings. Its module is loaded only now: a tool call pays for the rules that judge it."""
    name = rule.id.replace("-", "_")
    module = __import__(f"{__name__}.{name}", fromlist=(name,))
    judging: Callable[[Event, Policy, Evidence], Iterator[Finding]] = module.findings
    return judging
