"""The model library: one TOML file is one physical reading of a circuit."""
