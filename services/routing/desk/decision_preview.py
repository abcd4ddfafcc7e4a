"""The page on which an officer looks through a decision before it is made."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, url_for

from services.routing.actions.decide import drafted
from services.routing.actions.form_state import FormState
from services.routing.cases.case_file import CaseFile
from services.routing.context import RoutingContext


def preview_page(context: RoutingContext, file: CaseFile, form_state: FormState, data: Mapping[str, Any]) -> str:
    """The decision as it would be kept and published; its form sends again what was typed. Raises InvalidInput."""
    officer, now = context.officer(g.identity), context.clock()
    draft = drafted(officer, data, now)
    decision = draft.decision(file.case, file.content, context.organisation_of(officer), now)
    g.here = url_for("desk.case", case_id=file.case.id)
    settled = {"decided_by": draft.decided_by, "decided_on": draft.decided_on.isoformat()}
    return render_template(
        "decisions/preview.html",
        section="case",
        file=file,
        values={**form_state.typed, **settled},
        documents=form_state.documents,
        decision=decision,
    )
