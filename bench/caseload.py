"""A routing store with any number of cases, made in SQL: one in four still open, most of these waiting."""

import psycopg

QUEUE = "bygglov"

# Every row in one statement. The rules between tables hold by the way they are made, so the server need not look.
_CASES = """
WITH made AS (
  INSERT INTO cases (
    id, municipality, number, register_board, register_year, register_number, submission_id, reference, eservice,
    eservice_title, language, public_title, public_submitter, secret, protected, board, queue, priority, tags,
    state, officer_subject, officer_name, received_at, registered_at, due_by, sequence, undelivered
  )
  SELECT
    lpad(to_hex(n), 32, '0')::uuid, '2039', 'BN 2026-' || n, 'BN', 2026, n, lpad(to_hex(n), 32, '0')::uuid,
    'bench-' || n, 'bygglov',
    '{"sv": "Ansökan om bygglov"}', 'sv', '{"sv": "Bygglov: Tillbyggnad, Åsen 3:14"}', 'Kim Karlsson', false,
    false, 'BN',
    CASE mod(n, 3) WHEN 0 THEN 'bygglov' WHEN 1 THEN 'gata' ELSE 'park' END, 0, '[]', state,
    CASE state WHEN 'queued' THEN NULL ELSE 'erik.eriksson' END, 'Erik Eriksson',
    received, received, (received + interval '10 weeks')::date, 2, false
  FROM (
    SELECT
      n, now() - interval '1 second' * mod(n * 7919::bigint, 31536000) AS received,
      CASE WHEN mod(n, 4) > 0 THEN 'closed' WHEN mod(n, 20) = 0 THEN 'assigned' ELSE 'queued' END AS state
    FROM generate_series(1, %(count)s) AS n
  ) AS numbered
  RETURNING id, received_at
), copied AS (
  INSERT INTO submission_copies (
    case_id, municipality, title, eservice_version, handling, facts, answers, attachments, explanation
  )
  SELECT id, '2039', '{"sv": "Bygglov: Tillbyggnad, Åsen 3:14"}', 1, '{}', '{}', '[]', '[]', '{}' FROM made
)
INSERT INTO journal (case_id, sequence, municipality, at, action, state, data, hash)
SELECT id, 2, '2039', received_at, 'queue', 'queued', '{}', md5(id::text) FROM made
"""


def fill(database_url: str, count: int) -> None:
    """Put so many cases, with contents and a journal entry each, into an empty routing store."""
    url = database_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_CASES, {"count": count})
        connection.execute("VACUUM ANALYZE")
