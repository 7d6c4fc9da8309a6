"""eisfit: raw impedance files in; conductivities and activation energies with honest errors out."""
