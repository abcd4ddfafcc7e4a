"""Intake's pages: a municipality's e-services, their forms, the receipt, and how it goes."""

from typing import Any

from flask import Blueprint, request
from markupsafe import Markup

from services.intake.attachments.file_types import MEDIA_TYPES
from services.intake.context import IntakeContext
from services.intake.eservices import pages as catalogue
from services.intake.submissions import pages as form
from services.intake.tracking import lookup_pages as lookup
from services.intake.tracking import pages as status
from services.intake.tracking.timeline_view import is_reply, last_day, outcome, told_in

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


def blueprint(context: IntakeContext) -> Blueprint:
    """The routes outside `/intake/`, and what their templates need."""
    routes = Blueprint("pages", __name__)
    for part in (catalogue, form, lookup, status):
        part.add(routes, context)

    @routes.app_context_processor
    def around() -> dict[str, Any]:
        slug = (request.view_args or {}).get("slug", "")
        return {"municipality": context.municipalities.get(slug), "language_names": LANGUAGE_NAMES}

    routes.add_app_template_filter(told_in, "told")
    routes.add_app_template_filter(last_day, "last_day")
    routes.add_app_template_filter(outcome, "outcome")
    routes.add_app_template_test(is_reply, "reply")
    routes.add_app_template_filter(_paragraphs, "paragraphs")
    routes.add_app_template_filter(_masked, "masked")
    routes.add_app_template_filter(MEDIA_TYPES.__getitem__, "media_type")
    return routes


def _paragraphs(text: str) -> Markup:
    """Text with blank lines between its paragraphs, as HTML."""
    return Markup("\n").join(Markup("<p>{}</p>").format(each) for each in text.strip().split("\n\n"))


def _masked(told: str) -> str:
    """An identity number as it is shown: its last figures stay with whoever wrote it."""
    return f"{told[:-4]}****"
