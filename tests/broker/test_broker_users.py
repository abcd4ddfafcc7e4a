"""The broker's users, with the rights that deploy/ gives them: enough for their service, and no more."""

import json
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from amqp.exceptions import AccessRefused, NotFound, PreconditionFailed
from click.testing import CliRunner, Result
from kombu import Connection, Exchange, Producer, Queue

from deploy.broker_users import TOPICS, definitions
from services.cli.main import main
from shared.bus import topology
from shared.bus.publisher import NotConfirmed, Outgoing, Publisher
from shared.events import intake, notify, routing
from tests.bus import eventually
from tests.servers import virtual_host

pytestmark = pytest.mark.rabbitmq

SERVICES = {"intake": topology.INTAKE, "routing": topology.ROUTING, "notify": topology.NOTIFY}
OWN = {
    service: [f"{kind.NAME}.2039" for kind in module.EVENTS]
    for service, module in (("intake", intake), ("routing", routing), ("notify", notify))
}
PUBLISHED = "gata.2039"


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """The broker as each user sees it, in a virtual host of their own; nothing is declared yet."""
    with virtual_host() as url:
        users = uuid4().hex[:8]
        import_definitions(urlsplit(url).path[1:], users)
        yield {name: as_user(url, f"{user}-{users}") for name, user in USERS.items()}
        for user in USERS.values():
            rabbitmqctl("delete_user", f"{user}-{users}")


USERS = {"arende": "arende", **{service: f"arende_{service}" for service in SERVICES}}


def import_definitions(vhost: str, suffix: str) -> None:
    """Import the definitions, with other names of the users: they belong to the whole broker."""
    passwords = dict.fromkeys(("RABBITMQ_PASSWORD", *(f"{s.upper()}_RABBITMQ_PASSWORD" for s in TOPICS)), "secret")
    made = definitions(passwords, vhost)
    for each in (*made["users"], *made["permissions"], *made["topic_permissions"]):
        key = "name" if "name" in each else "user"
        each[key] = f"{each[key]}-{suffix}"
    rabbitmqctl("import_definitions", stdin=json.dumps(made))
    eventually(lambda: rabbitmqctl("list_topic_permissions", "-p", vhost).count("arende.events") == len(TOPICS))


def rabbitmqctl(*words: str, stdin: str = "") -> str:
    """What it prints; CalledProcessError if it fails."""
    command = ["rabbitmqctl", "--quiet", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout


def as_user(url: str, user: str) -> str:
    """The address, as another user."""
    address = urlsplit(url)
    return address._replace(netloc=f"{user}:secret@{address.hostname}:{address.port or 5672}").geturl()


def an_event(key: str, exchange: str = topology.EVENTS_EXCHANGE) -> Outgoing:
    """A message with this routing key."""
    return Outgoing(exchange, key, uuid4().hex, b"{}")


def consume(connection: Connection, queue: str) -> None:
    """Ask for a queue's messages, and take none."""
    connection.default_channel.basic_qos(0, 1, False)
    connection.default_channel.basic_consume(queue, no_ack=False, callback=lambda _: None)


def test_a_service_waits_until_the_bus_is_declared(urls: dict[str, str]) -> None:
    with topology.connect(urls["arende"]) as connection:
        connection.default_channel.queue_delete(topology.NOTIFY.queue)
    with topology.connect(urls["intake"]) as connection, pytest.raises(NotFound):
        topology.declare(connection, topology.INTAKE)

    with topology.connect(urls["arende"]) as connection:
        topology.declare(connection)
    with topology.connect(urls["intake"]) as connection:
        topology.declare(connection, topology.INTAKE)


@pytest.fixture
def declared(urls: dict[str, str]) -> dict[str, str]:
    """The same, with the bus declared by the user who may."""
    with topology.connect(urls["arende"]) as connection:
        topology.declare(connection)
    return urls


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_its_events_and_reads_its_queues(declared: dict[str, str], service: str) -> None:
    with Publisher(declared[service]) as publisher:
        publisher.publish([*map(an_event, OWN[service]), an_event("notify", topology.RECONCILIATION_EXCHANGE)])

    with topology.connect(declared[service]) as connection:
        topology.declare(connection, SERVICES[service])
        for queue in SERVICES[service].queues:
            consume(connection, queue)
        assert topology.depth(connection, topology.UNROUTED) == 0


def test_the_command_that_declares_fails_for_a_user_who_may_not(declared: dict[str, str]) -> None:
    def run(user: str) -> Result:
        return CliRunner().invoke(main, ["declare"], env={"ARENDE_BROKER_URL": declared[user]})

    assert run("arende").output == "the exchanges and queues of the bus are declared\n"
    refused = run("intake")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: the user of ARENDE_BROKER_URL may not declare; nothing was bound\n"


def test_routing_publishes_queues_for_other_systems(declared: dict[str, str]) -> None:
    with topology.connect(declared["routing"]) as connection:
        topology.declare_handling(connection, [PUBLISHED])
    with Publisher(declared["routing"]) as publisher:
        publisher.publish([an_event(PUBLISHED, topology.HANDLING_EXCHANGE)])

    with topology.connect(declared["routing"]) as connection:
        assert topology.depth(connection, topology.handling_queue(PUBLISHED)) == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_no_other_services_queue(declared: dict[str, str], service: str) -> None:
    others = [each for name, each in SERVICES.items() if name != service]

    for queue in [topology.UNROUTED, *(name for each in others for name in each.queues)]:
        with topology.connect(declared[service]) as connection, pytest.raises(AccessRefused):
            consume(connection, queue)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_no_other_services_events(declared: dict[str, str], service: str) -> None:
    others = [keys[0] for name, keys in OWN.items() if name != service]
    messages = [*map(an_event, others), *(an_event(each.queue, "") for each in SERVICES.values())]

    for message in messages:
        with Publisher(declared[service]) as publisher, pytest.raises((AccessRefused, NotConfirmed)):
            publisher.publish([message])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_takes_nothing_away(declared: dict[str, str], service: str) -> None:
    for queue in (each.queue for each in SERVICES.values()):
        with topology.connect(declared[service]) as connection:
            channel = connection.default_channel
            with pytest.raises(AccessRefused):
                channel.queue_delete(queue)
            with pytest.raises(AccessRefused):
                channel.queue_bind(queue, topology.EVENTS_EXCHANGE, "#")
    with topology.connect(declared[service]) as connection, pytest.raises(AccessRefused):
        connection.default_channel.exchange_delete(topology.EVENTS_EXCHANGE)


def test_another_systems_user_sends_commands_as_itself_alone_and_takes_replies(declared: dict[str, str]) -> None:
    user, vhost = f"lampsystem-{uuid4().hex[:8]}", urlsplit(declared["arende"]).path[1:]
    own = rf"replies\.{user}"
    rabbitmqctl("add_user", user, "secret")
    try:
        rights = (rf"^arende\.{own}$", rf"^arende\.(commands|{own})$", rf"^arende\.(handling\..*|replies|{own})$")
        rabbitmqctl("set_permissions", "-p", vhost, user, *rights)
        with Connection(as_user(declared["arende"], user)) as connection:
            replies = Exchange(topology.REPLIES_EXCHANGE, type="direct", durable=True, no_declare=True)
            Queue(f"arende.replies.{user}", replies, user, durable=True)(connection.channel()).declare()
            command = {"exchange": topology.COMMANDS_EXCHANGE, "routing_key": "routing"}
            Producer(connection.channel(), auto_declare=False).publish("{}", user_id=user, **command)
            eventually(lambda: topology.depth(connection, f"arende.replies.{user}") == 0)
            with Connection(declared["arende"]) as other:
                eventually(lambda: topology.depth(other, topology.commands_queue("routing")) == 1)
        with Connection(as_user(declared["arende"], user)) as connection, pytest.raises(PreconditionFailed):
            Producer(connection.channel(), auto_declare=False).publish("{}", user_id="arende", **command)
            connection.drain_events(timeout=5)
    finally:
        rabbitmqctl("delete_user", user)
