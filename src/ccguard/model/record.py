"""The shape of every noun: a small value with typed fields, positional or by name, compared by content.

`dataclasses` would do this and costs three interpreter starts on every tool call (it imports `re` and `inspect`), so
the thirty lines that ccguard needs of it are here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda made: made


class _Fields(type):
    """Turns the annotations of a class into slots, and their values into defaults."""

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> _Fields:
        fields = tuple(key for key in space.get("__annotations__", ()) if not key.startswith("_"))
        space["_fields"] = fields
        space["_defaults"] = {key: space.pop(key) for key in fields if key in space}
        space["__slots__"] = fields
        return type.__new__(cls, name, bases, space)


@dataclass_transform(frozen_default=True)
class Record(metaclass=_Fields):
    """A value. Subclasses only annotate their fields; a nested record is named in `_nested` so that it thaws."""

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[dict[str, Any]]
    _nested: ClassVar[dict[str, type[Record]]] = {}

    if not TYPE_CHECKING:

        def __init__(self, *values, **named):
            fields = self._fields
            if len(values) > len(fields):
                raise TypeError(f"{type(self).__name__} takes {len(fields)} values, not {len(values)}")
            for field, value in zip(fields, values, strict=False):
                setattr(self, field, value)
            for field in fields[len(values) :]:
                if field in named:
                    setattr(self, field, named.pop(field))
                elif field in self._defaults:
                    setattr(self, field, self._defaults[field])
                else:
                    raise TypeError(f"{type(self).__name__} needs {field}")
            if named:
                raise TypeError(f"{type(self).__name__} has no {', '.join(named)}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and all(getattr(self, f) == getattr(other, f) for f in self._fields)

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(getattr(self, field) for field in self._fields)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{field}={getattr(self, field)!r}" for field in self._fields)
        return f"{type(self).__name__}({shown})"

    def but(self, **changed: Any) -> Self:
        """The same value with some fields changed."""
        kept = {field: getattr(self, field) for field in self._fields if field not in changed}
        return type(self)(**kept, **changed)

    def freeze(self) -> tuple[Any, ...]:
        """Plain tuples, dicts, strings and numbers, as `marshal` takes them."""
        return tuple(_frozen(getattr(self, field), field in self._nested) for field in self._fields)

    @classmethod
    def thaw(cls, plain: tuple[Any, ...]) -> Self:
        """The value that `freeze` made plain."""
        nested = cls._nested
        if not nested:
            return cls(*plain)
        values = list(plain)
        for index, field in enumerate(cls._fields):
            kind = nested.get(field)
            value = values[index]
            if kind is None or value is None:
                continue
            many, value = value
            values[index] = tuple(kind.thaw(item) for item in value) if many else kind.thaw(value)
        return cls(*values)


def _frozen(value: Any, nested: bool) -> Any:
    """A nested field becomes (is it many, plain value), so that a record is never mistaken for a tuple of them."""
    if not nested or value is None:
        return value
    if isinstance(value, Record):
        return (False, value.freeze())
    return (True, tuple(item.freeze() for item in value))
