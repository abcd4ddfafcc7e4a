"""The desk's lists: all queues, one queue, an officer's own cases; and claiming the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.routing.actions.claim import CLAIM
from services.routing.context import RoutingContext
from services.routing.desk.labels import STATES
from services.routing.desk.queries import query_of
from services.routing.desk.texts import later
from services.routing.organisation.officers import Officer
from services.routing.queues import claim_next as claiming
from services.routing.queues import list_cases
from services.routing.queues.caseload import Eservice, eservices_in
from services.routing.queues.overview import overview, state_of
from services.routing.queues.schemas import CasesQuery, OwnCasesQuery, filters_of, position_of
from services.routing.queues.sorting import Sort
from services.routing.queues.total import total
from services.routing.tags.board_tags import suggested
from shared.swedish.time import local_date
from shared.web import paging
from shared.web.languages import gettext, text_of
from shared.web.names import takes

PAGE_SIZES = (25, 50, 100, 200)


ORDERS = {
    Sort.DEADLINE: later("By last day"),
    Sort.LATEST_DEADLINE: later("By last day, the latest first"),
    Sort.AGE: later("By age"),
    Sort.NEWEST: later("Newest first"),
    Sort.NUMBER: later("By number"),
    Sort.HIGHEST_NUMBER: later("By number, the highest first"),
    Sort.ESERVICE: later("By e-service"),
    Sort.LAST_ESERVICE: later("By e-service, from the end"),
    Sort.OFFICER: later("By officer"),
    Sort.LAST_OFFICER: later("By officer, from the end"),
    Sort.PRIORITY: later("By priority"),
    Sort.LEAST_URGENT: later("By priority, the least urgent first"),
}


@dataclass(frozen=True)
class ListOrder:
    """The order of a list, and the addresses of it in each order that it can have."""

    sort: Sort
    addresses: Mapping[Sort, str]

    def direction(self, by: str) -> str:
        """In which direction the list is sorted by this column; empty where it is not."""
        forwards = Sort(by)
        return {forwards: "ascending", forwards.reverse: "descending"}.get(self.sort, "")

    def address(self, by: str) -> str | None:
        """Where the list is sorted by this column, the other way round if it already is."""
        forwards = Sort(by)
        return self.addresses.get(forwards.reverse if self.sort is forwards else forwards)


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/`, `/desk/queues/<code>`, `/desk/queues/<code>/claims`, `/desk/mine`, `/desk/followed`."""

    @desk.get("/", endpoint="queues")
    def all_queues() -> str:
        officer = context.officer(g.identity)
        found = overview(officer, context.organisation_of(officer), **context.store_and_time())
        return render_template("queues/overview.html", section="queues", queues=found)

    @desk.get("/queues/<code>")
    @takes(*CasesQuery().fields)
    def queue(code: str) -> str:
        officer = context.officer(g.identity)
        query = query_of(CasesQuery())
        filters = filters_of(query, local_date(context.clock()))
        shows_all = filters == list_cases.CaseFilter() and query["cursor"] is None
        page = list_cases.queue_cases(
            officer,
            code,
            filters,
            context.organisation_of(officer),
            sort=query["sort"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        eservices = eservices_in(officer, code, sessions=context.sessions)
        return render_template(
            "queues/queue.html",
            section="queues",
            must_be_decided=_must_be_decided(context, officer, code) if shows_all else [],
            queue=state_of(officer, code, context.organisation_of(officer), **context.store_and_time()),
            filters=filters,
            order=_order(code, filters, query["sort"]),
            orders=ORDERS,
            total=total(officer, code, filters, sessions=context.sessions),
            limit=query["limit"],
            page_sizes=sorted({*PAGE_SIZES, query["limit"]}),
            eservices=eservices,
            active=_active(filters, eservices, query["sort"]),
            suggested_tags=_suggested_tags(context, officer, code),
            **_page(page, "desk.queue", code=code),
        )

    @desk.post("/queues/<code>/claims")
    @takes(form=("key",))
    def claim_next(code: str) -> Response:
        officer = context.officer(g.identity)
        key = request.form.get("key", uuid4().hex)[:200]
        try:
            result = claiming.claim_next(
                officer, code, context.organisation_of(officer), key=key, **context.store_and_time()
            )
        except claiming.QueueNotTaken:
            flash(gettext("By the directory you are handed no cases of that queue."))
            return redirect(url_for("desk.queue", code=code), 303)
        if result is None:
            flash(gettext("Nothing waits in that queue that you can be given."))
            return redirect(url_for("desk.queue", code=code), 303)
        flash(gettext(CLAIM.confirmation.text, number=result.number))
        return redirect(url_for("desk.case", case_id=result.case_id), 303)

    @desk.get("/mine")
    @takes(*OwnCasesQuery().fields)
    def mine() -> str:
        officer, query = context.officer(g.identity), query_of(OwnCasesQuery())
        page = list_cases.own_cases(
            officer,
            on_hold=query["on_hold"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return render_template(
            "queues/own_cases.html",
            section="mine",
            on_hold=query["on_hold"],
            number_on_hold=list_cases.own_on_hold(officer, sessions=context.sessions),
            **_page(page, "desk.mine"),
        )

    @desk.get("/followed")
    @takes(*paging.PageQuery().fields)
    def followed() -> str:
        query = query_of(paging.PageQuery())
        page = list_cases.watched_cases(
            context.officer(g.identity),
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return render_template("queues/followed_cases.html", section="mine", **_page(page, "desk.followed"))


def _must_be_decided(context: RoutingContext, officer: Officer, code: str) -> Sequence[list_cases.ListedCase]:
    """The cases that come before all others of the queue, as their deadline has passed and they must be decided."""
    today = local_date(context.clock())
    organisation = context.organisation_of(officer)
    filters = list_cases.CaseFilter(must_be_decided_on=today)
    return list_cases.queue_cases(officer, code, filters, organisation, sessions=context.sessions).cases


def _suggested_tags(context: RoutingContext, officer: Officer, code: str) -> Sequence[str]:
    """The tags of the queue's board; none where the queue has been given to a board that is not the officer's."""
    organisation = context.organisation_of(officer)
    queue = organisation.queue(code)
    if not officer.may_see_queue(queue):
        return ()
    return suggested(organisation, queue.board, protected=queue.protected, sessions=context.sessions)


def _order(code: str, filters: list_cases.CaseFilter, chosen: Sort) -> ListOrder:
    offered = (each for each in Sort if list_cases.sort_of(filters, each) is each)
    addresses = {each: url_for("desk.queue", code=code, **_chosen("sort"), sort=each) for each in offered}
    return ListOrder(list_cases.sort_of(filters, chosen), addresses)


def _active(filters: list_cases.CaseFilter, eservices: Sequence[Eservice], sort: Sort) -> list[str]:
    """What the list is filtered and sorted by, in the officer's language, where it is not as it is at first."""
    titles = {each.code: text_of(each.title) for each in eservices}
    whose = {list_cases.Whose.MINE: gettext("Mine"), list_cases.Whose.UNASSIGNED: gettext("Nobody’s")}
    found = [
        gettext(STATES[filters.state].text) if filters.state else None,
        whose[filters.whose] if filters.whose else None,
        titles.get(filters.eservice, filters.eservice) if filters.eservice else None,
        filters.number,
        filters.tag,
        gettext("Must be decided") if filters.must_be_decided_on else None,
        gettext("On hold") if filters.on_hold else None,
        gettext(ORDERS[sort]) if sort is not Sort.DEADLINE else None,
    ]
    return [each for each in found if each]


def _chosen(*besides: str) -> dict[str, Any]:
    """What the address filters, sorts and limits by, besides some of it: not where its page begins."""
    taken = CasesQuery().fields.keys() - {"cursor", *besides}
    return {name: value for name, value in request.args.items() if name in taken and value}


def _page(page: list_cases.CasePage, endpoint: str, **where: Any) -> dict[str, Any]:
    chosen = _chosen()
    onwards = paging.encode(page.next) if page.next else None
    return {
        "cases": page.cases,
        "filtered": bool(chosen),
        "first_page": url_for(endpoint, **where, **chosen) if "cursor" in request.args else None,
        "next_page": url_for(endpoint, **where, **chosen, cursor=onwards) if onwards else None,
    }
