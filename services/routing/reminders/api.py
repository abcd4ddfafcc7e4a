"""Reminders at the API."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.context import RoutingContext
from services.routing.reminders import reminders
from services.routing.reminders.schemas import (
    DueRemindersQuery,
    NewReminderSchema,
    ReminderPageSchema,
    ReminderSchema,
    RemindersSchema,
    position_of,
)
from shared.swedish.time import local_date
from shared.web import idempotency, paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases/<id>/reminders`, `/reminders`, `/reminders/<id>`."""

    @routes.post("/cases/<uuid:case_id>/reminders")
    @routes.arguments(NewReminderSchema(context.clock))
    @routes.response(201, ReminderSchema)
    @may_answer(routes, 401, 403, 404, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def add_reminder(data: dict[str, Any], case_id: UUID) -> Any:
        """Have yourself, or whoever has the case then, reminded of it."""
        key = idempotency.key(request)
        return reminders.add(context.officer(g.identity), case_id, **data, key=key, **context.store_and_time())

    @routes.get("/cases/<uuid:case_id>/reminders")
    @routes.response(200, RemindersSchema)
    @may_answer(routes, 401, 403, 404)
    def list_reminders(case_id: UUID) -> dict[str, Any]:
        """List the open reminders of a case."""
        return {"items": reminders.reminders_of(context.officer(g.identity), case_id, sessions=context.sessions)}

    @routes.get("/reminders")
    @routes.arguments(DueRemindersQuery, location="query")
    @routes.response(200, ReminderPageSchema)
    @may_answer(routes, 400, 401, 403, 422)
    def list_due_reminders(query: dict[str, Any]) -> dict[str, Any]:
        """List the reminders that are due, your own and those of the cases that you have."""
        page = reminders.reminders_due(
            context.officer(g.identity),
            query["due_by"] or local_date(context.clock()),
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        items = [each.reminder for each in page.reminders]
        return {"items": items, "next": paging.encode(page.next) if page.next else None}

    @routes.post("/reminders/<uuid:reminder_id>/completion")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404)
    def finish_reminder(reminder_id: UUID) -> None:
        """Mark a reminder as dealt with."""
        reminders.finish(context.officer(g.identity), reminder_id, **context.store_and_time())

    @routes.delete("/reminders/<uuid:reminder_id>")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404)
    def remove_reminder(reminder_id: UUID) -> None:
        """Remove a reminder."""
        reminders.remove(context.officer(g.identity), reminder_id, sessions=context.sessions)
