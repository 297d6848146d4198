"""`python -m komet_console` does what the `komet-console` command does."""

from __future__ import annotations

import sys

from komet_console.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
