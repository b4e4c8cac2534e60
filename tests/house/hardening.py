#!/usr/bin/env python3
"""Looks with readelf whether programs are hardened as cmake/hardening.cmake says.

  hardening.py PROGRAM...     prints what is missing; exit status 1 if anything is, 77 where a program is not there

A program that needs no library of the system has no names left that could be asked about. What its code asks for is read in the archives that it was linked
from (lib*.a in its folder), and its main is found as the start of every Linux program finds it.
"""
import pathlib
import re
import subprocess
import sys


def said_by(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def readelf(option, path):
    return said_by("readelf", "-W", option, path)


def is_static(path):
    return "INTERP" not in readelf("-l", path)


def names_asked_for(path):
    """What the program, or the code that it was made of, calls in libraries."""
    if not is_static(path):
        return readelf("--dyn-syms", path)
    archives = sorted(pathlib.Path(path).resolve().parent.glob("lib*.a"))
    return "".join(said_by("nm", "--undefined-only", archive).replace("_chk\n", "_chk@\n") for archive in archives)


def first_instructions_of_main(path):
    """Disassembled; "" where main is not found."""
    entry = int(re.search(r"Entry point address:\s+(0x[0-9a-f]+)", readelf("-h", path)).group(1), 16)
    start = said_by("objdump", "-d", f"--start-address={entry}", f"--stop-address={entry + 64}", path)
    # _start hands main to the C library in rdi.
    main = re.search(r"lea .*%rdi\s+# (?:0x)?([0-9a-f]+)|mov .*\$0x([0-9a-f]+),%rdi", start)
    address = int(main.group(1) or main.group(2), 16) if main else 0
    return said_by("objdump", "-d", f"--start-address={address}", f"--stop-address={address + 16}", path) if address else ""


def missing_in(path):
    header, segments, dynamic, names = readelf("-h", path), readelf("-l", path), readelf("-d", path), names_asked_for(path)
    if "Type:                              DYN" not in header or not re.search(r"FLAGS_1.*\bPIE\b", dynamic):
        yield "it is no position-independent executable"
    if "GNU_RELRO" not in segments:
        yield "no read-only relocations (-z relro)"
    if "BIND_NOW" not in dynamic and "NOW" not in dynamic:
        yield "symbols are bound late (-z now)"
    if "RWE" in segments:
        yield "a segment can be written and executed"
    if "__stack_chk_fail" not in names:
        yield "no stack protector"
    if "_chk@" not in names.replace("__stack_chk_fail", ""):
        yield "no checked copies (_FORTIFY_SOURCE)"
    if "__glibcxx_assert_fail" not in names:
        yield "no checks of the C++ library (_GLIBCXX_ASSERTIONS)"
    if "X86-64" in header and "endbr64" not in first_instructions_of_main(path):
        yield "main is no marked target of a jump (-fcf-protection)"


def main(paths):
    absent = [path for path in paths if not pathlib.Path(path).exists()]
    if absent or not paths:
        print(f"not there: {' '.join(absent)}")
        return 77
    found = [f"{path}: {what}" for path in paths for what in missing_in(path)]
    print("\n".join(found) or "hardened")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main([path for path in sys.argv[1:] if path]))
