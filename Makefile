# Everything needs make and Python 3.11 or newer, nothing else. What is installed goes into .venv; stamp files there
# say what is already in place, so that a second call starts at once and a changed lock installs again.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
ARGS ?=

INSTALL_LOCKED = $(PIP) install --quiet --require-hashes --requirement
INSTALL_PROJECT = $(PIP) install --quiet --no-deps --no-build-isolation --editable .

# The verifier of pacts reports each use to its makers unless this is set before its first call.
export PACT_DO_NOT_TRACK := true

.DEFAULT_GOAL := help
.PHONY: help install run test check lint form types floors bench soak lock clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/all.stamp  ## install everything into .venv: all extras and what tests and checks need

# Options alone are added to the default run; anything else replaces it.
DEFAULT_RUN := catastrophe -s policies=50000
RUN = $(if $(ARGS),$(if $(filter -%,$(firstword $(ARGS))),$(DEFAULT_RUN) $(ARGS),$(ARGS)),$(DEFAULT_RUN))

run: $(VENV)/run.stamp  ## a catastrophe over 50,000 policies; ARGS="SCENARIO -s key=value ..." for another run
	$(BIN)/windtunnel run $(RUN)

test: $(VENV)/all.stamp  ## all tests; ARGS="tests/model -k money" for some
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: lint form types floors  ## lint, format, types, floors; make -k check goes on after a failure

lint: $(VENV)/all.stamp
	$(BIN)/ruff check

form: $(VENV)/all.stamp
	$(BIN)/ruff format --check

types: $(VENV)/all.stamp
	$(BIN)/basedpyright

floors: $(VENV)/all.stamp
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/all.stamp  ## the speed bounds, into bench.json; ARGS="engine" for one file, ARGS="--look" for a quick look
	$(BIN)/python tests/bench $(ARGS)

soak: $(VENV)/all.stamp  ## what takes longer, into soak.json
	$(BIN)/python tests/soak $(ARGS)

clean:  ## remove .venv, caches and what runs have written
	rm -rf $(VENV) runs dist bench.json soak.json .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Both locks hold for every system and Python version; the smaller one repeats the versions of the larger.
UV = $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
COMPILE = $(UV) pip compile pyproject.toml --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

lock: $(if $(filter $(BIN)/uv,$(UV)),$(BIN)/uv)  ## resolve the locks again; ARGS="--upgrade" for newer versions
	$(COMPILE) --extra all --group build --group dev --output-file locks/all.txt $(ARGS)
	$(COMPILE) --extra simulate --group build --constraints locks/all.txt --output-file locks/run.txt $(ARGS)

$(BIN)/uv: | $(VENV)/made.stamp
	$(PIP) install --quiet uv

$(VENV)/run.stamp: locks/run.txt pyproject.toml | $(VENV)/made.stamp
	$(INSTALL_LOCKED) locks/run.txt
	$(INSTALL_PROJECT)
	@touch $@

# Who has everything has what a run needs.
$(VENV)/all.stamp: locks/all.txt pyproject.toml | $(VENV)/made.stamp
	$(INSTALL_LOCKED) locks/all.txt
	$(INSTALL_PROJECT)
	@touch $@ $(VENV)/run.stamp

PYTHONS := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11 python)

$(VENV)/made.stamp:
	@found=; for python in $(PYTHONS); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "make: no Python 3.11 or newer among: $(PYTHONS); install one or set PYTHON=" >&2; exit 2; fi; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $$found -m venv $(VENV) || \
		{ echo "make: $$found cannot create .venv; on Debian install python3-venv" >&2; exit 2; }
	@touch $@
