"""Which release this is, and which version of the JSON API it serves: the one place that code reads them from."""

VERSION = "0.1.0"
"""The package's version, https://semver.org. `pyproject.toml`, `publiccode.yml` and `CHANGELOG.md` must agree."""

API_VERSION = "1.0.0"
"""The version of the HTTP JSON APIs under `/<service>/api/v1/`; its major number is the one in the path."""

API_RELEASED = "2026-11-23"
"""The day API_VERSION was released, https://www.dataportal.se/rest-api-profil, rule set DOK."""
