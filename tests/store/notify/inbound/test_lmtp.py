"""LMTP, as a mail server speaks it with us: what it may forget, what it keeps and tries again, what it sends back."""

import json
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from bench.ports import free_port
from services.notify.inbound import lmtp
from services.notify.inbound.lmtp import LmtpServer
from services.notify.inbound.models import ReceivedMail
from services.notify.inbound.read_mail import MOST_BYTES
from services.notify.inbound.receive import Receiver
from services.notify.models import Outbox
from services.notify.settings import LmtpAddress
from shared.bus.supervisor import Supervisor
from shared.database import Database, connect
from tests.builders import HandClock
from tests.bus import eventually
from tests.notify import a_mail, everything

KIM = "kim@example.org"
TO = "svar@alvdalen.example"


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served(receiver: Receiver) -> Iterator[smtplib.LMTP]:
    stop, port = threading.Event(), free_port()
    supervisor = Supervisor(stop)
    supervisor.start([LmtpServer("notify-lmtp", LmtpAddress("127.0.0.1", port), receiver)])
    try:
        eventually(lambda: listens(port))
        with smtplib.LMTP("127.0.0.1", port) as client:
            yield client
    finally:
        stop.set()
        assert supervisor.join(10) == []


def test_mail_is_taken_once_it_is_stored(store: Database, receiver: Receiver) -> None:
    with served(receiver) as client:
        client.sendmail(KIM, TO, a_mail())
        assert len(everything(store, Outbox)) == len(everything(store, ReceivedMail)) == 1


def test_each_recipient_is_replied_to_by_itself_and_a_strange_one_is_refused(receiver: Receiver) -> None:
    with served(receiver) as client:
        client.ehlo()
        client.mail(KIM)
        assert client.rcpt("svar@annan.example")[0] == 550
        assert client.rcpt(TO)[0] == 250
        assert client.rcpt(TO.replace("svar", "svar+aaaa"))[0] == 452
        client.rset()


def test_a_bomb_is_sent_back_and_the_next_mail_is_taken(store: Database, receiver: Receiver) -> None:
    with served(receiver) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(KIM, TO, b"Content-Type: message/rfc822\r\n\r\n" * 101)
        assert refused.value.smtp_code == 554
        client.sendmail(KIM, TO, a_mail())
        assert len(everything(store, ReceivedMail)) == 1


def test_two_mails_are_taken_at_a_time_and_the_next_stays_with_the_mail_server(receiver: Receiver) -> None:
    with served(receiver) as client, closing(as_well_as(client)) as other, closing(as_well_as(client)) as waiting:
        for each in (client, other, waiting):
            each.ehlo()
            each.mail(KIM)
            each.rcpt(TO)
        assert client.docmd("DATA")[0] == other.docmd("DATA")[0] == 354
        waiting.putcmd("DATA")
        waiting.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            waiting.sock.recv(1, socket.MSG_PEEK)

        client.send(a_mail() + b"\r\n.\r\n")
        assert client.getreply()[0] == 250
        waiting.sock.settimeout(10)
        assert waiting.getreply()[0] == 354


def test_a_mail_that_waits_for_its_turn_or_takes_long_is_not_cut_off(
    store: Database, receiver: Receiver, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> datetime:
        time.sleep(2)
        return clock()

    monkeypatch.setattr(lmtp, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr(lmtp, "MOST_AT_ONCE", 1)
    with served(replace(receiver, clock=slow)) as client, closing(as_well_as(client)) as waiting:
        for each in (client, waiting):
            each.ehlo()
            each.mail(KIM)
            each.rcpt(TO)
        client.docmd("DATA")
        client.send(a_mail() + b"\r\n.\r\n")
        assert waiting.data(a_mail(Message_ID="<2@example.org>"))[0] == 250
        assert client.getreply()[0] == 250
    assert len(everything(store, ReceivedMail)) == 2


def test_who_sends_nothing_of_a_mail_holds_no_turn(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmtp, "IDLE_SECONDS", 1.0)
    with served(receiver) as client:
        client.ehlo()
        client.mail(KIM)
        client.rcpt(TO)
        assert client.docmd("DATA")[0] == 354
        client.sock.settimeout(10)
        with pytest.raises(smtplib.SMTPServerDisconnected, match=r"unexpectedly closed$"):
            client.getreply()


def as_well_as(client: smtplib.LMTP) -> smtplib.LMTP:
    """Another connection to the same server."""
    return smtplib.LMTP(*client.sock.getpeername())


def test_mail_waits_with_the_mail_server_while_the_store_is_away(store: Database, receiver: Receiver) -> None:
    away = connect("postgresql+psycopg://nobody:x@127.0.0.1:1/away")
    with served(replace(receiver, sessions=away.sessions)) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(KIM, TO, a_mail())
        assert refused.value.smtp_code == 451


def test_lines_that_begin_with_a_dot_are_as_they_were_written(store: Database, receiver: Receiver) -> None:
    with served(receiver) as client:
        client.sendmail(KIM, TO, a_mail(".gitignore\n.\n..\n"))
        client.sendmail(KIM, TO, b"")
    _, empty = everything(store, Outbox)
    text = json.loads(everything(store, Outbox)[0].body)["data"]["text"]
    assert text == ".gitignore\n.\n.."
    assert json.loads(empty.body)["data"]["text"] == ""


def test_a_mail_that_is_too_large_is_sent_back_and_the_next_is_taken(store: Database, receiver: Receiver) -> None:
    with served(receiver) as client:
        client.ehlo()
        client.mail(KIM)
        client.rcpt(TO)
        assert client.data(b"x\r\n" * (MOST_BYTES // 3 + 1))[0] == 552
        client.sendmail(KIM, TO, a_mail())
    assert len(everything(store, ReceivedMail)) == 1
