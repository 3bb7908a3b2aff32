"""How large the worlds are: as they fit into a coffee break, or as large as the goals say."""

import os

VARIABLE = "POLKA_BENCH_LARGE"
LARGE = os.environ.get(VARIABLE) == "1"
