"""Files of a form on a page: what does not fit is named, what is gone is missed, what is removed is said."""

import re
import shutil

import pytest

from services.intake.attachments import size_limits
from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from shared.files.storage import Storage
from tests.house.reading import ROOT
from tests.pictures import exif_segment, jpeg, tiff
from tests.store.intake.browser import APPLICATION, FAULT_REPORT, FORM, PERMIT, Browser
from tests.system.submissions import PDF, a_fault_report


def document(megabytes):
    """A PDF of that size."""
    return PDF + bytes(int(megabytes * 1_000_000) - len(PDF))


@pytest.fixture
def narrow(intake, tmp_path, monkeypatch):
    """An intake whose site plans may be 1 MB each and 2 MB together, and all files of a form 4 MB."""
    folder = tmp_path / "eservices"
    shutil.copytree(ROOT / "eservices", folder)
    permit = folder / "common/bygglov.yaml"
    limits = r"\1max_files: 3\n\1max_megabytes: 1\n\1max_megabytes_in_all: 2"
    permit.write_text(re.sub(r"^( *)max_files: 3$", limits, permit.read_text(), count=1, flags=re.MULTILINE))
    monkeypatch.setattr(size_limits, "FORM_MEGABYTES", 4)
    return intake.restarted(eservices=folder)


@pytest.fixture
def permit(narrow):
    """Somebody at the page of that e-service's form where drawings are attached."""
    return at_the_drawings(Browser(narrow.client()))


def at_the_drawings(browser):
    """The browser at the page where drawings are attached."""
    browser.open(PERMIT)
    assert browser.send(PERMIT, APPLICATION).status_code == 422
    browser.open(browser.address)
    return browser


def here(page):
    """The files that a page shows as attached, by question."""
    return re.findall(r'name="(\w+)\.kept" value="\S+ ([^"]+)"', page)


def errors(page):
    """The errors of a page, each with the input that it links to."""
    return re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page)


def test_the_limits_are_shown_before(permit):
    assert "Högst 3 filer." in permit.page
    assert "Högst 1 MB per fil. De här filerna tillsammans: högst 2 MB." in permit.page
    assert "Alla filer i formuläret tillsammans: högst 100 MB." in permit.page
    assert "Vi tar bort uppgiften om var en bild är tagen." in permit.page


def test_a_file_that_is_too_large_is_named_and_the_others_stay(permit, narrow):
    answer = permit.press(
        permit.address,
        APPLICATION,
        site_plan=[("liten.pdf", PDF), ("stor.pdf", document(1.1)), ("till.pdf", PDF)],
        elevations=[("fasad.pdf", PDF)],
    )

    assert answer.status_code == 422
    assert errors(answer.text) == [("site_plan", "”stor.pdf” är för stor. Den får vara högst 1 MB.")]
    assert here(answer.text) == [("site_plan", "liten.pdf"), ("site_plan", "till.pdf"), ("elevations", "fasad.pdf")]
    assert permit.press(permit.address, APPLICATION).status_code == 303
    assert len(narrow.rows(Attachment)) == 3


def test_files_too_large_together_are_taken_as_far_as_there_is_room(permit):
    plans = [(f"{name}.pdf", document(0.8)) for name in "abc"]

    answer = permit.press(permit.address, APPLICATION, site_plan=plans, elevations=[("fasad.pdf", PDF)])

    assert errors(answer.text) == [
        (
            "site_plan",
            "”c.pdf” får inte plats: filerna under ”Situationsplan” får tillsammans vara 2 MB, "
            "och med den skulle de bli 2,4 MB.",
        )
    ]
    assert here(answer.text) == [("site_plan", "a.pdf"), ("site_plan", "b.pdf"), ("elevations", "fasad.pdf")]


def test_what_came_in_an_earlier_round_counts(permit):
    permit.press(permit.address, {}, site_plan=[("a.pdf", document(0.8)), ("b.pdf", document(0.8))])

    answer = permit.press(
        permit.address, APPLICATION, site_plan=[("c.pdf", document(0.8))], elevations=[("fasad.pdf", PDF)]
    )

    assert [name for name, _ in errors(answer.text)] == ["site_plan"]
    assert ("site_plan", "c.pdf") not in here(answer.text)


def test_a_file_that_the_form_has_no_room_for_is_named_with_the_total(permit):
    answer = permit.press(
        permit.address,
        APPLICATION,
        site_plan=[("plan.pdf", PDF)],
        elevations=[("norr.pdf", document(2.5)), ("söder.pdf", document(1.45)), ("öster.pdf", document(0.1))],
    )

    [(name, message)] = errors(answer.text)
    assert name == "elevations"
    assert message == (
        "”öster.pdf” får inte plats: alla filer i formuläret får tillsammans vara 4 MB, "
        "och med den skulle de bli 4,1 MB."
    )


def test_a_file_that_is_removed_makes_room_and_the_page_shows_it_at_its_question(permit, narrow):
    permit.press(permit.address, {}, site_plan=[("a.pdf", document(0.8)), ("b.pdf", document(0.8))])
    row = next(row for row in narrow.rows(Attachment) if row.name == "a.pdf")

    answer = permit.press(
        permit.address,
        {
            "remove": str(row.id),
        },
    )

    assert answer.status_code == 200
    [status] = re.findall(r'<p class="hint" role="status" id="site_plan-removed">([^<]+)</p>', answer.text)
    assert status == "”a.pdf” är borttagen."
    [chosen] = re.findall(r"<input [^>]*autofocus[^>]*>", answer.text)
    assert 'id="site_plan"' in chosen
    assert 'aria-describedby="site_plan-removed site_plan-hint"' in chosen
    sent = permit.press(permit.address, APPLICATION, site_plan=[("c.pdf", document(0.8))], elevations=[("d.pdf", PDF)])
    assert sent.status_code == 303


def test_a_file_that_cannot_be_received_is_named_also_when_another_is_removed(permit, narrow):
    permit.press(permit.address, {}, site_plan=[("a.pdf", PDF)])
    [row] = narrow.rows(Attachment)

    answer = permit.press(permit.address, {"remove": str(row.id)}, site_plan=[("stor.pdf", document(1.1))])

    assert errors(answer.text) == [("site_plan", "”stor.pdf” är för stor. Den får vara högst 1 MB.")]


def with_files(browser):
    """Somebody at the page with a plan and a drawing."""
    at_the_drawings(browser)
    plan, drawing = [("plan.pdf", PDF)], [("fasad.pdf", PDF)]
    page = browser.press(browser.address, {"remove": ""}, site_plan=plan, elevations=drawing).text
    assert here(page) == [("site_plan", "plan.pdf"), ("elevations", "fasad.pdf")]


def lost_from_storage(intake, _browser):
    """The plan's file is gone."""
    row = next(row for row in intake.rows(Attachment) if row.name == "plan.pdf")
    Storage(intake.settings.attachments).delete(row.id)


def removed_in_another_tab(intake, browser):
    """The same page in another tab, where the plan was removed."""
    row = next(row for row in intake.rows(Attachment) if row.name == "plan.pdf")
    tab = Browser(browser.client)
    tab.open(browser.address)
    tab.press(browser.address, {"remove": str(row.id)})


@pytest.mark.parametrize("lose", [lost_from_storage, removed_in_another_tab])
def test_a_file_that_the_page_shows_and_that_is_gone_is_an_error_at_its_question(browser, intake, lose):
    with_files(browser)
    lose(intake, browser)

    answer = browser.press(browser.address, APPLICATION)

    assert answer.status_code == 422
    assert errors(answer.text)[0] == (
        "site_plan",
        "”plan.pdf” finns inte kvar här. Bifoga den igen eller ta bort den.",
    )
    assert intake.rows(Submission) == []


def test_a_file_that_is_gone_stays_an_error_until_it_is_replaced(browser, intake):
    with_files(browser)
    lost_from_storage(intake, browser)

    assert browser.press(browser.address, APPLICATION).status_code == 422
    assert browser.press(browser.address, APPLICATION).status_code == 422
    assert browser.press(browser.address, APPLICATION, site_plan=[("plan-2.pdf", PDF)]).status_code == 303

    browser.open(browser.address)
    browser.send(browser.address, APPLICATION)
    claimed = [row.name for row in intake.rows(Attachment) if row.submission_id]
    assert sorted(claimed) == ["fasad.pdf", "plan-2.pdf"]


def test_a_file_that_is_gone_can_be_given_up(browser, intake):
    browser.open(FORM)
    browser.send(FORM, {}, photo=[("bron.jpg", jpeg())])
    [row] = intake.rows(Attachment)
    Storage(intake.settings.attachments).delete(row.id)
    assert browser.send(FORM, FAULT_REPORT).status_code == 422

    removed = browser.send(FORM, FAULT_REPORT | {"remove": str(row.id)})

    assert (removed.status_code, errors(removed.text)) == (200, [])
    assert "”bron.jpg” är borttagen." in removed.text
    assert browser.send(FORM, FAULT_REPORT).status_code == 303


def test_another_file_that_was_attached_before_the_loss_was_known_replaces_nothing(browser, intake):
    with_files(browser)
    lost_from_storage(intake, browser)

    answer = browser.press(browser.address, APPLICATION, site_plan=[("till.pdf", PDF)])

    assert answer.status_code == 422
    assert ("site_plan", "till.pdf") in here(answer.text)
    assert '<input type="hidden" name="site_plan.gone"' in answer.text


def test_a_file_that_is_gone_from_a_supplement_is_an_error_too(browser, intake):
    submission = intake.submitted(a_fault_report())
    page = f"/alvdalen/arenden/{submission.reference}"
    browser.open(page)
    shown = browser.send(f"{page}/kompletteringar", {"text": "x" * 10_001}, supplement=[("bilaga.pdf", PDF)])
    assert here(shown.text) == [("supplement", "bilaga.pdf")]
    intake.clock.move(hours=25)

    answer = browser.send(f"{page}/kompletteringar", {"text": "Se bilaga."})

    assert answer.status_code == 422
    assert errors(answer.text) == [
        ("supplement", "”bilaga.pdf” finns inte kvar här. Bifoga den igen eller ta bort den.")
    ]
    assert intake.rows(Supplement) == []


def test_the_name_of_a_file_is_only_ever_text(browser, intake):
    browser.open(FORM)
    shown = browser.send(FORM, {}, photo=[("b&b's.jpg", jpeg())]).text
    assert "b&amp;b&#39;s.jpg" in shown

    forged = {"photo.kept": "5f1c1f0e-7a55-4c53-a9d0-2f7d2a1f0001 <script>alert(1)</script>.jpg"}
    answer = browser.send(FORM, forged).text

    assert "<script>alert" not in answer
    assert "finns inte kvar" in answer


@pytest.mark.parametrize("kept", ["", "x", "5f1c1f0e", "<b>", "☃ a"])
def test_what_names_no_file_is_passed_over(browser, kept):
    browser.open(FORM)

    assert browser.send(FORM, FAULT_REPORT | {"photo.kept": kept}).status_code == 303


def test_the_page_and_the_receipt_say_that_the_place_of_a_picture_was_removed(browser, intake):
    browser.open(FORM)
    shown = browser.send(FORM, {}, photo=[("bron.jpg", jpeg(exif_segment(tiff()))), ("utan.jpg", jpeg())])
    assert shown.text.count("Uppgiften om var bilden är tagen är borttagen.") == 1

    receipt = browser.open(browser.send(FORM, FAULT_REPORT).headers["Location"]).text

    assert receipt.count("Uppgiften om var bilden är tagen är borttagen.") == 1
