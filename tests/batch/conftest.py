"""The test files of this folder share `made`."""

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made import spectra, table_of


@pytest.fixture(scope="session")
def table(tmp_path_factory) -> Path:
    """A table of 1800 spectra: four chunks of 512 rows, the last not full."""
    f, Z, values = spectra(1800)
    path = tmp_path_factory.mktemp("table") / "spectra.parquet"
    more = {"R1": values[:, 1], "cycle": np.arange(1800)}
    pq.write_table(table_of(f, Z, **more), path, row_group_size=700)
    return path
