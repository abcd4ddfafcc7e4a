"""What pages show of where their answers were prefilled from, in a language."""

from services.intake.drafts.filling import Filling
from services.intake.drafts.prefilling import prefilled, sources
from services.intake.eservices.definition import Page
from services.intake.prefill.prefilled import PrefillState
from shared.events.intake import AnswerSource
from shared.i18n.formats import format_date, localized
from shared.i18n.translations import Languages

_OUTCOMES = {
    PrefillState.FETCHED: "The page is filled in with what was fetched.",
    PrefillState.DECLINED: "What was fetched is taken away.",
}
_NOTHING = "Nothing was fetched."
_CHANGED = "Fetched from %(register)s on %(day)s and changed by you."
_OF_ANOTHER_DAY = "Fetched from %(register)s on %(day)s, as it was on %(as_of)s."
_FETCHED = "Fetched from %(register)s on %(day)s."


def source_notes(filling: Filling, language: str) -> dict[str, str]:
    """Where answers were prefilled from, by the input that a question begins with."""
    return {
        filling.eservice.fields[name].input_name(): _note(source, filling.context.languages, language)
        for name, source in sources(filling).items()
    }


def outcome(filling: Filling, page: Page, language: str) -> str:
    """How it went when the submitter had a page prefilled, or had that taken away."""
    now = prefilled(filling, page)
    return filling.context.languages.gettext(language, _OUTCOMES.get(now.state, _NOTHING) if now else _NOTHING)


def _note(source: AnswerSource, languages: Languages, language: str) -> str:
    unchanged = _FETCHED if source.as_of == source.fetched_on else _OF_ANOTHER_DAY
    return languages.gettext(
        language,
        _CHANGED if source.changed else unchanged,
        register=localized(source.label, language),
        day=format_date(source.fetched_on, language),
        as_of=format_date(source.as_of, language),
    )
