"""Claude Code's hook protocol: a payload in, one JSON object or nothing out.

JSON goes through the C scanner that `json` itself uses, since importing `json` costs one interpreter start. Shapes are
those seen with client 2.1.330.
"""

from __future__ import annotations

from ..model.decision import Decision
from ..model.finding import Finding, Location
from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..model.error import CcguardError

# Text for the model is cut here: a long refusal crowds out the work.
REASON_LIMIT = 1500
_SHOWN = 3


class Payload(Record):
    """What a hook is told. `input` is the tool's own; `text` is the prompt."""

    event: str
    session: str = ""
    cwd: str = ""
    tool: str = ""
    input: dict[str, Any] = {}
    text: str = ""


class WireError(Exception):
    """A payload that is not what the client sends."""


class _Scanning:
    """The options that the scanner reads off its context: plain JSON, as `json.loads` has it."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict[str, str] = {}


def parse(data: bytes) -> Any:
    """The value of a JSON text. Raises WireError."""
    try:
        text = data.decode("utf-8").strip(" \t\r\n\ufeff")
        value, end = _scanner()(text, 0)
    # The scanner's SystemError is its JSONDecodeError, where nothing has imported `json`.
    except (StopIteration, ValueError, RecursionError, SystemError) as error:
        raise WireError("the payload is not JSON") from error
    if end != len(text):
        raise WireError("there is text after the payload")
    return value


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    try:
        from _json import make_scanner
    except ImportError:  # an interpreter without the C module
        from json.decoder import JSONDecoder

        return JSONDecoder().raw_decode
    scanner: Callable[[str, int], tuple[Any, int]] = make_scanner(_Scanning)  # type: ignore[arg-type]  # any object with these attributes
    return scanner


def quoted(text: str) -> str:
    """The text as a JSON string, ASCII only."""
    try:
        from _json import encode_basestring_ascii
    except ImportError:
        from json.encoder import encode_basestring_ascii
    return str(encode_basestring_ascii(text))


def read(data: bytes) -> Payload:
    """The payload of a hook. Raises WireError where a field that decides is missing or of another type."""
    value = parse(data)
    if not isinstance(value, dict):
        raise WireError("the payload is not an object")
    tool_input = value.get("tool_input", {})
    payload = Payload(
        event=_text(value, "hook_event_name"),
        session=_text(value, "session_id"),
        cwd=_text(value, "cwd"),
        tool=_text(value, "tool_name"),
        input=tool_input if isinstance(tool_input, dict) else {},
        text=_text(value, "prompt"),
    )
    if not payload.event:
        raise WireError("the payload names no event")
    if payload.event == "PreToolUse" and not (payload.tool and isinstance(value.get("tool_input"), dict)):
        raise WireError("the payload names no tool or carries no input")
    return payload


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key, "")
    if not isinstance(found, str):
        raise WireError(f"{key} is not a text")
    return found


def tool_reply(decision: Decision) -> bytes:
    """The answer to PreToolUse. Nothing where there is nothing to object: ccguard never says "allow"."""
    if decision.verdict in ("block", "ask"):
        answer = "deny" if decision.verdict == "block" else "ask"
        return (
            '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"'
            + answer
            + '","permissionDecisionReason":'
            + quoted(reason(decision))
            + "}}"
        ).encode("ascii")
    return warning(decision)


def prompt_reply(decision: Decision) -> bytes:
    """The answer to UserPromptSubmit: a blocked prompt makes no model call."""
    if decision.verdict in ("block", "ask"):
        return ('{"decision":"block","reason":' + quoted(reason(decision)) + "}").encode("ascii")
    return warning(decision)


def warning(decision: Decision) -> bytes:
    """A message for the person, if there is one to give: it never reaches the model."""
    if decision.verdict != "warn":
        return b""
    return ('{"systemMessage":' + quoted(reason(decision)) + "}").encode("ascii")


def notice_reply(text: str) -> bytes:
    """The answer to SessionStart: the notice, for the model and for the person."""
    context = '{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":'
    return (context + quoted(text) + '},"systemMessage":' + quoted(text) + "}").encode("ascii")


def trouble(event: str, error: CcguardError) -> bytes:
    """The answer where nothing can be judged: a refusal that says what to mend. A session's start can't be refused."""
    text = error.message + (f": {error.why}" if error.why else "")
    if event == "SessionStart":
        return notice_reply(plain(f"ccguard: every tool call is refused here: {text}")[:REASON_LIMIT])
    finding = Finding(
        "policy-invalid", text, Location(), why="what can't be read is never a pass", fix=error.fix, ask=error.ask
    )
    decision = Decision("block", (finding,))
    return tool_reply(decision) if event == "PreToolUse" else prompt_reply(decision)


def reason(decision: Decision) -> str:
    """A decision in two or three sentences: what, why, the allowed way, whom to ask. Never a way round."""
    deciding = [finding for finding in decision.findings if finding.level not in ("monitor",)]
    sentences = [_sentence(finding) for finding in deciding[:_SHOWN]]
    if len(deciding) > _SHOWN:
        sentences.append(f"{len(deciding) - _SHOWN} more of this call.")
    return plain("ccguard: " + " ".join(sentences))[:REASON_LIMIT]


def _sentence(finding: Finding) -> str:
    parts = f"{finding.message}: {finding.why}."
    if finding.fix:
        parts += f" {finding.fix[0].upper()}{finding.fix[1:].rstrip('.')}."
    if finding.ask:
        parts += f" Ask {finding.ask}."
    source = ", ".join(part for part in (finding.rule, finding.origin) if part)
    return f"{parts} ({source})"


def plain(text: str) -> str:
    """The text without control characters: names of files and words of a policy are not ours to trust."""
    return " ".join("".join(c if c.isprintable() or c in "\n\t" else "?" for c in text).split())
