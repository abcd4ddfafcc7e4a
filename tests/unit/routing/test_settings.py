"""Routing's settings."""

import pytest
from cryptography.fernet import Fernet

from services.routing.settings import Settings
from shared.settings import BadSetting, load

ENVIRONMENT = {
    "ROUTING_DATABASE_URL": "sqlite:///routing.sqlite",
    "ROUTING_SECRET_KEY": "k" * 32,
    "ARENDE_LINK_KEY": "l" * 32,
    "ARENDE_BROKER_URL": "memory://",
    "ARENDE_PUBLIC_URL": "https://e.example.se",
    "ARENDE_EVENT_KEYS": Fernet.generate_key().decode(),
    "ARENDE_OIDC_ISSUER": "https://login.example.se",
    "ROUTING_OIDC_CLIENT_ID": "desk",
    "ROUTING_OIDC_CLIENT_SECRET": "secret",
}


def test_the_desk_is_a_client_of_another_name_than_the_audience_of_the_apis(tmp_path):
    environment = ENVIRONMENT | {"ROUTING_DOCUMENTS": str(tmp_path)}
    assert load(Settings, environment).oidc_audience == "arende"

    with pytest.raises(BadSetting, match=r"^ROUTING_OIDC_CLIENT_ID .*ARENDE_OIDC_AUDIENCE"):
        load(Settings, environment | {"ROUTING_OIDC_CLIENT_ID": "arende"})
