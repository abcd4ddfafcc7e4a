"""A definition as citizens will see it, while it is being written: intake's pages with that e-service alone.

A changed file is taken up at the next request, and open pages load anew by themselves. What is sent in goes to a store
that is deleted at the end. While the definition has errors, its pages show them.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from threading import Lock
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from services.intake.eservices import loader
from services.intake.eservices.authoring.written import yaml_of
from services.operations import registry
from services.operations.stores import migrate
from services.standalone.config import Settings, standalone_settings
from shared import municipalities as tenants
from shared import yaml_files
from shared.eservice_files import COMMON, VOCABULARY
from shared.settings import BadSetting
from shared.web.redirects import own_path

STAMP, SCRIPT = "/preview/stamp", "/preview/script.js"

# Loads the page anew when the files have changed, or when the preview is back after an end.
_JAVASCRIPT = f"""\
let known;
setInterval(async () => {{
  try {{
    const stamp = await (await fetch("{STAMP}")).text();
    if (known && known !== stamp) location.reload();
    known = stamp;
  }} catch {{}}
}}, 1000);
"""


@dataclass
class Preview:
    """A WSGI application: the pages of the definition in a file, for one municipality, as the file is now."""

    file: Path
    slug: str
    folder: Path
    settings: dict[str, str]
    _lock: Lock = field(default_factory=Lock)
    _stamp: str = ""
    _app: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        return self._response(Request(environ))(environ, start_response)

    def _response(self, request: Request) -> Response:
        match request.path:
            case "/":
                return redirect(own_path(f"/{self.slug}/e-tjanster/{self.file.stem}", otherwise="/"))
            case "/preview/stamp":
                return Response(self._stamp_now(), headers={"Cache-Control": "no-store"})
            case "/preview/script.js":
                return Response(_JAVASCRIPT, mimetype="text/javascript")
        app, errors = self._current()
        return _with_script(_page(errors) if errors else Response.from_app(app, request.environ))

    def _current(self) -> tuple[Any, list[str]]:
        """The application of the files as they are now, or their errors."""
        with self._lock:
            stamp = self._stamp_now()
            if errors := self._errors():
                return None, errors
            if stamp != self._stamp:
                self._app, self._stamp = registry.intake().web_app(self.settings), stamp
            return self._app, []

    def _errors(self) -> list[str]:
        found = loader.load(self.folder / "eservices")
        lacking = [f"{code}: {message}" for code, message in found.unusable(self.slug).items()]
        return [*(f"{self.file.name}:{each.line}: {each.message}" for each in found.errors), *lacking]

    def _stamp_now(self) -> str:
        """Another text after each change of the files."""
        files = [
            file for pattern in ("*/*.yaml", "*/data/*.yaml") for file in (self.folder / "eservices").glob(pattern)
        ]
        return "-".join(f"{file.stat().st_mtime_ns}" for file in sorted(files) if file.exists())


@contextmanager
def preview(file: Path, municipalities: Path, *, port: int, slug: str | None = None) -> Iterator[Preview]:
    """The preview of a definition for a municipality, or for one that offers it; BadSetting where none does."""
    chosen = _municipality(file, municipalities, slug)
    with tempfile.TemporaryDirectory(prefix="arende-preview-") as made:
        folder = Path(made)
        for place in {COMMON, chosen}:
            (folder / "eservices" / place).mkdir(parents=True)
            if (data := file.parent.parent / place / "data").is_dir():
                (folder / "eservices" / place / "data").symlink_to(data.resolve())
        (folder / "eservices" / file.parent.name / file.name).symlink_to(file.resolve())
        if (vocabulary := file.parent.parent / VOCABULARY).exists():
            (folder / "eservices" / VOCABULARY).symlink_to(vocabulary.resolve())
        (folder / "municipalities" / chosen).mkdir(parents=True)
        written = yaml_files.read(municipalities / chosen / "municipality.yaml").content
        offering = {name: value for name, value in written.items() if name != "eservices_withheld"}
        (folder / "municipalities" / chosen / "municipality.yaml").write_text(yaml_of(offering), encoding="utf-8")
        settings = standalone_settings(Settings(port=port, var=folder / "var")) | {
            "ARENDE_ESERVICES": str(folder / "eservices"),
            "ARENDE_MUNICIPALITIES": str(folder / "municipalities"),
        }
        migrate("intake", settings)
        yield Preview(file, chosen, folder, settings)


def serve(app: Preview, port: int) -> None:
    """Serve it on the loopback address until the process is stopped."""
    make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet).serve_forever()


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Nothing: the pages' own log has the requests."""


def _municipality(file: Path, folder: Path, slug: str | None) -> str:
    known = tenants.load(folder)
    own = file.parent.name
    fitting = [each for each in known if own in (COMMON, each) and file.stem not in known[each].eservices_withheld]
    wanted = [each for each in fitting if slug in (None, each)]
    if not wanted:
        raise BadSetting(f"no municipality called {slug} offers {file}" if slug else f"no municipality offers {file}")
    return wanted[0]


def _page(errors: list[str]) -> Response:
    lines = "".join(f"<li>{escape(each)}</li>" for each in errors)
    return Response(f"<!doctype html><title>Preview</title><body><ul>{lines}</ul></body>", mimetype="text/html")


def _with_script(response: Response) -> Response:
    if response.mimetype == "text/html":
        script = f'<script src="{SCRIPT}" defer></script></body>'
        response.set_data(response.get_data(as_text=True).replace("</body>", script))
    return response
