"""Notify's JSON API: the delivery list for officers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session, sessionmaker

from services.notify import listing, retries
from services.notify.models import Retry
from services.notify.retries import KeyUsed, NotFailed, Order, UnknownNotification
from services.notify.schemas import NotificationPageSchema, NotificationsQuery, RetrySchema
from shared.clock import Clock
from shared.web import idempotency, paging
from shared.web.identity import authenticated
from shared.web.parsing import Blueprint
from shared.web.problems import MEDIA_TYPE, Problem, ProblemSchema


def blueprint(sessions: sessionmaker[Session], clock: Clock) -> Blueprint:
    """The routes under `/notify/api/v1/notifications`, for officers, each seeing their own municipality's."""
    routes = Blueprint("notifications", __name__, url_prefix="/notify/api/v1/notifications")
    routes.before_request(authenticated("officer"))

    @routes.get("")
    @routes.arguments(NotificationsQuery, location="query")
    @routes.response(200, NotificationPageSchema)
    @_refuses(routes, 400, 422)
    def notifications(query: dict[str, Any]) -> dict[str, Any]:
        """List what submitters have been told, the newest first, with every attempt to deliver it."""
        limit, cursor = query.pop("limit"), query.pop("cursor")
        after = tuple(paging.decode(cursor, paging.moment, UUID)) if cursor else None
        found = listing.newest(
            sessions, g.identity.municipality, g.identity.boards_seen, limit=limit + 1, after=after, filters=query
        )
        return {"items": found[:limit], "next": _next(found, limit)}

    @routes.post("/<uuid:notification_id>/retries")
    @routes.response(201, RetrySchema)
    @routes.doc(parameters=[_IDEMPOTENCY_KEY])
    @_refuses(routes, 404, 409, 422)
    def notification_retries(notification_id: UUID) -> Retry:
        """Try a failed notification again. The same Idempotency-Key twice is one order."""
        order = Order(
            g.identity.municipality,
            g.identity.boards_seen,
            notification_id,
            g.identity.subject,
            idempotency.key(request),
        )
        try:
            return retries.retry(order, sessions=sessions, now=clock())
        except UnknownNotification as fault:
            raise Problem(404, "unknown-notification", detail="There is no such notification.") from fault
        except NotFailed as fault:
            raise Problem(
                409,
                "not-failed",
                detail="Only a notification that has failed can be tried again.",
                state=fault.state,
            ) from fault
        except KeyUsed as fault:
            raise Problem(
                422, "idempotency-key-used", detail="The Idempotency-Key was used for another order."
            ) from fault

    return routes


_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same key twice is one order, answered alike.",
}


def _refuses(routes: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Document the problems that the view may answer with."""

    def document(view: Any) -> Any:
        for status in (401, 403, *statuses):
            view = routes.alt_response(status, schema=ProblemSchema, content_type=MEDIA_TYPE)(view)
        return view

    return document


def _next(found: list[listing.Listed], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1].notification
    return paging.encode([last.occurred_at, last.id])
