"""Prefilling the pages of a form from registers, when the answer that they are asked about is given.

A page is prefilled when one before it is posted, whichever button is pressed: nothing is fetched by showing it, and
what was fetched for another answer does not stay. A page that its submitter has declined to have prefilled stays so
until they ask for it.
"""

from functools import partial

from services.intake.drafts import draft as drafts
from services.intake.drafts.filling import Filling, with_draft
from services.intake.eservices.definition import Page, Prefill
from services.intake.limits.limits import Client, LimitReached
from services.intake.prefill import prefilled as prefills
from services.intake.prefill.prefilled import Prefilled, PrefillState
from services.intake.prefill.registers import RegisterAway
from shared.events.intake import AnswerSource
from shared.swedish.time import local_date


def prefill_after(filling: Filling, page: Page, client: Client) -> tuple[Filling, list[Page]]:
    """Prefill the pages that come after this one and lack it for the answers of now; which they were."""
    shown = filling.reading.pages
    after = shown[shown.index(page) + 1 :] if page in shown else []
    lacking = [each for each in after if _lacks(filling, each)]
    for each in lacking:
        filling = fetch(filling, each, client)
    return filling, lacking


def can_prefill(filling: Filling, page: Page) -> bool:
    """Whether there is a register to prefill the page from, and an answer to ask it about."""
    return page.prefill is not None and page.prefill.register in filling.context.registers and _key(filling, page) != ""


def fetch(filling: Filling, page: Page, client: Client) -> Filling:
    """Ask the page's register, and fill in what it knows where the submitter has written nothing of their own."""
    assert page.prefill
    return _keep(filling, page, _looked_up(filling, page, page.prefill, client))


def decline(filling: Filling, page: Page) -> Filling:
    """Take away what the page was prefilled with, but for what the submitter has changed."""
    today = local_date(filling.context.clock())
    return _keep(filling, page, Prefilled(PrefillState.DECLINED, _key(filling, page), today, today))


def prefilled(filling: Filling, page: Page) -> Prefilled | None:
    """What the page was prefilled with for the answer of now; None where it was not, or for another answer."""
    kept = _kept(filling, page)
    return kept if kept and kept.key == _key(filling, page) else None


def sources(filling: Filling) -> dict[str, AnswerSource]:
    """Where answers were prefilled from, by question."""
    return {
        name: source
        for page in filling.reading.pages
        if (kept := prefilled(filling, page))
        for name, source in prefills.sources(page, kept, filling.reading.answers)
    }


def _kept(filling: Filling, page: Page) -> Prefilled | None:
    return drafts.prefilled_page(filling.draft, page.code) if filling.draft and page.prefill else None


def _key(filling: Filling, page: Page) -> str:
    return str(filling.reading.answers.get(page.prefill.by, "")) if page.prefill else ""


def _lacks(filling: Filling, page: Page) -> bool:
    """Whether the page was prefilled for another answer or not at all, or its register was away."""
    before = _kept(filling, page)
    if before is None or before.state is PrefillState.AWAY:
        return can_prefill(filling, page)
    return before.state is not PrefillState.DECLINED and before.key != _key(filling, page)


def _looked_up(filling: Filling, page: Page, prefill: Prefill, client: Client) -> Prefilled:
    context, key = filling.context, _key(filling, page)
    now, today = context.clock(), local_date(context.clock())
    if not can_prefill(filling, page):
        return Prefilled(PrefillState.UNKNOWN, key, today, today)
    try:
        context.limits.look_up(client, now)
        found = context.registers.look_up(prefill.register, filling.municipality, key)
    except (LimitReached, RegisterAway):
        return Prefilled(PrefillState.AWAY, key, today, today)
    answers = prefills.answers_from(filling.eservice, page, found.facts, context.clock)
    state = PrefillState.FETCHED if answers else PrefillState.UNKNOWN
    return Prefilled(state, key, today, found.as_of, answers)


def _keep(filling: Filling, page: Page, now: Prefilled) -> Filling:
    filled_in = partial(_filled_in, filling, now)
    return with_draft(filling, drafts.prefill(filling.context.sessions, filling.key.id, page.code, now, filled_in))


def _filled_in(filling: Filling, now: Prefilled, typed: drafts.Typed, before: Prefilled | None) -> dict[str, str]:
    return prefills.filled_in(filling.eservice, typed, before, now, filling.context.clock)
