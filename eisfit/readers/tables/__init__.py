"""Readers for tables: text, workbooks, arrays."""
