"""Small definitions for tests: a form of the pages given, in all else right."""

from typing import Any

from services.intake.eservices.definition import EService
from services.intake.eservices.schema import EServiceSchema


def text(words: str = "Text") -> dict[str, str]:
    return {"sv": words, "en": f"{words} in English"}


def question(name: str, kind: str = "text", **keys: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "label": text(name), **keys}


def choice(name: str, *codes: str, **keys: Any) -> dict[str, Any]:
    options = [{"code": code, "label": text(code)} for code in codes]
    return question(name, "radio", options=options, **keys)


def holds(fact: str, operator: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "operator": operator, "value": value}


def page(code: str, *questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"code": code, "title": text(code), "sections": [{"fields": list(questions)}], **keys}


def exit_page(code: str, show_if: Any) -> dict[str, Any]:
    return page(code, {"type": "text", "text": text()}, exit=True, show_if=show_if)


def written(*pages: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A definition as a file has it."""
    named = ("title", "summary", "intro", "next_steps", "case_title")
    return {
        "code": "example",
        "version": 1,
        **{name: text(name) for name in named},
        "identity": "anonymous",
        "board": "TN",
        "legal_regime": "faktiskt_handlande",
        "registration": "halls_ordnad",
        "outcomes": [{"code": "answered", "label": text("Besvarat")}],
        "pages": list(pages),
        **keys,
    }


def eservice(*pages: dict[str, Any], **keys: Any) -> EService:
    loaded: EService = EServiceSchema().load(written(*pages, **keys))
    return loaded
