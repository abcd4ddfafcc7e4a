# Only make and Python 3.11 or newer are presumed; `make help` lists what there is.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
TESTS ?= tests
BUILD ?= build
# More than cores, since many tests wait.
PROCESSES ?= 4
MINUTES ?= 10
IN_PARALLEL := --numprocesses=$(PROCESSES) --dist=loadscope --no-loadscope-reorder

# What a process has compiled, tests included, no other compiles anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-fast walks coverage test-pythons lint format texts services soak bench lock wheel sbom audit clean

help: ## say what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile

run: .venv/installed ## serve everything in one process at http://127.0.0.1:8000 (ARENDE_PORT changes the port)
	@$(BIN)/arende up

test: .venv/installed-dev ## run the tests, without those that try more of the same (TESTS=tests/unit for some of them)
	@$(BIN)/pytest $(IN_PARALLEL) -m "not thorough" $(TESTS)
	@echo "The tests marked thorough were left out: make test-all runs them too."

test-all: .venv/installed-dev ## run all tests, as CI does, which takes half as long again
	@$(BIN)/pytest $(IN_PARALLEL) $(TESTS)

test-fast: .venv/installed-dev ## run the tests that need no database, network or other process, in seconds
	@$(BIN)/pytest $(IN_PARALLEL) tests/unit

walks: .venv/installed-dev ## walk through every e-service in a browser in all ways (language, screen, scripts, keyboard); pictures in var/screenshots
	@rm -rf var/screenshots
	@$(BIN)/pytest --numprocesses=3 --dist=worksteal tests/browser/walks/whole_matrix.py; \
		result=$$?; $(BIN)/python -m tests.browser.walks.picture_index; exit $$result

coverage: .venv/installed-dev ## run the tests and show which branches of the code they enter
	@$(BIN)/pytest $(IN_PARALLEL) --cov --cov-report= $(TESTS)
	@$(BIN)/python -m tests.coverage_table

test-pythons: ## run the fast tests on each Python from 3.11 to 3.14 that this machine has
	@sh .ci/test_pythons.sh tests/unit

lint: .venv/installed-dev ## check style, types, import directions and licence notes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/reuse lint --quiet || $(BIN)/reuse lint --lines

format: .venv/installed-dev ## put the code in its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

texts: .venv/installed ## bring the .po files up to date with the texts that code and templates show
	@$(BIN)/python -m shared.i18n.extract

services: ## start this machine's PostgreSQL and RabbitMQ, where they are installed and not up
	@sh deploy/services.sh

soak: .venv/installed-dev ## let processes, stores and broker fail at random for MINUTES=10 while submissions, commands and mails flow (SEED=1 repeats a run)
	@$(BIN)/python -m tests.system.soak $(MINUTES)

bench: .venv/installed-dev ## measure the production set-up against its limits on this machine
	@$(BIN)/python -m bench

lock: .venv/installed ## pin what pyproject.toml asks for, with hashes (needs the package registry)
	@$(INSTALL) uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --extra standalone --constraint requirements.lock --output-file requirements-standalone.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --extra dev --extra standalone --constraint requirements-standalone.lock \
		--output-file requirements-dev.lock

wheel: .venv/installed-dev ## build the wheel, build/arende-VERSION-py3-none-any.whl
	@rm -rf build/lib # a file that is gone would come along again
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(BUILD) .

sbom: .venv/installed-dev ## write the software bill of materials, build/sbom.cdx.json (CycloneDX)
	@mkdir -p $(BUILD)
	@$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-file $(BUILD)/sbom.cdx.json

audit: .venv/installed-dev ## is a locked package withdrawn, or without a known licence? (needs the package index)
	@$(INSTALL) 'pip>=23.3' # the first whose report has what is withdrawn
	@$(BIN)/python .ci/audit.py

clean: ## remove the virtual environments, caches, what was built and the embedded default's data
	@rm -rf .venv .venv-* build var *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment: install its venv module (on Debian: apt install python3-venv)" >&2; exit 1; }
	@touch $@

.venv/installed: .venv/made requirements-standalone.lock pyproject.toml
	@echo "Installing what Ärende needs into .venv (once) …"
	@$(INSTALL) --require-hashes --requirement requirements-standalone.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing what its tests need into .venv (once) …"
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv-%/installed: requirements-dev.lock pyproject.toml
	@python$* -m venv .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --quiet --require-hashes --requirement requirements-dev.lock
	@.venv-$*/bin/python -m pip install --quiet --quiet --no-deps --editable .
	@touch $@
