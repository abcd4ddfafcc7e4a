"""The directory at the desk: who there is, one officer with what is kept of them, and handing their cases over."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.form_key import form_key_if_any
from services.routing.desk.queries import query_of
from services.routing.desk.texts import later
from services.routing.directory import hand_over as handing
from services.routing.directory.absences import AbsenceRequest, absences_of, enter_absence, remove_absence
from services.routing.directory.competence import Competence, set_competence
from services.routing.directory.find import as_officer, directory, listed_officer
from services.routing.directory.models import KnownOfficer
from services.routing.directory.schemas import AbsenceRequestSchema, DirectoryQuery, HandOverQuery, position_of
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation, Queue
from shared.swedish.sorting import sort_key
from shared.swedish.time import local_date
from shared.web import paging
from shared.web.languages import gettext, library_message, text_of
from shared.web.names import takes

MOST_CHOICES = 1_000  # officers in one list

_OF_PAGES = ("lang", "language")
_REASONS: Mapping[str, str] = {
    handing.FailureReason.NOT_TAKEN: later("The new officer may not see it, or has a conflict of interest in it."),
    handing.FailureReason.RECEIVER_GONE: later("The new officer is no longer in the directory."),
    handing.FailureReason.JOURNAL_BROKEN: later("Its journal does not hold."),
}

Errors = Mapping[str, str]


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/officers`, `/desk/officers/<id>` and what is sent from it, `/desk/hand-overs/<id>`."""
    _add_directory(desk, context)
    _add_absences(desk, context)
    _add_hand_overs(desk, context)


def _add_directory(desk: Blueprint, context: RoutingContext) -> None:
    @desk.get("/officers", endpoint="officers")
    @takes(*DirectoryQuery().fields)
    def list_officers() -> str:
        officer = context.officer(g.identity)
        query = query_of(DirectoryQuery())
        page = directory(
            officer,
            local_date(context.clock()),
            name=query["name"],
            board=query["board"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        here: dict[str, Any] = {name: value for name, value in _filled_in().items() if name != "cursor"}
        onwards = paging.encode(page.next) if page.next else None
        return render_template(
            "directory/officers.html",
            section="officers",
            officers=page.officers,
            query=query,
            boards=_boards_seen(officer, context.organisation_of(officer)),
            first_page=url_for("desk.officers", **here) if query["cursor"] else None,
            next_page=url_for("desk.officers", **here, cursor=onwards) if onwards else None,
        )

    @desk.get("/officers/<uuid:officer_id>", endpoint="officer")
    def show_officer(officer_id: UUID) -> str:
        return _officer_page(context, officer_id)

    @desk.post("/officers/<uuid:officer_id>/competence")
    @takes(form=("queues", "eservices"))
    def put_competence(officer_id: UUID) -> Response:
        officer = context.officer(g.identity)
        chosen = Competence(*(request.form.getlist(name) or None for name in ("queues", "eservices")))
        set_competence(officer, officer_id, chosen, context.organisation_of(officer), **context.store_and_time())
        flash(gettext("It is kept which cases are handed out to the officer."))
        return _back(officer_id)


def _add_absences(desk: Blueprint, context: RoutingContext) -> None:
    @desk.post("/officers/<uuid:officer_id>/absences")
    @takes(form=("first_day", "last_day", "deputy", "key"))
    def create_absence(officer_id: UUID) -> Any:
        try:
            requested = AbsenceRequest(**_absence(_read(AbsenceRequestSchema(), ("first_day", "last_day", "deputy"))))
            enter_absence(
                context.officer(g.identity), officer_id, requested, key=form_key_if_any(), **context.store_and_time()
            )
        except (ValidationError, InvalidInput) as error:
            return _officer_page(context, officer_id, _errors(error)), 422
        flash(gettext("The absence has been entered."))
        return _back(officer_id)

    @desk.post("/officers/<uuid:officer_id>/absences/<uuid:absence_id>/removals")
    def delete_absence(officer_id: UUID, absence_id: UUID) -> Response:
        remove_absence(context.officer(g.identity), officer_id, absence_id, **context.store_and_time())
        flash(gettext("The absence has been removed."))
        return _back(officer_id)


def _add_hand_overs(desk: Blueprint, context: RoutingContext) -> None:
    @desk.get("/officers/<uuid:officer_id>/hand-over", endpoint="preview_hand_over")
    @takes(*HandOverQuery().fields)
    def preview(officer_id: UUID) -> Any:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        try:
            requested = _requested(HandOverQuery().load({**_filled_in(), **_queues(request.args)}))
            found = handing.preview(officer, officer_id, requested, organisation, **context.store_and_time())
        except (ValidationError, InvalidInput) as error:
            return _officer_page(context, officer_id, _errors(error)), 422
        with context.sessions() as session:
            today = local_date(context.clock())
            from_officer = listed_officer(session, officer, officer_id, today).officer
            to = listed_officer(session, officer, requested.to_id, today).officer if requested.to_id else None
        return render_template(
            "directory/hand_over_preview.html",
            section="officers",
            from_officer=from_officer,
            to=to,
            requested=requested,
            preview=found,
            queue_names={code: organisation.queue(code).name for code, _ in found.queues},
        )

    @desk.post("/officers/<uuid:officer_id>/hand-overs")
    @takes(form=("to", "queues", "key"))
    def create_hand_over(officer_id: UUID) -> Any:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        try:
            requested = _requested(_read(HandOverQuery(), ("to",)) | _queues(request.form))
            begun = handing.begin(
                officer, officer_id, requested, organisation, key=form_key_if_any(), **context.store_and_time()
            )
        except (ValidationError, InvalidInput) as error:
            return _officer_page(context, officer_id, _errors(error)), 422
        return redirect(url_for("desk.hand_over", hand_over_id=begun.id), 303)

    @desk.get("/hand-overs/<uuid:hand_over_id>", endpoint="hand_over")
    def show_hand_over(hand_over_id: UUID) -> str:
        found, failures = handing.shown_hand_over(context.officer(g.identity), hand_over_id, sessions=context.sessions)
        return render_template(
            "directory/hand_over.html", section="officers", hand_over=found, failures=failures, reasons=_REASONS
        )


def _officer_page(context: RoutingContext, officer_id: UUID, errors: Errors | None = None) -> str:
    officer, today = context.officer(g.identity), local_date(context.clock())
    organisation = context.organisation_of(officer)
    g.here = url_for("desk.officer", officer_id=officer_id)
    with context.sessions() as session:
        listed = listed_officer(session, officer, officer_id, today)
        absences = absences_of(session, officer_id, today)
    colleagues = directory(officer, today, limit=MOST_CHOICES, sessions=context.sessions).officers
    shown, deputy = listed.officer, listed.deputy
    is_theirs = officer.subject == shown.subject
    hands_over = officer.leads or is_theirs or (deputy is not None and deputy.subject == officer.subject)
    in_hand = _in_hand(context, officer, officer_id, organisation) if hands_over else None
    return render_template(
        "directory/officer.html",
        section="officers",
        shown=shown,
        listed=listed,
        absences=absences,
        colleagues=[each for each in colleagues if each.officer.id != officer_id],
        boards=organisation.boards,
        queues=_queues_of(officer, as_officer(shown, organisation), organisation),
        eservices=_eservices(shown, organisation),
        in_hand=in_hand,
        queue_names={code: organisation.queue(code).name for code, _ in in_hand.queues} if in_hand else {},
        keeps_absences=officer.leads or is_theirs,
        keeps_competence=officer.leads,
        errors=errors or {},
        typed=request.values,
    )


def _in_hand(
    context: RoutingContext, officer: Officer, officer_id: UUID, organisation: Organisation
) -> handing.Preview:
    everything = handing.HandOverRequest(None)
    return handing.preview(officer, officer_id, everything, organisation, **context.store_and_time())


def _boards_seen(officer: Officer, organisation: Organisation) -> Mapping[str, Any]:
    return {
        code: board.name
        for code, board in organisation.boards.items()
        if officer.boards is None or code in officer.boards
    }


def _queues_of(officer: Officer, shown: Officer, organisation: Organisation) -> list[Queue]:
    """The queues that the officer who is shown may work, and who looks may know of."""
    return [each for each in organisation.queues.values() if shown.may_see_queue(each) and officer.may_see_queue(each)]


def _eservices(shown: KnownOfficer, organisation: Organisation) -> list[tuple[str, Any]]:
    """The e-services of the officer's boards, by title."""
    of_boards = [(code, each.title) for code, each in organisation.eservices.items() if _is_of(shown, each.board)]
    return sorted(of_boards, key=lambda each: sort_key(text_of(each[1])))


def _is_of(shown: KnownOfficer, board: str) -> bool:
    return shown.every_board or board in shown.boards


def _filled_in() -> dict[str, str]:
    """The query; a field left empty in the form filters nothing."""
    return {name: value.strip() for name, value in request.args.items() if value.strip() and name not in _OF_PAGES}


def _read(schema: Schema, names: tuple[str, ...]) -> dict[str, Any]:
    typed = {name: request.form.get(name, "").strip() for name in names}
    data: dict[str, Any] = schema.load({name: text for name, text in typed.items() if text})
    return data


def _absence(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"first_day": data["first_day"], "last_day": data["last_day"], "deputy_id": data["deputy"]}


def _queues(sent: Any) -> dict[str, Any]:
    chosen = sent.getlist("queues")
    return {"queues": chosen} if chosen else {}


def _requested(data: Mapping[str, Any]) -> handing.HandOverRequest:
    return handing.HandOverRequest(data["to"], data["queues"])


def _errors(error: ValidationError | InvalidInput) -> dict[str, str]:
    if isinstance(error, InvalidInput):
        return {error.field: gettext(error.message)}
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {name: library_message(each[0]) for name, each in messages.items()}


def _back(officer_id: UUID) -> Response:
    return redirect(url_for("desk.officer", officer_id=officer_id), 303)
