# `make` says what there is. Two environments: .venv-site builds the site and needs neither torch
# nor Node; .venv runs everything else. The README has plain equivalents of these lines.
PYTHON ?= python3
# More arguments for pytest, such as: make test ARGS="-k resume"
ARGS ?=

SITE = .venv-site/installed
ALL = .venv/installed

.PHONY: help site site-build site-full archive links test test-quick bench lint format clean

help:
	@echo "make site         build the site in both languages and show it on this machine"
	@echo "make site-build   only build it, into site/"
	@echo "make site-full    build it with an archive of itself to download, to be published"
	@echo "make archive      make of it a file for a stick, which opens without a network"
	@echo "make links        check every link and footnote, those to other hosts over the network"
	@echo "make test         run all tests"
	@echo "make test-quick   run the tests that take no more than a few seconds each"
	@echo "make bench        time training, sampling and start-up (let nothing else run)"
	@echo "make lint         check style, types and licences"
	@echo "make format       put the code into the project's style"
	@echo "make clean        remove what these commands made, the environments included"

site: site-build
	.venv-site/bin/python -m hooks.site serve

site-build: $(SITE)
	.venv-site/bin/python -m hooks.site build

site-full: $(SITE)
	.venv-site/bin/python -m hooks.site archive build

archive: $(SITE)
	.venv-site/bin/python -m hooks.site archive

links: site-build
	.venv-site/bin/python -m hooks.links --external

test: $(ALL) $(SITE)
	.venv/bin/python -m pytest $(ARGS)

test-quick: $(ALL) $(SITE)
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m "not slow" \
		--numprocesses=2 --dist=worksteal $(ARGS)

bench: $(ALL)
	mkdir -p runs
	.venv/bin/python -m pytest tests/benchmarks --benchmark-enable --benchmark-only \
		--benchmark-json=runs/benchmarks.json $(ARGS)

lint: $(ALL)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/reuse lint

format: $(ALL)
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

clean:
	rm -rf .venv .venv-site .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage \
		build dist site runs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is made again only when pyproject.toml has changed: the file `installed` in it
# carries the date. Dependency groups need pip 25.1, newer than the pip of a fresh environment.
define new-environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "Making $(@D): this takes a while the first time."
	test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
endef

$(SITE): pyproject.toml
	$(new-environment)
	$(@D)/bin/python -m pip install --quiet --group site
	@touch $@

$(ALL): pyproject.toml
	$(new-environment)
	$(@D)/bin/python -m pip install --quiet --editable . --group test --group dev
	@touch $@
