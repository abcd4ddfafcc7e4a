"""The municipalities, and what each offers."""

from flask import Blueprint, render_template

from services.intake.reception import Reception


def add(routes: Blueprint, reception: Reception) -> None:
    """The routes `/` and `/<slug>/`."""

    @routes.get("/")
    def start() -> str:
        return render_template("start.html", municipalities=reception.municipalities.values())

    @routes.get("/<slug>/")
    def catalogue(slug: str) -> str:
        reception.municipality(slug)
        return render_template("catalogue.html", forms=reception.forms[slug].values())
