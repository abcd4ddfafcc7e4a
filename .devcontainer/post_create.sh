#!/usr/bin/env bash
# Once, in a new devcontainer: what the tests need, as in CI, with a password for the tests' user of this container's own database.
set -euo pipefail
cd "$(dirname "$0")/.."

bash .ci/install_lacking.sh
make services
runuser -u postgres -- psql --quiet --command="ALTER ROLE postgres PASSWORD 'postgres'"
make .venv/installed-dev
