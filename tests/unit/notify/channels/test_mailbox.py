"""The mailbox: a folder that mail is put in, and read from."""

from pathlib import Path
from uuid import UUID

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome
from services.notify.channels.mailbox import Mailbox, newest, read
from tests.builders import NOON
from tests.notify import NOTIFICATION_ID, a_contact, a_mail_builder, a_notification


def test_a_mail_put_in_the_folder_twice_is_there_once(tmp_path: Path) -> None:
    mail = a_mail_builder().build(a_notification(), a_contact(), NOON)

    with Mailbox(tmp_path).opened() as send:
        assert [send(mail), send(mail)] == [DELIVERED, DELIVERED]

    assert [path.name for path in tmp_path.iterdir()] == [f"{NOTIFICATION_ID}.eml"]


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with Mailbox(tmp_path / "file").opened() as send:
        assert send(a_mail_builder().build(a_notification(), a_contact(), NOON)) == Outcome(
            DeliveryResult.TEMPORARY, "mailbox"
        )


def test_what_was_put_in_the_folder_can_be_read(tmp_path: Path) -> None:
    with Mailbox(tmp_path).opened() as send:
        send(a_mail_builder().build(a_notification(), a_contact(), NOON))

    [mail] = newest(tmp_path)
    assert mail == read(tmp_path, NOTIFICATION_ID)
    assert (mail.id, mail.to, mail.language, mail.sent_at) == (NOTIFICATION_ID, "kim@example.org", "sv", NOON)
    assert mail.subject == "Ditt ärende BN 2026-00042 är avslutat"


def test_there_is_no_mail_by_an_id_that_was_not_put_there(tmp_path: Path) -> None:
    assert read(tmp_path, UUID(int=7)) is None
