"""Every action, in the order in which the desk offers them."""

from collections.abc import Mapping

from services.routing.actions.add_tag import ADD_TAG
from services.routing.actions.assign import ASSIGN
from services.routing.actions.claim import CLAIM
from services.routing.actions.close import CLOSE
from services.routing.actions.correct_address import CORRECT_ADDRESS
from services.routing.actions.decide import DECIDE
from services.routing.actions.declare_conflict import DECLARE_CONFLICT
from services.routing.actions.definition import ActionDefinition
from services.routing.actions.end_hold import END_HOLD
from services.routing.actions.extend_deadline import EXTEND_DEADLINE
from services.routing.actions.join import JOIN
from services.routing.actions.link import LINK
from services.routing.actions.message import MESSAGE
from services.routing.actions.note import NOTE
from services.routing.actions.put_on_hold import PUT_ON_HOLD
from services.routing.actions.receive_supplement import RECEIVE_SUPPLEMENT
from services.routing.actions.reject_decision_request import REJECT_DECISION_REQUEST
from services.routing.actions.release import RELEASE
from services.routing.actions.remove_tag import REMOVE_TAG
from services.routing.actions.reopen import REOPEN
from services.routing.actions.report_delay import REPORT_DELAY
from services.routing.actions.request_decision import REQUEST_DECISION
from services.routing.actions.request_supplement import REQUEST_SUPPLEMENT
from services.routing.actions.set_priority import SET_PRIORITY
from services.routing.actions.transfer import TRANSFER
from services.routing.actions.unlink import UNLINK
from services.routing.actions.withdraw_conflict import WITHDRAW_CONFLICT
from services.routing.actions.withdraw_supplement_request import WITHDRAW_SUPPLEMENT_REQUEST
from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action
from services.routing.organisation.officers import Officer

DEFINITIONS: Mapping[Action, ActionDefinition] = {
    each.action: each
    for each in (
        CLAIM,
        DECIDE,
        REQUEST_SUPPLEMENT,
        RECEIVE_SUPPLEMENT,
        WITHDRAW_SUPPLEMENT_REQUEST,
        MESSAGE,
        EXTEND_DEADLINE,
        REPORT_DELAY,
        REQUEST_DECISION,
        REJECT_DECISION_REQUEST,
        CORRECT_ADDRESS,
        NOTE,
        DECLARE_CONFLICT,
        WITHDRAW_CONFLICT,
        PUT_ON_HOLD,
        END_HOLD,
        SET_PRIORITY,
        ADD_TAG,
        REMOVE_TAG,
        CLOSE,
        REOPEN,
        ASSIGN,
        TRANSFER,
        LINK,
        UNLINK,
        JOIN,
        RELEASE,
    )
}

BY_PATH: Mapping[str, ActionDefinition] = {each.path: each for each in DEFINITIONS.values()}

# Those that there are standard texts for.
WITH_STANDARD_TEXTS = tuple(each.action for each in DEFINITIONS.values() if each.standard_text_into)


def possible(officer: Officer, file: CaseFile) -> list[ActionDefinition]:
    """What the officer may do with the case as it stands."""
    partial = officer.subject in file.partial
    return [
        each
        for action, each in DEFINITIONS.items()
        if action in file.allowed and each.may(officer, file.case) and not (each.impartial and partial)
    ]
