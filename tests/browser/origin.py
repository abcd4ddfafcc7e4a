"""One origin on a free port, served by threads of the test's own process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from services.standalone.demo_oidc import PATHS, provider

Wsgi = Callable[..., Any]


class Quiet(WSGIRequestHandler):
    """A handler that does not write a line for each request."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(app_for: Callable[[str], Wsgi]) -> Iterator[str]:
    """The address of the origin, where the app that is made for it answers."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=Quiet)
    origin = f"http://127.0.0.1:{server.server_port}"
    server.app = app_for(origin)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@cache
def the_provider() -> Wsgi:
    """The demo people's OpenID provider, made once: its issuer is whichever origin it is asked at."""
    return provider()


def beside_the_provider(app: Wsgi) -> Wsgi:
    """The app, with the demo people's OpenID provider at the same origin."""
    people = the_provider()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        chosen = people if f"{environ['PATH_INFO']}/".startswith(PATHS) else app
        return chosen(environ, start_response)

    return answer
