"""The choice of messages: what messages.yaml may contain, and the errors for anything else."""

from pathlib import Path

import pytest

from services.notify.messages import choice
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE
from services.notify.messages.render import available_messages
from shared.settings import BadSetting

EVENTS = ("submission.received", "case.closed")
TEMPLATES = ("receipt", "closed", "closed_kindly")
WHOLE = "events: {submission.received: receipt, case.closed: closed}\n"


def chosen_from(folder: Path, text: str) -> choice.Messages:
    path = folder / "messages.yaml"
    path.write_text(text, encoding="utf-8")
    return choice.load(path, events=EVENTS, templates=TEMPLATES)


def test_the_file_that_is_shipped_is_right_and_every_template_is_chosen() -> None:
    messages = choice.load(choice.FILE, events=EVENTS_WITH_MESSAGE, templates=available_messages())

    assert set(messages.events.values()) == available_messages()


def test_an_eservice_may_have_a_message_of_its_own_or_none(tmp_path: Path) -> None:
    own = "eservices: {felanmalan: {case.closed: null}, bygglov: {case.closed: closed_kindly}}\n"
    messages = chosen_from(tmp_path, WHOLE + own)

    assert messages.chosen("case.closed", "felanmalan") is None
    assert messages.chosen("case.closed", "bygglov") == "closed_kindly"
    assert messages.chosen("case.closed", "medborgarforslag") == "closed"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("events: {submission.received: receipt}\n", "no message is chosen for case.closed"),
        (WHOLE.replace("closed}", "shut}"), "there is no template for the message shut"),
        (WHOLE + "eservices: {bygglov: {case.shut: null}}\n", "there is no event case.shut that gives a message"),
        (WHOLE + "eservices: {bygglov: [case.closed]}\n", "eservices"),
        ("events: [", "messages.yaml:"),
        (WHOLE + "eservises: {}\n", "messages.yaml:2: eservises: Unknown field: did you mean eservices?"),
        (WHOLE + WHOLE, "events: stands here twice"),
        ("", "messages.yaml"),
    ],
)
def test_a_wrong_file_stops_the_start_with_one_line(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(BadSetting) as raised:
        chosen_from(tmp_path, text)

    assert error in str(raised.value)
    assert "\n" not in str(raised.value)
