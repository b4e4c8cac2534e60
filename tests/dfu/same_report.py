#!/usr/bin/env python3
"""Is the report on a captured flash that on the flash itself? A device is emulated that holds a sample of samples/; it is captured and the file
analyzed, and it is analyzed without a file (`analyze --device`). Both reports must be the sample's own, `input` aside, with the same exit status.

  same_report.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES     a few samples; with PHOTOPSY_FULL=1 all that are a whole image of the flash
"""
import hashlib
import json
import os
import pathlib
import re
import sys
import tempfile

from emulation import FULL, check, failures, make_sample, run

EMULATOR, PHOTOPSY, MAKER, SAMPLES = map(os.path.abspath, sys.argv[1:5])
FEW = ("core-key-bit-error", "electron-key-erased", "healthy-p1", "interrupted-update-old-bootloader", "mixed-key", "part2-bit-error")


def parsed(name, done):
    """(the report without its input, the input); an empty pair where there is no report."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        check(False, f"{name}: exit {done.returncode}, no report: {done.stderr}")
        return {}, {}
    for cause in report["causes"]:
        for remedy in cause["remedies"]:
            remedy.pop("commands", None)  # they bear the name of the file, which is another
        cause.get("afterwards", {}).pop("commands", None)
    report.get("afterwards", {}).pop("commands", None)
    # The chip's own id is known where the device told it over USB, and in no file alone.
    report["cannot_tell"] = [said for said in report["cannot_tell"] if not said.startswith("Option bytes")]
    report["remarks"] = [remark.split(" is read from ")[0] for remark in report["remarks"]]  # so does this one
    return report, report.pop("input")


SIZES = {"photon": 0x100000, "p1": 0x100000, "electron": 0x100000, "core": 0x20000}


def compare(name, kind, flash, folder):
    second = flash.with_name(flash.name + ".external")
    beside = ["--external", second] if second.exists() else []
    known = json.loads(run([PHOTOPSY, "analyze", "--format", "json", "--show-ids", flash], folder).stdout)["device"].get("device_id", "")
    serial = ["--serial", known] if len(known) == 24 else []  # the chip of this flash, else the table would be another device's
    device = [EMULATOR, "--generation", "auto", "--kind", kind, *serial, "--flash", flash, *beside, "--read-only", "--"]
    straight = run([PHOTOPSY, "analyze", "--format", "json", flash, *beside], folder)
    captured = run([*device, PHOTOPSY, "capture", "-o", "captured.bin", "--no-analyze"], folder)
    check(captured.returncode == 0, f"{name}: capture: exit {captured.returncode}: {captured.stderr}")
    captured_second = ["--external", "captured-external.bin"] if beside else []
    if beside:
        check((folder / "captured-external.bin").read_bytes() == second.read_bytes(), f"{name}: the second flash")
    afterwards = run([PHOTOPSY, "analyze", "--format", "json", "captured.bin", *captured_second], folder)
    connected = run([*device, PHOTOPSY, "analyze", "--device", "--format", "json"], folder)
    wanted, _ = parsed(name, straight)
    for what, done in (("the captured file", afterwards), ("the connected device", connected)):
        report, source = parsed(f"{name}, {what}", done)
        check(done.returncode == straight.returncode, f"{name}: {what} gives exit status {done.returncode}, the flash {straight.returncode}: {done.stderr}")
        different = [part for part in {**wanted, **report} if wanted.get(part) != report.get(part)]
        check(report and not different, f"{name}: {what} is reported otherwise than the flash: {', '.join(different)}")
        check(source.get("sha256") == hashlib.sha256(flash.read_bytes()).hexdigest(), f"{name}: {what}: the hash of the input")
        check(source.get("capture", {}).get("reads") == 2, f"{name}: {what}: the report does not say how it was captured")


with tempfile.TemporaryDirectory(prefix="photopsy-same-report-") as top:
    compared = 0
    for recipe in sorted(pathlib.Path(SAMPLES).glob("*/recipe.toml")):
        name = recipe.parent.name
        if not FULL and name not in FEW:
            continue
        folder = pathlib.Path(top) / name
        folder.mkdir()
        flash = make_sample(MAKER, recipe, folder / "flash.bin")
        kind = re.search(r'device = "(\w+)"', recipe.read_text())[1]
        if flash.stat().st_size == SIZES[kind]:  # others are files that something happened to on the way
            compare(name, kind, flash, folder)
            compared += 1
    print(f"{compared} samples captured and analyzed, {len(failures)} differences")
    sys.exit(1 if failures or compared < len(FEW) else 0)
