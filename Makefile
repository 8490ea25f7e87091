# Longbien: `make demo` runs the main job, `make test` passes the tests; each sets up what it needs on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: demo test check bench bench-peers lock clean

demo: .venv/documents.stamp
	$(BIN)/longbien demo

test: .venv/dev.stamp
	$(BIN)/pytest -n 2 tests

check: .venv/dev.stamp
	$(BIN)/ruff format --check src tests vectors bench tools
	$(BIN)/ruff check src tests vectors bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp
	$(BIN)/python -m bench

bench-peers: .venv/dev.stamp
	$(BIN)/python -m bench.rivals.install

# The locks hold hashes and no address, so that any index serves them. Extras stay named: without them pip looks past the pin.
lock:
	uv pip compile pyproject.toml --extra documents --group dev --generate-hashes --no-strip-extras --no-emit-index-url --python-version 3.11 --no-header -o requirements/dev.txt
	uv pip compile pyproject.toml --group build --generate-hashes --no-strip-extras --no-emit-index-url --python-version 3.11 --no-header -c requirements/dev.txt -o requirements/run.txt
	uv pip compile pyproject.toml --extra documents --group build --generate-hashes --no-strip-extras --no-emit-index-url --python-version 3.11 --no-header -c requirements/dev.txt -o requirements/documents.txt

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/pip
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/documents.stamp: requirements/documents.txt pyproject.toml | .venv/bin/pip
	$(PIP) install --require-hashes -r requirements/documents.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch .venv/run.stamp $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml | .venv/bin/pip
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch .venv/run.stamp .venv/documents.stamp $@

clean:
	rm -rf .venv
