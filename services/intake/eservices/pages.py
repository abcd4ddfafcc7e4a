"""The municipalities, what each offers, and what the layout of every page needs."""

from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup

from services.intake.context import IntakeContext
from shared.web.languages import text_of

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes `/` and `/<slug>/`."""

    @routes.get("/")
    def start() -> str:
        return render_template("start.html", municipalities=context.municipalities.values())

    @routes.get("/<slug>/")
    def catalogue(slug: str) -> str:
        context.municipality(slug)
        return render_template("catalogue.html", forms=context.forms[slug].values())

    @routes.app_context_processor
    def layout() -> dict[str, Any]:
        slug = (request.view_args or {}).get("slug", "")
        return {"municipality": context.municipalities.get(slug), "language_names": LANGUAGE_NAMES}

    routes.add_app_template_filter(text_of, "localized")
    routes.add_app_template_filter(_paragraphs, "paragraphs")


def _paragraphs(text: str) -> Markup:
    """Text with blank lines between its paragraphs, as HTML."""
    return Markup("\n").join(Markup("<p>{}</p>").format(each) for each in text.strip().split("\n\n"))
