# Everything runs in a virtual environment in .venv, made on first use.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
LOWEST := .venv-lowest
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
TORCH := $(shell sed -n 's/^\(torch==[^ ;]*\).*/\1/p' constraints.txt)

.DEFAULT_GOAL := help
.PHONY: help install system-packages hub demo lab test test-all test-lowest bench clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

install: $(VENV)/installed ## Make .venv and install the course with its tools

# A bare "torch" may bring gigabytes of CUDA packages, so its exact version is asked for first.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

system-packages: ## On Debian or Ubuntu, as root: what the browser, terminal and attack tests use
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		bubblewrap chromium tmux libseccomp2 >/dev/null

hub: $(BIN)/configurable-http-proxy ## With npm: JupyterHub's proxy, for the test of a class on a hub

$(BIN)/configurable-http-proxy: | $(VENV)/installed
	npm install --silent --no-fund --no-audit --global --prefix $(VENV) configurable-http-proxy@5

demo: $(VENV)/installed ## Grade a sample class from start to finish, in demo/
	$(BIN)/dojo demo

lab: $(VENV)/installed ## Open JupyterLab with the formgrader on the sample class
	@test -f demo/gradebook.db || $(BIN)/dojo demo
	cd demo && PATH="$(abspath $(BIN)):$$PATH" jupyter lab

# Tests run side by side, one to a processor: a second thread of torch's would take from the next.
test test-all test-lowest: export OMP_NUM_THREADS = 1

# Each known mistake is judged by tests/test_answers.py, in other words than the catalogue's.
test: $(VENV)/installed ## Run all that CI runs: lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/dojo verify --mistakes 2 --mutants 8 --pairs 4
	$(BIN)/pytest -m "not long" $(SIDE_BY_SIDE)

test-all: $(VENV)/installed ## Run every test, those of minutes too: Gradescope, exports, exchange, a hub, the teaching page
	@test -x $(BIN)/configurable-http-proxy || $(MAKE) --no-print-directory hub || \
		echo "No proxy for JupyterHub: the test of a class on a hub will be skipped."
	$(BIN)/dojo verify --mutants 8 --pairs 4
	$(BIN)/pytest $(SIDE_BY_SIDE)

test-lowest: $(LOWEST)/installed ## Run the marked part of the tests with the lowest versions that pyproject.toml allows; downloads several GB
	$(LOWEST)/$(notdir $(BIN))/pytest -m lowest $(SIDE_BY_SIDE)

# On Linux torch comes with its CUDA packages. For Python 3.13 these versions have no wheels.
$(LOWEST)/installed: pyproject.toml tests/lowest_versions.py
	$(PYTHON) -m venv $(LOWEST)
	$(PYTHON) tests/lowest_versions.py > $(LOWEST)/constraints.txt
	$(LOWEST)/$(notdir $(BIN))/python -m pip install --quiet -c $(LOWEST)/constraints.txt -e '.[dev]'
	@touch $@

bench: $(VENV)/installed ## Measure against stock nbgrader; BENCH="--quick --only c,g" for a part
	$(BIN)/python -m benchmarks.run $(BENCH)

clean: ## Remove the sample class and what tools leave behind; keeps .venv and .venv-lowest
	rm -rf demo build dist .pytest_cache .ruff_cache .mypy_cache
	find . -name __pycache__ -not -path './$(VENV)*' -type d -prune -exec rm -rf {} +
