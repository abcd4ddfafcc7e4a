"""Sub-tasks at the desk: on the page of their case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue

from services.routing.context import RoutingContext
from services.routing.desk.take_form import back, take
from services.routing.desk.texts import later
from services.routing.subtasks import subtasks
from services.routing.subtasks.form import NEW_SUBTASK, REASSIGNMENT
from services.routing.subtasks.schemas import NewSubtaskSchema, ReassignmentSchema
from shared.web.languages import gettext
from shared.web.names import takes


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>/subtasks`, `…/subtasks/assignment` and `/desk/subtasks/<id>/completion`."""

    @desk.post("/cases/<uuid:case_id>/subtasks")
    @takes(form=NEW_SUBTASK.field_names)
    def add_subtask(case_id: UUID) -> ResponseReturnValue:
        officer = context.officer(g.identity)

        def add(typed: Mapping[str, str]) -> None:
            data: dict[str, Any] = NEW_SUBTASK.read(NewSubtaskSchema(context.clock), typed)
            organisation = context.organisation_of(officer)
            key = request.form.get("key")
            subtasks.add(officer, case_id, **data, organisation=organisation, key=key, **context.store_and_time())

        return take(context, case_id, NEW_SUBTASK, add, later("The sub-task has been added."))

    @desk.post("/cases/<uuid:case_id>/subtasks/assignment")
    @takes(form=REASSIGNMENT.field_names)
    def reassign_subtask(case_id: UUID) -> ResponseReturnValue:
        officer = context.officer(g.identity)

        def reassign(typed: Mapping[str, str]) -> None:
            data: dict[str, Any] = REASSIGNMENT.read(ReassignmentSchema(), typed)
            organisation = context.organisation_of(officer)
            subtasks.reassign(officer, **data, organisation=organisation, sessions=context.sessions)

        return take(context, case_id, REASSIGNMENT, reassign, later("The sub-task has been given to the officer."))

    @desk.post("/subtasks/<uuid:subtask_id>/completion")
    @takes(form=("back",))
    def finish_subtask(subtask_id: UUID) -> ResponseReturnValue:
        case_id = subtasks.finish(context.officer(g.identity), subtask_id, **context.store_and_time())
        flash(gettext("The sub-task is finished."))
        return back(case_id)
