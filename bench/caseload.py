"""A routing store with any number of cases, made in SQL: one in four still open, most of these waiting."""

import psycopg

from services.routing.queues.counts import add_up, correct
from shared.database import OPERATORS_LIMITS, connect

QUEUE = "bygglov"
ESERVICE = "rivningslov"  # one case in ten comes by it, one in fifty by the rarest
RARE_ESERVICE = "strandskydd"
OFFICERS = 20
YEARS = 5
BOARD = "BN"

# Every row in one statement. The rules between tables hold by the way they are made, so the server need not look.
_CASES = """
WITH made AS (
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
  RETURNING id, received_at
), copied AS (
  INSERT INTO submission_copies (
    case_id, municipality, title, eservice_version, handling, facts, answers, attachments, explanation
  )
  SELECT
    id, '2039', '{"sv": "Bygglov: Tillbyggnad, Åsen 3:14"}', 1,
    '{"legal_regime": "forvaltningslagen", "outcomes": []}', '{}', '[]', '[]',
    '{"winner": null, "queue_name": {"sv": "Bygglov"}, "version": 1, "nearest_misses": []}'
  FROM made
)
INSERT INTO journal (case_id, sequence, municipality, at, action, state, data, hash)
SELECT id, 2, '2039', received_at, 'queue', 'queued', '{}', md5(id::text) FROM made
"""


def fill(database_url: str, count: int) -> None:
    """Put so many cases, with contents and a journal entry each, into an empty routing store, and count them."""
    url = database_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        sizes = {"count": count, "years": YEARS, "officers": OFFICERS, "eservice": ESERVICE, "rare": RARE_ESERVICE}
        connection.execute(_CASES, sizes)
        store = connect(database_url, OPERATORS_LIMITS)
        correct(store.sessions)
        add_up(store.sessions)
        store.engine.dispose()
        connection.execute("VACUUM ANALYZE")
