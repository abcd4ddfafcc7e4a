"""A leader's figures at the API."""

from typing import Any

from flask import g

from services.routing.context import RoutingContext
from services.routing.statistics.report import Report, report
from services.routing.statistics.schemas import ReportSchema, StatisticsQuery
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/statistics`."""

    @routes.get("/statistics")
    @routes.arguments(StatisticsQuery, location="query")
    @routes.response(200, ReportSchema)
    @may_answer(routes, 401, 403, 422)
    def statistics(query: dict[str, Any]) -> Report:
        """Show inflow, ages, forecast, load and expected times; the worker takes the figures once a minute."""
        return report(context.officer(g.identity), **query, **context.store_and_time())
