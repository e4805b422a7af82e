# Obmin: set-up, the demo, and every check. GNU make on Debian 12, POSIX sh.
#
#   make demo     set up, then play one whole exchange into demo-out/
#   make test     every test; repetition tests with small counts
#   make faults   the repetition tests with their full counts
#   make bench    ratios against other tools, each in an environment of its own
#   make check    style, types, layers, templates, known vulnerabilities
#   make sbom     the bill of materials of all that is locked, CycloneDX, into build/sbom.json
#   make lock     resolve requirements/*.in into hashed requirements/*.txt
#   make clean    remove what these commands made, but no exchange's files

SHELL  := /bin/sh
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DONE   := $(VENV)/.obmin
PIP    := $(BIN)/python -m pip -q -q --disable-pip-version-check

# Extra arguments for pytest, for example: make test ARGS="-x tests/core"
ARGS   ?=
OUT    ?= demo-out

# Two processes share the tests; a file stays in one, and all that stands on the story (tests/conftest.py).
SHARED ?= -n 2 --dist loadfile

.PHONY: help demo setup vendor test faults bench check audit sbom lock clean debian
.DELETE_ON_ERROR:

demo: setup
	$(BIN)/obmin demo --out $(OUT)
	@echo "From this folder: $(BIN)/obmin serve --home $(OUT)/sides/UKR/home"

help:
	@sed -n '3,10s/^# *//p' Makefile

setup: $(DONE)/run vendor $(DONE)/messages

# Puts fonts and icons in place by pinned hash; where they are, it only checks them.
vendor: $(DONE)/run
	@$(BIN)/python -m obmin.web.vendor

test: setup $(DONE)/dev debian
	$(BIN)/python -m pytest $(SHARED) $(ARGS)

faults: setup $(DONE)/dev debian
	OBMIN_FULL=1 $(BIN)/python -m pytest -m faults $(ARGS)

bench: setup $(DONE)/dev
	$(BIN)/python bench/run.py $(ARGS)

# Every check runs, whatever the one before it said; the last line names those that failed.
check: setup $(DONE)/dev
	@failed=; \
	say() { echo "== $$*"; "$$@" || failed="$$failed $$(basename $$1)"; }; \
	say $(BIN)/ruff check .; \
	say $(BIN)/ruff format --check .; \
	say $(BIN)/mypy; \
	say $(BIN)/lint-imports; \
	say $(BIN)/djlint --lint src; \
	say $(MAKE) --no-print-directory audit; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi

# A known vulnerability fails. What could not be asked about is said, never passed over in silence.
audit: $(DONE)/dev
	@mkdir -p build; \
	$(BIN)/pip-audit --disable-pip --require-hashes --progress-spinner off --timeout 15 \
	  -r requirements/dev.txt >build/audit.txt 2>&1; ended=$$?; \
	asked=$$(grep -c '^[A-Za-z0-9._-]*==' requirements/dev.txt); \
	missed=$$(grep -c 'could not be audited' build/audit.txt); \
	if grep -q '^Found [0-9]* known vulnerabilit' build/audit.txt; then cat build/audit.txt; exit 1; \
	elif [ $$ended -ne 0 ]; then \
	  echo "NOT DONE: the advisory database cannot be reached from here; no dependency was audited."; \
	  tail -n 1 build/audit.txt; \
	elif [ $$missed -gt 0 ]; then \
	  echo "NOT DONE for $$missed of $$asked dependencies: the advisory database here does not know them."; \
	else echo "$$asked dependencies, no known vulnerability."; fi

sbom: $(DONE)/dev
	@$(BIN)/python requirements/sbom.py build/sbom.json

# No package index is named here or in the locks: pip's own configuration says where to look.
lock: $(DONE)/dev
	for part in build run dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(ARGS) \
	    --output-file requirements/$$part.txt requirements/$$part.in || exit 1; \
	done

clean:
	rm -rf $(VENV) build dist src/obmin.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/obmin/web/static/vendor src/obmin/documents/fonts
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -type f -delete

# --- set-up, each step once -------------------------------------------------------------------------

# $(call debian,PACKAGES): installs Debian packages if we may, else prints the one command to type.
define debian
as=; \
if [ "$$(id -u)" -ne 0 ]; then \
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as="sudo -n"; \
  else echo "Missing:" $(1) >&2; echo "Type this once: sudo apt-get install" $(1) >&2; exit 2; fi; \
fi; \
echo "Installing Debian packages:" $(1); \
$$as apt-get update -qq && \
$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null
endef

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Obmin needs Python 3.11. Name one: make PYTHON=python3.11" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
	  { rm -rf $(VENV); $(call debian,python3-venv); $(PYTHON) -m venv $(VENV); }
	@mkdir -p $(DONE) && touch $@

$(DONE)/run: $(DONE)/venv requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing what Obmin runs on, by locked hash"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DONE)/dev: $(DONE)/run requirements/dev.txt
	@echo "Installing what the tests and checks need, by locked hash"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(DONE)/messages: $(DONE)/run src/obmin/web/messages.py $(wildcard src/obmin/web/locale/*/LC_MESSAGES/*.po)
	$(BIN)/python -m obmin.web.messages compile
	@touch $@

# What the tests need besides Python: a browser, a database server, the stock signature tool, a PDF reader.
debian:
	@missing=; \
	command -v chromium >/dev/null 2>&1 || missing="$$missing chromium"; \
	command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v minisign >/dev/null 2>&1 || missing="$$missing minisign"; \
	command -v pdftotext >/dev/null 2>&1 || missing="$$missing poppler-utils"; \
	command -v java >/dev/null 2>&1 || missing="$$missing openjdk-17-jre-headless"; \
	if [ -n "$$missing" ]; then $(call debian,$$missing); fi
