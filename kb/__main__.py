"""The command `kb`, which `python -m kb` is, too."""

from __future__ import annotations

import sys


def run() -> None:
    """The command line from its first moment: Ctrl-C while its parts are still loaded is no traceback either."""
    try:
        from kb.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("kb: stopped.\n")
        sys.exit(3)


if __name__ == "__main__":
    run()
