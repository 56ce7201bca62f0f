# Everything is done from here: `make help` lists it. PYTHON, PORT, QTL_HOME, QTL_SHARED and ARGS may be given on the
# line (`make run PORT=8600`); make passes those on to the commands below by itself.

PYTHON ?= python3
PORT ?= 8501
# Where pip finds torch without CUDA (docs/hosting.md); nothing is the usual torch, with it.
TORCH_INDEX ?=
# pip is told to look nowhere else: another index that pip knows may have a newer torch.
ONLY_THERE := PIP_INDEX_URL="$(TORCH_INDEX)" PIP_CONFIG_FILE=/dev/null
ADDRESS ?= $(or $(STREAMLIT_SERVER_ADDRESS),127.0.0.1)
# What is behind the port where the app is served at a path of its own.
BELOW := $(if $(STREAMLIT_SERVER_BASE_URL_PATH),/$(patsubst /%,%,$(patsubst %/,%,$(STREAMLIT_SERVER_BASE_URL_PATH)))/)
ARGS ?=
WORKERS ?= 2
NONE_CHOSEN := 5  # pytest's exit code where ARGS leave no test to run

# Called by its path and as `-m <tool>`: the scripts in .venv/bin name their folder in a line that a space would break.
VENV_PYTHON := .venv/bin/python
INSTALL := $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-quiet test-browser mutants lint bench transfer-table noisy-training-table spirals-table heads-table readout-table studies-table screenshots page-speed
.PHONY: gpu show-steady kills study-kills cluster-table serve-load load soak faults findings ten-fields honest

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo '  options: PORT=8600  TORCH_INDEX=address  QTL_HOME=folder  QTL_SHARED=folder  PYTHON=python3.12  ARGS="tests/network -x"  WORKERS=2'

setup: .venv/installed  ## make .venv and install what the app needs

setup-dev: .venv/installed-dev  ## the same, with what tests and linter need

run: setup  ## start the app on 127.0.0.1 (PORT=8501; ADDRESS=0.0.0.0 opens it to the room)
	@$(VENV_PYTHON) -c 'import sys; sys.exit(not (sys.argv[1].isdecimal() and 0 < int(sys.argv[1]) < 2**16))' '$(PORT)' || \
		{ echo '$(PORT) is no port. There are 1 to 65535.' >&2; exit 1; }
	@$(VENV_PYTHON) -c 'import socket; socket.create_server(("$(ADDRESS)", $(PORT))).close()' 2>/dev/null || \
		{ echo 'Port $(PORT) is taken or not allowed: stop what uses it, or choose another one: make run PORT=8600' >&2; exit 1; }
	@echo 'The app answers at $(if $(filter 127.0.0.1 0.0.0.0,$(ADDRESS)),http://127.0.0.1:$(PORT),$(ADDRESS):$(PORT))$(BELOW) (Ctrl+C ends it).'
	@$(VENV_PYTHON) -W ignore -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

# The browser tests go last and one at a time: a browser, an app and its workers fill two cores by themselves. One that
# fails is tried three times more, as a busy machine may outlast any patience; pytest's closing line counts these.
test:  ## run all tests, or some: make test ARGS="tests/network -x"
	@$(MAKE) --no-print-directory test-quiet
	@$(MAKE) --no-print-directory test-browser

test-quiet: setup-dev  ## the same without a browser
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -n $(WORKERS) -m "not browser" $(ARGS) || test $$? -eq $(NONE_CHOSEN)

test-browser: setup-dev  ## only those in a browser
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -m browser --reruns 3 -rfER $(ARGS) || test $$? -eq $(NONE_CHOSEN)

mutants: setup-dev  ## make small mistakes in the source and see that tests fail (ROOM=store SAMPLE=60|all AGAIN=1)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m tools.mutants

lint: setup-dev  ## check style, formatting and types
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy

bench: setup-dev  ## measure speed into benchmarks/RESULTS.md (QUICK=1: under two minutes, figures as JSON)
	@$(VENV_PYTHON) -m benchmarks $(ARGS)

transfer-table: setup-dev  ## train every recipe of transfer against scratch into benchmarks/TRANSFER.md (some minutes; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.transfer $(ARGS)

noisy-training-table: setup-dev  ## train exactly and under noise over 12 seeds into benchmarks/NOISY_TRAINING.md (forty minutes; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.noisy_training $(ARGS)

screenshots: setup-dev  ## take every page on desktop and phone, light and dark, into screenshots/
	@$(VENV_PYTHON) -m tools.screenshots

kills: setup-dev  ## kill training processes at fifty random moments and see that nothing is lost (some minutes)
	@OMP_NUM_THREADS=1 QTL_KILLS=50 $(VENV_PYTHON) -m pytest tests/runs/test_store_killed.py -q -s $(ARGS)

study-kills: setup-dev  ## the same of studies, thirty times: what writes, what trains, nodes of a Ray cluster (some minutes)
	@OMP_NUM_THREADS=1 QTL_KILLS=10 $(VENV_PYTHON) -m pytest tests/studies/test_study_killed.py tests/studies/workers/test_ray_cluster.py -k kill -q -s $(ARGS)

cluster-table: setup-dev  ## time one study by threads, by processes and by Ray on this machine into benchmarks/CLUSTER.md (some minutes)
	@$(VENV_PYTHON) -m benchmarks.cluster $(ARGS)

serve-load: setup-dev  ## load `qtl serve` by ApacheBench on this machine into benchmarks/SERVING.md (a minute; needs ab)
	@$(VENV_PYTHON) -m benchmarks.serving $(ARGS)

spirals-table: setup-dev  ## train every head on the paper's spirals over 20 seeds into benchmarks/SPIRALS.md (some seconds)
	@$(VENV_PYTHON) -m benchmarks.spirals $(ARGS)

heads-table: setup-dev  ## train every head on ants and bees over 40 seeds, and time 100, into benchmarks/HEADS.md (a minute; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.heads $(ARGS)

findings: setup-dev  ## ask the ready questions of ants and bees, into docs/findings.md (some minutes; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.findings $(ARGS)

ten-fields: setup-dev  ## learn A, then B both ways in all fields of Learn, into docs/transfer-in-ten-fields.md (a minute)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m benchmarks.ten_fields $(ARGS)

honest: setup-dev  ## count how often 1,000 studies of equal heads claim a difference, into benchmarks/HONEST.md (some minutes)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m benchmarks.honest $(ARGS)

readout-table: setup-dev  ## read one run out exactly, from shots and on machines into benchmarks/READOUT.md and docs/machines.md (some minutes; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.readout

studies-table: setup-dev  ## train 1,000 runs here, with JAX and with the engine of before into benchmarks/STUDIES.md (ten minutes; needs the photos)
	@$(VENV_PYTHON) -m benchmarks.studies $(ARGS)

gpu: setup-dev  ## compare features and training on the GPU with the CPU's, and measure; says so where there is none
	@$(VENV_PYTHON) -m benchmarks.gpu $(ARGS)

load: setup-dev  ## thirty visitors at once on two cores, figures into benchmarks/load.json (4 minutes; ARGS="--seconds 60")
	@$(VENV_PYTHON) -m tools.load --out benchmarks/load.json $(ARGS)

soak: setup-dev  ## an hour of it: memory, threads, open files, into benchmarks/soak.json
	@$(VENV_PYTHON) -m tools.load --soak --out benchmarks/soak.json $(ARGS)

show-steady: setup-dev  ## run show mode for MINUTES=10 and see that nothing grows, in the server or in the browser
	@$(VENV_PYTHON) -m tools.show_steady

faults: setup-dev  ## killed, out of memory, full, damaged, swapped, set back, slow: each in the middle of work (some minutes)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest tests/faults tests/browser/test_faults.py tests/test_hostile_client.py -q $(ARGS)

page-speed: setup-dev  ## measure in Chromium how quick the pages feel (needs QTL_SHARED)
	@$(VENV_PYTHON) -m tools.page_speed

# A stamp is written last, so that an interrupted step is done again, and is older than a changed requirements file.
.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Python 3.11 or newer is needed, and $(PYTHON) is not: name another one: make setup PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo 'The folder .venv could not be made. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@touch $@

.venv/installed: requirements.txt .venv/made
	@echo 'Installing requirements.txt into .venv (the first time some minutes: torch is large) ...'
	@rm -f $@
	@test -z "$(TORCH_INDEX)" || grep '^torch' requirements.txt | $(ONLY_THERE) $(INSTALL) --no-deps -r /dev/stdin
	@$(INSTALL) -r requirements.txt && touch $@
	@test -z "$(TORCH_INDEX)" || sh deploy/slim.sh .venv
	@$(VENV_PYTHON) -m qtl_core compile || echo 'The app will do it when it runs.'

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo 'Installing requirements-dev.txt into .venv ...'
	@rm -f $@ && $(INSTALL) -r requirements-dev.txt && touch $@
