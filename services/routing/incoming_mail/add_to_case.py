"""Adding a mail to a case: a journal entry, whatever the state of the case, which stays as it is.

Whether it answers a supplement request is for an officer to judge: anybody may have written it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.routing.cases import journal
from services.routing.cases.case_file import attachments_of_mail
from services.routing.cases.models import Case
from services.routing.cases.publish import case_fields, publish
from services.routing.organisation.officers import Officer
from services.routing.search.documents import add_entries
from services.routing.updates.record import record
from services.routing.watchers.watchers import followers_of
from shared.events.routing import CaseMailReceived, FileLeftOut


def add_to_case(
    session: Session, case: Case, content: Mapping[str, Any], *, officer: Officer | None, at: datetime
) -> None:
    """Add it to a case that the caller has locked. `officer` None: its address named the case, and it is published.

    What an officer has put there anybody may have written, so the submitter learns nothing of it. It is new for the
    case's officer and those who follow the case, unless a program sent it. Raises BrokenJournal.
    """
    entry = journal.append(session, case, journal.MAIL_RECEIVED, content, actor=officer, at=at)
    if not content["is_automatic"]:
        record(session, entry, [case.officer_subject, *followers_of(session, [case])[case.id]])
    add_entries(session, [entry])
    if officer:
        return
    left_out = content["files_not_taken"]
    received = CaseMailReceived(
        **case_fields(case, at),
        files_not_taken=len(left_out),
        is_automatic=content["is_automatic"],
        file_names=[each["name"] for each in attachments_of_mail(content)],
        left_out=[FileLeftOut(each["name"], each.get("reason", "")) for each in left_out],
    )
    publish(session, case, received, sequence=entry.sequence, at=at)
