"""A mail that comes in is published once, with the submission that its address names, or with none."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from services.notify.channels.channel import Channel
from services.notify.channels.mailbox import Mailbox
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.models import Notification
from services.notify.inbound import receive as receive_module
from services.notify.inbound.bounces import StillSending
from services.notify.inbound.models import ReceivedMail
from services.notify.inbound.receive import MailOutcome, Receiver, TooMuchMail, UnknownRecipient
from services.notify.models import Outbox
from shared.database import Database
from shared.events.envelope import Event
from shared.events.notify import FileNotTaken, NotificationDelivered, NotificationFailed, NotificationReplyReceived
from tests.builders import NOON, HandClock, a_submission, received
from tests.notify import FROM_ADDRESS, Receive, a_mail, everything, only

SUBMISSION = UUID("6f0d3c1e-6f43-4b3d-9a53-0d5a4d2b8a11")
KIM = "kim@example.org"


def address(receiver: Receiver) -> str:
    [alvdalen] = [each for each in receiver.municipalities() if each.slug == "alvdalen"]
    return receiver.addresses.of(alvdalen, SUBMISSION) or ""


def published(store: Database) -> list[NotificationReplyReceived]:
    with store.sessions() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert all(row.secret for row in rows)
    return [NotificationReplyReceived.open(Event.decode(row.body.encode())) for row in rows]


def test_an_answer_is_published_with_the_submission_of_its_address(store: Database, receiver: Receiver) -> None:
    raw = a_mail("Måtten är 4 × 6.", files=[("ritning.pdf", b"%PDF")])

    assert receiver.receive(raw, envelope_from=KIM, recipient=address(receiver)) is MailOutcome.MATCHED

    [reply] = published(store)
    assert reply.submission_id == SUBMISSION
    assert (reply.from_address, reply.subject, reply.text) == (KIM, "Sv: Ditt ärende", "Måtten är 4 × 6.")
    assert reply.files_not_taken == [FileNotTaken("ritning.pdf", "application/pdf", 4, "file_type")]
    assert not reply.is_automatic
    assert reply.received_at == NOON


def test_the_same_mail_again_is_one_mail_and_another_is_another(store: Database, receiver: Receiver) -> None:
    first, to = a_mail(Message_ID="<1@example.org>"), address(receiver)

    assert receiver.receive(first, envelope_from=KIM, recipient=to) is MailOutcome.MATCHED
    again = b"Received: from elsewhere\n" + first
    assert receiver.receive(again, envelope_from=KIM, recipient=to) is MailOutcome.REPEATED
    other = a_mail(Message_ID="<2@example.org>")
    assert receiver.receive(other, envelope_from=KIM, recipient=to) is MailOutcome.MATCHED

    assert len(published(store)) == len(everything(store, ReceivedMail)) == 2


@pytest.mark.parametrize("recipient", ["svar@alvdalen.example", "svar+aaaa@alvdalen.example"])
def test_what_has_no_right_token_is_published_without_a_submission(
    store: Database, receiver: Receiver, recipient: str
) -> None:
    assert receiver.receive(a_mail(), envelope_from=KIM, recipient=recipient) is MailOutcome.UNMATCHED

    [reply] = published(store)
    assert reply.submission_id is None


def test_what_a_program_sent_is_marked_and_our_own_mail_is_no_answer(store: Database, receiver: Receiver) -> None:
    to = address(receiver)

    receiver.receive(a_mail(Auto_Submitted="auto-replied"), envelope_from=KIM, recipient=to)
    receiver.receive(a_mail(Message_ID="<2@example.org>"), envelope_from="", recipient=to)
    ours = f"From: {FROM_ADDRESS}\nSubject: Ditt\n\nHej".encode()
    assert receiver.receive(ours, envelope_from=FROM_ADDRESS, recipient=to) is MailOutcome.OURS

    assert [each.is_automatic for each in published(store)] == [True, True]


def test_more_than_people_write_waits_with_the_mail_server(
    store: Database, receiver: Receiver, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive_module, "MOST_OF_SUBMISSION", 2)
    to = address(receiver)
    for number in range(2):
        receiver.receive(a_mail(Message_ID=f"<{number}@example.org>"), envelope_from=KIM, recipient=to)

    with pytest.raises(TooMuchMail):
        receiver.receive(a_mail(Message_ID="<3@example.org>"), envelope_from=KIM, recipient=to)
    receiver.receive(a_mail(), envelope_from=KIM, recipient="svar@alvdalen.example")
    clock.move(hours=2)
    receiver.receive(a_mail(Message_ID="<3@example.org>"), envelope_from=KIM, recipient=to)

    assert len(published(store)) == 4


def test_an_address_of_no_municipality_is_refused(store: Database, receiver: Receiver) -> None:
    with pytest.raises(UnknownRecipient):
        receiver.receive(a_mail(), envelope_from=KIM, recipient="svar@annan.example")

    assert published(store) == []


def test_a_report_that_a_mail_of_ours_did_not_arrive_marks_its_notification_as_failed(
    store: Database,
    receiver: Receiver,
    receive: Receive,
    dispatcher_of: Callable[[Channel], Dispatcher],
    tmp_path: Path,
) -> None:
    submission = a_submission()
    receive(received(submission))
    dispatcher_of(Mailbox(tmp_path)).deliver_batch()
    sent = only(store)
    with store.sessions.begin() as session:
        session.execute(update(Notification).values(state="sending"))
    with pytest.raises(StillSending):
        receiver.receive(a_report(sent.id), envelope_from="", recipient=FROM_ADDRESS)
    with store.sessions.begin() as session:
        session.execute(update(Notification).values(state="delivered"))

    assert receiver.receive(a_report(sent.id, "delayed"), envelope_from="", recipient=FROM_ADDRESS) == "unknown_report"
    assert receiver.receive(a_report(uuid4()), envelope_from="", recipient=FROM_ADDRESS) == "unknown_report"
    assert only(store).state == "delivered"
    for outcome in ("bounced", "unknown_report"):
        assert receiver.receive(a_report(sent.id), envelope_from="", recipient=FROM_ADDRESS) == outcome

    assert (only(store).state, only(store).cause) == ("failed", "bounced")
    events = [Event.decode(row.body.encode()) for row in everything(store, Outbox)]
    assert [(each.name, each.subject) for each in events] == [
        (NotificationDelivered.NAME, str(submission.submission_id)),
        (NotificationFailed.NAME, str(submission.submission_id)),
    ]
    with pytest.raises(UnknownRecipient):
        receiver.receive(a_report(sent.id), envelope_from=KIM, recipient=FROM_ADDRESS)


def a_report(notification_id: UUID, action: str = "failed") -> bytes:
    """What a mail server reports of a mail (RFC 3464), with the headers of that mail."""
    return f"""From: MAILER-DAEMON@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; kim@example.org
Action: {action}
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{notification_id}@kommun.example>
--b--
""".encode()
