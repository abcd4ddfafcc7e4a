"""Routing's JSON API, for officers, each seeing the cases of their municipality's boards."""

from services.routing.actions import api as actions
from services.routing.cases import api as cases
from services.routing.context import RoutingContext
from services.routing.queues import api as queues
from shared.web.identity import authenticated
from shared.web.json_api import Blueprint


def blueprint(context: RoutingContext) -> Blueprint:
    """The routes under `/routing/api/v1`."""
    routes = Blueprint("routing", __name__, url_prefix="/routing/api/v1")
    routes.before_request(authenticated("officer"))
    queues.add_routes(routes, context)
    cases.add_routes(routes, context)
    actions.add_routes(routes, context)
    return routes
