#!/usr/bin/env python3
"""Looks with readelf whether binaries are hardened as cmake/hardening.cmake says.

  hardening.py BINARY...      prints what is missing, exit status 1 if anything is
"""
import platform
import subprocess
import sys


def readelf(option, path):
    return subprocess.run(["readelf", "-W", option, path], check=True, capture_output=True, text=True).stdout


def missing_in(path):
    header, segments, dynamic, symbols, notes = (readelf(option, path) for option in ("-h", "-l", "-d", "--dyn-syms", "-n"))
    if "Type:                              DYN" not in header or "INTERP" not in segments:
        yield "it is no position-independent executable"
    if "GNU_RELRO" not in segments:
        yield "no read-only relocations (-z relro)"
    if "BIND_NOW" not in dynamic and "NOW" not in dynamic:
        yield "symbols are bound late (-z now)"
    if "RWE" in segments:
        yield "a segment can be written and executed"
    if "__stack_chk_fail" not in symbols:
        yield "no stack protector"
    if "_chk@" not in symbols.replace("__stack_chk_fail", ""):
        yield "no checked copies (_FORTIFY_SOURCE)"
    if "__glibcxx_assert_fail" not in symbols:
        yield "no checks of the C++ library (_GLIBCXX_ASSERTIONS)"
    if platform.machine() == "x86_64":
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", path], check=True, capture_output=True, text=True).stdout
        if "endbr64" not in code[code.find("<main>:"):][:200]:
            yield "main is no marked target of a jump (-fcf-protection)"


if __name__ == "__main__":
    found = [f"{path}: {what}" for path in sys.argv[1:] if path for what in missing_in(path)]
    print("\n".join(found) or "hardened")
    sys.exit(1 if found or len(sys.argv) < 2 else 0)
