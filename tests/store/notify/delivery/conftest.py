"""What the tests of delivery share: a dispatcher that sends to the mail server."""

from collections.abc import Callable

import pytest

from services.notify.channels.channel import Channel
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from tests.mail_server import MailServer
from tests.notify import FROM_ADDRESS


@pytest.fixture
def dispatcher(dispatcher_of: Callable[[Channel], Dispatcher], mail_server: MailServer) -> Dispatcher:
    """A dispatcher that sends to the mail server."""
    return dispatcher_of(Smtp(mail_server.url, FROM_ADDRESS, timeout=2))
