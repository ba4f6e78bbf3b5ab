# Everything a person can do here. `make help` lists it.

PYTHON ?= python3
BIN := .venv/bin
# Python compiles what it uses at the first start; all of it would be 150 MB.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --no-cache-dir --no-compile --require-hashes --no-deps
SERVERS := .venv-servers
TRAINING := .venv-training
# Each has an environment of its own, .venv-NAME: no two agree on their requirements.
TRAINERS ?= training axolotl llamafactory verl verifiers
# Tests of a model in the worker itself: they run in the environment that has torch.
IN_WORKER := $(addprefix tests/backends/reasoners/,test_local.py test_small.py test_conformance.py)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"
UPGRADE ?= # make lock UPGRADE=--upgrade

# Else every process compiles anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup up test check lint fmt types contracts templates migrations lock \
	setup-training test-servers test-training test-trainers test-attacks corpus fuzz messages openapi roles screens scores bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: .venv/setup.stamp static/vendor/setup.stamp ## Make the environment in .venv and fetch the front-end packages

up: setup ## Start everything on this machine; ARGS="--port 8080" goes to `calm up`
	@$(BIN)/calm up $(ARGS)

test: setup .venv/dev.stamp ## Run the tests on SQLite and PostgreSQL; ARGS go to pytest
	@scripts/chromium --install > /dev/null; \
	$(BIN)/python -m pytest -n 2 $(ARGS); status=$$?; \
	scripts/chromium > /dev/null || echo "The browser tests were NOT run: no Chromium was found."; \
	exit $$status

check: lint types contracts templates migrations ## Check style, types, import contracts, templates and migrations

lint: .venv/dev.stamp ## Check style and formatting
	@$(BIN)/ruff check --quiet --output-format concise . && $(BIN)/ruff format --quiet --check . && echo "style: good"

fmt: .venv/dev.stamp ## Format and mend style
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

types: .venv/dev.stamp ## Check types
	@$(BIN)/mypy --no-error-summary app workers export training scripts benchmarks && echo "types: good"

contracts: .venv/dev.stamp ## Check that imports point down
	@$(BIN)/lint-imports --no-logo > .venv/contracts.log || { cat .venv/contracts.log; exit 1; }
	@echo "import contracts: good"

templates: .venv/dev.stamp ## Compile every template
	@$(BIN)/python -m pytest --quiet tests/test_templates.py

migrations: .venv/dev.stamp ## Migrate empty databases and compare them with the tables, on both engines
	@$(BIN)/python -m pytest --quiet tests/test_migrations.py

lock: .venv/dev.stamp ## Write the lock files anew
	@$(COMPILE) $(UPGRADE) --group build pyproject.toml -o requirements/base.lock
	@$(COMPILE) $(UPGRADE) --extra solvers --group build --group dev pyproject.toml -c requirements/base.lock -o requirements/dev.lock
	@echo torch > .venv/torch.txt
	@$(COMPILE) $(UPGRADE) --extra training --group build --excludes .venv/torch.txt pyproject.toml -c requirements/base.lock -o requirements/training.lock
	@$(COMPILE) $(UPGRADE) --group pyproject.toml:node -o requirements/node.lock
	@npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund \
		--loglevel=error > /dev/null

test-servers: setup .venv/dev.stamp $(SERVERS)/setup.stamp ## Run the tests against real model servers (needs torch)
	@$(BIN)/python -m pytest -m servers $(addprefix --ignore ,$(IN_WORKER)) $(ARGS)
	@PYTHONPATH=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		$(SERVERS)/bin/python -m pytest -m servers $(IN_WORKER) $(ARGS)

setup-training: $(TRAINING)/trainer.stamp ## Make the environment that `calm train` needs in .venv-training (needs torch)

test-training: setup .venv/dev.stamp setup-training ## Train tiny models through every stage
	@PYTHONPATH=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		$(TRAINING)/bin/python -m pytest -m training -rs tests/training $(ARGS)

test-trainers: setup .venv/dev.stamp $(TRAINERS:%=.venv-%/trainer.stamp) ## Load every format with the trainer it is for; TRAINERS="training verl" takes these alone
	@$(BIN)/python -m pytest -m trainers -rs tests/trainers $(ARGS)

test-attacks: setup .venv/dev.stamp ## Run hostile code and input against the sandbox and the pages
	@$(BIN)/python -m pytest -m attacks $(ARGS)

corpus: .venv/dev.stamp ## Write the table of the attack corpus into docs/sandbox.md
	@$(BIN)/python -m tests.attacks.table

fuzz: .venv/dev.stamp ## Run the property-based tests for long
	@$(BIN)/python -m pytest -n 2 -m hypothesis --hypothesis-profile fuzz $(ARGS)

messages: .venv/dev.stamp ## Gather what pages say into app/locale/*.po; LANGUAGE=de begins another
	@$(BIN)/python -m scripts.messages $(LANGUAGE)

openapi: .venv/dev.stamp ## Write docs/openapi.json anew, which describes the API, and the client of it in app/client/v1
	@$(BIN)/python -m scripts.openapi && $(BIN)/python -m scripts.client

screens: setup .venv/dev.stamp ## Take the pictures of docs/screens anew
	@rm -rf docs/screens
	@CALM_SCREENSHOTS=docs/screens $(BIN)/python -m pytest tests/browser/test_screens.py $(ARGS)

roles: setup .venv/dev.stamp ## Write who may do what into docs/roles.md, out of the table that the tests hold
	@CALM_WRITE_ROLES=1 $(BIN)/python -m pytest -q tests/web/test_routes.py -k documents

scores: setup ## Evaluate the rules on the bundled set, and write their scores into docs/evaluation.md
	@$(BIN)/python -m scripts.scores

bench: setup .venv/dev.stamp ## Measure pages, the queue, search, the sandbox, how busy a model server is kept, the rules, and the first page
	@$(BIN)/python -m benchmarks.pages && $(BIN)/python -m benchmarks.queue \
		&& $(BIN)/python -m benchmarks.claims && $(BIN)/python -m benchmarks.history \
		&& $(BIN)/python -m benchmarks.datasets \
		&& $(BIN)/python -m benchmarks.sandbox --runs 10000 \
		&& $(BIN)/python -m benchmarks.reasoner && $(BIN)/python -m benchmarks.detectors \
		&& $(BIN)/python -m benchmarks.first_page && $(BIN)/python -m benchmarks.reading && $(BIN)/python -m benchmarks.exports

clean: ## Remove what set-up made; the data folder stays
	rm -rf .venv $(SERVERS) $(TRAINING) $(TRAINERS:%=.venv-%) static/vendor .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

# --- files that the targets above rest on ---------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/setup.stamp: requirements/base.lock pyproject.toml | .venv/bin/python
	@echo "Setting up the environment in .venv (about 500 MB) ..."
	@$(INSTALL) -r requirements/base.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/setup.stamp
	@echo "Adding what the tests need ..."
	@$(INSTALL) -r requirements/dev.lock
	@echo "Compiling the solvers, whose first import takes long ..."
	@$(BIN)/python -c 'import ortools.math_opt.python.mathopt, cvxpy, pyomo.environ, pyscipopt'
	@touch $@

static/vendor/setup.stamp: package-lock.json scripts/vendor.py requirements/node.lock | .venv/bin/python
	@echo "Fetching the front-end packages ..."
	@$(BIN)/python scripts/vendor.py
	@touch $@

# torch has a build for each kind of machine, so no hash fits all. pip takes the build that its
# own configuration leads to (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS): a CPU build is enough.
$(SERVERS)/setup.stamp: requirements/servers.txt
	@echo "Setting up the model servers in $(SERVERS) (torch is large) ..."
	@$(PYTHON) -m venv $(SERVERS)
	@$(SERVERS)/bin/python -m pip --quiet --disable-pip-version-check install -r requirements/servers.txt
	@touch $@

# As above, with all but torch from a lock; TRL's own trainers are tested here too.
$(TRAINING)/trainer.stamp: requirements/training.lock requirements/training.txt pyproject.toml
	@echo "Setting up training in $(TRAINING) (torch is large) ..."
	@$(PYTHON) -m venv $(TRAINING)
	@$(TRAINING)/bin/python -m pip --quiet --disable-pip-version-check install --no-compile \
		--require-hashes --no-deps -r requirements/training.lock
	@$(TRAINING)/bin/python -m pip --quiet --disable-pip-version-check install --no-compile \
		-r requirements/training.txt
	@$(TRAINING)/bin/python -m pip --quiet --disable-pip-version-check install --no-deps \
		--no-build-isolation --editable .
	@touch $@

# As above; and what a trainer needs for GPUs alone stays out: NAME.bare.txt comes without its own
# requirements, and what its loader does need is in NAME.txt.
.venv-%/trainer.stamp: requirements/trainers/%.txt
	@echo "Setting up $* in .venv-$* (torch is large) ..."
	@$(PYTHON) -m venv .venv-$*
	@.venv-$*/bin/python -m pip --quiet --disable-pip-version-check install --no-compile -r $<
	@bare=requirements/trainers/$*.bare.txt; test ! -e $$bare || .venv-$*/bin/python -m pip --quiet \
		--disable-pip-version-check install --no-compile --no-deps -r $$bare
	@touch $@
