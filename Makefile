# The registry office. `make` alone lists what can be done. Needs python3 (3.11 or newer) with venv; nothing else.

PYTHON ?= python3
PORT ?= 8000
DATA ?= ./data
SEED ?= 7
BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal

.DEFAULT_GOAL = help
.PHONY: help run test year lint lint-types-registry lint-types lint-style lint-directions bench docs lock migration clean

help: ## list these
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run.stamp ## open a training office on http://127.0.0.1:8000 (PORT=8000 DATA=./data)
	TRAINING=1 DATA=$(DATA) PORT=$(PORT) $(BIN)/python app.py run

test: lint ## check everything: lint, then all tests on SQLite, then those of the books and half of those of the desks on PostgreSQL
	$(PYTEST)
	TEST_DATABASE=postgres $(PYTEST) -m "not browser and not once" --ignore tests/web --ignore tests/pitfalls --ignore tests/test_boundaries.py

year: .venv/run.stamp ## play a year in the life of a province over the desks, and audit it (SEED=7)
	$(BIN)/python app.py year --seed $(SEED)

lint: .venv/dev.stamp ## ruff, mypy and the directions between the packages
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint-types-registry lint-types lint-style lint-directions

lint-types-registry:
	$(BIN)/mypy --strict --cache-dir .mypy_cache/strict registry

lint-types:
	$(BIN)/mypy web schemas jobs app.py

lint-style:
	$(BIN)/ruff check .

lint-directions:
	$(BIN)/lint-imports

bench: .venv/dev.stamp ## measure the office under load
	$(BIN)/python -m tests.bench

docs: .venv/dev.stamp ## write the generated parts of docs/ anew, from the code and from the tests
	$(BIN)/python app.py docs
	$(BIN)/python -m tests.pages

migration: .venv/dev.stamp ## write the next migration from the models (NAME="what changes")
	@test -n "$(NAME)" || { echo 'Say what changes: make migration NAME="what changes"'; exit 2; }
	@$(BIN)/python -m migrations.new "$(NAME)"

lock: ## pin requirements*.txt anew from requirements*.in (UPGRADE=--upgrade takes newer releases)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" --disable-pip-version-check install --quiet uv && \
	for name in requirements requirements-dev; do \
		"$$tools/bin/uv" pip compile --quiet --no-header --generate-hashes --python-version 3.11 $(UPGRADE) \
			"$$name.in" --output-file "$$name.txt" || exit; \
	done

clean: ## remove .venv and caches; leaves DATA alone
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(PIP) --requirement requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	$(PIP) --requirement requirements-dev.txt
	@touch $@
