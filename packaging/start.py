"""What `make run` does once the environment stands."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

from bootstrap import has_display, window_trouble

METHOD = "vendor.list"
SHOWN = 1200
"""Characters of the answer that are worth printing."""


def komet(*arguments: str) -> int:
    """Run one command of the program, its output going to the terminal; returns its exit status."""
    words = ["komet-console", *arguments]
    print(f"\n$ {' '.join(words)}", flush=True)
    return subprocess.call([sys.executable, "-m", "komet_console", *arguments])


def call_the_sandbox() -> int:
    """Start the local Komet, make one call, print the answer, stop it again; returns an exit status."""
    command = [sys.executable, "-m", "komet_console", "sandbox", "--fresh", "--json"]
    print("\n$ komet-console sandbox --fresh", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        line = sandbox.stdout.readline()
        if not line:
            return sandbox.wait() or 1
        facts = json.loads(line)
        address = f"{facts['url']}{METHOD}?authenticationToken={facts['tokens']['company']}"
        print(f"$ curl '{address}'", flush=True)
        with urllib.request.urlopen(address, timeout=30) as answer:
            text = json.dumps(json.load(answer), indent=2, ensure_ascii=False)
        print(text if len(text) <= SHOWN else f"{text[:SHOWN]}\n... ({len(text):,} characters)", flush=True)
        sandbox.terminate()
        return sandbox.wait()


def main() -> int:
    """Open the window; where there is no display, say so and show that the main job works."""
    reason = window_trouble("") if has_display() else "this session has no display"
    if not reason:
        return komet("window")
    print(f"No window can be opened: {reason}. The command line and the sandbox work all the same:", flush=True)
    return komet("methods", "vendor") or call_the_sandbox()


if __name__ == "__main__":
    sys.exit(main())
