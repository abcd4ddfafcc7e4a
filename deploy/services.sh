#!/bin/sh
# Starts this machine's PostgreSQL and RabbitMQ where they are installed and not up. Debian's layout; needs root.
set -eu

postgres_version() { ls /etc/postgresql 2>/dev/null | sort -n | tail -1; }
postgres_answers() { pg_isready --quiet --host=127.0.0.1; }
rabbitmq_answers() { rabbitmqctl --quiet await_startup --timeout 2 >/dev/null 2>&1; }

wait_until() {
    for _ in $(seq 60); do
        if "$1"; then return 0; fi
        sleep 1
    done
    echo "$2 did not come up within a minute" >&2
    exit 1
}

if [ -z "$(postgres_version)" ]; then
    echo "PostgreSQL is not installed (on Debian: apt install postgresql)"
elif postgres_answers; then
    echo "PostgreSQL is up"
else
    pg_ctlcluster --skip-systemctl-redirect "$(postgres_version)" main start
    wait_until postgres_answers PostgreSQL
    echo "PostgreSQL is started"
fi

if ! command -v rabbitmq-server >/dev/null; then
    echo "RabbitMQ is not installed (on Debian: apt install rabbitmq-server)"
elif rabbitmq_answers; then
    echo "RabbitMQ is up"
else
    rabbitmq-server -detached >/dev/null
    wait_until rabbitmq_answers RabbitMQ
    echo "RabbitMQ is started"
fi
