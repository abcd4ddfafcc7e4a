"""What cases may be found by, written in the transaction of whatever changes it: one statement for all of a batch."""

import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import CaseIdentity, JournalEntry
from services.routing.search.models import SearchDocument
from services.routing.search.words import folded, phone_digits, with_blocks_and_units, with_phone_digits
from shared.bulk import as_json, given, types_of

MOST_CHARACTERS = 200_000  # of a submission that are searched
LONGEST_PLACE = 200

_KEY = "search_key"
_NO_KEY = secrets.token_hex()  # where nobody has set one, identity numbers are found by nobody
_OF_PLACE = re.compile(r"(?:^|_)(?:place|address|property|location)(?:_|$)")
_OF_SENDING = re.compile(r"(?:\b|_)(?:invoice|post)_address\b")  # where things are sent: not what a case is about
_TEXTS = ("text", "reason", "reasons")  # what journal entries have of what people wrote


class FoundBy(CaseIdentity, Protocol):
    """What a case itself is found by, be it stored or on its way there."""

    @property
    def reference(self) -> str: ...
    @property
    def eservice_title(self) -> dict[str, str]: ...
    @property
    def tags(self) -> list[str]: ...


def use_key(sessions: sessionmaker[Session], link_key: str) -> None:
    """Have the store's identity numbers hashed by a key derived from this secret."""
    sessions.configure(info={_KEY: hmac.new(link_key.encode(), b"arende search", sha256).hexdigest()})


def key_of(session: Session) -> str:
    """The key by which the session's identity numbers are hashed."""
    return str(session.info.get(_KEY, _NO_KEY))


def document(case: FoundBy, content: Mapping[str, Any], key: str, later: Iterable[str] = ()) -> dict[str, Any]:
    """The row of a case, by its content as plain values; `later` is what has been written in its journal."""
    places = places_of(content)
    head = [
        case.number,
        case.reference,
        case.reference.replace("-", ""),
        *_in_languages(content["title"]),
        *_party(content["submitter"]),
        *places,
    ]
    besides = [
        *(value for each in content["answers"] for value in _values(each)),
        *(each["name"] for each in content["attachments"]),
        *case.tags,
        *_in_languages(case.eservice_title),
        *later,
    ]
    known = with_blocks_and_units(folded("\n".join(head), key))
    written = "\n".join(besides)[:MOST_CHARACTERS]
    return {
        "case_id": case.id,
        "municipality": case.municipality,
        "place": places[0][:LONGEST_PLACE] if places else None,
        "head": known,
        "whole": f"{known}\n{_found_in_texts(written, key)}",
    }


def places_of(content: Mapping[str, Any]) -> list[str]:
    """The places that a case is about, as its answers name them."""
    stated = [each for each in content["answers"] if each.get("is_stated", True)]
    return [value for each in stated if _is_of_place(each["field"]) for value in _values(each)]


def _is_of_place(field: str) -> bool:
    return bool(_OF_PLACE.search(field)) and not _OF_SENDING.search(field)


def add_entries(session: Session, entries: Sequence[JournalEntry]) -> None:
    """Let cases be found by what was written in their journals too, in the caller's transaction."""
    texts: dict[UUID, list[str]] = defaultdict(list)
    for entry in entries:
        texts[entry.case_id] += texts_of(entry.data)
    key = key_of(session)
    rows = [
        {"case_id": case_id, "whole": "\n" + _found_in_texts("\n".join(each), key)}
        for case_id, each in texts.items()
        if each
    ]
    if rows:
        _append(session.connection(), rows)


def _found_in_texts(written: str, key: str) -> str:
    return with_blocks_and_units(with_phone_digits(folded(written, key)))


def texts_of(data: Mapping[str, Any]) -> Iterator[str]:
    """What people wrote in a journal entry, and the names of files that came with it."""
    yield from (data[name] for name in _TEXTS if isinstance(data.get(name), str))
    yield from (str(file["name"]) for kind in ("attachments", "documents") for file in data.get(kind, ()))


def _append(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_appended_in_set(), {SearchDocument.__tablename__: as_json(SearchDocument, rows)})
    else:
        connection.execute(_appended(), [{"of": row["case_id"], "more": row["whole"]} for row in rows])


@cache
def _appended_in_set() -> Any:
    more = given(SearchDocument.__tablename__, types_of(SearchDocument, ("case_id", "whole")))
    of_case = update(SearchDocument).where(SearchDocument.case_id == more.c.case_id)
    return of_case.values(whole=SearchDocument.whole + more.c.whole).execution_options(synchronize_session=False)


@cache
def _appended() -> Any:
    table: Any = SearchDocument.__table__
    return update(table).where(table.c.case_id == bindparam("of")).values(whole=table.c.whole + bindparam("more"))


def _party(submitter: Mapping[str, Any] | None) -> Iterator[str]:
    of = submitter or {}
    yield from (of[name] for name in ("name", "email", "phone") if of.get(name))
    if of.get("phone"):
        digits = phone_digits(of["phone"])
        yield from (digits, f"0{digits}")


def _values(answer: Mapping[str, Any]) -> Iterator[str]:
    return _in_languages(answer["value"])


def _in_languages(texts: Mapping[str, str]) -> Iterator[str]:
    """A text in each language, in one order: a database may have put them in another."""
    return (str(texts[language]) for language in sorted(texts))
