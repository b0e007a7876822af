"""`python -m searchkit` and the console script `searchkit`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and exit with its status."""
    # Commands are short: the garbage that collecting would find is little, and looking for it early takes a good part
    # of a short query.
    gc.set_threshold(100_000, 20, 20)
    # No linear algebra is done here; the threads that numpy would start for it only take time, in each process.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from searchkit.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while still importing
        status = 130
    # What collects garbage at the end would go through all modules for an eighth of a short query's time; they go anyway.
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
