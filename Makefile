# Every command installs what it needs, once; only Python 3.11 or newer has to be installed.
# .python-version lists the supported versions: the deployed one first, the oldest last.

.DEFAULT_GOAL := help
.PHONY: help setup demo run check format test suite oldest bench gallery words requirements audit clean

VERSIONS := $(shell cat .python-version)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
BENCH := $(VENV)/bench
# One more than there are cores: some tests only wait.
PYTEST := --quiet --numprocesses $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist worksteal
PINNED := $(sort $(wildcard requirements*.txt))
NEEDED := requirements.txt requirements-operator.txt
SOURCES := $(NEEDED:.txt=.in) $(filter-out $(NEEDED:.txt=.in),$(sort $(wildcard requirements*.in)))

# A virtual environment whose Python was removed is made again.
$(shell test -x $(BIN)/python || rm -f $(VENV)/.needed $(VENV)/.all)

help: ## show this help
	@echo "make COMMAND, where COMMAND is one of"
	@sed -n 's/^\([a-z]*\):.*## /  \1|/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

setup: $(VENV)/.needed ## install what the function and its commands need into .venv
	@echo "The packages of the function and its commands are installed in $(VENV)."

demo: $(VENV)/.needed ## simulate a phone; its messages are shown here, or in a Telegram chat that you name
	@$(BIN)/python -m tools.demo

run: $(VENV)/.needed ## start the function on this machine for a real phone; creates .env the first time
	@$(BIN)/python -m tools.run

check: $(VENV)/.all ## check the code without running it: ruff, mypy, import-linter, shellcheck
	@echo "Checking style, types, imports and scripts …"
	@failed=""; \
	try() { "$$@" || failed="$$failed\n  $$*"; }; \
	try $(BIN)/ruff check --quiet; \
	try $(BIN)/ruff format --check; \
	try $(BIN)/python -m mypy; \
	try $(BIN)/python $(BIN)/lint-imports --no-logo; \
	try $(BIN)/shellcheck --external-sources .ci/run sms-relay $(wildcard *.sh deploy/*.sh selfhost/*.sh tools/*.sh); \
	if [ -n "$$failed" ]; then \
		printf "These checks failed:$$failed\n"; \
		echo "'make format' fixes what ruff can fix by itself; the lines above name the rest."; \
		exit 1; \
	fi

format: $(VENV)/.all ## fix the style of the code, as far as ruff can
	@$(BIN)/ruff check --quiet --fix --exit-zero
	@$(BIN)/ruff format

test: check ## run all checks and all tests
	@$(MAKE) --no-print-directory suite

# Coverage is measured only in pytest's own processes, where it costs next to nothing.
suite: $(VENV)/.all
	@echo "Running the tests on $$($(BIN)/python --version) …"
	@$(BIN)/python -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(firstword $(VERSIONS))")' || \
		echo "NOTE: the deployed Python is $(firstword $(VERSIONS)). To use it: make clean, then make PYTHON=… test"
	@$(BIN)/python -m pytest $(PYTEST) --cov --cov-report=

oldest: ## run all tests on the oldest Python that is supported
	@python=$$(tools/find_python.sh $(lastword $(VERSIONS))) || { \
		echo "NOT TESTED on Python $(lastword $(VERSIONS)), the oldest supported one: it is not installed here."; \
		exit 1; }; \
	$(MAKE) --no-print-directory VENV=$(VENV)/oldest PYTHON="$$python" $(VENV)/oldest/.all
	@echo "Running the tests on $$($(VENV)/oldest/bin/python --version) …"
	@$(VENV)/oldest/bin/python -m pytest $(PYTEST)

words: $(VENV)/.all ## write the index of relay/otp/words.txt, by which codes are found
	@$(BIN)/python -m tools.words

gallery: $(VENV)/.all ## draw the pictures of docs/gallery.md that have changed
	@$(BIN)/python -m tools.gallery

bench: $(BENCH)/.needed ## measure cold starts and load, against other functions; ten minutes, with QUICK=1 one
	@$(BENCH)/bin/python -m tools.bench $(if $(QUICK),--quick)

requirements: $(VENV)/.all ## pin the newest versions of everything, and audit them
	@for file in $(SOURCES); do \
		echo "Pinning $$file …"; \
		$(BIN)/uv --quiet --no-config pip compile --universal --python-version $(lastword $(VERSIONS)) --upgrade \
			--generate-hashes --no-emit-index-url --no-emit-find-links \
			--custom-compile-command "make requirements" \
			--output-file "$${file%.in}.txt" "$$file" >/dev/null || exit 1; \
	done
	@$(MAKE) --no-print-directory audit

audit: $(VENV)/.all ## look for known vulnerabilities in the pinned versions
	@echo "Auditing the pins …"
	@$(BIN)/python -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off \
		$(addprefix -r ,$(PINNED)) || { \
		echo "The audit failed. Either the lines above name a vulnerability: raise that version in"; \
		echo "the .in file and run 'make requirements'. Or its database could not be reached, and nothing is"; \
		echo "known about the pins: run 'make audit' again when it can be."; \
		exit 1; }

clean: ## remove .venv and all caches; .env, config.toml and .relay stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for each in $(PYTHON) $$(tools/find_python.sh $(VERSIONS)) python3 python; do \
		if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python=$$each; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "No Python $(lastword $(VERSIONS)) or newer was found. Install one, or name one: make PYTHON=/path/to/python3"; \
		exit 1; \
	fi; \
	echo "Creating a virtual environment in $(VENV) with $$("$$python" --version) …"; \
	"$$python" -m venv --clear $(VENV) || { \
		rm -rf $(VENV); \
		echo "This Python cannot create one. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; }

$(VENV)/.needed: $(NEEDED) | $(BIN)/python
	@echo "Installing what the function needs, about half a minute …"
	@$(PIP) install -qq --no-deps --require-hashes $(addprefix -r ,$(NEEDED))
	@touch $@

# Other installed packages change what a library imports, so the  has its own environment.
$(BENCH)/.needed: requirements.txt | $(BIN)/python
	@echo "Installing what the  needs, about half a minute …"
	@$(BIN)/python -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip --disable-pip-version-check install -qq --no-deps --require-hashes -r $<
	@touch $@

$(VENV)/.all: $(VENV)/.needed $(PINNED)
	@echo "Installing what the checks and tests need, about half a minute …"
	@$(PIP) install -qq --no-deps --require-hashes $(addprefix -r ,$(PINNED))
	@touch $@
