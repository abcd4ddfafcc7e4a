"""Bearer tokens: real keys, a real provider's documents, only the network replaced."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from flask import Flask, g
from joserfc import jwk, jwt
from prometheus_client import REGISTRY

from shared.web import identity
from shared.web.app import web_app
from shared.web.identity import Identity, Verifier, authenticated
from shared.web.problems import Problem

ISSUER = "https://id.example"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CLAIMS = {
    "iss": ISSUER,
    "aud": "arende",
    "exp": int(NOW.timestamp()) + 600,
    "sub": "anna",
    "name": "Anna Andersson",
    "municipality": "2039",
    "roles": ["officer"],
    "boards": ["TN", "BN"],
}
RSA = jwk.RSAKey.generate_key(parameters={"kid": "first"})
EC = jwk.ECKey.generate_key("P-256", parameters={"kid": "second"})


class Provider:
    """An OpenID provider on a network of its own; counts its requests."""

    def __init__(self):
        self.keys = [RSA]
        self.issuer = ISSUER
        self.up = True
        self.requests = 0

    def answer(self, request):
        self.requests += 1
        if not self.up:
            raise httpx.ConnectError("down")
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": f"{ISSUER}/keys"})
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def call(provider, clock):
    """Calls a view for officers with a token; returns the answer."""
    app = web_app("test", service="desk", secret_key="k" * 40, checks={}, static_folder=None)
    client = httpx.Client(transport=httpx.MockTransport(provider.answer))
    identity.install(app, Verifier(ISSUER, "arende", clock=clock, client=client))

    @app.get("/desk/api/v1/me")
    @authenticated("officer")
    def me():
        return {"name": g.identity.name, "boards": sorted(g.identity.boards)}

    def call(authorization=None):
        headers = {"Authorization": authorization} if authorization else {}
        return app.test_client().get("/desk/api/v1/me", headers=headers | {"Accept-Language": "en"})

    return call


def token(key=RSA, algorithm="RS256", header=None, **changed):
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    signed = jwt.encode(
        {"alg": algorithm, "typ": "at+jwt", "kid": key.kid} | (header or {}), claims, key, algorithms=[algorithm]
    )
    return f"Bearer {signed}"


def rejections(reason):
    labels = {"service": "desk", "reason": reason}
    return REGISTRY.get_sample_value("arende_identity_rejected_total", labels) or 0


def test_a_valid_token_identifies_the_caller(call):
    assert call(token()).json == {"name": "Anna Andersson", "boards": ["BN", "TN"]}


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "PS256"), (EC, "ES256")])
def test_other_strong_signatures_are_valid_too(call, provider, key, algorithm):
    provider.keys = [RSA, EC]

    assert call(token(key, algorithm)).status_code == 200


@pytest.mark.parametrize("stated", ["application/at+jwt", "AT+JWT", "JWT"])
def test_an_access_token_may_be_typed_in_each_way_that_providers_do(call, stated):
    assert call(token(header={"typ": stated}, azp="another client")).status_code == 200


def test_an_audience_among_others_is_valid(call):
    assert call(token(aud=["other", "arende"])).status_code == 200


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer  ", "Basic YTpi", "token"])
def test_without_a_token_one_is_required(call, authorization):
    before = rejections("missing")

    answer = call(authorization)

    assert (answer.status_code, answer.json["type"]) == (401, "urn:arende:problem:token-missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert rejections("missing") == before + 1


OTHER = jwk.RSAKey.generate_key(parameters={"kid": "first"})
SECRET = jwk.OctKey.import_key("s" * 64, {"kid": "first"})


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        pytest.param(token(exp=int(NOW.timestamp()) - 31), "expired", id="expired"),
        pytest.param(token(nbf=int(NOW.timestamp()) + 31), "claims", id="not yet"),
        pytest.param(token(iss="https://evil.example"), "claims", id="another issuer"),
        pytest.param(token(header={"typ": "JWT"}, nonce="n"), "type", id="an ID token"),
        pytest.param(token(header={"typ": "JWT"}, at_hash="h"), "type", id="an ID token without a nonce"),
        pytest.param(token(header={"typ": "JWT"}, typ="ID"), "type", id="an ID token of Keycloak"),
        pytest.param(token(header={"typ": "JWT"}, azp="arende"), "type", id="a token of a client for itself"),
        pytest.param(token(header={"typ": "logout+jwt"}), "type", id="a token for signing out"),
        pytest.param(token(aud="other"), "claims", id="another audience"),
        pytest.param(token(exp=None), "claims", id="no end"),
        pytest.param(token(exp="never"), "claims", id="an end that is no time"),
        pytest.param(token(sub=None), "claims", id="nobody"),
        pytest.param(token(roles="officer"), "claims", id="roles that are no list"),
        pytest.param(token(name=3), "claims", id="a name that is no text"),
        pytest.param(token(OTHER), "signature", id="another key with the same id"),
        pytest.param(token(SECRET, "HS256"), "malformed", id="symmetric"),
        pytest.param(token(header={"kid": "unknown"}), "unknown_key", id="unknown key"),
        pytest.param("Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6M30.e30.eA", "malformed", id="a key id that is no text"),
        pytest.param("Bearer eyJhbGciOiJub25lIn0.e30.", "malformed", id="unsigned"),
        pytest.param("Bearer x", "malformed", id="no token"),
        pytest.param("Bearer a.b.c", "malformed", id="three letters"),
        pytest.param("Bearer " + "." * 5000, "malformed", id="dots"),
        pytest.param("Bearer \xff\xfe", "malformed", id="bytes"),
    ],
)
def test_a_token_that_is_not_valid_is_refused_and_counted(call, authorization, reason):
    before = rejections(reason)

    answer = call(authorization)

    assert (answer.status_code, answer.json["type"]) == (401, "urn:arende:problem:token-invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert rejections(reason) == before + 1


def test_a_token_without_the_role_is_refused(call):
    for roles in ([], ["registrar"], None):
        answer = call(token(roles=roles))
        assert (answer.status_code, answer.json["type"]) == (403, "urn:arende:problem:role-missing")


def test_the_providers_keys_are_fetched_once(call, provider):
    for _ in range(3):
        call(token())

    assert provider.requests == 2


def test_new_keys_are_found_when_a_token_names_them(call, provider, clock):
    call(token())
    provider.keys = [EC]
    clock.now += timedelta(seconds=31)

    assert call(token(EC, "ES256")).status_code == 200


def test_strange_key_ids_do_not_make_us_fetch_more_than_every_thirty_seconds(call, provider):
    for number in range(20):
        call(token(header={"kid": f"strange{number}"}))

    assert provider.requests == 2


def test_a_provider_that_is_down_is_a_503_until_it_is_up_again(call, provider, clock):
    provider.up = False
    answer = call(token())
    assert (answer.status_code, answer.json["type"]) == (503, "urn:arende:problem:identity-provider-unreachable")
    assert answer.headers["Retry-After"] == "30"

    provider.up = True
    clock.now += timedelta(seconds=31)
    assert call(token()).status_code == 200


def test_a_provider_that_goes_down_later_stops_nobody_who_has_a_known_key(call, provider, clock):
    call(token())
    provider.up = False
    clock.now += timedelta(seconds=300)

    assert call(token()).status_code == 200


def test_another_issuers_document_is_not_believed(call, provider):
    provider.issuer = "https://evil.example"

    assert call(token()).status_code == 503


def test_a_guard_covers_a_whole_blueprint():
    guard = authenticated("officer")
    app = Flask("test")
    app.extensions["arende-service"] = "desk"
    identity.install(app, Verifier(ISSUER, "arende"))

    with app.test_request_context("/"), pytest.raises(Problem):
        guard()


def test_boards_are_none_where_the_token_names_none():
    assert Identity.of_claims({"sub": "anna"}) == Identity("anna", "", "", frozenset(), frozenset())
