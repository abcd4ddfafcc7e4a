"""The directory of officers at the API: who there is, absences, competence, and handing over."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.context import RoutingContext
from services.routing.directory import hand_over as handing
from services.routing.directory.absences import AbsenceRequest, absences_of, enter_absence, remove_absence
from services.routing.directory.competence import Competence, set_competence
from services.routing.directory.find import directory, listed_officer
from services.routing.directory.schemas import (
    AbsenceRequestSchema,
    AbsenceSchema,
    CompetenceSchema,
    DirectoryQuery,
    DirectorySchema,
    HandOverQuery,
    HandOverRequestSchema,
    HandOverSchema,
    OfficerSchema,
    PreviewSchema,
    position_of,
)
from services.routing.organisation.officers import Officer
from shared.swedish.time import local_date
from shared.web import idempotency, paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/officers`, `/officers/<id>`, and what is kept of one below it; `/hand-overs/<id>`."""
    _add_directory(routes, context)
    _add_absences(routes, context)
    _add_hand_overs(routes, context)


def _add_directory(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/officers")
    @routes.arguments(DirectoryQuery, location="query")
    @routes.response(200, DirectorySchema)
    @may_answer(routes, 400, 401, 403, 422)
    def list_officers(query: dict[str, Any]) -> dict[str, Any]:
        """List the officers of your boards, by name."""
        page = directory(
            context.officer(g.identity),
            local_date(context.clock()),
            name=query["name"],
            board=query["board"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return {"items": page.officers, "next": paging.encode(page.next) if page.next else None}

    @routes.get("/officers/<uuid:officer_id>")
    @routes.response(200, OfficerSchema)
    @may_answer(routes, 401, 403, 404)
    def show_officer(officer_id: UUID) -> dict[str, Any]:
        """Show an officer of your boards, or yourself."""
        return _shown(context, context.officer(g.identity), officer_id)

    @routes.put("/officers/<uuid:officer_id>/competence")
    @routes.arguments(CompetenceSchema)
    @routes.response(200, OfficerSchema)
    @may_answer(routes, 400, 401, 403, 404, 413, 415, 422)
    def put_competence(data: dict[str, Any], officer_id: UUID) -> dict[str, Any]:
        """Set which queues and e-services an officer is handed cases of. For leaders and registrars."""
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        set_competence(officer, officer_id, Competence(**data), organisation, **context.store_and_time())
        return _shown(context, officer, officer_id)


def _add_absences(routes: Blueprint, context: RoutingContext) -> None:
    @routes.post("/officers/<uuid:officer_id>/absences")
    @routes.arguments(AbsenceRequestSchema)
    @routes.response(201, AbsenceSchema)
    @may_answer(routes, 400, 401, 403, 404, 413, 415, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def create_absence(data: dict[str, Any], officer_id: UUID) -> Any:
        """Enter when an officer is away. For themself, and for leaders and registrars of their boards."""
        requested = AbsenceRequest(data["first_day"], data["last_day"], data["deputy"])
        officer, key = context.officer(g.identity), idempotency.key(request)
        return enter_absence(officer, officer_id, requested, key=key, **context.store_and_time())

    @routes.delete("/officers/<uuid:officer_id>/absences/<uuid:absence_id>")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404)
    def delete_absence(officer_id: UUID, absence_id: UUID) -> None:
        """Remove an absence."""
        remove_absence(context.officer(g.identity), officer_id, absence_id, **context.store_and_time())


def _add_hand_overs(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/officers/<uuid:officer_id>/hand-over-preview")
    @routes.arguments(HandOverQuery, location="query")
    @routes.response(200, PreviewSchema)
    @may_answer(routes, 401, 403, 404, 422)
    def preview_hand_over(query: dict[str, Any], officer_id: UUID) -> dict[str, Any]:
        """Show how many cases, by queue, and sub-tasks a hand-over would move. Nothing is changed."""
        officer = context.officer(g.identity)
        requested = handing.HandOverRequest(query["to"], query["queues"])
        organisation = context.organisation_of(officer)
        found = handing.preview(officer, officer_id, requested, organisation, **context.store_and_time())
        queues = [{"queue": queue, "cases": cases} for queue, cases in found.queues]
        return {
            "total": found.total,
            "not_taken": found.not_taken,
            "subtasks": found.subtasks,
            "subtasks_not_taken": found.subtasks_not_taken,
            "others_may_remain": found.others_may_remain,
            "queues": queues,
        }

    @routes.post("/officers/<uuid:officer_id>/hand-overs")
    @routes.arguments(HandOverRequestSchema)
    @routes.response(201, HandOverSchema)
    @may_answer(routes, 400, 401, 403, 404, 413, 415, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def create_hand_over(data: dict[str, Any], officer_id: UUID) -> Any:
        """Hand over an officer's open cases and sub-tasks: few at once, many in minutes; its address shows how far."""
        officer, key = context.officer(g.identity), idempotency.key(request)
        requested = handing.HandOverRequest(data["to"], data["queues"])
        organisation = context.organisation_of(officer)
        begun = handing.begin(officer, officer_id, requested, organisation, key=key, **context.store_and_time())
        return _hand_over(context, officer, begun.id), {"Location": f"/routing/api/v1/hand-overs/{begun.id}"}

    @routes.get("/hand-overs/<uuid:hand_over_id>")
    @routes.response(200, HandOverSchema)
    @may_answer(routes, 401, 403, 404)
    def show_hand_over(hand_over_id: UUID) -> dict[str, Any]:
        """Show how far a hand-over has come that you requested, and the cases that stay where they were."""
        return _hand_over(context, context.officer(g.identity), hand_over_id)


def _shown(context: RoutingContext, officer: Officer, officer_id: UUID) -> dict[str, Any]:
    today = local_date(context.clock())
    with context.sessions() as session:
        listed = listed_officer(session, officer, officer_id, today)
        absences = [absence for absence, _ in absences_of(session, officer_id, today)]
    return {**listed._asdict(), "absences": absences}


def _hand_over(context: RoutingContext, officer: Officer, hand_over_id: UUID) -> dict[str, Any]:
    found, failures = handing.shown_hand_over(officer, hand_over_id, sessions=context.sessions)
    names = ("id", "from_name", "to_name", "queues", "total", "handed", "requested_at", "ended_at")
    return {name: getattr(found, name) for name in names} | {"failures": failures}
