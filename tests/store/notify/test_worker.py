"""What ends in notify's store, and what stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, insert, select

from services.notify.delivery.models import Delivery, Notification, Retry
from services.notify.settings import Settings
from services.notify.worker import loops
from tests.builders import a_submission, received


@pytest.fixture
def settings(store, tmp_path):
    return Settings(
        database_url=store.engine.url.render_as_string(hide_password=False),
        broker_url="memory://notify-worker",
        event_keys=(Fernet.generate_key().decode(),),
        public_url="https://e-tjanster.example.se",
        secret_key="s" * 32,
        link_key="l" * 32,
        mail_files=tmp_path,
        oidc_issuer="https://id.example.se",
        from_address="e-tjanster@kommun.example",
        mailbox=tmp_path,
    )


def test_attempts_and_requests_to_retry_end_after_a_year_and_what_became_of_the_notification_stays(
    store, settings, receive, clock
):
    receive(received(a_submission()))
    with store.sessions.begin() as session:
        notification = session.scalars(select(Notification)).one()
        for days in (364, 366):
            at = clock() - timedelta(days=days)
            common = {"municipality": "2039", "notification_id": notification.id}
            attempt = {"id": uuid4(), "attempted_at": at, "channel": "smtp", "result": "delivered", "code": "ok"}
            session.execute(insert(Delivery).values(common | attempt))
            session.execute(insert(Retry).values(common | {"id": uuid4(), "requested_by": "eva", "requested_at": at}))

    [retention] = [loop for loop in loops(settings, clock=clock) if loop.name == "notify-retention"]
    retention.action()

    assert [count(store, table) for table in (Delivery, Retry, Notification)] == [1, 1, 1]


def count(store, table):
    with store.sessions() as session:
        return session.scalar(select(func.count()).select_from(table))
