"""What a submission leaves behind: bytes in each store, when all its events are handled and its receipt is sent.

`python -m bench.storage 500` sends that many forms through a production installation and prints the table. Tables
have their indexes and what PostgreSQL moves out of rows with them; their row versions are vacuumed first.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from bench import figures, scratch, whole_way
from bench.figures import Figure
from bench.installation import Installation
from services.operations.registry import SERVICES

# What retention ends: the rest stays for as long as the case does.
ENDING = {
    "intake": ("outbox", "inbox"),
    "routing": ("outbox", "inbox", "case_reads"),
    "notify": ("outbox", "inbox", "deliveries", "retries"),
}
WARM_UP = 200

_TABLES = """
SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def measure(installation: Installation, count: int) -> list[Figure]:
    """The bytes that `count` forms add to each table, for a form."""
    whole_way.send_through(installation, WARM_UP)
    before = {service: _sizes(installation, service) for service in SERVICES}
    whole_way.send_through(installation, count)
    found: list[Figure] = []
    for service in SERVICES:
        grown = {
            table: (size - before[service][table]) / count for table, size in _sizes(installation, service).items()
        }
        ending = sum(grown[table] for table in ENDING[service])
        found += [
            Figure(f"{service}, kept", sum(grown.values()) - ending, "bytes"),
            Figure(f"{service}, until its retention ends", ending, "bytes"),
            *(Figure(f"  {service}: {table}", size, "bytes") for table, size in grown.items() if size >= 1),
        ]
    return found


def _sizes(installation: Installation, service: str) -> dict[str, int]:
    engine = installation.stores[service].database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM"))
        return {row.relname: row.bytes for row in connection.execute(text(_TABLES))}


def _main(count: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker_url = stack.enter_context(scratch.broker())
        installation = stack.enter_context(whole_way.installed(folder / "whole", broker_url))
        print(figures.table(measure(installation, count)))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
