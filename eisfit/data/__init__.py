"""Frozen values: a spectrum, a series of spectra, a geometry, a fixture."""
