# make help lists what can be made. Each target makes its own virtual environment where there is none.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench docs clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP)  ## make the virtual environment

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $(STAMP)

run: $(STAMP)  ## run the baseline 200 times: a table, a folder of results, four charts
	$(BIN)/csmarket run baseline

test: $(STAMP)  ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(STAMP)  ## format, lint, types and layers
	$(BIN)/python -m pip install --quiet --editable '.[test,dev]'
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)  ## measure, beside peers: ratios first
	$(BIN)/csmarket bench

docs: $(STAMP)  ## write the reference tables, the README's chart and the gallery anew
	$(BIN)/python tests/test_documents.py
	$(BIN)/python docs/how/draw_readme_chart.py
	$(BIN)/python docs/how/write_assumptions.py
	$(BIN)/python docs/how/draw_gallery.py

clean:  ## remove the virtual environment
	rm -rf .venv
