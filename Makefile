# Two commands for newcomers: `make demo` and `make test`. Everything is installed into .venv from hashed locks.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
BENCH = --seconds $(or $(BENCH_SECONDS),120) $(if $(LABEL),--label $(LABEL))

.PHONY: demo run test bench check format soak lock openapi errors configuration coverage pictures hooks clean help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.base ## the whole shop in one process, playing a purchase; ONCE=1 exits after it, PORT=8000
	@$(BIN)/python -m scripts.demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

run: .venv/.base ## the same without the journey
	@$(BIN)/python -m scripts.demo --no-journey $(if $(PORT),--port $(PORT))

test: .venv/.dev ## the whole suite against real MariaDB, Redis and RabbitMQ; ARGS="-k name" for a part
	@scripts/with-services $(BIN)/python -m pytest -n $(or $(WORKERS),auto) --dist worksteal $(ARGS)

check: .venv/.dev ## format, lint, types, import contracts, drift of generated pages, lock files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.openapi --check
	$(BIN)/python -m scripts.env_example --check
	$(BIN)/python -m scripts.errors --check
	$(BIN)/python -m scripts.configuration --check
	$(BIN)/python -m scripts.lock --check

bench: .venv/.dev ## speed on real servers: scenarios, then worker classes; BENCH_SECONDS=120 for each, LABEL=trial
	@scripts/with-services sh -c '$(BIN)/python -m benchmarks scenarios $(BENCH) && $(BIN)/python -m benchmarks workers $(BENCH)'

format: .venv/.dev ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: .venv/.dev ## write docs/openapi/*.json
	$(BIN)/python -m scripts.openapi

errors: .venv/.dev ## write docs/errors.md
	$(BIN)/python -m scripts.errors

configuration: .venv/.dev ## write docs/configuration.md and .env.example
	$(BIN)/python -m scripts.configuration
	$(BIN)/python -m scripts.env_example

coverage: .venv/.dev ## the suite with line and branch coverage, in the terminal and in var/coverage; ARGS as for test
	@scripts/with-services $(BIN)/python -m pytest -n $(or $(WORKERS),auto) --dist worksteal $(ARGS) \
		--cov --cov-report=term:skip-covered --cov-report=html

soak: .venv/.dev ## what takes long: the contribution guide, an import of 50,000 SKUs, 50,000 steps of stock on each database
	SOAK=1 $(BIN)/python -m pytest tests/contributing tests/integration/catalog/test_import_memory.py $(ARGS)
	STOCK_STEPS=50000 scripts/with-services $(BIN)/python -m pytest -n 2 tests/integration/inventory/test_machine.py $(ARGS)

pictures: .venv/.dev ## take the pictures of the READMEs anew; needs Chromium and fonts-noto-cjk
	$(BIN)/python -m scripts.pictures

hooks: .venv/.dev ## run the checks before every commit from now on
	$(BIN)/pre-commit install

lock: .venv/.dev ## compile requirements/*.txt from pyproject.toml
	$(BIN)/python -m scripts.lock

clean: ## remove the virtual environment and everything made at run time
	-scripts/services stop
	rm -rf .venv var .services .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.base: requirements/base.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ .venv/.base
