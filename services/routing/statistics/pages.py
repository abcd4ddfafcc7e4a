"""The leader's page, and its figures as a file for a spreadsheet."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from flask import Blueprint, Response, g, render_template, url_for

from services.routing.context import RoutingContext
from services.routing.desk.queries import query_of
from services.routing.desk.texts import later
from services.routing.statistics.charts import Chart, RowChart, chart, row_chart
from services.routing.statistics.figures import Age
from services.routing.statistics.report import Report, report
from services.routing.statistics.schemas import StatisticsQuery
from shared.web.languages import gettext, text_of
from shared.web.names import takes

AGES: Mapping[Age, str] = {
    Age.WEEK: later("up to a week"),
    Age.MONTH: later("up to a month"),
    Age.QUARTER: later("up to three months"),
    Age.HALF_YEAR: later("up to half a year"),
    Age.LONGER: later("longer"),
}
_BOM = "\ufeff"  # by which spreadsheets know that it is UTF-8


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/statistics` and `/desk/statistics.csv`."""

    @desk.get("/statistics")
    @takes(*StatisticsQuery().fields)
    def statistics() -> str:
        officer, query = context.officer(g.identity), query_of(StatisticsQuery())
        found, organisation = report(officer, **query, **context.store_and_time()), context.organisation_of(officer)
        titles = {code: text_of(each.title) for code, each in organisation.eservices.items()}
        return render_template(
            "statistics/statistics.html",
            section="statistics",
            report=found,
            query=query,
            ages=AGES,
            charts=_charts(found),
            queues={code: text_of(organisation.queue(code).name) for code in found.queues},
            eservices={code: titles.get(code, code) for code in found.eservices},
            file=url_for("desk.statistics_file", **{name: value for name, value in query.items() if value}),
        )

    @desk.get("/statistics.csv")
    @takes(*StatisticsQuery().fields)
    def statistics_file() -> Response:
        found = report(context.officer(g.identity), **query_of(StatisticsQuery()), **context.store_and_time())
        headers = {"Content-Disposition": 'attachment; filename="statistics.csv"'}
        return Response(_BOM + _as_csv(found), mimetype="text/csv", headers=headers)


def _charts(found: Report) -> dict[str, Chart | RowChart]:
    weeks, due = found.weeks, found.due
    return {
        "flow": chart(
            [_week(each.begins) for each in weeks], [each.received for each in weeks], [each.ended for each in weeks]
        ),
        "ages": row_chart({gettext(AGES[age]): cases for age, cases in found.ages.items()}),
        "due": chart(
            [_week(each.begins) for each in due], [each.due for each in due], [each.late_by_then for each in due]
        ),
    }


def _week(begins: Any) -> str:
    return gettext("w %(week)s", week=begins.isocalendar().week)


def _as_csv(found: Report) -> str:
    """A line for each week: those that have been, then those to come."""
    written = StringIO()
    lines = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines.writerow(
        [
            "week_begins",
            "received",
            "ended_in_time",
            "ended_late",
            "ended_without_deadline",
            "due",
            "late_by_then",
        ]
    )
    for week in found.weeks:
        ended = (week.ended_in_time, week.ended_late, week.ended_without_deadline)
        lines.writerow([week.begins, week.received, *ended, "", ""])
    for coming in found.due:
        lines.writerow([coming.begins, "", "", "", "", coming.due, coming.late_by_then])
    return written.getvalue()
