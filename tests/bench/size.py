"""How large the worlds are: as they fit into a coffee break, or as large as the goals say."""

import os

VARIABLE = "POLKA_BENCH_LARGE"


def is_large() -> bool:
    """As `--large` said, here or in the process that started this one."""
    return os.environ.get(VARIABLE) == "1"
