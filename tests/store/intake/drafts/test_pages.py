"""A form of several pages: what is typed is never lost, what is asked follows from it, and what is sent was checked."""

import re
from datetime import timedelta

import pytest

from services.intake.attachments.models import Attachment
from services.intake.drafts import draft as drafts
from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from tests.house.reading import ROOT
from tests.store.intake.browser import APPLICATION, FAULT_REPORT, FORM, PERMIT, Browser
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.system.submissions import PDF
from tests.unit.intake.forms.support_form import DEFINITION, PAGES, question

WHO = {"lives_here": "yes", "household": "single", "area": "north"}
CHILD = {"children.count": "1", "children.0.child": "Kim"}


def follow(browser, answer):
    """Open the page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    browser.open(answer.headers["Location"])
    return browser.address


def at(browser, page):
    """The address of a page of the form that is being filled in."""
    return re.sub(r"/sida/.*", f"/sida/{page}", browser.address)


def the_draft(intake):
    [draft] = intake.rows(Draft)
    return draft


def test_each_page_leads_to_the_next_and_the_last_to_the_check(browser, intake):
    assert follow(browser, browser.send_again(**WHO)).endswith("/sida/children")
    assert follow(browser, browser.send_again()).endswith("/sida/money")
    assert follow(browser, browser.send_again(rent="1 000,50")).endswith("/kontrollera")
    assert "1\N{NO-BREAK SPACE}000,5" in browser.page
    assert intake.rows(Submission) == []

    assert "/kvitto/" in follow(browser, browser.send_again())
    assert {each["field"]: each["answer"] for each in intake.rows(Submission)[0].answers} == {
        "lives_here": True, "household": "single", "area": "north", "number_of_children": 0, "rent": 1000.5,
        "all_costs": 1000.5, "fee": 20.5,
    }  # fmt: skip


def test_an_error_is_shown_at_once_and_what_was_typed_is_saved(browser, intake):
    answer = browser.send_again(household="couple", area="")

    assert answer.status_code == 422
    assert '<a href="#area">' in answer.text
    assert the_draft(intake).inputs()["household"] == "couple"


def test_without_a_script_what_a_choice_asks_for_comes_with_continue(browser):
    assert re.search(r'<div data-show-if="[^"]+" hidden', browser.page)

    answer = browser.send_again(**WHO | {"household": "couple", "partner": "Kim"})

    assert answer.status_code == 200
    assert "finns mer att fylla i på den här sidan" in answer.text
    assert "Both sign." in answer.text
    assert follow(browser, browser.send_again(**WHO | {"household": "couple", "partner": "Kim"})).endswith("/children")


def test_what_a_choice_asks_for_is_missing_only_once_it_has_been_shown(browser):
    couple = WHO | {"household": "couple", "partner": ""}

    answer = browser.send_again(**couple)
    assert (answer.status_code, "error-summary" in answer.text) == (200, False)

    answer = browser.send_again(**couple)
    assert answer.status_code == 422
    assert '<a href="#partner">' in answer.text


def test_without_a_script_an_option_that_depends_on_the_same_page_is_there_with_what_it_depends_on(browser):
    assert 'value="hill"' in browser.page
    assert 'value="lake"' in browser.page
    assert re.search(
        r"<noscript><p[^>]*>Vilka av dessa du kan välja beror på vad du svarar på: area\.</p>", browser.page
    )


def test_an_option_that_an_earlier_page_rules_out_is_not_there(tmp_path, clock):
    kinds = {"second": "select", "third": "radio"}
    of_area = {name: {"table": "schools", "where": {"area": "area"}} for name in kinds}
    fields = [question(name, kind, options_from=of_area[name]) for name, kind in kinds.items()]
    later = {"code": "later", "title": {"sv": "Later", "en": "Later"}, "sections": [{"fields": fields}]}
    folder = write_support(tmp_path, DEFINITION | {"pages": [PAGES[0], later], "agreements": []})
    browser = Browser(Intake.opened(tmp_path, f"sqlite:///{tmp_path}/later.sqlite", clock, eservices=folder).client())
    browser.open(SUPPORT)

    follow(browser, browser.send_again(**WHO))

    assert re.findall(r'(?:option|radio)[^>]*value="(hill|lake)"', browser.page) == ["hill", "hill"]
    assert "<noscript><p" not in browser.page


def test_a_choice_that_is_taken_back_and_made_again_brings_back_what_was_typed(browser, intake):
    browser.send_again(**WHO | {"household": "couple", "partner": "Kim"})
    follow(browser, browser.send_again(**WHO | {"household": "single", "partner": "Kim"}))
    browser.open(at(browser, "who"))
    assert re.search(r'hidden[^>]*data-name="partner"[^<]*<input[^>]*disabled>', browser.page)

    browser.send_again(**WHO | {"household": "couple", "partner": "Kim"})

    assert 'name="partner" type="text" value="Kim"' in browser.page
    assert not re.search(r'hidden[^>]*data-name="partner"', browser.page)


def test_entries_are_added_and_removed_and_the_others_keep_what_was_typed(browser):
    follow(browser, browser.send_again(**WHO))

    browser.send_again(**CHILD, add="children")
    assert 'name="children.count" value="2"' in browser.page
    assert "Barn Kim" in browser.page

    browser.send_again(**{"children.1.child": "Robin"}, **CHILD | {"children.count": "2"}, drop="children.0")
    assert 'name="children.0.child" type="text" value="Robin"' in browser.page
    assert 'name="children.count" value="1"' in browser.page
    assert "”Barn Kim” är borttagen." in browser.page
    assert 'value="Kim"' not in browser.page


def marked_optional(page, name):
    """Whether the page shows the question as optional; it may hide the mark, for its script to show."""
    [hidden] = re.findall(rf'<label for="{name}">[^<]*<span class="optional"( hidden)?>', page)
    return not hidden


def test_what_other_answers_ask_for_is_optional_until_they_do(browser):
    follow(browser, browser.send_again(**WHO))
    follow(browser, browser.send_again())
    assert marked_optional(browser.page, "rent")

    browser.press(at(browser, "who"), WHO | {"household": "couple"})
    browser.open(at(browser, "money"))

    assert not marked_optional(browser.page, "rent")
    assert '<a href="#rent">' in browser.send_again().text


def test_what_is_computed_is_shown(browser):
    follow(browser, browser.send_again(**WHO))
    browser.send_again(**CHILD | {"children.0.goes_to_school": "yes"})
    follow(browser, browser.send_again(**CHILD | {"children.0.goes_to_school": "yes", "children.0.cost": "90"}))
    browser.send_again(begins="2026-12-01", ends="2026-12-31", add="nothing")

    shown = dict(re.findall(r'<output id="([^"]+)"[^>]*>\s*([^<]*?)\s*</output>', browser.page))
    assert shown == {"days": "30", "number_of_children": "1", "all_costs": "90", "fee": "–"}


def test_answers_that_do_not_agree_are_an_error_at_their_question(browser):
    follow(browser, browser.send_again(**WHO))
    follow(browser, browser.send_again())

    answer = browser.send_again(begins="2026-12-02", ends="2026-12-01")

    assert answer.status_code == 422
    assert '<a href="#ends">”ends”: The last day comes after the first.' in answer.text


def test_who_is_turned_away_sends_nothing_may_go_back_and_is_forgotten_after_a_day(browser, intake, clock):
    page = follow(browser, browser.send_again(household="single", area="north"))
    assert page.endswith("/sida/elsewhere")
    assert "Ask your own municipality." in browser.page
    assert "Inget har skickats." in browser.page
    assert browser.open(page.replace("/sida/elsewhere", "/kontrollera")).text.count("Ask your own municipality.") == 1

    assert 'value="north" selected' in browser.open(page.replace("/elsewhere", "/who")).text
    clock.move(hours=25)
    assert drafts.purge(sessions=intake.database.sessions, now=clock()) == 1


def test_a_change_from_the_check_leads_back_to_it(browser):
    follow(browser, browser.send_again(**WHO))
    follow(browser, browser.send_again())
    check = follow(browser, browser.send_again())
    [change] = re.findall(r'href="([^"]+#area)"', browser.page)

    browser.open(change.partition("#")[0])
    assert follow(browser, browser.send_again(**WHO | {"area": "south"})) == check
    assert "south" in browser.page


def test_the_check_names_what_is_missing_and_where(browser, intake):
    follow(browser, browser.send_again(**WHO))
    check = browser.address.replace("/sida/children", "/kontrollera")
    browser.press(at(browser, "who"), {"lives_here": "yes"})

    page = browser.open(check).text

    assert re.findall(r'<li><a href="[^"]+/sida/who\?from=check#(\w+)">', page) == ["household", "area"]
    assert "Skicka</button>" not in page
    assert intake.rows(Submission) == []


def test_back_saves_what_was_typed(browser, intake):
    follow(browser, browser.send_again(**WHO))

    assert follow(browser, browser.send_again(**CHILD, go="back")).endswith("/sida/who")
    assert the_draft(intake).inputs()["children.0.child"] == "Kim"


def test_the_language_is_switched_with_what_was_typed(browser):
    follow(browser, browser.send_again(**WHO))

    answer = browser.send_again(**CHILD, lang="en")
    follow(browser, answer)

    assert 'lang="en"' in browser.page
    assert 'value="Kim"' in browser.page


def test_lost_cookies_cost_nothing(browser, intake):
    follow(browser, browser.send_again(**WHO))
    stranger = Browser(intake.client())
    stranger.page, stranger.address = browser.page, browser.address

    answer = stranger.client.post(
        stranger.address,
        data={"draft": re.findall('name="draft" value="([^"]+)"', stranger.page), **CHILD},
        headers={"Origin": intake.settings.public_url},
    )

    assert answer.status_code == 303
    assert the_draft(intake).inputs()["children.0.child"] == "Kim"


def test_another_site_cannot_send_a_form(browser, intake):
    answer = intake.client().post(SUPPORT, data=WHO, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 400
    assert intake.rows(Draft) == []


def test_it_is_opened_on_another_device_by_its_address_and_code(browser, intake):
    follow(browser, browser.send_again(**WHO, go="later"))
    [code] = re.findall(r'<dd class="code">([0-9A-Z-]{14})</dd>', browser.page)
    address = browser.address.removesuffix("/spara")
    assert f"https://e-tjanster.example.se{address}" in browser.page

    phone = Browser(intake.client())
    assert "Skriv koden" in phone.open(address).text
    assert "north" not in phone.page
    assert phone.press(address, {"code": "7K3M-9QXT-2WVC"}).status_code == 422
    assert follow(phone, phone.press(address, {"code": code.lower().replace("-", " ")})).endswith("/sida/money")
    assert 'value="north" selected' in phone.open(at(phone, "who")).text


def test_codes_cannot_be_guessed_for_ever(browser, intake):
    follow(browser, browser.send_again(**WHO, go="later"))
    address, limited = browser.address.removesuffix("/spara"), intake.restarted(limit_guesses=2)
    phone = Browser(limited.client())
    phone.open(address)

    assert [phone.press(address, {"code": "x"}).status_code for _ in range(3)] == [422, 422, 429]


def test_two_devices_that_both_saved_a_page_lose_neither_version(browser, intake):
    follow(browser, browser.send_again(**WHO))
    shown = browser.page
    follow(browser, browser.send_again(**CHILD))
    browser.page = shown

    answer = browser.press(at(browser, "children"), CHILD | {"children.0.child": "Robin"})

    assert answer.status_code == 409
    assert "också fyllts i på en annan enhet" in answer.text
    assert 'value="Robin"' in answer.text
    assert re.search(r"<dt>child</dt><dd class=\"pre-line\">Kim</dd>", answer.text)
    assert follow(browser, browser.send_again(**CHILD | {"children.0.child": "Robin"})).endswith("/sida/money")
    assert the_draft(intake).inputs()["children.0.child"] == "Robin"


def test_what_was_changed_since_the_check_is_checked_again(browser, intake):
    follow(browser, browser.send_again(**WHO))
    follow(browser, browser.send_again())
    follow(browser, browser.send_again())
    check, shown = browser.address, browser.page
    browser.open(check.replace("/kontrollera", "/sida/money"))
    browser.send_again(rent="5")
    browser.page = shown

    answer = browser.press(check, {})

    assert answer.status_code == 409
    assert intake.rows(Submission) == []
    assert browser.press(check, {}).status_code == 303


def test_what_is_sent_leaves_nothing_in_the_draft_which_leads_to_the_receipt(browser, intake):
    receipt = browser.send(SUPPORT, WHO).headers["Location"]
    draft = the_draft(intake)

    assert (draft.pages, draft.others, draft.files) == ({}, {}, {})
    address = browser.client.get(f"{SUPPORT}/utkast/{draft.id}")
    assert address.headers["Location"] == receipt


def sent_without_an_end(browser, intake, **changes):
    """Press *Send* as if the process had ended between its two commits: the draft is as before. Where that led to."""
    before = the_draft(intake)
    receipt = browser.press(browser.address, {}).headers["Location"]
    with intake.database.sessions.begin() as session:
        draft = session.query(Draft).one()
        draft.reference, draft.pages, draft.files = None, before.pages | changes, before.files
    return receipt


def test_what_was_received_although_its_answer_was_lost_leads_to_its_receipt_whatever_has_changed(clock, intake):
    usual = intake.restarted(eservices=ROOT / "eservices")
    browser = Browser(usual.client())
    browser.open(FORM)
    answer = follow(browser, browser.press(FORM, FAULT_REPORT | {"noticed_on": "2026-11-23"}))
    browser.press(answer, FAULT_REPORT)
    follow(browser, browser.press(answer, FAULT_REPORT))
    receipt = sent_without_an_end(browser, usual)
    clock.move(days=-1)  # the day is now one that is still to come

    assert browser.press(browser.address, {}).headers["Location"] == receipt
    assert len(usual.rows(Submission)) == 1


def test_a_draft_that_was_received_and_then_changed_may_be_sent_again_as_another(browser, intake):
    for answers in (WHO, {}, {}):
        follow(browser, browser.send_again(**answers))
    receipt = sent_without_an_end(browser, intake, who=WHO | {"area": "south"})

    first, second = (browser.press(browser.address, {}) for _ in range(2))

    assert (first.status_code, second.status_code) == (409, 303)
    assert second.headers["Location"] != receipt
    assert len(intake.rows(Submission)) == 2


def test_it_is_kept_for_thirty_days_from_when_it_was_last_saved(browser, intake, clock):
    page = follow(browser, browser.send_again(**WHO))
    clock.move(hours=24 * 29)
    browser.send_again(go="back")
    clock.move(hours=24 * 29)
    assert drafts.purge(sessions=intake.database.sessions, now=clock()) == 0
    assert 'name="children.count"' in browser.open(page).text

    clock.move(hours=25)
    assert "Skriv koden" in browser.open(page).text
    assert drafts.purge(sessions=intake.database.sessions, now=clock()) == 1


def test_a_page_left_open_longer_than_its_draft_is_kept_begins_it_anew(browser, intake, clock):
    follow(browser, browser.send_again(**WHO))
    clock.move(hours=24 * 31)
    drafts.purge(sessions=intake.database.sessions, now=clock())

    assert browser.send_again(**CHILD).status_code == 303
    assert the_draft(intake).inputs()["children.0.child"] == "Kim"


def test_it_is_destroyed_when_its_submitter_wants(browser, intake):
    follow(browser, browser.send_again(**WHO, go="later"))

    follow(browser, browser.press(browser.address.replace("/spara", "/ta-bort"), {}))

    assert intake.rows(Draft) == []


def test_files_are_kept_as_long_as_the_draft(tmp_path, clock, intake):
    usual = intake.restarted(eservices=ROOT / "eservices")
    browser = Browser(usual.client())
    browser.open(PERMIT)
    browser.send(PERMIT, APPLICATION)
    browser.press(browser.address, {}, site_plan=[("plan.pdf", PDF)])
    [row] = usual.rows(Attachment)

    assert row.kept_until == clock() + timedelta(days=30)


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (drafts.turned_away, timedelta(days=1)),
        (lambda sessions, draft, now: drafts.sent(sessions, draft, "7K3M-9QXT-2WVC-D4TA", now), timedelta()),
    ],
    ids=["turned_away", "sent"],
)
def test_files_end_with_their_draft(intake, clock, end, kept):
    usual = intake.restarted(eservices=ROOT / "eservices")
    browser = Browser(usual.client())
    browser.open(PERMIT)
    browser.send(PERMIT, APPLICATION)
    browser.press(browser.address, {}, site_plan=[("plan.pdf", PDF)])

    end(usual.database.sessions, the_draft(usual), clock())

    [row] = usual.rows(Attachment)
    assert row.kept_until == clock() + kept


def test_a_file_that_is_no_longer_here_is_an_error_at_its_question(intake, clock):
    usual = intake.restarted(eservices=ROOT / "eservices")
    browser = Browser(usual.client())
    browser.open(PERMIT)
    browser.send(PERMIT, APPLICATION)
    documents = browser.address
    drawings = {"site_plan": [("plan.pdf", PDF)], "elevations": [("a.pdf", PDF)]}
    follow(browser, browser.press(documents, {}, **drawings))
    with usual.database.sessions.begin() as session:
        session.query(Attachment).filter_by(field="site_plan").delete()

    check = browser.open(documents.replace("/sida/documents", "/kontrollera")).text

    assert "”plan.pdf” finns inte kvar här. Bifoga den igen eller ta bort den." in check
    assert "Skicka</button>" not in check


@pytest.mark.parametrize("button", [{"go": "later"}, {"go": "back"}, {"lang": "en"}])
def test_a_file_that_cannot_be_received_is_named_whatever_button_was_pressed(intake, button):
    usual = intake.restarted(eservices=ROOT / "eservices")
    browser = Browser(usual.client())
    browser.open(PERMIT)
    browser.send(PERMIT, APPLICATION)

    answer = browser.press(browser.address, button, site_plan=[("plan.pdf", b"MZ" + bytes(500))])

    assert (answer.status_code, "plan.pdf" in answer.text) == (422, True)


def test_how_many_forms_a_client_begins_is_limited_and_the_page_keeps_what_was_typed(intake):
    limited = intake.restarted(limit_drafts=1, eservices=ROOT / "eservices")
    browsers = [Browser(limited.client()) for _ in range(2)]
    for browser in browsers:
        browser.open(FORM)

    first, second = (browser.press(FORM, FAULT_REPORT) for browser in browsers)

    assert (first.status_code, second.status_code) == (303, 429)
    assert "Dalgatan 12" in second.text


def test_how_much_text_a_client_writes_in_forms_is_limited_and_a_form_of_ordinary_length_never_is(intake):
    limited = intake.restarted(limit_text_megabytes=1, eservices=ROOT / "eservices")
    browser, other = Browser(limited.client()), Browser(limited.client())
    for each in (browser, other):
        each.open(FORM)
    long = FAULT_REPORT | {"description": "Trasig lampa. " * 30_000}

    answers = [browser.press(FORM, long) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 429]  # too long for its question, and yet kept
    assert "Trasig lampa." in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert other.press(FORM, FAULT_REPORT).status_code == 303


@pytest.mark.parametrize(
    ("path", "status"),
    [("/sida/nothing", 404), ("/kontrollera", 200), ("/spara", 200)],
)
def test_each_page_of_a_draft_has_its_address(browser, path, status):
    follow(browser, browser.send_again(**WHO))

    assert browser.open(re.sub("/sida/.*", path, browser.address)).status_code == status


@pytest.mark.parametrize("address", ["/stockholm/e-tjanster/support", "/alvdalen/e-tjanster/nothing"])
def test_a_draft_of_what_does_not_exist_is_not_found(browser, address):
    for page in ("", "/sida/who", "/kontrollera", "/spara"):
        assert browser.open(f"{address}/utkast/5f1c1f0e-7a55-4c53-a9d0-2f7d2a1f0001{page}").status_code == 404


def test_a_draft_that_is_anothers_is_neither_shown_nor_changed(browser, intake):
    follow(browser, browser.send_again(**WHO))
    draft = the_draft(intake)
    other = Browser(intake.client())
    other.open(SUPPORT)
    other.page = re.sub('name="draft" value="[^"]+"', f'name="draft" value="{draft.id}.7K3M-9QXT-2WVC"', other.page)

    for path in ("", f"/utkast/{draft.id}/sida/who", f"/utkast/{draft.id}/kontrollera", f"/utkast/{draft.id}/ta-bort"):
        assert "Skriv koden" in other.press(f"{SUPPORT}{path}", WHO | {"area": "south"}).text

    assert the_draft(intake).inputs()["area"] == "north"


OTHER_CODE = "7K3M-9QXT-2WVC"


@pytest.mark.parametrize("way", ["code", "cookie", "page", "first page", "check", "reminder", "destroy"])
def test_every_way_to_a_draft_counts_guesses_and_then_opens_none(browser, intake, way):
    follow(browser, browser.send_again(**WHO, go="later"))
    [code] = re.findall(r'<dd class="code">([0-9A-Z-]{14})</dd>', browser.page)
    address, limited = browser.address.removesuffix("/spara"), intake.restarted(limit_guesses=2)
    limited.app.config["WTF_CSRF_METHODS"] = []

    def answer(code: str, client: str = "192.0.2.1"):
        key, headers = {"draft": f"{the_draft(intake).id}.{code}"}, {"X-Forwarded-For": client}
        stranger = limited.client()
        match way:
            case "code":
                return stranger.post(address, data={"code": code}, headers=headers)
            case "cookie":
                stranger.set_cookie("draft", code)
                return stranger.get(f"{address}/sida/who", headers=headers)
            case "page":
                return stranger.post(f"{address}/sida/children", data=key | CHILD, headers=headers)
            case "first page":
                return stranger.post(SUPPORT, data=key | CHILD, headers=headers)
            case "check":
                return stranger.post(f"{address}/kontrollera", data=key | CHILD, headers=headers)
            case "reminder":
                return stranger.post(f"{address}/paminnelse", data=key | {"email": "a@example.se"}, headers=headers)
        return stranger.post(f"{address}/ta-bort", data=key | CHILD, headers=headers)

    wrong = [answer(OTHER_CODE) for _ in range(3)]
    assert [each.status_code == 429 for each in wrong] == [False, False, True]
    assert "Retry-After" in wrong[-1].headers
    right = answer(code)
    assert (right.status_code, 'value="north" selected' in right.text) == (429, False), "nor is the right one let in"
    assert answer(code, client="192.0.2.2").status_code != 429, "nobody else is held up"


def test_who_shares_an_address_with_one_who_guesses_loses_nothing_that_they_typed(browser, intake, clock):
    follow(browser, browser.send_again(**WHO))
    limited = intake.restarted(limit_guesses=1)
    limited.app.config["WTF_CSRF_METHODS"] = []
    guesser, browser.client = Browser(limited.client()), limited.client()
    guesser.press(re.sub(r"/sida/.*", "", browser.address), {"code": OTHER_CODE})

    answer = browser.send_again(**CHILD)
    assert answer.status_code == 429
    assert "För många koder" in answer.text
    assert 'value="Kim"' in answer.text

    clock.move(hours=1)
    assert follow(browser, browser.send_again(**CHILD)).endswith("/sida/money")
    assert the_draft(intake).inputs()["children.0.child"] == "Kim"
    assert the_draft(intake).inputs()["area"] == "north"
