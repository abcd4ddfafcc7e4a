"""The data of an event: a frozen dataclass for each type and version, read by msgspec (docs/decisions/0012).

Its marshmallow schema, made from it, describes it in documents and names what is wrong with data that does not fit.
Publishing is strict: a dataclass takes no field and `event()` no enum value that is not known. Opening is tolerant:
unknown fields are ignored, known ones must fit, and older versions are lifted one step at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import marshmallow
import msgspec
from marshmallow import EXCLUDE

from shared.events.conversion import convert
from shared.events.envelope import TYPE_PREFIX, Event, NewerEvent, UnreadableEvent
from shared.observability.tracing import current_traceparent

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Data = TypeVar("Data")


@dataclass(frozen=True)
class EventPayload:
    """Base of all events' data. A subclass names itself: `NAME`, `VERSION`, `SOURCE`.

    `UPCASTS[n]` lifts data of version n to n + 1. `WRITTEN`: people have written some of it, so the publisher keeps it
    encrypted once it is published.
    """

    NAME: ClassVar[str]
    SOURCE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    WRITTEN: ClassVar[bool] = False
    UPCASTS: ClassVar[Mapping[int, Upcast]] = {}

    @classmethod
    def event_type(cls) -> str:
        """The CloudEvents type, `se.arende.submission.received.v1`."""
        return f"{TYPE_PREFIX}{cls.NAME}.v{cls.VERSION}"

    @classmethod
    def open(cls, event: Event) -> Self:
        """Read the event's data.

        NewerEvent when its version or one of its enum values is not known yet; UnreadableEvent when it does not fit
        the schema of its version.
        """
        if event.version > cls.VERSION:
            raise NewerEvent(f"{event.type}: only versions 1 to {cls.VERSION} are known here")
        if event.version < 1:
            raise UnreadableEvent(f"{event.type}: there is no such version")
        data = dict(event.data)
        for version in range(event.version, cls.VERSION):
            data = cls.UPCASTS[version](data)
        try:
            return convert(data, cls)
        except msgspec.ValidationError:
            return cls._explained(event, data)

    @classmethod
    def _explained(cls, event: Event, data: Mapping[str, Any]) -> Self:
        """What the quick decoder refuses is left to the schema, which names every field that is wrong."""
        try:
            loaded: Self = schema_of(cls).load(data)  # type: ignore[arg-type]
        except marshmallow.ValidationError as error:
            raise _refusal(event, error.messages_dict) from error
        return loaded

    def event(self, *, subject: UUID | str, municipality: str, sequence: int, at: datetime) -> Event:
        """Wrap the data in an envelope with a fresh id, belonging to the trace under way.

        ValueError when an enum field holds anything but one of its values.
        """
        _check_enums(self, type(self))
        return Event(
            id=uuid4(),
            source=self.SOURCE,
            type=self.event_type(),
            subject=str(subject),
            time=at,
            municipality=municipality,
            sequence=sequence,
            traceparent=current_traceparent(),
            data=plain(self),
        )


def plain(data: Any) -> Any:
    """The data as plain values: dataclasses as objects; enum values, times, days and ids as text; tuples stay."""
    return msgspec.to_builtins(data)


def from_plain(kind: type[Data], data: Any) -> Data:
    """The dataclass that `plain` made the data of, without unknown fields. ValueError where the data does not fit."""
    return convert(data, kind)


@cache
def schema_of(kind: type) -> marshmallow.Schema:
    """The marshmallow schema of a dataclass: its type hints are the fields, its defaults the optional ones."""
    hints = get_type_hints(kind)
    members: dict[str, Any] = {
        each.name: _field(hints[each.name], each.default if each.default is not MISSING else each.default_factory)
        for each in fields(kind)
    }

    def build(_: marshmallow.Schema, data: dict[str, Any], **__: Any) -> Any:
        return kind(**data)

    schema = type(
        f"{kind.__name__}Schema",
        (marshmallow.Schema,),
        {**members, "build": marshmallow.post_load(build), "__doc__": kind.__doc__},
    )
    return cast(marshmallow.Schema, schema(unknown=EXCLUDE))


class _Dict(marshmallow.fields.Dict):
    """An object; one that holds texts alone, as most in events do, is accepted without running a field for each."""

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(self.value_field, marshmallow.fields.Str) and _holds_texts(value):
            return value
        return super()._deserialize(value, *arguments, **named)  # type: ignore[no-untyped-call]


def _holds_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


# What marshmallow reports of a text that is none of an enum's values: a later version may know it.
_UNKNOWN_VALUE = "a value that is not known"


def _refusal(event: Event, errors: Mapping[Any, Any]) -> NewerEvent | UnreadableEvent:
    """The exception for what a schema found wrong; it names fields and never quotes their values."""
    found = list(_leaves(errors))
    if all(message == _UNKNOWN_VALUE for _, message in found):
        return NewerEvent(f"{event.type}: a value not known here in {', '.join(path for path, _ in found)}")
    return UnreadableEvent(f"{event.type}: wrong data in {', '.join(map(str, errors))}")


def _leaves(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each message of marshmallow's nested messages with the path of its field, `handling.legal_regime`."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    else:
        yield from ((path, str(message)) for message in errors)


def _check_enums(data: Any, kind: type) -> None:
    """ValueError when an enum field of the dataclass, or of one inside it, holds none of the enum's values."""
    for name, hint in _with_enums(kind):
        value = getattr(data, name)
        if value is None or (type(value) is hint and not is_dataclass(hint)):
            continue
        if is_dataclass(hint):
            _check_enums(value, hint)
        else:
            hint(value)


@cache
def _with_enums(kind: type) -> tuple[tuple[str, type], ...]:
    """The fields of a dataclass that are enums, or dataclasses with enums in them."""
    hints = get_type_hints(kind)
    typed = [(each.name, _without_none(hints[each.name])) for each in fields(kind)]
    return tuple((name, hint) for name, hint in typed if _is_enum(hint) or _holds_enums(hint))


def _holds_enums(hint: Any) -> bool:
    return is_dataclass(hint) and isinstance(hint, type) and bool(_with_enums(hint))


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    [only] = [one for one in get_args(hint) if one is not type(None)]
    return only


_PLAIN: dict[Any, Callable[..., marshmallow.fields.Field[Any]]] = {
    str: marshmallow.fields.Str,
    int: lambda **options: marshmallow.fields.Int(strict=True, **options),
    bool: marshmallow.fields.Bool,
    float: marshmallow.fields.Float,
    UUID: marshmallow.fields.UUID,
    datetime: lambda **options: marshmallow.fields.AwareDateTime(format="iso", **options),
    date: marshmallow.fields.Date,
    Any: marshmallow.fields.Raw,
}


def _field(hint: Any, default: Any = MISSING) -> marshmallow.fields.Field[Any]:
    options: dict[str, Any] = {"required": True} if default is MISSING else {"load_default": default}
    if get_origin(hint) in (Union, UnionType):
        hint = _without_none(hint)
        options["allow_none"] = True
    if hint in _PLAIN:
        return _PLAIN[hint](**options)
    if _is_enum(hint):
        options["error_messages"] = {"unknown": _UNKNOWN_VALUE}
        return marshmallow.fields.Enum(hint, by_value=marshmallow.fields.Str, **options)
    if is_dataclass(hint) and isinstance(hint, type):
        return marshmallow.fields.Nested(schema_of(hint), **options)
    if get_origin(hint) in (list, tuple):
        return marshmallow.fields.List(_field(get_args(hint)[0]), **options)
    if get_origin(hint) is dict:
        _, values = get_args(hint)
        return _Dict(marshmallow.fields.Str(), _field(values), **options)
    raise TypeError(f"no schema field is known for {hint!r}")
