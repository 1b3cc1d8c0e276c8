PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: demo test lint docs bench validate clean

demo: $(VENV)/installed
	$(BIN)/halosink demo

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build/html
	@echo docs/_build/html/index.html

bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/sensors.py
	$(BIN)/python benchmarks/chamber.py
	$(BIN)/python benchmarks/chamber_fluxes.py
	$(BIN)/python benchmarks/soil_carbonates.py
	$(BIN)/python benchmarks/soil_stocks.py
	$(BIN)/python benchmarks/soil_incubation.py
	$(BIN)/python benchmarks/eddy_threshold.py
	$(BIN)/python benchmarks/eddy_filling.py
	$(BIN)/python benchmarks/eddy_forest.py
	$(BIN)/python benchmarks/eddy_partitioning.py
	$(BIN)/python benchmarks/eddy_footprint.py
	$(BIN)/python benchmarks/eddy_chain.py
	$(BIN)/python benchmarks/model_cores.py
	$(BIN)/python benchmarks/model_monthly.py
	$(BIN)/python benchmarks/maps_layers.py
	$(BIN)/python benchmarks/maps_flow.py
	$(BIN)/python benchmarks/maps_breaks.py
	$(BIN)/python benchmarks/maps_cost.py
	$(BIN)/python benchmarks/maps_patches.py
	$(BIN)/python benchmarks/maps_correction.py
	$(BIN)/python benchmarks/maps_county.py

validate: $(VENV)/installed-dev
	$(BIN)/python validation/twin_coverage.py
	$(BIN)/python validation/kill.py
	$(BIN)/python validation/chamber_truth.py
	$(BIN)/python validation/chamber_references.py
	$(BIN)/python validation/carbonate_soils.py
	$(BIN)/python validation/soil_salinity.py
	$(BIN)/python validation/soil_carbonates.py
	$(BIN)/python validation/soil_stocks.py
	$(BIN)/python validation/marsh_burial.py
	$(BIN)/python validation/soil_fractions.py
	$(BIN)/python validation/soil_incubation.py
	$(BIN)/python validation/eddy_threshold.py
	$(BIN)/python validation/eddy_filling.py
	$(BIN)/python validation/eddy_long_gaps.py
	$(BIN)/python validation/eddy_partitioning.py
	$(BIN)/python validation/eddy_sums.py
	$(BIN)/python validation/eddy_footprint.py
	$(BIN)/python validation/eddy_checks.py
	$(BIN)/python validation/model_cores.py
	$(BIN)/python validation/model_century_mimics.py
	$(BIN)/python validation/model_soilwater.py
	$(BIN)/python validation/model_plants.py
	$(BIN)/python validation/model_carbon.py
	$(BIN)/python validation/model_monthly.py
	$(BIN)/python validation/model_experiments.py
	$(BIN)/python validation/model_drift.py
	$(BIN)/python validation/maps_layers.py
	$(BIN)/python validation/maps_flow.py
	$(BIN)/python validation/maps_breaks.py
	$(BIN)/python validation/maps_published.py
	$(BIN)/python validation/maps_cost.py
	$(BIN)/python validation/maps_patches.py
	$(BIN)/python validation/maps_correction.py
	$(BIN)/python validation/maps_coverage.py
	$(BIN)/python validation/maps_county_truth.py
	$(BIN)/python validation/maps_cluster.py

$(VENV)/installed: pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(INSTALL) '.[maps,model]'
	touch $@

$(VENV)/installed-%: $(VENV)/installed
	$(INSTALL) '.[$*]'
	touch $@

clean:
	rm -rf $(VENV) docs/_build docs/_generated halosink-demo examples/*/results
