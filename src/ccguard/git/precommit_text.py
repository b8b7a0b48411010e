"""A pre-commit configuration as text: where its parts stand, and lines put in and taken out in its own style."""

from __future__ import annotations

from typing import Any, NamedTuple

from .stages import STAGES, Stage

TYPES = "default_install_hook_types"
TYPES_LINE = f"{TYPES}: [{', '.join(stage.hook for stage in STAGES)}]"
_FIRST_COMMENT = "# ccguard, as installed on the machine of whoever commits."
_COMMENTS = (
    _FIRST_COMMENT + " To let pre-commit install a fixed version",
    "# instead, put this in its place:",
    "#   - repo: <where ccguard is published>",
    "#     rev: <version>",
    "#     hooks: [" + ", ".join(f"{{id: {stage.id}}}" for stage in STAGES) + "]",
)
_OUR_IDS = {stage.id for stage in STAGES}


class NotEditable(ValueError):
    """Why a text is no configuration that can be edited."""


class Style(NamedTuple):
    """Indentation: before the `-` of an entry, from the `-` to what follows it, and before the `-` of inner lists."""

    margin: str = "  "
    step: str = "  "
    inner: str = "  "


class Config:
    """A configuration's text, its values and where they stand. Raises NotEditable if the text is none.

    The YAML parser gives the places; edits are made in the text, so that comments, order and style stay.
    """

    def __init__(self, text: str) -> None:
        import yaml

        self.text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        try:
            self._root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise NotEditable(" ".join(str(error).split())) from None
        if not isinstance(data, dict) or not isinstance(data.get("repos") or [], list):
            raise NotEditable("it is not a mapping with a list of repos")
        self.data: dict[str, Any] = data
        self.repos: list[Any] = data.get("repos") or []

    def ids(self) -> set[str]:
        """The ids of all hooks."""
        return {hook_id for repo in self.repos for hook_id in _ids(repo)}

    def own_items(self) -> list[int]:
        """Indices of the local entries that hold hooks of ccguard and nothing else: those that ccguard wrote."""
        return [
            index
            for index, repo in enumerate(self.repos)
            if _ids(repo) and _ids(repo) <= _OUR_IDS and repo.get("repo") == "local"
        ]

    def own_stages(self, item: int) -> tuple[Stage, ...]:
        """The stages that an own entry is for."""
        return tuple(stage for stage in STAGES if stage.id in _ids(self.repos[item]))

    def with_entry(self, stages: tuple[Stage, ...]) -> str:
        """The text with an entry for these stages, as the last of the list."""
        node = self._node("repos")
        if node is None:
            return self._inserted(len(self.text), ["repos:", *_lines(Style(), stages)])
        if node.id == "sequence" and node.value:
            if node.flow_style:
                raise NotEditable("its list of repos is written in brackets")
            return self._inserted(self._end(node), _lines(self._style(node), stages))
        colon = self.text.index(":", self._key("repos").end_mark.index) + 1
        emptied = Config(self.text[:colon] + self.text[max(colon, node.end_mark.index) :])
        return emptied._inserted(_line_end(emptied.text, colon), _lines(Style(), stages))

    def without_item(self, item: int) -> str:
        """The text without an entry that ccguard wrote, and without the comment above it."""
        node = self._node("repos")
        start = _line_start(self.text, node.value[item].start_mark.index)
        end = self._end(node.value[item])
        above = start
        while above:
            line_start = _line_start(self.text, above - 1)
            line = self.text[line_start:above].strip()
            if not line.startswith("#"):
                break
            above = line_start
            if line.startswith(_FIRST_COMMENT):
                start = above
                break
        if len(node.value) > 1:
            return self.text[:start] + self.text[end:]
        colon = self.text.index(":", self._key("repos").end_mark.index) + 1  # a list must stay a list
        return f"{self.text[:colon]} []{self.text[colon:start]}{self.text[end:]}"

    def with_types(self) -> str:
        """The text with every git hook of ccguard's among those that `pre-commit install` installs."""
        wanted = [stage.hook for stage in STAGES if stage.hook not in (self.data.get(TYPES) or ())]
        node = self._node(TYPES)
        if not wanted:
            return self.text
        if node is None:
            return self._inserted(self._above_repos(), [TYPES_LINE])
        if node.id != "sequence":
            raise NotEditable(f"{TYPES} is not a list")
        if not node.flow_style:
            return self._inserted(self._end(node), [f"{self._margin(node)}- {hook}" for hook in wanted])
        end = node.end_mark.index - 1
        body = self.text[:end].rstrip()
        comma = "" if body.endswith((",", "[")) else ","
        return body + comma + (" " if node.value else "") + ", ".join(wanted) + self.text[len(body) :]

    def without_types(self) -> str:
        """The text without the line that `with_types` writes where there is none."""
        key = self._key(TYPES)
        if key is None:
            return self.text
        start, end = _line_start(self.text, key.start_mark.index), _line_end(self.text, key.start_mark.index)
        return self.text[:start] + self.text[end:] if self.text[start:end].strip() == TYPES_LINE else self.text

    def _key(self, name: str) -> Any:
        return next((key for key, _ in self._root.value if key.value == name), None)

    def _node(self, name: str) -> Any:
        return next((value for key, value in self._root.value if key.value == name), None)

    def _margin(self, sequence: Any) -> str:
        start = sequence.start_mark.index
        return self.text[_line_start(self.text, start) : start]

    def _style(self, repos: Any) -> Style:
        """The style of the first entry."""
        first = repos.value[0]
        inner = Style().inner
        for key, value in first.value if first.id == "mapping" else ():
            if key.value == "hooks" and value.id == "sequence" and not value.flow_style:
                inner = " " * (value.start_mark.column - key.start_mark.column)
        step = " " * max(first.start_mark.column - repos.start_mark.column, 2)
        return Style(self._margin(repos), step, inner)

    def _above_repos(self) -> int:
        """Where a line above `repos:` goes: above the comments that belong to it, below those that head the file."""
        start = above = _line_start(self.text, self._key("repos").start_mark.index)
        while above:
            line_start = _line_start(self.text, above - 1)
            if not self.text[line_start:above].lstrip().startswith("#"):
                return above
            above = line_start
        return start

    def _end(self, node: Any) -> int:
        """The end of the last line of a value. A block's own end is only known at whatever follows it."""
        while node.id != "scalar" and not node.flow_style and node.value:
            node = node.value[-1][1] if node.id == "mapping" else node.value[-1]
        start = node.start_mark.index
        last = start + len(self.text[start : node.end_mark.index].rstrip())
        return _line_end(self.text, last)

    def _inserted(self, at: int, lines: list[str]) -> str:
        block = "".join(line + self._newline for line in lines)
        if at and self.text[at - 1] != "\n":  # a file without a final newline stays one
            block = self._newline + block[: -len(self._newline)]
        return self.text[:at] + block + self.text[at:]


def entry(stages: tuple[Stage, ...]) -> dict[str, object]:
    """What the entry for these stages means, as the YAML parser reads it."""
    return {"repo": "local", "hooks": [dict(_keys(stage)) for stage in stages]}


def _keys(stage: Stage) -> list[tuple[str, object]]:
    """One hook. A passing hook's output is shown only where it is `verbose`, and a warning must be seen."""
    return [
        ("id", stage.id),
        ("name", stage.name),
        ("entry", stage.command),
        ("language", "system"),
        ("stages", [stage.hook]),
        ("always_run", True),
        ("pass_filenames", stage.filenames),
        ("require_serial", True),
        ("verbose", stage.verbose),
    ]


def _lines(style: Style, stages: tuple[Stage, ...]) -> list[str]:
    dash = "-" + style.step[1:]
    margin = style.margin + style.step + style.inner
    lines = [style.margin + comment for comment in _COMMENTS]
    lines += [f"{style.margin}{dash}repo: local", f"{style.margin}{style.step}hooks:"]
    for stage in stages:
        for index, (key, value) in enumerate(_keys(stage)):
            lines.append(f"{margin}{style.step if index else dash}{key}: {_scalar(value)}")
    return lines


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return f'"{value}"' if ": " in str(value) else str(value)


def _ids(repo: Any) -> set[str]:
    hooks = repo.get("hooks") if isinstance(repo, dict) else None
    return {str(hook["id"]) for hook in hooks or () if isinstance(hook, dict) and "id" in hook}


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Just behind the line break of the line that `at` is in."""
    return text.find("\n", at) + 1 or len(text)
