"""From a series to processes, laws and the comparison with the literature."""
