# `make run` and `make test` are all that a fresh machine needs; `make help` lists the rest.
PYTHON ?= python3
PY := .venv/bin/python
# Most tests wait for servers and files: four at a time keep two cores busy.
PYTEST := $(PY) -m pytest -n 4 --dist loadscope

.DEFAULT_GOAL := help
.PHONY: help run test check test-long bench format screenshots catalogue setup setup-dev clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup:
	@$(PYTHON) packaging/bootstrap.py

setup-dev:
	@$(PYTHON) packaging/bootstrap.py --dev

run: setup  ## Set up what is missing and run the program
	@$(PY) packaging/start.py

test: check  ## Set up what is missing, then check and test everything
	$(PYTEST) -q

check: setup-dev  ## Style, types, direction of imports, house rules
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PY) -m pytest -q tests/house

test-long: setup-dev  ## The same tests with the full numbers (fuzz, kills, soak)
	KOMET_TEST_LONG=1 $(PYTEST) -q --timeout 3600

bench: setup-dev  ## Measure speed and memory, as ratios against a floor of the same run
	@for script in tests/benchmarks/*.py; do echo "== $$script"; $(PY) $$script || exit 1; done

format: setup-dev  ## Format the source
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

screenshots: setup-dev  ## Take the README's pictures from the real program
	@$(PY) packaging/screenshots.py

catalogue: setup-dev  ## Compile resources/openapi and resources/knowledge into the index that the program loads
	$(PY) -m komet_console.catalogue.compiling

clean:  ## Remove what was built, the virtual environment included
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
