"""One origin in the standalone installation: each path to its application, each visitor to the one name of the host."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from services.standalone.path_router import PathRouter

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def client():
    """A router whose applications answer with their names."""
    names = ("start", "provider", "register", "intake", "routing", "notify")
    return Client(PathRouter(ORIGIN, **{name: Response(name) for name in names}))


@pytest.mark.parametrize(
    ("path", "application"),
    [
        ("/", "start"),
        ("/readyz", "start"),
        ("/metrics", "start"),
        ("/alvdalen/", "intake"),
        ("/intake/api/v1/municipalities", "intake"),
        ("/desk", "routing"),
        ("/desk/queues", "routing"),
        ("/deskby/", "intake"),
        ("/routing/api/v1/queues", "routing"),
        ("/mailbox/", "notify"),
        ("/notify/api/v1/notifications", "notify"),
        ("/.well-known/openid-configuration", "provider"),
        ("/jwks", "provider"),
        ("/oauth2/authorize", "provider"),
        ("/demo-register/look-ups", "register"),
    ],
)
def test_a_path_leads_to_its_application(client, path, application):
    assert client.get(path, base_url=ORIGIN).text == application


def test_a_request_under_another_name_of_the_host_is_redirected_to_the_origin(client):
    answer = client.get("/alvdalen/?lang=sv", base_url="http://localhost:8000")

    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{ORIGIN}/alvdalen/?lang=sv"
