# Only Python 3.11+ and make are assumed. `make` lists the targets.
# Another interpreter: make setup PYTHON=python3.12. Another place for the environment: VENV=/somewhere.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OUT ?= demo-out
# Two workers cost 2.5 s to start and save more than that; a file stays with one, so its emulator is made once.
WORKERS ?= 2
PYTEST = -m pytest -n $(WORKERS) --dist loadfile
NEVER_BY_DEFAULT := not live and not long
# What must be covered to the last branch: it decides and does no I/O.
PURE := connector/sync/*,connector/api/protocol.py,connector/api/pacing.py,connector/api/decode.py,connector/reports/rules*,connector/reports/homework.py

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long lint fmt cov bench docs lock i18n check

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## create the virtual environment and install everything (once)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: setup ## emulated school, pull, status and report; the files land in demo-out/
	$(BIN)/dnevnik demo --out $(OUT)

test: setup ## all tests that need no network and no patience
	$(BIN)/python $(PYTEST) -m '$(NEVER_BY_DEFAULT)'

test-long: setup ## the tests that take minutes too
	$(BIN)/python $(PYTEST) -m 'not live'

lint: setup ## ruff, mypy --strict, import contracts, translations complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/i18n.py --check
	$(BIN)/python tools/lookalikes.py mappings/*.toml mappings/*/*.toml

fmt: setup ## format, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

cov: setup ## branch coverage: 90 % overall, 100 % of the pure core
	$(BIN)/coverage erase
	$(BIN)/coverage run $(PYTEST) -q -m '$(NEVER_BY_DEFAULT)'
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --fail-under=90
	$(BIN)/coverage report --include='$(PURE)' --show-missing --fail-under=100

bench: setup ## speed and memory as ratios of what the machine allows
	$(BIN)/python tools/bench.py

docs: setup ## rewrite docs/cli.md from the commands' own help
	$(BIN)/python tools/cli_docs.py

i18n: setup ## bring the Russian catalogue up to date and compile it
	$(BIN)/python tools/i18n.py

lock: setup ## resolve requirements-ci.txt anew
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --extra dev --build-deps-for editable --generate-hashes --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --annotation-style line \
		--output-file requirements-ci.txt pyproject.toml

check: lint test ## what a commit must pass
