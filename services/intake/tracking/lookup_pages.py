"""Finding a submission by its reference. It is posted, so that no log and no history of searches has it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.intake.context import IntakeContext
from shared.web.problems import Problem


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route `/<slug>/arenden`."""

    @routes.get("/<slug>/arenden")
    def look_up(slug: str) -> str:
        context.municipality(slug)
        return render_template("lookup.html", written="", fault=None)

    @routes.post("/<slug>/arenden")
    def find(slug: str) -> Any:
        written = request.form.get("reference", "")
        try:
            timeline = context.timeline(slug, written)
        except Problem as fault:
            if fault.code == "unknown-municipality":
                raise
            return render_template("lookup.html", written=written[:100], fault=fault.body()["detail"]), 422
        return redirect(url_for(".status", slug=slug, reference=timeline.submission.reference), 303)
