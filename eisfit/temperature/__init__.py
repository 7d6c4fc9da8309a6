"""Along temperature: sequences of fits, activation energies."""
