# Every target prints what it does; none needs anything but make, git and Python 3.11 or newer.
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
DEMO ?= demo
DEMO_PEOPLE ?= 20000
BENCH_PEOPLE ?= 26000 261536 1200000
# Compiled once is enough, also where the machine says otherwise: a program of ours takes twice as long to start without.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-long test-fast check fix docs bench lock clean

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(VENV)/run.stamp  ## a made-up borough: make it, learn, score two months, judge it; then the case app on it (DEMO_SERVE=no: without)
	@sh scripts/demo.sh $(DEMO) $(DEMO_PEOPLE)

test: $(VENV)/dev.stamp  ## all tests, fast ones first
	@$(PY) -m pytest -q -n auto --durations=40

test-long: $(VENV)/dev.stamp  ## all of the campaigns, on both databases: more than an hour
	@CARETIER_LONG_TESTS=1 CARETIER_EVERY_DATABASE=1 $(PY) -m pytest -q -n auto --durations=40

test-fast: $(VENV)/dev.stamp  ## the tests that take under two seconds each
	@$(PY) -m pytest -q -n auto -m "not slow"

check: $(VENV)/dev.stamp  ## format, lint, types, import directions, tests over our own code, generated docs
	@$(PY) scripts/check.py

fix: $(VENV)/dev.stamp  ## put formatting and mechanical lint right
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

docs: $(VENV)/dev.stamp  ## write the generated reference again
	@$(PY) scripts/docs.py --write

bench: $(VENV)/dev.stamp  ## the monthly run beside the usual ways of writing it, as ratios
	@$(PY) benchmarks/monthly_run.py --people $(BENCH_PEOPLE)

lock: $(VENV)/dev.stamp  ## pin every dependency again, with hashes
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:           ## remove the environment and the demo
	rm -rf $(VENV) $(DEMO)

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@sh scripts/setup.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	@sh scripts/setup.sh $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/run.stamp
