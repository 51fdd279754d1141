# make setup · make run · make test · make bench — each does what it needs first, works twice in a row and offline
# the second time. Nothing is needed beforehand but Python 3.11 or later and make.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
BENCH_STAMP := .venv-bench/.ready
JOBS ?= 2

.PHONY: setup run test lint bench train clean

setup: $(STAMP)

$(STAMP): requirements/all.txt pyproject.toml scripts/system-packages
	@sh scripts/system-packages
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/all.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP)
	@sh scripts/run-examples

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

$(BENCH_STAMP): requirements/bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/bench.txt
	@touch $@

bench: $(STAMP) $(BENCH_STAMP)
	$(BIN)/python -m bench

clean:
	rm -rf .venv .venv-bench .venv-train
