"""Reports: one HTML page, one PDF, tables for other programs, and every figure."""
