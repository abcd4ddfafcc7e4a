"""The demo municipality's forms, and what they read."""

import pytest

from services.intake.eservices import loader
from services.intake.forms import answers as answers_module
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.form import Form
from tests.builders import HandClock
from tests.house.reading import ROOT

ESERVICES = loader.load(ROOT / "eservices").of("alvdalen")
FORMS = {code: Form(eservice, HandClock()) for code, eservice in ESERVICES.items()}
DRAWINGS = {"site_plan": ["one"], "elevations": ["two"]}


def read(submission, **answers):
    """The answers of a submission with some changed."""
    files = DRAWINGS if submission["eservice"] == "bygglov" else {}
    return FORMS[submission["eservice"]].read(submission["answers"] | answers, files)


def labelled_answers(submission):
    """The answers of a submission with their labels."""
    return answers_module.labelled_answers(ESERVICES[submission["eservice"]], read(submission))


def errors(submission, **answers):
    """What is wrong, as code by pointer."""
    with pytest.raises(SubmissionInvalid) as rejected:
        read(submission, **answers)
    return {each.pointer: each.error.code for each in rejected.value.errors}
