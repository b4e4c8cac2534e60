#!/usr/bin/env python3
"""The unit tests that were built for another system, in its emulator: all but the properties, in two processes at once, each to its end; and their figures.

  portable_tests.py EMULATOR PROGRAM       EMULATOR: wine, node, qemu; empty where PROGRAM runs by itself
"""
import concurrent.futures
import pathlib
import re
import sys

import programs

# About half of the time: whoever carries one of these tags, and whoever carries none.
FIRST = ["repair", "capture", "dfu", "page", "redact", "mend", "remedy"]
HALVES = [",".join(f"[{tag}]~[properties]" for tag in FIRST), "".join(f"~[{tag}]" for tag in [*FIRST, "properties"])]
LONGEST = 5400  # seconds


def figures(said):
    """Tests, failed tests and checks of the last line of such a program."""
    whole = re.search(r"All tests passed \((\d+) assertions? in (\d+) test cases?\)", said)
    if whole:
        return int(whole.group(2)), 0, int(whole.group(1))
    broken = re.search(r"test cases:\s+(\d+) \|.*?(\d+) failed.*\nassertions:\s+(\d+)", said)
    return tuple(int(each) for each in broken.groups()) if broken else None


def main(emulator, program):
    if emulator and "wine" in pathlib.Path(emulator).name:
        programs.wine()
    command = [*([emulator] if emulator else []), program]
    with concurrent.futures.ThreadPoolExecutor(len(HALVES)) as at_once:
        ends = list(at_once.map(lambda half: programs.ended([*command, half, "--durations", "yes"], pathlib.Path(program).parent, longest=LONGEST), HALVES))
    right = True
    sums = [0, 0, 0]
    for half, end in zip(HALVES, ends):
        said = end.stdout.decode(errors="replace")
        found = figures(said)
        if end.returncode != 0 or not found or found[1] or not found[0]:
            right = False
            print(f"{half}: {end.returncode}\n{said}\n{end.stderr.decode(errors='replace')}")
        sums = [one + more for one, more in zip(sums, found or (0, 0, 0))]
    print(f"{sums[0]} tests, {sums[1]} failed, {sums[2]} checks")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
