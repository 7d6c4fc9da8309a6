"""Fitting circuits to spectra: start values, engine, statistics, results."""
