"""The fit engine: compiled with numba, and the same in numpy."""
