"""Run the command line as ``python -m eisfit.cli``."""

from eisfit.cli import main

main()
