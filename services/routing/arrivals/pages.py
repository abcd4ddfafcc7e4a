"""The desk's page to enter what came by letter, telephone, e-mail or at the counter: it leads to intake's forms."""

from flask import Blueprint, g, render_template

from services.routing.arrivals.permits import enterable, signed
from services.routing.context import RoutingContext
from shared.arrival_permit import LASTS
from shared.web.languages import language


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/arrivals`."""

    @desk.get("/arrivals")
    def arrivals() -> str:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        found = enterable(officer, organisation, language())
        return render_template(
            "arrivals/choose.html",
            section="arrivals",
            enterable=found,
            permits={code: signed(officer, code, key=context.link_key) for code in found},
            boards=organisation.boards,
            minutes=LASTS // 60,
        )
