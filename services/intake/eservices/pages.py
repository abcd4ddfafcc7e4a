"""The municipalities, what each offers, and what the layout of every page needs."""

from typing import Any

from flask import Blueprint, render_template, request
from markdown_it import MarkdownIt
from markupsafe import Markup

from services.intake.context import IntakeContext
from services.intake.eservices.catalogue import Wanted
from services.intake.eservices.catalogue import catalogue as catalogue_of
from services.intake.eservices.opening import opening
from services.intake.eservices.search import LONGEST_QUERY
from shared.web.languages import language, text_of
from shared.web.names import takes

SEARCHED = ("q", "topic", "life_situation")
LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes `/` and `/<slug>/`."""

    @routes.get("/")
    def start() -> str:
        return render_template("start.html", municipalities=context.municipalities.values())

    @routes.get("/<slug>/")
    @takes(*SEARCHED)
    def catalogue(slug: str) -> str:
        context.municipality(slug)
        wanted = Wanted(*(request.args.get(name, "").strip()[:LONGEST_QUERY] for name in SEARCHED))
        found = catalogue_of(context.offer.current, slug, language(), wanted)
        return render_template("catalogue.html", catalogue=found, wanted=wanted)

    @routes.app_context_processor
    def layout() -> dict[str, Any]:
        slug = (request.view_args or {}).get("slug", "")
        return {
            "municipality": context.municipalities.get(slug),
            "language_names": LANGUAGE_NAMES,
            "opening_of": lambda eservice: opening(eservice, context.clock()),
        }

    routes.add_app_template_filter(text_of, "localized")
    routes.add_app_template_filter(_paragraphs, "paragraphs")
    routes.add_app_template_filter(_markdown, "markdown")


def _paragraphs(text: str) -> Markup:
    """Text with blank lines between its paragraphs, as HTML."""
    return Markup("\n").join(Markup("<p>{}</p>").format(each) for each in text.strip().split("\n\n"))


_MARKDOWN = MarkdownIt("zero", {"html": False}).enable(["list", "link", "emphasis"])


def _markdown(text: str) -> Markup:
    """A definition's text as HTML: paragraphs, lists, links, emphasis; nothing else of Markdown, no HTML of its own."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - it escapes what it does not know
