"""Reminders at the desk: on the page of their case, and with sub-tasks on the list of what is due today."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from services.routing.context import RoutingContext
from services.routing.desk.take_form import back, take
from services.routing.desk.texts import later
from services.routing.reminders import reminders
from services.routing.reminders.form import NEW_REMINDER
from services.routing.reminders.schemas import NewReminderSchema
from services.routing.subtasks.subtasks import own_subtasks
from shared.swedish.time import local_date
from shared.web.languages import gettext
from shared.web.names import takes

MOST_LISTED = 200  # of each kind: whoever has more begins with the first


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/today`, `/desk/cases/<id>/reminders`, `/desk/reminders/<id>/completion` and `…/removal`."""

    @desk.get("/today")
    def today() -> str:
        officer, day = context.officer(g.identity), local_date(context.clock())
        due = reminders.reminders_due(officer, day, limit=MOST_LISTED, sessions=context.sessions)
        open_subtasks = own_subtasks(officer, limit=MOST_LISTED, sessions=context.sessions)
        return render_template(
            "reminders/today.html",
            section="today",
            reminders=due.reminders,
            more_reminders=due.next is not None,
            subtasks=open_subtasks.subtasks,
            more_subtasks=open_subtasks.next is not None,
        )

    @desk.post("/cases/<uuid:case_id>/reminders")
    @takes(form=NEW_REMINDER.field_names)
    def add_reminder(case_id: UUID) -> ResponseReturnValue:
        def add(typed: Mapping[str, str]) -> None:
            data: dict[str, Any] = NEW_REMINDER.read(NewReminderSchema(context.clock), typed)
            officer, key = context.officer(g.identity), request.form.get("key")
            reminders.add(officer, case_id, **data, key=key, **context.store_and_time())

        return take(context, case_id, NEW_REMINDER, add, later("The reminder has been saved."))

    @desk.post("/reminders/<uuid:reminder_id>/completion")
    @takes(form=("back",))
    def finish_reminder(reminder_id: UUID) -> ResponseReturnValue:
        case_id = reminders.finish(context.officer(g.identity), reminder_id, **context.store_and_time())
        flash(gettext("The reminder is dealt with."))
        return back(case_id)

    @desk.post("/reminders/<uuid:reminder_id>/removal")
    @takes(form=("back",))
    def remove_reminder(reminder_id: UUID) -> ResponseReturnValue:
        case_id = reminders.remove(context.officer(g.identity), reminder_id, sessions=context.sessions)
        flash(gettext("The reminder has been removed."))
        return back(case_id)
