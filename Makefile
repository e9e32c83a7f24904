# Opstap. `make` lists what there is; `make run` and `make test` need only Python 3.11+ with pip and venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app run
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement
PIP_COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe pyproject.toml
PYTEST := $(BIN)/python -m pytest -n auto

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests python run check lint test browser scale bench course translations migration lock

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# A lock is installed once: its copy in the environment is the stamp, so a changed lock is installed again.
setup: python ## make .venv and install what running needs
	@cmp -s requirements.lock $(VENV)/requirements.lock || { \
		echo "Installing what Opstap needs; this happens once."; \
		$(PIP_INSTALL) requirements.lock && cp requirements.lock $(VENV)/requirements.lock; }

setup-tests: python ## the same, with what tests need
	@cmp -s requirements-dev.lock $(VENV)/requirements-dev.lock || { \
		echo "Installing what the tests need; this happens once."; \
		$(PIP_INSTALL) requirements-dev.lock && cp requirements-dev.lock $(VENV)/requirements-dev.lock; }

python:
	@$(BIN)/python -c 'import pip' 2>/dev/null || { \
		command -v $(PYTHON) >/dev/null || { \
			echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name it: make run PYTHON=/path/to/python3"; exit 1; }; \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
			echo "$(PYTHON) is $$($(PYTHON) -V); Opstap needs 3.11 or newer. Name one: make run PYTHON=python3.12"; exit 1; }; \
		$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
			echo "$(PYTHON) lacks venv. On Debian and Ubuntu, type: sudo apt-get install python3-venv"; exit 1; }; \
		$(PYTHON) -m venv --clear $(VENV); }

run: setup ## try it: http://127.0.0.1:5000 with demo people (PORT=5001 for another port)
	@OPSTAP_DEMO=1 exec $(BIN)/python run.py

check: lint ## the quick half, before each commit: linters, and the tests that need no browser
	$(PYTEST) -m "not browser and not scale"

lint: setup-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet app/web/templates

test: setup-tests ## every test, browser tests included
	@CHROME_PATH="$$($(BIN)/python -m tests.chromium)" && export CHROME_PATH && set -x && $(PYTEST)

browser: setup-tests ## the tests that need a browser
	@CHROME_PATH="$$($(BIN)/python -m tests.chromium)" && export CHROME_PATH && set -x && $(PYTEST) -m browser

scale: setup-tests ## the tests that count statements or measure with many rows
	$(PYTEST) -m scale

bench: setup-tests ## measure how fast it is, beside a bare page: a table, and build/bench.json
	@CHROME_PATH="$$($(BIN)/python -m tests.chromium)" && export CHROME_PATH && $(BIN)/python -m tests.bench

course: setup ## check the course files
	@$(FLASK) course check

translations: setup-tests ## gather the words of code and templates into app/web/translations
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping-file=app/web/translations/babel.cfg --keyword=_l --keyword=lazy_gettext \
		--keyword=lazy_ngettext:1,2 --keyword=lazy_pgettext:1c,2 --no-location --sort-output --output=build/messages.pot app
	@$(BIN)/pybabel --quiet update --input-file=build/messages.pot --output-dir=app/web/translations \
		--ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date --width=100

migration: setup-tests ## a draft of the migration that the models ask for: make migration NAME="join code: add a colour"
	@$(BIN)/python -m migrations "$(NAME)"

lock: setup-tests ## choose the newest versions that pyproject.toml allows, and lock them
	$(PIP_COMPILE) --upgrade --output-file=requirements.lock
	$(PIP_COMPILE) --upgrade --extra=scale --output-file=requirements-scale.lock
	$(PIP_COMPILE) --upgrade --extra=dev --output-file=requirements-dev.lock
