"""Every action, in the order in which the desk offers them."""

from collections.abc import Mapping

from services.routing.actions.assign import ASSIGN
from services.routing.actions.claim import CLAIM
from services.routing.actions.close import CLOSE
from services.routing.actions.decide import DECIDE
from services.routing.actions.definition import ActionDefinition
from services.routing.actions.message import MESSAGE
from services.routing.actions.note import NOTE
from services.routing.actions.receive_supplement import RECEIVE_SUPPLEMENT
from services.routing.actions.release import RELEASE
from services.routing.actions.reopen import REOPEN
from services.routing.actions.request_supplement import REQUEST_SUPPLEMENT
from services.routing.actions.transfer import TRANSFER
from services.routing.cases.state_machine import Action

DEFINITIONS: Mapping[Action, ActionDefinition] = {
    each.action: each
    for each in (
        CLAIM,
        DECIDE,
        REQUEST_SUPPLEMENT,
        RECEIVE_SUPPLEMENT,
        MESSAGE,
        NOTE,
        CLOSE,
        REOPEN,
        ASSIGN,
        TRANSFER,
        RELEASE,
    )
}

BY_PATH: Mapping[str, ActionDefinition] = {each.path: each for each in DEFINITIONS.values()}
