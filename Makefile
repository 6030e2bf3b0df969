# Two commands to know: `make demo` runs it, `make test` tests it.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# What kb raises with a sentence for the person, and what it says from below the doors
SENTENCES := -k InvalidInput -k NotFound -k Conflict -k NotAllowed -k NotSignedIn -k UsageError -k LibraryError -k SearchIndexError -k SignInRefused -k NameTaken -k Said -k several:1,2

.PHONY: help install demo test lint format bench soak translations clean
help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

install: $(VENV)/.kb  ## a virtual environment with kb in it

$(VENV)/.kb: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kb needs Python 3.11 or newer; $(PYTHON) is older. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[meaning]' || \
	  { echo "kb[meaning] cannot be had here; going on without finding by meaning."; \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .; }
	@touch $@

$(VENV)/.tools: $(VENV)/.kb
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

demo: install  ## load the sample library, serve it, print the sign-in
	$(BIN)/kb demo

test: $(VENV)/.tools lint  ## lint, types and every test, the quick ones first
	$(BIN)/python -m tests.browser.find_chromium
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not browser and not slow"
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "browser or slow"

lint: $(VENV)/.tools  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.tools  ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.tools  ## speed, each figure a ratio to a peer in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks.speed

soak: $(VENV)/.tools  ## the long kill, fuzz and load campaigns
	$(BIN)/python -m pytest -q tests/soak --soak

translations: $(VENV)/.tools  ## gather what the interface says, and bring the catalogs in kb/translations up to date
	mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg $(SENTENCES) --no-wrap --sort-by-file --add-location=file -o build/kb.pot .
	$(BIN)/pybabel -q update -i build/kb.pot -d kb/translations -D kb --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
