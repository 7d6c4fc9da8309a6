"""Writers, and the measurement sheet: what files do not tell."""
