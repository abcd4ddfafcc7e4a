"""The municipalities, and what each offers."""

from flask import Blueprint, render_template

from services.intake.context import IntakeContext


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes `/` and `/<slug>/`."""

    @routes.get("/")
    def start() -> str:
        return render_template("start.html", municipalities=context.municipalities.values())

    @routes.get("/<slug>/")
    def catalogue(slug: str) -> str:
        context.municipality(slug)
        return render_template("catalogue.html", forms=context.forms[slug].values())
