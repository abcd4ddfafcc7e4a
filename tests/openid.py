"""An OpenID provider that signs whatever tokens a test wants, over real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from shared.clock import utc_now

KEY = RSAKey.generate_key(2048, {"kid": "tests", "use": "sig", "alg": "RS256"})


@dataclass(frozen=True)
class Provider:
    """A provider that answers at `issuer`."""

    issuer: str

    def token(self, *, now: datetime | None = None, **claims: Any) -> str:
        """A token for an officer of Älvdalen, unless the claims say otherwise."""
        issued = now or utc_now()
        claimed = {
            "iss": self.issuer,
            "aud": "arende",
            "sub": "anna.andersson",
            "name": "Anna Andersson",
            "municipality": "2039",
            "roles": ["officer"],
            "boards": ["TN", "BN"],
            "iat": int(issued.timestamp()),
            "exp": int((issued + timedelta(hours=1)).timestamp()),
        }
        return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "tests"}, claimed | claims, KEY)

    def bearer(self, **claims: Any) -> dict[str, str]:
        """The header that such a token is sent in."""
        return {"Authorization": f"Bearer {self.token(**claims)}"}


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    app = Flask(__name__)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    issuer = f"http://127.0.0.1:{server.server_port}"

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(issuer=issuer, jwks_uri=f"{issuer}/jwks", authorization_endpoint=f"{issuer}/authorize")

    @app.get("/jwks")
    def keys() -> Any:
        return jsonify(keys=[KEY.as_dict(private=False)])

    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Provider(issuer)
    finally:
        server.shutdown()
        thread.join()
