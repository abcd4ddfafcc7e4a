"""What is new for an officer, at the API."""

from typing import Any
from uuid import UUID

from flask import g

from services.routing.context import RoutingContext
from services.routing.updates.in_cases import new_in_cases
from services.routing.updates.preference import choose_mail, chosen_mail
from services.routing.updates.schemas import SeenSchema, UpdateMailSchema, UpdatesSchema
from services.routing.updates.unseen import see_case_that_may_be_seen, unseen
from shared.web.json_api import Blueprint, may_answer
from shared.web.languages import language


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/updates`, `/updates/mail`, `/cases/<id>/seen`."""

    @routes.get("/updates")
    @routes.response(200, UpdatesSchema)
    @may_answer(routes, 401, 403)
    def show_updates() -> dict[str, Any]:
        """List what is new in your cases since you looked. Reading it here changes nothing."""
        officer = context.officer(g.identity)
        found = unseen(officer, sessions=context.sessions)
        return {"items": new_in_cases(officer, found, sessions=context.sessions), "is_all": found.is_all}

    @routes.put("/cases/<uuid:case_id>/seen")
    @routes.arguments(SeenSchema)
    @routes.response(204)
    @may_answer(routes, 401, 403, 404, 422)
    def see(data: dict[str, Any], case_id: UUID) -> None:
        """Have nothing of this version of the case be new for you any more, as opening its page at the desk does."""
        officer = context.officer(g.identity)
        see_case_that_may_be_seen(officer, case_id, data["version"], **context.store_and_time())

    @routes.get("/updates/mail")
    @routes.response(200, UpdateMailSchema)
    @may_answer(routes, 401, 403)
    def show_mail() -> dict[str, Any]:
        """Show when you get a mail about what is new."""
        return {"mail": chosen_mail(g.identity, sessions=context.sessions)}

    @routes.put("/updates/mail")
    @routes.arguments(UpdateMailSchema)
    @routes.response(200, UpdateMailSchema)
    @may_answer(routes, 401, 403, 422)
    def change_mail(data: dict[str, Any]) -> dict[str, Any]:
        """Choose when you get a mail about what is new, at the address in your token."""
        context.officer(g.identity)
        choose_mail(g.identity, data["mail"], language(), **context.store_and_time())
        return data
