"""Files that officers send: the status page has them, and leads to routing, which keeps them."""

from uuid import uuid4

from shared.events import routing
from shared.events.routing import SentDocument
from shared.links import read
from tests.store.intake.case_events import STEPS, case_events
from tests.system.submissions import a_fault_report

PLAN = SentDocument(uuid4(), "ritning.pdf", "application/pdf", 2_400_000, "a" * 64)
DRAWING = SentDocument(uuid4(), "mått.docx", "application/vnd.openxmlformats", 900, "b" * 64)


LINK = f"/alvdalen/arenden/%s/filer/{PLAN.id}"


def a_case(intake, kind, state="assigned", **changes):
    """A submission whose case has had the event, with the files."""
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, [*STEPS[:3], (kind, state)], documents=[PLAN, DRAWING], **changes))
    return submission


def test_what_came_with_a_message_a_request_or_a_decision_stands_under_it(any_intake):
    for kind, state, times in (
        (routing.CaseMessageSent, "assigned", 1),
        (routing.CaseSupplementRequested, "awaiting_supplement", 2),  # what to do now, and what has happened
        (routing.CaseDecided, "decided", 2),
    ):
        submission = a_case(any_intake, kind, state)

        page = any_intake.client().get(f"/alvdalen/arenden/{submission.reference}").text

        assert page.count(f'<a href="{LINK % submission.reference}">ritning.pdf</a>') == times
        assert "2,4 MB" in page
        assert "1 kB" in page


def test_the_api_has_them_with_their_addresses(any_intake):
    submission = a_case(any_intake, routing.CaseMessageSent)

    [entry] = [each for each in any_intake.status(submission.reference).json["timeline"] if each["documents"]]

    assert (entry["what"], [each["name"] for each in entry["documents"]]) == (
        "case.message_sent",
        ["ritning.pdf", "mått.docx"],
    )
    assert entry["documents"][0]["url"] == any_intake.settings.public_url + LINK % submission.reference


def test_a_file_is_opened_at_routing_by_a_link_that_is_signed_when_it_is_followed(any_intake):
    submission = a_case(any_intake, routing.CaseMessageSent)

    answer = any_intake.client().get(LINK % submission.reference)

    origin, _, signed = answer.headers["Location"].partition(f"/routing/api/v1/documents/{PLAN.id}?signature=")
    signature, _, shown = signed.partition("&")
    assert (answer.status_code, origin, shown) == (303, any_intake.settings.public_url, "view=true")
    assert read(any_intake.settings.link_key, signature, 300) == str(PLAN.id)


def test_a_file_of_another_case_is_not_opened(any_intake):
    a_case(any_intake, routing.CaseMessageSent)
    another = any_intake.submitted(a_fault_report())

    answer = any_intake.client().get(LINK % another.reference, headers={"Accept-Language": "sv"})

    assert answer.status_code == 404
    assert "Det finns ingen sådan fil i ärendet." in answer.text
