# The commands a newcomer needs: `make run`, `make test`, and `make quick` while at work. `make help` lists the rest.
# The system's own Python where it will do: Debian's is built with the compiler's profile, as those that pyenv builds are not (CONTRIBUTING.md).
WILL_DO = -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for each in /usr/bin/python3 python3; do $$each $(WILL_DO) 2>/dev/null && break; done; echo $$each)
BIN := .venv/bin
SECONDS ?= 60
HOURS ?= 1
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# Test files take turns on all cores; a file's tests stay together, since they share what its fixtures start. Tests that start processes wait
# for them half of their time: three workers for a core, so that none stands idle, but none without a gigabyte of memory, since each may run
# a browser, two gateways and a database. Quick tests wait now and then: two for a core. Workers are forked once all is collected.
CORES := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
GIGABYTES := $(shell awk '/^MemAvailable/ {print int($$2 / 1000000)}' /proc/meminfo 2>/dev/null || echo 8)
least = $(shell printf '%s\n' $(1) | sort -n | head -n 1)
WORKERS = $(call least,$$(( $(CORES) * 3 )) $$(( $(GIGABYTES) > 1 ? $(GIGABYTES) : 1 )) 16)
QUICK_WORKERS = $(call least,$$(( $(CORES) * 2 )) 16)
FORKED = -p tests.fakes.forked --forks $(1)
# Checks run beside each other and beside tests: each says what it has to say in one piece (GNU make 4), and all end before make fails.
IN_PIECES = $(if $(filter output-sync,$(.FEATURES)),--output-sync=$(1))
BESIDE = $(MAKE) --no-print-directory --jobs=4 --keep-going $(call IN_PIECES,target)
CHECKS = lint format types contracts
# Where memory has room, tests write there and wait for no disk: a process that is killed loses nothing that it has written, on a disk or there.
# Tests also write programs and run them, so not on a file system that is mounted noexec.
IN_MEMORY = $(shell [ -w /dev/shm ] && [ $$(df -Pk /dev/shm | awk 'END {print $$4}') -gt 2000000 ] && ! grep -qs ' /dev/shm .*noexec' /proc/mounts \
  && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)
# Python keeps what it has compiled, whatever the environment says: the tests start it some hundred times.
unexport PYTHONDONTWRITEBYTECODE
# Ctrl-C ends it as it should: make has nothing to add.
PLAY = trap 'broken_off=1' INT; $(BIN)/python -m gateway.demo.stage.play

.PHONY: help run demo test all-tests tests quick quick-tests check $(CHECKS) setup lock bench fuzz faults soak pin screens clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/installed ## set up, start gateway, demonstration ACS and partner, play one loan, serve until Ctrl-C
	@$(PLAY) --stay || [ "$$broken_off" ]

demo: .venv/installed ## play a loan, a request that ends Unfilled, a borrowed loan and an order; exit 0 or 1
	@$(PLAY) || [ "$$broken_off" ]

test: .venv/installed-dev ## set up, then lint, types, import contracts and all tests
	@$(BESIDE) $(CHECKS) all-tests

quick: .venv/installed-dev ## while at work: lint, types, contracts, the tests that start no process, a tenth of the examples of properties
	@$(BESIDE) $(CHECKS) quick-tests

tests:
	$(IN_MEMORY) $(BIN)/python -m pytest $(call FORKED,$(WORKERS)) $(ONLY)

# Those that judge by time come last, when nothing else runs: a file for each core, and two more, since those of outages wait most of their time.
all-tests:
	@$(MAKE) --no-print-directory $(call IN_PIECES,none) tests ONLY='-m "not timed"'
	@$(MAKE) --no-print-directory $(call IN_PIECES,none) tests WORKERS=$$(( $(CORES) + 2 )) ONLY="-m timed $$(grep -rl --include='test_*.py' 'mark\.timed' tests | tr '\n' ' ')"

quick-tests:
	@$(MAKE) --no-print-directory $(call IN_PIECES,none) tests WORKERS=$(QUICK_WORKERS) ONLY='-q -m "not process" --hypothesis-profile=quick'

check: .venv/installed-dev ## lint, types and import contracts alone
	@$(BESIDE) $(CHECKS)

lint:
	$(BIN)/ruff check .

format:
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

fuzz: .venv/installed-dev ## coverage-guided fuzzing of both protocols and of SRU, SECONDS=60 for each harness
	@for target in iso18626_decode iso18626_problems sip2_decode sip2_frames sip2_session sru_read; do \
	  $(BIN)/python -m tests.fuzz.run $$target --seconds $(SECONDS) --keep var/fuzz/kept/$$target --artifacts var/fuzz/$$target || exit 1; \
	done

bench: .venv/installed-dev ## every benchmark in bench/, one after another
	$(BIN)/python -m bench

faults: .venv/installed-dev ## some minutes of loans, lent and borrowed, under kills, cuts, lies and outages; SEED=n repeats a run
	$(BIN)/python -m tests.faults --crowd all --loans 1000 --kills 120 $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.faults --role borrowing --crowd all --loans 1000 --kills 120 $(if $(SEED),--seed $(SEED))

soak: .venv/installed-dev ## steady load with faults for HOURS=n (1), on STORE=postgresql as well; memory, files, coroutines, sizes and lag every minute
	$(BIN)/python -m tests.faults --minutes $$(( $(HOURS) * 60 )) --loans $$(( $(HOURS) * 50000 )) --kills $$(( $(HOURS) * 4 )) --outage-every-s 15 --gauges-every-s 60 $(if $(STORE),--store $(STORE)) $(if $(SEED),--seed $(SEED))

pin: ## write the digests of the images into Dockerfile and compose file; needs a container engine and a registry
	@deploy/pin

screens: .venv/installed-dev ## pictures of each screen of the desk into docs/screens, light, dark and on a phone
	$(BIN)/python -m tests.browser.screens

setup: .venv/installed-dev ## create the virtual environment with everything in it

.venv/installed: requirements.lock pyproject.toml
	@echo "Setting up .venv (about a minute, once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m gateway.cli "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(BIN)/python" > $(BIN)/ill-gateway
	@chmod 755 $(BIN)/ill-gateway
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Adding the development tools to .venv ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

lock: ## pin the dependencies anew, with hashes
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## remove what the commands made
	rm -rf .venv var dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
