"""The catalogue: time and memory to load it and find a method, and time per keystroke of a search.

Loading is measured in fresh interpreters, against one that does nothing, in turns; figures are medians.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
LOAD = "from komet_console.catalogue import load; load().method('prebook.create')"
MEMORY = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
QUERIES = ("custmer list", "pick ticket", "air waybill", "purchase order create", "updatedAsOf", "invioce pdf", "zzzz")


def run(program: str) -> tuple[float, str]:
    """Wall time in milliseconds and output of a fresh interpreter."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return (time.perf_counter() - start) * 1000, done.stdout


def loading() -> None:
    bare, loaded = [], []
    for _ in range(RUNS):
        bare.append(run("pass")[0])
        loaded.append(run(LOAD)[0])
    floor, whole = statistics.median(bare), statistics.median(loaded)
    print(f"load and find one method   {whole:6.1f} ms, bare interpreter {floor:.1f} ms, ratio {whole / floor:.2f}")
    print(
        f"  of which the catalogue   {whole - floor:6.1f} ms (limit 60 ms in all: {'kept' if whole <= 60 else 'BROKEN'})"
    )
    base, full = int(run(MEMORY)[1]), int(run(LOAD + MEMORY)[1])
    added = (full - base) / 1024
    print(
        f"memory                     {full / 1024:6.1f} MB, bare {base / 1024:.1f} MB, added {added:.1f} MB (limit 15)"
    )


def searching() -> None:
    from komet_console.catalogue import load

    catalogue = load()
    start = time.perf_counter()
    catalogue.search("a")
    first = (time.perf_counter() - start) * 1000
    times = []
    for query in QUERIES:
        for length in range(1, len(query) + 1):
            start = time.perf_counter()
            catalogue.search(query[:length])
            times.append((time.perf_counter() - start) * 1000)
    print(f"first search (builds index){first:6.1f} ms")
    print(f"search per keystroke       {statistics.median(times):6.2f} ms median, {max(times):.2f} ms worst (limit 5)")


def main() -> None:
    loading()
    searching()


if __name__ == "__main__":
    main()
