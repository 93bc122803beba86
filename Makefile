# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
APT    := libreoffice-calc-nogui libreoffice-writer-nogui libreoffice-script-provider-python python3-uno \
          fonts-noto-cjk poppler-utils curl

.PHONY: demo test test-browser lint templates docs bench fuzz clean

demo: $(VENV)/product.stamp
	$(BIN)/perfeval demo demo

test: lint office chromium modules
	$(BIN)/pytest -n 2 --dist loadgroup

# The page in a real browser alone.
test-browser: $(VENV)/dev.stamp chromium modules
	$(BIN)/pytest -m browser

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Everything that is generated from something else; a test fails while any of it is stale.
templates: $(VENV)/dev.stamp
	$(BIN)/python -m scripts.generate

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks

# Twelve thousand damaged files through every command, writes that fail, writers killed: docs/robustness.md.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m scripts.fuzz.families
	$(BIN)/python -m scripts.fuzz --keep build/fuzz

$(VENV)/product.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[reports,web]'
	touch $@

$(VENV)/dev.stamp: pyproject.toml $(VENV)/product.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# The peers that benchmarks compare with.
$(VENV)/bench.stamp: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

# LibreOffice recalculates what we wrote; pictures of Chinese text need a font.
.PHONY: office
office:
	@command -v soffice >/dev/null && command -v pdftoppm >/dev/null && command -v curl >/dev/null && fc-list | grep -q -i 'cjk' && /usr/bin/python3 -c 'import uno' \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT); }

# The page is tried in a real browser.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; }

# The Open XML SDK's validator, and axe-core, which looks over the page for people who do not see it or use no mouse.
.PHONY: modules
modules: tests/node_modules/installed.stamp
tests/node_modules/installed.stamp: tests/package.json
	@command -v npm >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; }
	npm install --prefix tests --no-package-lock --no-audit --no-fund --silent
	touch $@

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache tests/node_modules
