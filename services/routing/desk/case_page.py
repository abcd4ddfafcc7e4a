"""The page of one case: what came in, why it is here, what has happened, and what may be done now."""

from typing import Any
from uuid import UUID

from flask import g, render_template, url_for

from services.routing.actions.form_choices import form_choices
from services.routing.actions.form_state import ActionFailure, FormState
from services.routing.actions.registry import possible
from services.routing.cases.case_file import CaseFile, open_case
from services.routing.cases.models import Case
from services.routing.cases.state_machine import OPEN
from services.routing.context import RoutingContext
from services.routing.desk.next_step import grouped, next_step
from services.routing.macros import offer as macros
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.related.find import related_to
from services.routing.related.likenesses import positions
from services.routing.reminders import reminders
from services.routing.reminders.form import NEW_REMINDER
from services.routing.rules.explanation import why
from services.routing.standard_texts.choose import texts_for
from services.routing.statistics.expected_times import expected
from services.routing.subtasks import subtasks
from services.routing.subtasks.form import NEW_SUBTASK, REASSIGNMENT, open_choices
from services.routing.updates.unseen import see_case
from services.routing.watchers import watchers
from shared.border_map import border_map
from shared.swedish.time import local_date


def opened(context: RoutingContext, case_id: UUID) -> CaseFile:
    """The case, for who is signed in; that they read it goes into the access log. Raises CaseNotFound."""
    return open_case(context.officer(g.identity), case_id, sessions=context.sessions, now=context.clock())


def case_page(
    context: RoutingContext,
    file: CaseFile,
    form_state: FormState | None = None,
    failure: ActionFailure | None = None,
) -> str:
    """The page; with a form state, the form that it was typed in stands open and filled in."""
    g.here = url_for("desk.case", case_id=file.case.id)
    officer, today = context.officer(g.identity), local_date(context.clock())
    organisation = context.organisation_of(officer)
    offered = [each for each in possible(officer, file) if each.offered(file, today)]
    step = next_step(file, officer, offered, today)
    choices = form_choices(officer, file, organisation, today, sessions=context.sessions)
    situation = macros.Situation(officer, file, organisation, choices, today)
    return render_template(
        "cases/case.html",
        section="case",
        file=file,
        form_state=form_state or FormState(),
        failure=failure,
        next_step=step,
        actions=grouped(offered, step),
        related=related_to(officer, file.case, sessions=context.sessions),
        **_map_of(context, file),
        texts=texts_for(officer, file, organisation, today, sessions=context.sessions),
        choices=choices,
        macros=macros.offered(situation, sessions=context.sessions),
        partial=officer.subject in file.partial,
        queue=organisation.queue(file.case.queue),
        board=organisation.boards.get(file.case.board),
        outcome_labels={each["code"]: each["label"] for each in file.content.handling["outcomes"]},
        why=why,
        new=see_case(officer, file.case.id, file.case.sequence, **context.store_and_time()),
        new_reminder=NEW_REMINDER,
        new_subtask=NEW_SUBTASK,
        reassignment=REASSIGNMENT,
        **_planned(context, officer, file.case, organisation),
    )


def _planned(context: RoutingContext, officer: Officer, case: Case, organisation: Organisation) -> dict[str, Any]:
    """What officers plan to do with the case, who follows it, and how long such cases take."""
    with context.sessions() as session:
        of_case = subtasks.on_case(session, case)
        return {
            "is_open": case.state in OPEN,
            "times": expected(session, case.municipality, [case.eservice]).get(case.eservice),
            "subtasks": of_case,
            "may_not_see": subtasks.who_may_not_see(session, case, of_case, organisation),
            "open_subtasks": open_choices(of_case),
            "reminders": reminders.on_case(session, officer, case),
            "watchers": watchers.on_case(session, case),
        }


def _map_of(context: RoutingContext, file: CaseFile) -> dict[str, Any]:
    """The municipality's map with a pin at each place of the case that is on it; None where there is no such place."""
    municipality = context.casework.current.municipality(file.case.municipality)
    found = positions(file.content.answers)
    if not found or municipality is None or municipality.border is None:
        return {"map": None}
    drawn = border_map(municipality.border)
    pins = [pin for pin in map(drawn.pin_at, found) if pin]
    return {"map": drawn if pins else None, "pins": pins, "positions": found}
