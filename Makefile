# Two commands do everything, set-up included: `make run` and `make test`.
# PYTHON=/path/to/python3 chooses the Python that .venv is made with; WORKERS=n the number of test processes.

bin := .venv/bin
WORKERS ?= 2
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test check lint types arch fmt bench faults mutants cover lock setup clean

help:
	@echo "make run     open posapp on its pretend gateway (without a screen: one scripted sale, screenshots in build/demo)"
	@echo "make test    every check and every test"
	@echo "make check   ruff, pyright, import-linter, deptry      make fmt     format the code"
	@echo "make bench   the measurements                          make cover   tests with coverage"
	@echo "make faults  the long campaign of the fault tests, and docs/fault-matrix.md written from it (half an hour)"
	@echo "make mutants plants bugs in copies of the program and shows that its tests catch them (two minutes)"
	@echo "make lock    write the hashed requirements anew (UPGRADE=1 takes newer versions)"
	@echo "make setup   only the set-up                           make clean   remove what was made, .venv included"

run:
	@packaging/dev/setup.sh run
	@packaging/dev/run.sh

test: check
	$(bin)/pytest -n $(WORKERS) --dist loadgroup

check: lint types arch

lint: setup
	$(bin)/ruff check --quiet .
	$(bin)/ruff format --check --quiet .

types: setup
	$(bin)/pyright

arch: setup
	$(bin)/lint-imports --no-logo
	$(bin)/deptry .

fmt: setup
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench: setup
	$(bin)/python -m tests.benchmarks

faults: setup
	rm -f build/faults/results.jsonl
	POSAPP_FAULTS=campaign $(bin)/pytest tests/faults -n $(WORKERS) --dist loadgroup -o faulthandler_timeout=0 --deselect tests/faults/test_rows.py
	$(bin)/python -m tests.faults.page

mutants: setup
	$(bin)/python -m tests.mutants

cover: setup
	$(bin)/coverage run -m pytest tests/unit
	$(bin)/coverage report

lock:
	packaging/dev/lock.sh

setup:
	@packaging/dev/setup.sh test

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
