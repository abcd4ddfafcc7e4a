"""Reminding those who have a draft that its e-service closes: seven days before, and one day before.

Days are counted as Swedish calendars have them. A reminder is due from eight in the morning of its day, and each is
given once, whatever becomes of the closing day. A draft that somebody is working on is left alone for an hour.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.drafts.models import Draft, Reminder
from services.intake.eservices.definition import EService
from services.intake.eservices.offer import Offer
from services.intake.eservices.opening import Opening, opening
from services.intake.forms import browser_form
from services.intake.forms.form import Form
from services.intake.models import Outbox
from shared.bus import outbox
from shared.database import after_position, upsert
from shared.events.intake import DraftClosingSoon
from shared.i18n.translations import DEFAULT
from shared.recipients import recipient
from shared.swedish.time import STOCKHOLM, local_date

DAYS_BEFORE = (7, 1)
MORNING = time(8)
LEFT_ALONE = timedelta(hours=1)
BATCH = 25  # each of some megabytes, where strangers filled them

Position = tuple[datetime, object]


@dataclass(frozen=True)
class Closing:
    """An e-service of a municipality (its code) that closes in so many `days`."""

    municipality: str
    form: Form
    opening: Opening
    closes_at: datetime
    days: int

    @property
    def eservice(self) -> EService:
        """Its definition."""
        return self.form.eservice


def closing_soon(offer: Offer, now: datetime) -> Iterator[Closing]:
    """The e-services of which a reminder is due now, each with the one that was due last."""
    for slug, forms in offer.forms.items():
        for form in forms.values():
            found = opening(form.eservice, now)
            if found.is_open and found.closes_at and (days := _due(found, now)):
                yield Closing(offer.municipalities[slug].code, form, found, found.closes_at, days)


def remind_all(sessions: sessionmaker[Session], offer: Offer, key: str, now: datetime) -> Iterator[int]:
    """Publish the reminders that are due and were not given before, step by step: how many in each.

    `key` hashes recipients.
    """
    for closing in closing_soon(offer, now):
        yield from _remind(sessions, closing, key, now)


def address_of(draft: Draft, form: Form) -> str | None:
    """Where the draft's submitter is reminded; None where there is no address, they want none, or were turned away.

    That of the form is taken only where it is asked for, given and right.
    """
    if draft.reminder_address is not None:
        return draft.reminder_address or None
    field = form.eservice.submitter.email
    reading = form.reading(browser_form.answers(form.eservice, draft.inputs()), {})
    if field is None or reading.exit:
        return None
    address: str | None = reading.answers.get(field)
    return address


def _due(found: Opening, now: datetime) -> int | None:
    """How many days before the reminder was that was due last; None before the first."""
    assert found.closes_at
    last_day = found.last_day or local_date(found.closes_at)
    due = [
        days
        for days in DAYS_BEFORE
        if datetime.combine(last_day - timedelta(days), MORNING, STOCKHOLM).astimezone(UTC) <= now
    ]
    return min(due, default=None)


def _remind(sessions: sessionmaker[Session], closing: Closing, key: str, now: datetime) -> Iterator[int]:
    position = None
    while True:
        with sessions.begin() as session:
            drafts = _not_reminded(session, closing, position, now)
            addresses = {each.id: address for each in drafts if (address := address_of(each, closing.form))}
            addressed = [each for each in drafts if each.id in addresses]
            rows = [_row(closing, each, addresses[each.id], key, now) for each in addressed]
            noted = _note(session, rows)
            for each in addressed:
                if each.id in noted:
                    _publish(session, closing, each, addresses[each.id], now)
        yield len(noted)
        if len(drafts) < BATCH:
            return
        position = (drafts[-1].saved_at, drafts[-1].id)


def _not_reminded(session: Session, closing: Closing, after: Position | None, now: datetime) -> Sequence[Draft]:
    """Some of the drafts whose submitters may be reminded, the newest first, locked: none is sent or removed meanwhile.

    Of somebody's several drafts the newest thus counts.
    """
    reminded = select(Reminder.draft_id).where(Reminder.draft_id == Draft.id, Reminder.days == closing.days)
    order = (Draft.saved_at, Draft.id)
    return session.scalars(
        select(Draft)
        .where(Draft.municipality == closing.municipality, Draft.eservice == closing.eservice.code)
        .where(Draft.reference.is_(None), Draft.expires_at > now, Draft.saved_at <= now - LEFT_ALONE)
        .where(or_(Draft.reminder_address.is_(None), Draft.reminder_address != ""))
        .where(~reminded.exists(), after_position(order, after, descending=True))
        .order_by(*(column.desc() for column in order))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()


def _row(closing: Closing, draft: Draft, address: str, key: str, now: datetime) -> Mapping[str, object]:
    return {
        "draft_id": draft.id,
        "days": closing.days,
        "municipality": draft.municipality,
        "eservice": draft.eservice,
        "recipient": hmac.new(key.encode(), f"closing {recipient(address)}".encode(), sha256).hexdigest(),
        "notified_at": now,
    }


def _note(session: Session, rows: Sequence[Mapping[str, object]]) -> set[object]:
    """The ids of the drafts for which it was not noted before, neither of them nor of their recipients."""
    if not rows:
        return set()
    insert = upsert(session.get_bind().dialect.name, Reminder).values(rows).on_conflict_do_nothing()
    return set(session.scalars(insert.returning(Reminder.draft_id)))


def _publish(session: Session, closing: Closing, draft: Draft, address: str, now: datetime) -> None:
    eservice = closing.eservice
    payload = DraftClosingSoon(
        draft_id=draft.id,
        eservice=eservice.code,
        eservice_title=dict(eservice.title),
        legal_regime=eservice.legal_regime,
        language=draft.language or DEFAULT,
        email=address,
        days=closing.days,
        closes_at=closing.closes_at,
        expires_at=draft.expires_at,
        last_day=closing.opening.last_day,
        secrecy=eservice.secrecy,
    )
    sequence = DAYS_BEFORE.index(closing.days) + 1
    event = payload.event(subject=draft.id, municipality=draft.municipality, sequence=sequence, at=now)
    outbox.record(session, Outbox, event, secret=True)
