# `make` alone lists the commands. PYTHON chooses the Python that makes the virtual environment.
PYTHON ?= python3
RUN = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup build run test test-python test-client test-browser check words api-types screenshots bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: ## virtual environment, libraries and the built client
	@$(PYTHON) scripts/setup.py

build: setup ## the same; builds the client when it has changed

run: setup ## run everything with demo data (PORT, HOST, DATA_DIR are honoured)
	@exec $(RUN) -m server run

test: ## all tests: Python, TypeScript, real browser where one is found
	@$(PYTHON) scripts/setup.py --dev
	@$(PYTHON) scripts/setup.py --npm run test
	@$(RUN) -m pytest -q -n 2 --dist loadscope tests --ignore tests/e2e
	@$(RUN) -m pytest -q tests/e2e

test-python: ## Python tests only
	@$(PYTHON) scripts/setup.py --dev --no-client
	@$(RUN) -m pytest -q -n 2 --dist loadscope tests --ignore tests/e2e

test-client: ## TypeScript tests only
	@$(PYTHON) scripts/setup.py --npm run test

test-browser: ## end-to-end tests in a real browser only
	@$(PYTHON) scripts/setup.py --dev
	@$(RUN) -m pytest -q tests/e2e

check: ## format, lint, types, checklists
	@$(PYTHON) scripts/setup.py --dev --no-client
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m mypy server forms media sync vocabulary
	@$(RUN) -m forms.check
	@$(PYTHON) scripts/setup.py --npm run check

words: ## after a change of the vocabulary: the enums, unions and screen words made from it
	@$(PYTHON) scripts/setup.py --no-client
	@$(RUN) -m vocabulary

api-types: ## after a change of the API: the client's copy of the OpenAPI document and its types
	@$(PYTHON) scripts/setup.py --no-client
	@$(RUN) -m server openapi > client/src/api/openapi.json.new && mv client/src/api/openapi.json.new client/src/api/openapi.json
	@$(PYTHON) scripts/setup.py --npm run api-types

screenshots: ## pictures of the screens for the README (needs a browser)
	@$(PYTHON) scripts/setup.py --dev
	@$(RUN) scripts/screenshots.py

bench: ## benchmarks; see bench/README.md
	@$(PYTHON) scripts/setup.py --dev
	@$(RUN) -m bench

clean: ## remove what setup and build made; data/ stays
	rm -rf .venv client/node_modules client/dist
