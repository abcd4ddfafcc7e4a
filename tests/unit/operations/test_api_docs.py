"""The generated parts of docs/ are up to date with the code."""

from pathlib import Path

import yaml

from services.operations.api_docs import asyncapi, case_states
from shared.events.catalogue import EVENTS

DOCS = Path(__file__).parents[3] / "docs"


def test_the_event_reference_is_up_to_date():
    assert yaml.safe_load((DOCS / "asyncapi.yaml").read_text()) == asyncapi(), "run `arende docs events`"


def test_the_picture_of_the_states_is_up_to_date():
    assert (DOCS / "case-states.md").read_text() == case_states(), "run `arende docs states`"


def test_every_event_is_sent_by_its_publisher_and_received_by_its_subscribers():
    operations = asyncapi()["operations"]

    assert "intake.sends.submission.received" in operations
    assert {"routing.receives.submission.received", "notify.receives.submission.received"} <= set(operations)
    assert "intake.receives.submission.received" not in operations


def test_every_reference_in_the_document_leads_somewhere():
    document = asyncapi()

    def references(part):
        if isinstance(part, dict):
            yield from [part["$ref"]] if "$ref" in part else ()
            for each in part.values():
                yield from references(each)
        elif isinstance(part, list):
            for each in part:
                yield from references(each)

    assert len(list(references(document))) > len(EVENTS)
    for reference in references(document):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
