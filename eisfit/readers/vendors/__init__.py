"""Readers for the files of instrument makers: one format a file."""
