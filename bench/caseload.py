"""A routing store with any number of cases, made in SQL: one in four still open, most of these waiting.

They differ as real ones do: streets, properties, people and faults from lists, so that most words are in few cases and
some in nearly all. A person has sent about five; one in twenty-five is about the same square.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from bench import scratch
from services.routing.queues.counts import add_up, correct
from services.routing.related.likenesses import CELL, CELLS_ACROSS
from services.routing.search.documents import key_of, use_key
from shared.database import OPERATORS_LIMITS, Database, connect

SMALL = 10_000  # what others are compared with
QUEUE = "bygglov"
ESERVICE = "rivningslov"  # one case in ten comes by it, one in fifty by the rarest
RARE_ESERVICE = "strandskydd"
OFFICERS = 20
YEARS = 5
BOARD = "BN"
OPEN, CLOSED = 240, 243  # cases of the queue, with these numbers, in every store
AT_THE_SQUARE = 300

# The rules between tables hold by the way the rows are made, so the server need not look.
_CASES = """
INSERT INTO cases (
  id, municipality, number, register_board, register_year, register_number, submission_id, reference, eservice,
  eservice_title, language, public_title, public_submitter, secret, protected, board, queue, priority, tags,
  state, officer_subject, officer_name, received_at, registered_at, due_by, sequence, undelivered
)
SELECT
  lpad(to_hex(n), 32, '0')::uuid, '2039', 'BN ' || year || '-' || to_char(n, 'FM0999999'), 'BN', year, n,
  lpad(to_hex(n), 32, '0')::uuid, 'bench-' || n, eservice, jsonb_build_object('sv', eservice), 'sv',
  '{"sv": "Bygglov: Tillbyggnad, Åsen 3:14"}', 'Kim Karlsson', false,
  false, 'BN',
  CASE mod(n, 3) WHEN 0 THEN 'bygglov' WHEN 1 THEN 'gata' ELSE 'park' END, 0, '[]', state,
  CASE state WHEN 'queued' THEN NULL ELSE 'officer-' || officer END,
  CASE state WHEN 'queued' THEN NULL ELSE 'Handläggare ' || officer END,
  received, received, (received + interval '10 weeks')::date, 2, false
FROM (
  SELECT
    n, now() - interval '1 second' * mod(n * 7919::bigint, 31536000) AS received, 2026 - mod(n, %(years)s) AS year,
    CASE WHEN mod(n, 4) > 0 THEN 'closed' WHEN mod(n, 20) = 0 THEN 'assigned' ELSE 'queued' END AS state,
    CASE WHEN mod(n / 7, 50) = 0 THEN %(rare)s WHEN mod(n / 7, 10) = 1 THEN %(eservice)s ELSE 'bygglov' END
      AS eservice,
    mod(n / 20, %(officers)s) AS officer
  FROM generate_series(1, %(count)s) AS n
) AS numbered
"""

_COPIES = """
INSERT INTO submission_copies (
  case_id, municipality, title, eservice_version, handling, facts, answers, attachments, explanation
)
SELECT
  id, '2039', '{"sv": "Bygglov: Tillbyggnad, Åsen 3:14"}', 1,
  '{"legal_regime": "forvaltningslagen", "outcomes": []}', '{}', '[]', '[]',
  '{"winner": null, "queue_name": {"sv": "Bygglov"}, "version": 1, "nearest_misses": []}'
FROM cases
"""

_JOURNAL = """
INSERT INTO journal (case_id, sequence, municipality, at, action, state, data, hash)
SELECT id, 2, '2039', received_at, 'queue', 'queued', '{}', md5(id::text) FROM cases
"""

_ENDS = """
INSERT INTO case_ends (
  case_id, municipality, board, protected, queue, eservice, ended_on, days, days_in_queue, in_time
)
SELECT id, municipality, board, protected, queue, eservice, ended_on, ended_on - received_at::date, 0,
  ended_on <= due_by
FROM cases, LATERAL (
  SELECT received_at::date + mod(register_number, least(90, current_date - received_at::date + 1)) AS ended_on
) AS made
WHERE state = 'closed'
"""

# One of 400 streets and of 5,000 blocks, with block and unit once more as `words.with_designations` has them; one in
# eight is about lighting.
_DOCUMENTS = """
INSERT INTO search_documents (case_id, municipality, place, head, whole)
SELECT case_id, '2039', place, head, head || ' ' || whole FROM (
  SELECT id AS case_id, place, lower(concat_ws(chr(10), number, reference, title, name, place, designation)) AS head,
    concat_ws(' ', 'jag vill anmäla att', fault, 'sedan en vecka och det är farligt för barnen som går till skolan',
      md5(n::text)) AS whole
  FROM (
    SELECT id, number, reference, register_number AS n,
      'bygglov: tillbyggnad, åsen' AS title,
      'namn' || to_char(mod(n * 7919::bigint, %(count)s / 5), 'FM000000') || ' efternamn' AS name,
      CASE mod(n, 25) WHEN 0 THEN 'stora torget' ELSE
        'gata' || to_char(mod(n * 104729::bigint, 400), 'FM000') || 'vägen ' || mod(n, 90)
        || ', holen ' || mod(n, 5000) || ':' || mod(n, 7) END AS place,
      CASE WHEN mod(n, 25) > 0 THEN 'q' || mod(n, 5000) || 'q' || mod(n, 7) || 'q' END AS designation,
      CASE mod(n, 8) WHEN 0 THEN 'gatubelysningen är trasig' WHEN 1 THEN 'vägen har ett djupt hål'
        ELSE 'en skylt har fallit omkull' END AS fault
    FROM cases, LATERAL (SELECT register_number AS n) AS numbered
  ) AS made
) AS written ORDER BY case_id
"""

# The positions are spread over 22 by 22 kilometres. A value is an HMAC, whose two padded keys are given.
_LIKENESSES = """
INSERT INTO likenesses (case_id, municipality, kind, value, latitude, longitude)
SELECT case_id, '2039', kind,
  substr(encode(sha256(%(outer)s || sha256(%(inner)s || convert_to(kind || ' ' || value, 'UTF8'))), 'hex'), 1, 32),
  CASE kind WHEN 'cell' THEN latitude END, CASE kind WHEN 'cell' THEN longitude END
FROM (
  SELECT case_id, place, n, 61.0 + mod(n * 7919::bigint, 9973) * 0.2 / 9973 AS latitude,
    14.0 + mod(n * 104729::bigint, 9967) * 0.4 / 9967 AS longitude
  FROM search_documents JOIN cases ON cases.id = case_id, LATERAL (
    SELECT CASE mod(register_number, 25) WHEN 0 THEN 25 ELSE register_number END AS n
  ) AS numbered
) AS placed, LATERAL (VALUES
  ('person', 'person' || mod(('x' || right(case_id::text, 8))::bit(32)::int, %(count)s / 5) || '@example.com'),
  ('place', place),
  ('cell', floor(latitude / %(cell)s)::int || ' ' || floor(longitude / %(cell)s / %(across)s)::int)
) AS known (kind, value) ORDER BY case_id
"""

_LINKS = """
INSERT INTO case_links (case_id, other_id, municipality, kind, at, by_subject, by_name)
SELECT cases.id, other.id, cases.municipality, 'related', cases.received_at, 'officer-1', 'Handläggare 1'
FROM cases JOIN cases AS other ON other.register_number = cases.register_number + 3
WHERE mod(cases.register_number, 60) = 0
"""

_OTHER_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


@contextmanager
def stores(large: int, link_key: str = "") -> Iterator[list[str]]:
    """The URLs of two stores, one with few cases and one with so many."""
    with ExitStack() as stack:
        urls = [stack.enter_context(scratch.database("routing")) for _ in range(2)]
        for url, count in zip(urls, (SMALL, large), strict=True):
            fill(url, count, link_key)
        yield urls


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A store, as a process connects to it."""
    store = connect(url)
    try:
        yield store
    finally:
        store.engine.dispose()


def fill(database_url: str, count: int, link_key: str = "") -> None:
    """Put so many cases, with all that they are found and counted by, into an empty routing store.

    `link_key` is the installation's, where its processes are to find what cases have in common.
    """
    store = connect(database_url, OPERATORS_LIMITS)
    if link_key:
        use_key(store.sessions, link_key)
    sizes = {"count": count, "years": YEARS, "officers": OFFICERS, "eservice": ESERVICE, "rare": RARE_ESERVICE}
    with psycopg.connect(database_url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        indexes = connection.execute(_OTHER_INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for statement in (_CASES, _COPIES, _JOURNAL, _ENDS, _LINKS, _DOCUMENTS, _LIKENESSES):
            connection.execute(statement, {**sizes, **_hash_of(store)})
        for _, definition in indexes:
            connection.execute(definition)
        correct(store.sessions)
        add_up(store.sessions)
        connection.execute("VACUUM ANALYZE")
    store.engine.dispose()


def _hash_of(store: Database) -> dict[str, object]:
    """What likenesses are hashed by: the store's key, which is as long as a block, as HMAC pads it (RFC 2104)."""
    with store.sessions() as session:
        key = key_of(session).encode()
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    return {"inner": inner, "outer": outer, "cell": CELL, "across": CELLS_ACROSS}
