"""The pages that show the mailbox."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.notify.app import create_app
from services.notify.channels.channel import Channel
from services.notify.channels.mailbox import Mailbox
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.inbound.read_mail import MailRejected
from services.notify.inbound.receive import Receiver, TooMuchMail
from services.notify.inbound.reply_addresses import ReplyAddresses
from services.notify.mail_files.models import MailFile
from services.notify.mail_files.take import FilesGone, NotScanned
from services.notify.models import Outbox
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived
from shared.events.notify import NotificationReplyReceived
from shared.events.routing import CaseMessageSent
from tests.builders import HandClock, a_submission, case_event, received
from tests.notify import PUBLIC_URL, Receive, everything, notify_settings, only


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


@pytest.fixture
def browser(store: Database, database_url: str, folder: Path, tmp_path: Path) -> FlaskClient:
    settings = notify_settings(database_url=database_url, mailbox=folder, mail_files=tmp_path)
    return create_app(settings).test_client()


@pytest.fixture
def dispatcher(dispatcher_of: Callable[[Channel], Dispatcher], folder: Path) -> Dispatcher:
    return dispatcher_of(Mailbox(folder))


def test_the_mailbox_lists_the_newest_first_and_shows_each_mail(
    store: Database, receive: Receive, dispatcher: Dispatcher, browser: FlaskClient, clock: HandClock
) -> None:
    submission = a_submission()
    receive(received(submission))
    dispatcher.deliver_batch()
    clock.move(minutes=1)
    receive(case_event(CaseMessageSent, submission, text="<b>Hej</b>\n\nhttps://e.example.se/x", at=clock()))
    dispatcher.deliver_batch()

    listed = browser.get("/mailbox/").text
    shown = browser.get(f"/mailbox/{only(store, message='message').id}").text

    assert "kim.karlsson@example.org" in listed
    assert listed.index("Nytt meddelande i ärende") < listed.index("Vi har tagit emot: Ansökan om bygglov")
    assert "&lt;b&gt;Hej&lt;/b&gt;" in shown
    assert 'href="https://e.example.se/alvdalen/arenden/7K4M-2QXH-9TRW"' in shown


def test_a_mail_can_be_answered_and_the_answer_is_received(
    store: Database,
    receive: Receive,
    dispatcher_of: Callable[[Channel], Dispatcher],
    folder: Path,
    browser: FlaskClient,
) -> None:
    submission = a_submission()
    page = mail_to_answer(store, receive, dispatcher_of(Mailbox(folder)), submission)
    assert "svar+" in browser.get(page).text

    drawings = [(BytesIO(b"%PDF-1.7"), "ritning.pdf") for _ in range(2)]
    answer = {"text": "Måtten är 4 × 6.", "files": drawings}
    sent = browser.post(f"{page}/replies", data=answer, headers={"Origin": PUBLIC_URL})

    assert sent.status_code == 303
    assert "Ditt svar har skickats" in browser.get(page).text
    [reply] = [
        NotificationReplyReceived.open(event)
        for row in everything(store, Outbox)
        if (event := Event.decode(row.body.encode())).name == NotificationReplyReceived.NAME
    ]
    assert (reply.submission_id, reply.from_address) == (submission.submission_id, "kim.karlsson@example.org")
    assert reply.text.startswith("Måtten är 4 × 6.\n\n> ")
    assert [each.name for each in reply.attachments] == ["ritning.pdf", "ritning.pdf"]
    assert browser.post(f"{page}/replies", data={"text": " "}, headers={"Origin": PUBLIC_URL}).status_code == 422


def test_a_file_whose_name_has_a_line_feed_goes_with_an_answer(
    store: Database,
    receive: Receive,
    dispatcher_of: Callable[[Channel], Dispatcher],
    folder: Path,
    browser: FlaskClient,
) -> None:
    page = mail_to_answer(store, receive, dispatcher_of(Mailbox(folder)), a_submission())
    form = (
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nHej\r\n--b\r\n'
        b"Content-Disposition: form-data; name=\"files\"; filename*=UTF-8''rad%0Aannan.pdf\r\n\r\n%PDF-1.7\r\n--b--\r\n"
    )

    browser.post(
        f"{page}/replies", data=form, content_type="multipart/form-data; boundary=b", headers={"Origin": PUBLIC_URL}
    )

    assert [row.name for row in everything(store, MailFile)] == ["rad annan.pdf"]


@pytest.mark.parametrize(
    ("error", "status"), [(MailRejected, 422), (TooMuchMail, 503), (NotScanned, 503), (FilesGone, 503)]
)
def test_an_answer_that_cannot_be_received_is_refused(
    store: Database,
    receive: Receive,
    dispatcher_of: Callable[[Channel], Dispatcher],
    folder: Path,
    browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    status: int,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    page = mail_to_answer(store, receive, dispatcher_of(Mailbox(folder)), a_submission())
    monkeypatch.setattr(Receiver, "receive", fail)

    sent = browser.post(f"{page}/replies", data={"text": "Hej"}, headers={"Origin": PUBLIC_URL})

    assert sent.status_code == status


def mail_to_answer(store: Database, receive: Receive, dispatcher: Dispatcher, submission: SubmissionReceived) -> str:
    """The page of a mail about it."""
    receive(received(submission))
    dispatcher.mail_builder = replace(dispatcher.mail_builder, reply_addresses=ReplyAddresses("k" * 32))
    dispatcher.deliver_batch()
    return f"/mailbox/{only(store).id}"


def test_an_empty_mailbox_explains_what_will_come(browser: FlaskClient) -> None:
    assert "Inga mejl än" in browser.get("/mailbox/").text
    assert "No mail yet" in browser.get("/mailbox/?lang=en").text


@pytest.mark.parametrize("address", [f"/mailbox/{UUID(int=7)}", "/mailbox/..%2Fstore.sqlite", "/mailbox/x.eml"])
def test_what_is_not_in_the_mailbox_is_not_found(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_file_that_is_not_a_mail_of_ours_is_passed_over(browser: FlaskClient, folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.eml").write_text("not ours")

    assert browser.get("/mailbox/").status_code == 200


def test_where_mail_is_sent_there_is_no_mailbox(store: Database, database_url: str, tmp_path: Path) -> None:
    server = "smtp://mail.example.se"
    settings = notify_settings(database_url=database_url, smtp_url=server, mail_files=tmp_path)
    sending = create_app(settings).test_client()

    assert sending.get("/mailbox/").status_code == 404
