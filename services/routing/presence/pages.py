"""What the open page of a case is kept up to date with: who else has it open, and what they have done with it."""

from uuid import UUID

from flask import Blueprint, Flask, g, render_template, request

from services.routing.cases.case_file import CaseFile
from services.routing.context import RoutingContext
from services.routing.presence.present import CaseNow, others_present, stay
from shared.web.names import takes
from shared.web.problems import Problem


def install(app: Flask, context: RoutingContext) -> None:
    """Give the desk's templates `case_now(file)`: who else has a case open as its page is made."""

    def case_now(file: CaseFile) -> CaseNow:
        others = others_present(context.officer(g.identity), file.case.id, **context.store_and_time())
        return CaseNow(file.case.id, file.regime, file.case.sequence, others, [])

    app.jinja_env.globals["case_now"] = case_now


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>/presence`."""

    @desk.post("/cases/<uuid:case_id>/presence")
    @takes(form=("version",))
    def presence(case_id: UUID) -> str:
        """A part of the page, for its script."""
        now = stay(context.officer(g.identity), case_id, _version(), **context.store_and_time())
        return render_template("presence/now.html", now=now)


def _version() -> int:
    version = request.form.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Problem(400, "bad-form", detail="The form does not say which version of the case it is about.")
    return int(version)
