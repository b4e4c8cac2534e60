#!/usr/bin/env python3
"""Devices with a flash beside the processor: the real photopsy reads both through a real libusb, into two files and one record, or says why not.

  two_flashes.py EMULATOR PHOTOPSY     exit status 0 where every case ended as it should
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

from emulation import check, failures, run

EMULATOR, PHOTOPSY = map(os.path.abspath, sys.argv[1:3])
work = pathlib.Path(tempfile.mkdtemp(prefix="photopsy-two-flashes-"))
source = random.Random(7)
INTERNAL = {"core": source.randbytes(0x20000), "p1": source.randbytes(0x100000), "photon": source.randbytes(0x100000), "electron": source.randbytes(0x100000)}
SERIAL = {"core": source.randbytes(0x200000), "p1": source.randbytes(0x100000), "photon": b"", "electron": b""}


def begin_clean():
    for path in work.iterdir():
        path.unlink()


def emulate(kind, words, options=()):
    (work / "flash").write_bytes(INTERNAL[kind])
    (work / "serial").write_bytes(SERIAL[kind])
    return run([EMULATOR, "--read-only", "--kind", kind, "--flash", "flash", "--external", "serial", *options, "--", *words], work)


def capture(kind, words=(), options=()):
    return emulate(kind, [PHOTOPSY, "capture", "-o", "my.bin", "--no-analyze", *words], options)


def files():
    return sorted(path.name for path in work.iterdir() if path.name not in ("flash", "serial"))


def both_are_right(name, kind, done, external="my-external.bin"):
    check(done.returncode == 0, f"{name}: exit {done.returncode}: {done.stderr}")
    check(files() == sorted(["my.bin", "my.bin.json", external]), f"{name}: files {files()}")
    if external not in files() or "my.bin" not in files():
        return
    check((work / "my.bin").read_bytes() == INTERNAL[kind] and (work / external).read_bytes() == SERIAL[kind], f"{name}: wrong bytes")
    check((work / external).stat().st_mode & 0o777 == 0o600, f"{name}: file mode")
    record = json.loads((work / "my.bin.json").read_text())
    check(record["external"]["sha256"] == hashlib.sha256(SERIAL[kind]).hexdigest() and record["external"]["reads"] == 2, f"{name}: the record")
    check(record["sha256"] == hashlib.sha256(INTERNAL[kind]).hexdigest(), f"{name}: the record of the internal flash")


def plain_captures():
    begin_clean()
    both_are_right("Core", "core", capture("core"))
    check("never overwrites" in capture("core").stderr, "a second capture onto the first")
    begin_clean()
    both_are_right("P1", "p1", capture("p1", ["--external", "its serial.bin"], ["--generation", "0.7.0"]), "its serial.bin")
    begin_clean()
    check(capture("p1").returncode == 0 and files() == ["my.bin", "my.bin.json"], f"a P1 keeps no keys there: {files()}")
    begin_clean()
    check(capture("core", ["--no-external"]).returncode == 0 and files() == ["my.bin", "my.bin.json"], f"left out: {files()}")


def refusals():
    cases = [("a Photon has one flash", "photon", ["--external", "x.bin"], [], "one flash only"),
             ("an old bootloader", "p1", ["--external", "x.bin"], ["--generation", "0.4.4"], "does not offer its"),
             ("a contradiction", "core", ["--external", "x.bin", "--no-external"], [], "contradict")]
    for name, kind, words, options, sentence in cases:
        begin_clean()
        done = capture(kind, words, options)
        check(done.returncode == 2 and sentence in done.stderr and not files(), f"{name}: {done.returncode} {done.stderr} {files()}")
    begin_clean()
    (work / "my-external.bin").write_bytes(b"mine")
    done = capture("core")
    check(done.returncode == 2 and (work / "my-external.bin").read_bytes() == b"mine" and files() == ["my-external.bin"], f"a file is in the way: {done.stderr}")


def interrupted():
    """In the second flash, then resumed; and where nothing of it was kept."""
    begin_clean()
    done = capture("core", options=["--interrupt-at", "700"])  # 128 blocks twice for the internal flash
    check(done.returncode == 3 and "my-external.bin.partial" in files() and "my.bin" in files(), f"Ctrl-C: {done.returncode} {done.stderr} {files()}")
    part = (work / "my-external.bin.partial").read_bytes() if "my-external.bin.partial" in files() else b""
    check(0 < len(part) < len(SERIAL["core"]) and SERIAL["core"].startswith(part), "Ctrl-C: the part")
    other = capture("core", ["--resume"], ["--serial", "999999999999"])
    check(other.returncode in (0, 3), f"another Core without an id of its own: {other.stderr}")
    begin_clean()
    done = capture("core", options=["--interrupt-at", "700"])
    both_are_right("resumed", "core", capture("core", ["--resume"]))
    begin_clean()
    check(capture("core", ["--no-external"]).returncode == 0, "the internal flash first")
    both_are_right("the second flash later", "core", capture("core", ["--resume"]))
    check("nothing to resume" in capture("core", ["--resume"]).stderr or capture("core", ["--resume"]).returncode == 2, "a whole pair is not resumed")
    begin_clean()
    done = capture("core", ["--timeout", "250", "--patience", "1"], ["--fault", "stall:600:999999"])
    check(done.returncode == 3 and "my.bin" in files() and "my-external.bin" not in files(), f"the second flash refuses: {done.returncode} {files()}")


def dfu_util_agrees():
    tool = shutil.which("dfu-util")
    if not tool:
        return print("skipped: dfu-util is not installed")
    for generation in ("0.4.4", "0.4.9", "0.6.1", "0.7.0"):  # of an Electron's bootloader
        begin_clean()
        done = emulate("electron", [PHOTOPSY, "capture", "-o", "my.bin", "--no-analyze"], ["--generation", generation])
        check(done.returncode == 0 and (work / "my.bin").read_bytes() == INTERNAL["electron"], f"Electron, {generation}: {done.stderr}")
        words = [tool, "-d", "2b04:d00a", "-a", "0", "-s", "0x8000000:0x100000", "-U", "read.bin"]
        done = run([EMULATOR, "--kind", "electron", "--generation", generation, "--flash", "flash", "--", *words], work)
        check(done.returncode == 0 and (work / "read.bin").read_bytes() == INTERNAL["electron"], f"dfu-util on an Electron, {generation}: {done.stderr}")
    for kind, ids, alternate in (("core", "1d50:607f", "1"), ("p1", "2b04:d008", "2")):
        begin_clean()
        size = hex(len(SERIAL[kind]))
        done = run([EMULATOR, "--kind", kind, "--generation", "0.7.0", "--external", save(kind), "--", tool, "-d", ids, "-a", alternate, "-s", f"0x0:{size}", "-U", "read.bin"],
                   work)
        check(done.returncode == 0 and (work / "read.bin").read_bytes() == SERIAL[kind], f"dfu-util on the {kind}'s second flash: {done.stderr}")


def save(kind):
    (work / "serial").write_bytes(SERIAL[kind])
    return "serial"


try:
    plain_captures()
    refusals()
    interrupted()
    dfu_util_agrees()
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(1 if failures else 0)
