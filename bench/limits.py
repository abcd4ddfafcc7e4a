"""The limits of an HTTP service on this machine: a view that only answers, and one that also inserts one row.

Served as a service's web is: `gunicorn --config services/cli/gunicorn.conf.py "bench.limits:application()"`.
"""

import os
import threading
from functools import cached_property

import psycopg
from flask import Flask, request

TABLE = "CREATE TABLE IF NOT EXISTS forms (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)"
INSERT = "INSERT INTO forms (body) VALUES (%s)"


def application() -> Flask:
    """`/hello` answers; a `POST` to `/row` inserts what was sent, unseen, commits, and answers."""
    app = Flask(__name__)
    of_thread = _OfThread()

    @app.route("/hello", methods=["GET", "POST"])
    def hello() -> tuple[str, int]:
        request.get_data()
        return "hello", 200

    @app.post("/row")
    def row() -> tuple[str, int]:
        with of_thread.connection.transaction():
            of_thread.connection.execute(INSERT, [request.get_data(as_text=True)])
        return "stored", 201

    return app


class _OfThread(threading.local):
    """A connection for each thread, opened when it is first used: the app is built before its processes fork."""

    @cached_property
    def connection(self) -> psycopg.Connection:
        return psycopg.connect(os.environ["BENCH_DATABASE_URL"])
