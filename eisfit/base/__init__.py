"""Errors, findings, constants, units and values with errors: what every other package uses."""
