"""The tags that a board uses: suggested where an officer tags a case, or filters by tag."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case
from services.routing.organisation.organisation import Organisation
from services.routing.tags.models import BoardTag
from shared.bulk import upsert_rows

MOST_SUGGESTED = 50


def suggested(organisation: Organisation, board: str, *, protected: bool, sessions: sessionmaker[Session]) -> list[str]:
    """The tags that the board's officers last used, and those that rules give its cases, in alphabetical order."""
    of_board = (BoardTag.municipality == organisation.municipality, BoardTag.board == board)
    used = select(BoardTag.tag).where(*of_board, BoardTag.protected == protected)
    with sessions() as session:
        latest = session.scalars(used.order_by(BoardTag.used_at.desc()).limit(MOST_SUGGESTED)).all()
    return sorted({*latest, *_of_rules(organisation, board, protected)})


def note_use(session: Session, case: Case, tag: str, *, at: datetime) -> None:
    """Note that a case of the board was given the tag."""
    key = {"municipality": case.municipality, "board": case.board, "protected": case.protected, "tag": tag}
    upsert_rows(session.connection(), BoardTag, [{**key, "used_at": at}], _used_again)


def _used_again(insert: Any) -> Any:
    key = (BoardTag.municipality, BoardTag.board, BoardTag.protected, BoardTag.tag)
    return insert.on_conflict_do_update(index_elements=key, set_={"used_at": insert.excluded.used_at})


def _of_rules(organisation: Organisation, board: str, protected: bool) -> set[str]:
    of_board = {
        code for code, queue in organisation.queues.items() if (queue.board, queue.protected) == (board, protected)
    }
    return {tag for rule in organisation.rules if rule.queue in of_board for tag in rule.tags}
