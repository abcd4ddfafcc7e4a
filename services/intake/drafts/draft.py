"""Saving what is filled in, page by page, so that nothing typed is lost; finding it again; and its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from services.intake.attachments.shown_file import ShownFile
from services.intake.drafts.draft_key import DraftKey
from services.intake.drafts.models import Draft, Reminder
from services.intake.eservices.definition import EService
from services.intake.eservices.models import EServiceVersion
from services.intake.eservices.versions import remember
from services.intake.forms.browser_form import COUNT
from services.intake.prefill.prefilled import Prefilled
from shared.arrival_permit import ArrivalPermit
from shared.events.payloads import from_plain, plain

LIFE = timedelta(days=30)
PURGED_AT_ONCE = 500  # drafts, each of a megabyte at most
TURNED_AWAY_LIFE = timedelta(days=1)

_NOTHING: Mapping[str, Any] = {"pages": {}, "others": {}, "files": {}, "prefilled": {}, "reminder_address": None}

Typed = Mapping[str, str]


class UnknownDraft(Exception):
    """There is no draft that the key opens: it was never saved, its time is over, or the code is another."""


@dataclass(frozen=True)
class PageSaved:
    """What a page of a draft is saved with. `seen` is the revision of the draft that the page was shown from.

    `files` are by question; of a repeated section, that of each entry that the page has.
    """

    key: DraftKey
    page: str
    inputs: Typed
    files: Mapping[str, Sequence[ShownFile]]
    language: str
    seen: int


def find(session: Session, municipality: str, eservice: str, key: DraftKey, now: datetime) -> Draft:
    """The draft that the key opens. Raises UnknownDraft."""
    draft = session.get(Draft, key.id)
    if draft is None or not _is_opened(draft, municipality, eservice, key, now):
        raise UnknownDraft
    return draft


def save(
    sessions: sessionmaker[Session], municipality: str, eservice: EService, saved: PageSaved, now: datetime
) -> Draft:
    """Save a page, in a new draft when its key opens none yet; the draft as it is then.

    What another device saved of the page since it was shown is kept in `others`. A draft that is sent does not change.
    Raises UnknownDraft when the key's id is another's draft.
    """
    with sessions.begin() as session:
        draft = session.get(Draft, saved.key.id, with_for_update=True)
        if draft is None:
            remember(session, municipality, eservice, now)
            draft = _begun(municipality, eservice, saved.key, now)
            session.add(draft)
        elif not _is_opened(draft, municipality, eservice.code, saved.key, now):
            raise UnknownDraft
        if draft.reference is None:
            _save_page(draft, saved, now)
            _keep_files(session, draft)
        session.flush()
        session.expunge(draft)
    return draft


def begin_for_somebody(
    sessions: sessionmaker[Session],
    permit: ArrivalPermit,
    eservice: EService,
    key: DraftKey,
    *,
    typed: Mapping[str, Typed],
    now: datetime,
) -> None:
    """Begin a draft that the permit's officer fills in, with what is `typed` on its pages beforehand."""
    with sessions.begin() as session:
        remember(session, permit.municipality, eservice, now)
        draft = _begun(permit.municipality, eservice, key, now)
        draft.officer_subject, draft.officer_name = permit.officer_subject, permit.officer_name
        draft.pages = {page: dict(inputs) for page, inputs in typed.items()}
        session.add(draft)


def prefill(
    sessions: sessionmaker[Session],
    draft_id: UUID,
    page: str,
    prefilled: Prefilled,
    filled_in: Callable[[Typed, Prefilled | None], dict[str, str]],
) -> Draft:
    """Keep what a page is prefilled with, and what is then `filled_in` on it, from what is typed and prefilled there.

    Raises UnknownDraft for one that is gone.
    """
    with sessions.begin() as session:
        draft = session.get(Draft, draft_id, with_for_update=True)
        if draft is None:
            raise UnknownDraft
        if draft.reference is None:
            typed = filled_in(draft.pages.get(page, {}), prefilled_page(draft, page))
            draft.revision += 1
            draft.pages = {**draft.pages, page: typed}
            draft.page_revisions = {**draft.page_revisions, page: draft.revision}
            draft.prefilled = {**(draft.prefilled or {}), page: plain(prefilled)}
        session.flush()
        session.expunge(draft)
    return draft


def prefilled_page(draft: Draft, page: str) -> Prefilled | None:
    """What the page was prefilled with; None where it was not."""
    stored = (draft.prefilled or {}).get(page)
    return from_plain(Prefilled, stored) if stored else None


def shown_files(draft: Draft) -> dict[str, list[ShownFile]]:
    """The draft's uploads by question, whether they are still here or not."""
    return {name: [ShownFile.read(each) for each in several] for name, several in draft.files.items()}


def remind(sessions: sessionmaker[Session], draft_id: UUID, address: str) -> None:
    """Remind the draft's submitter at this address that the e-service closes; not at all where it is empty."""
    unsent = update(Draft).where(Draft.id == draft_id, Draft.reference.is_(None))
    with sessions.begin() as session:
        session.execute(unsent.values(reminder_address=address))


def turned_away(sessions: sessionmaker[Session], draft: Draft, now: datetime) -> None:
    """Nothing will come of the draft: it is kept for a day, in case the submitter goes back and answers otherwise."""
    with sessions.begin() as session:
        session.execute(_until(draft, now + TURNED_AWAY_LIFE))
        session.execute(update(Draft).where(Draft.id == draft.id).values(expires_at=now + TURNED_AWAY_LIFE))


def sent(sessions: sessionmaker[Session], draft: Draft, reference: str, now: datetime) -> None:
    """The draft became a submission: what it holds is destroyed, and it leads to the receipt until its time is over.

    Files that were not sent, as their questions are no longer asked, go with the next purge.
    """
    emptied = update(Draft).where(Draft.id == draft.id).values(**_NOTHING, reference=reference)
    with sessions.begin() as session:
        session.execute(_until(draft, now))
        session.execute(emptied)


def renew_key(sessions: sessionmaker[Session], draft_id: UUID) -> None:
    """What is sent of the draft from now on is another submission than the one before."""
    with sessions.begin() as session:
        session.execute(update(Draft).where(Draft.id == draft_id).values(key=str(uuid4())))


def destroy(sessions: sessionmaker[Session], draft: Draft, now: datetime) -> None:
    """Destroy the draft, as its submitter wants; its files go with the next purge."""
    with sessions.begin() as session:
        session.execute(_until(draft, now))
        session.execute(delete(Draft).where(Draft.id == draft.id))


def purge(*, sessions: sessionmaker[Session], now: datetime) -> int:
    """Destroy the drafts whose time is over, and forget the definitions that none has; how many drafts there were.

    That their submitters were reminded is forgotten as late as they may be.
    """
    in_use = select(Draft.id).where(
        Draft.municipality == EServiceVersion.municipality, Draft.definition == EServiceVersion.content_hash
    )
    unused = delete(EServiceVersion).where(EServiceVersion.remembered_at <= now - LIFE, ~in_use.exists())
    gone = 0
    while some := _purge_some(sessions, now):
        gone += some
    with sessions.begin() as session:
        session.execute(unused, execution_options={"synchronize_session": False})
        session.execute(delete(Reminder).where(Reminder.notified_at <= now - LIFE))
    return gone


def _purge_some(sessions: sessionmaker[Session], now: datetime) -> int:
    """Those of one transaction, so that it is short however many strangers began."""
    over = select(Draft.id).where(Draft.expires_at <= now).limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
    with sessions.begin() as session:
        return len(session.execute(delete(Draft).where(Draft.id.in_(over)).returning(Draft.id)).all())


def _begun(municipality: str, eservice: EService, key: DraftKey, now: datetime) -> Draft:
    return Draft(
        id=key.id,
        municipality=municipality,
        eservice=eservice.code,
        definition=eservice.content_hash,
        code_hash=key.code_hash,
        key=str(uuid4()),
        revision=0,
        pages={},
        page_revisions={},
        others={},
        files={},
        prefilled={},
        saved_at=now,
        expires_at=now + LIFE,
    )


def _is_opened(draft: Draft, municipality: str, eservice: str, key: DraftKey, now: datetime) -> bool:
    its_own = (draft.municipality, draft.eservice) == (municipality, eservice)
    return its_own and key.opens(draft.code_hash) and draft.expires_at > now


def _save_page(draft: Draft, saved: PageSaved, now: datetime) -> None:
    of_entries, inputs = _files_of_entries(draft, saved), dict(saved.inputs)
    before = {**draft.pages.get(saved.page, {}), **_left_out(of_entries, saved)}
    is_newer = draft.page_revisions.get(saved.page, 0) > saved.seen
    others = {page: typed for page, typed in draft.others.items() if page != saved.page}
    draft.others = {**others, saved.page: before} if is_newer and before != inputs else others
    draft.revision += 1
    draft.pages = {**draft.pages, saved.page: inputs}
    draft.page_revisions = {**draft.page_revisions, saved.page: draft.revision}
    kept = {name: files for name, files in draft.files.items() if name not in of_entries}
    draft.files = {**kept, **{name: [str(each) for each in files] for name, files in saved.files.items()}}
    draft.language, draft.saved_at, draft.expires_at = saved.language, now, now + LIFE


def _files_of_entries(draft: Draft, saved: PageSaved) -> dict[str, list[ShownFile]]:
    """The files that the draft has in entries of the page's repeated sections."""
    groups = {name.partition(".")[0] for name in saved.inputs if name.endswith(f".{COUNT}")}
    return {
        name: several
        for name, several in shown_files(draft).items()
        if "." in name and name.partition(".")[0] in groups
    }


def _left_out(of_entries: Mapping[str, Sequence[ShownFile]], saved: PageSaved) -> dict[str, str]:
    """By question, the names of those that the page does not have: it has no such entry, or has it otherwise."""
    kept = {each.id for several in saved.files.values() for each in several}
    names = {name: [each.name for each in several if each.id not in kept] for name, several in of_entries.items()}
    return {name: ", ".join(several) for name, several in names.items() if several}


def _keep_files(session: Session, draft: Draft) -> None:
    if any(draft.files.values()):
        session.execute(_until(draft, draft.expires_at))


def _until(draft: Draft, moment: datetime) -> Update:
    ids = [each.id for several in shown_files(draft).values() for each in several]
    return update(Attachment).where(Attachment.id.in_(ids)).values(kept_until=moment)
