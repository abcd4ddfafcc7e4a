"""What an event says: a frozen dataclass for each type and version, its marshmallow schema made from it.

Out: strict, for a dataclass takes no field that it does not know. In: tolerant, unknown fields are ignored,
what is there must fit, and older versions are lifted one step at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Self, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import marshmallow
import orjson
from marshmallow import EXCLUDE

from shared.events.envelope import TYPE_PREFIX, Event, UnreadableEvent
from shared.observability.tracing import current_traceparent

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class EventPayload:
    """Base of all events' data. A subclass names itself: `NAME`, `VERSION`, `SOURCE`.

    `UPCASTS[n]` lifts data of version n to n + 1.
    """

    NAME: ClassVar[str]
    SOURCE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    UPCASTS: ClassVar[Mapping[int, Upcast]] = {}

    @classmethod
    def event_type(cls) -> str:
        """The CloudEvents type, `se.arende.submission.received.v1`."""
        return f"{TYPE_PREFIX}{cls.NAME}.v{cls.VERSION}"

    @classmethod
    def open(cls, event: Event) -> Self:
        """Read the event's data; UnreadableEvent when it does not fit the schema, or is newer than we know."""
        if not 1 <= event.version <= cls.VERSION:
            raise UnreadableEvent(f"{event.type}: only versions 1 to {cls.VERSION} are known here")
        data = dict(event.data)
        for version in range(event.version, cls.VERSION):
            data = cls.UPCASTS[version](data)
        try:
            loaded: Self = schema_of(cls).load(data)  # type: ignore[arg-type]
        except marshmallow.ValidationError as fault:
            raise UnreadableEvent(f"{event.type}: wrong data in {', '.join(map(str, fault.messages))}") from fault
        return loaded

    def event(self, *, subject: UUID | str, municipality: str, sequence: int, at: datetime) -> Event:
        """Wrap what is said in an envelope with a fresh id, belonging to the trace under way."""
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


def plain(told: Any) -> Any:
    """What JSON can say of it: dataclasses as objects, times, days and ids as text."""
    return orjson.loads(orjson.dumps(told))


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
    """An object; one that holds texts alone, of which events are full, is taken without a field's ado for each."""

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(self.value_field, marshmallow.fields.Str) and _holds_texts(value):
            return value
        return super()._deserialize(value, *arguments, **named)  # type: ignore[no-untyped-call]


def _holds_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


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
        [hint] = [one for one in get_args(hint) if one is not type(None)]
        options["allow_none"] = True
    if hint in _PLAIN:
        return _PLAIN[hint](**options)
    if is_dataclass(hint) and isinstance(hint, type):
        return marshmallow.fields.Nested(schema_of(hint), **options)
    if get_origin(hint) in (list, tuple):
        return marshmallow.fields.List(_field(get_args(hint)[0]), **options)
    if get_origin(hint) is dict:
        _, values = get_args(hint)
        return _Dict(marshmallow.fields.Str(), _field(values), **options)
    raise TypeError(f"no schema field is known for {hint!r}")
