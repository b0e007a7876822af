"""`python -m searchkit` and the console script `searchkit`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from searchkit.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while still importing
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
