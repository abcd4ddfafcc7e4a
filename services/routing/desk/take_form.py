"""Taking what was typed in a form on a case's page that is no action, and showing the page that comes of it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.form_state import FormState
from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.case_form import CaseForm
from services.routing.desk.case_page import case_page, opened
from services.routing.desk.failure import failure_of
from shared.web.languages import gettext

TODAY = "today"


def take(
    context: RoutingContext,
    case_id: UUID,
    form: CaseForm,
    perform: Callable[[Mapping[str, str]], object],
    confirmation: str,
) -> ResponseReturnValue:
    """Perform what was typed; the case's page then, with `confirmation` or with what is wrong. Raises CaseNotFound."""
    names = [field.name for field in form.fields]
    typed = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in names}
    try:
        perform(typed)
    except (ValidationError, InvalidInput) as error:
        file = opened(context, case_id)
        officer = context.officer(g.identity)
        failure = failure_of(error, file, FormState(form.name, typed), officer, seen=file.case.sequence)
        return case_page(context, file, FormState(form.name, typed, failure.errors), failure), failure.status
    flash(gettext(confirmation))
    return redirect(url_for("desk.case", case_id=case_id), 303)


def back(case_id: UUID) -> Response:
    """Lead to where a button was pressed that several pages have: the list of today, or the case's page."""
    from_list = request.form.get("back") == TODAY
    return redirect(url_for("desk.today") if from_list else url_for("desk.case", case_id=case_id), 303)
