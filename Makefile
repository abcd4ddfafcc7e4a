# Only make and Python 3.11 or newer are presumed; `make help` lists what there is.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
TESTS ?= tests
IN_TWO := --numprocesses=2 --dist=loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-fast coverage lint format services bench lock clean

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

run: .venv/installed ## serve everything in one process at http://127.0.0.1:8000 (ARENDE_PORT changes the port)
	@$(BIN)/arende up

test: .venv/installed-dev ## run the tests in two processes (TESTS=tests/unit for some of them)
	@$(BIN)/pytest $(IN_TWO) $(TESTS)

test-fast: .venv/installed-dev ## run the tests that need no database, network or other process, in seconds
	@$(BIN)/pytest $(IN_TWO) tests/unit

coverage: .venv/installed-dev ## run the tests and show which branches of the code they enter
	@$(BIN)/pytest $(IN_TWO) --cov --cov-report= $(TESTS)
	@$(BIN)/python -m tests.coverage_table

lint: .venv/installed-dev ## check style, types and import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/installed-dev ## put the code in its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

services: ## start this machine's PostgreSQL and RabbitMQ, where they are installed and not up
	@sh deploy/services.sh

bench: .venv/installed-dev ## measure the production set-up against its limits on this machine
	@$(BIN)/python -m bench

lock: .venv/installed ## pin what pyproject.toml asks for, with hashes (needs the package registry)
	@$(INSTALL) uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove the virtual environment, caches and the embedded default's data
	@rm -rf .venv var *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment: install its venv module (on Debian: apt install python3-venv)" >&2; exit 1; }
	@touch $@

.venv/installed: .venv/made requirements.lock pyproject.toml
	@echo "Installing what Ärende needs into .venv (once) …"
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing what its tests need into .venv (once) …"
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@
