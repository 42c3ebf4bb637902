# `make run` serves the demonstration at http://localhost:6543; `make test` runs everything that is tested.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run demo test install install-dev tesseract lint messages settings clean

run: install tesseract
	$(BIN)/korrigo -c development.ini up

demo: install tesseract
	$(BIN)/korrigo demo --out var/demo

test: install-dev
	$(BIN)/python tests/run.py

install: $(VENV)/installed

install-dev: $(VENV)/installed-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python setup.cfg plugins/*/setup.cfg requirements.txt constraints.txt
	$(PIP) -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(PIP) -r requirements-dev.txt -c constraints.txt
	touch $@

tesseract:
	@$(PYTHON) tests/programs.py --optional tesseract

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports

messages: install-dev
	$(BIN)/python tests/messages.py

settings: install-dev
	$(BIN)/python tests/settings_table.py

clean:
	rm -rf var build
