"""The JSON API of notifications and their delivery, for officers."""

from typing import Any
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session, sessionmaker

from services.notify.delivery import manual_retry, notification_list
from services.notify.delivery.manual_retry import NotWaiting, RetryRequest, UnknownNotification
from services.notify.delivery.models import Retry
from services.notify.delivery.schemas import NotificationPageSchema, NotificationsQuery, RetrySchema
from shared.clock import Clock
from shared.idempotency import KeyReused
from shared.web import idempotency, paging
from shared.web.identity import authenticated
from shared.web.json_api import Blueprint, may_answer
from shared.web.problems import Problem
from shared.web.tokens import Role


def blueprint(sessions: sessionmaker[Session], clock: Clock) -> Blueprint:
    """The routes under `/notify/api/v1/notifications`, for officers, each seeing their own municipality's."""
    routes = Blueprint("notifications", __name__, url_prefix="/notify/api/v1/notifications")
    routes.before_request(authenticated(Role.OFFICER))

    @routes.get("")
    @routes.arguments(NotificationsQuery, location="query")
    @routes.response(200, NotificationPageSchema)
    @may_answer(routes, 401, 403, 400, 422)
    def notifications(query: dict[str, Any]) -> dict[str, Any]:
        """List the notifications to submitters, the newest first, with every attempt to deliver them."""
        limit, cursor = query.pop("limit"), query.pop("cursor")
        after = tuple(paging.decode(cursor, paging.moment, UUID)) if cursor else None
        page = notification_list.newest(
            sessions, g.identity.municipality, g.identity.boards_seen, limit=limit, after=after, filters=query
        )
        return {"items": page.items, "next": paging.encode(page.next) if page.next else None}

    @routes.post("/<uuid:notification_id>/retries")
    @routes.response(201, RetrySchema)
    @routes.doc(parameters=[idempotency.PARAMETER])
    @may_answer(routes, 401, 403, 404, 409, 422)
    def notification_retries(notification_id: UUID) -> Retry:
        """Try now what failed or waits for its next attempt. The same Idempotency-Key twice is one request."""
        retry_request = RetryRequest(
            g.identity.municipality,
            g.identity.boards_seen,
            notification_id,
            g.identity.subject,
            idempotency.key(request),
        )
        try:
            return manual_retry.retry(retry_request, sessions=sessions, now=clock())
        except UnknownNotification as error:
            raise Problem(404, "unknown-notification", detail="There is no such notification.") from error
        except NotWaiting as error:
            raise Problem(
                409,
                "not-waiting",
                detail="Only a notification that has failed, or waits for its next attempt, can be tried again.",
                state=error.state,
            ) from error
        except KeyReused as error:
            raise idempotency.reused(error) from error

    return routes
