"""Routing's worker as it runs in production: a submission in at the broker, a case's events out."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from services.routing.cases.models import Case
from services.routing.models import Outbox
from services.routing.settings import Settings
from services.routing.worker import loops
from shared.bus import topology
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.supervisor import Supervisor
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from tests.builders import a_submission, received
from tests.bus import eventually
from tests.stores import a_folder, migrated

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

KEY = Fernet.generate_key().decode()


@pytest.fixture
def settings(postgres_database: Callable[[], str], broker_url: str) -> Settings:
    """Routing's settings on a real store and a real broker."""
    return Settings(
        database_url=postgres_database(),
        broker_url=broker_url,
        event_keys=(KEY,),
        public_url="https://e.example.se",
        link_key="l" * 32,
        secret_key="s" * 32,
        oidc_issuer="https://id.example.se",
        oidc_client_id="desk",
        oidc_client_secret="",
        documents=a_folder(),
        municipalities=Path("municipalities"),
    )


def test_a_secret_submission_arrives_encrypted_and_its_case_goes_out_encrypted_also_to_the_published_queue(settings):
    database = migrated(settings.database_url, "routing")
    facts = {"category": "street_light"}
    event = received(a_submission(eservice="felanmalan", facts=facts, secrecy="21 kap. 3 § OSL"))
    body = event.encode(Keyring((KEY,)))
    handling = f"{topology.HANDLING_EXCHANGE}.belysning.2039"
    with topology.connect(settings.broker_url) as connection:
        connection.default_channel.queue_delete(handling)  # which a service of another test may have filled

    stop = threading.Event()
    threads = Supervisor(stop).start(loops(settings))
    try:
        with Publisher(settings.broker_url) as publisher:
            publisher.publish([Outgoing(topology.EVENTS_EXCHANGE, event.routing_key, str(event.id), body)] * 2)
        eventually(lambda: _published(database) == 3)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=20)

    with database.sessions() as session:
        case = session.scalars(select(Case)).one()
    with topology.connect(settings.broker_url) as connection:
        message = connection.default_channel.basic_get(handling, no_ack=True)
    queued = Event.decode(message.body, Keyring((KEY,)))
    assert "Gatubelysning" not in str(message.body)
    assert (queued.name, queued.data["case_number"], queued.sequence) == ("case.queued", case.number, 2)
    database.engine.dispose()


def _published(database) -> int:
    with database.sessions() as session:
        return session.scalar(select(func.count()).where(Outbox.published_at.is_not(None))) or 0
