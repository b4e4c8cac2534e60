#!/usr/bin/env python3
"""Are the remedies true? For each sample of samples/, and each labelled dump where those lie beside the checkout, whose first remedy (after "keep this
dump") is to be carried out with dfu-util: a device is emulated that holds the dump, the commands of the report are carried out on it as they stand
there, the flash is captured again, and the cause must be gone.

  remedies.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES SHARED [REGEX]     exit status 77: dfu-util is missing

Where several things are wrong, the first remedy of the next report follows, at most four in a row.
Files that photopsy tells the user to make are made by photopsy. Firmware comes under the name that the command gives: for the labelled dumps from the
shared archive, for the samples from the generator that made them.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile

from emulation import make_sample, run

EMULATOR, PHOTOPSY, MAKER = map(os.path.abspath, sys.argv[1:4])
SAMPLES, SHARED = (pathlib.Path(os.path.abspath(word)) for word in sys.argv[4:6])
WANTED = re.compile(sys.argv[6] if len(sys.argv) > 6 else ".")
DUMPS, FIRMWARE = SHARED / "dumps/dumps.tar.zst", SHARED / "corpus/firmware.tar.zst"
if not shutil.which("dfu-util"):
    print("skipped: needs dfu-util")
    sys.exit(77)


def unpack(archive, folder):
    folder.mkdir()
    subprocess.run(f"zstd -dc --long=27 {shlex.quote(str(archive))} | tar x -C {shlex.quote(str(folder))}", shell=True, check=True)
    return folder


def report(path):
    done = run([PHOTOPSY, "analyze", "--format", "json", "--show-ids", path], path.parent)
    return json.loads(done.stdout) if done.returncode in (0, 1) else sys.exit(f"{path}: {done.stderr}")


class Archive:
    """Released modules under the names that commands give; a user's own application is any good one for this device."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, name, device, _):
        folder = next(iter(self.folder.glob(f"**/{device['layout']}")), None)
        if not folder:
            return None
        if (folder / name).exists():
            return folder / name
        return next(iter(sorted(folder.glob("user/*tinker*"))), None) if is_application(name) else None


class Generator:
    """Modules of the firmware that the samples are made of."""

    def file(self, name, device, folder):
        named = re.fullmatch(r"(.*?)(?:-(\d.*))?\.bin", name)
        slot = "user" if is_application(name) else named[1]
        release = named[2] or device.get("device_os") or "1.5.2"
        recipe = folder / "firmware.toml"
        recipe.write_text(f'title = "Firmware"\nstory = "."\ndevice = "{device["layout"]}"\nseed = 1\nlife = [ {{ act = "install-release", release = "{release}" }} ]\n')
        flash = make_sample(MAKER, recipe, folder / "firmware.flash").read_bytes()
        at = {"bootloader": 0, "system-part1": 0x20000, "system-part2": 0x60000, "user": 0xA0000}.get(slot)
        if at is None:
            return None
        header = at + (0x184 if flash[at + 3] == 0x20 and flash[at + 2] & 0xF1 == 0 else 0)
        start, end = struct.unpack_from("<II", flash, header)
        (folder / "firmware.module").write_bytes(flash[at:at + end - start + 4])
        return folder / "firmware.module"


def is_application(name):
    return re.match(r"(user|my-application|factory)", name) is not None


def commands_of(remedy):
    return [command if isinstance(command, str) else command["command"] for command in remedy.get("commands", [])]


def first_with_commands(cause):
    """The first remedy that tells the owner to type something; None where that is not dfu-util writing to the device."""
    for remedy in cause["remedies"]:
        commands = commands_of(remedy)
        if commands:
            return commands if any(command.startswith("dfu-util") and " -D " in command for command in commands) else None
    return None


def emulated(device, flash):
    known = device.get("device_id", "")
    serial = ["--serial", known] if len(known) == 24 else []  # the chip of this flash, else the table would be another device's
    return [EMULATOR, "--generation", "auto", "--kind", "p1" if device["layout"] == "p1" else "photon", *serial, "--flash", flash]


def carry_out(command, folder, device, firmware):
    """None where it went well, else why not."""
    words = shlex.split(command.replace("{device-id}", "0" * 24))
    if words[0] == "photopsy":
        done = run([PHOTOPSY, *words[1:]], folder)
        return None if done.returncode == 0 else f"`{command}`: exit {done.returncode}: {done.stderr.strip()}"
    if words[0] != "dfu-util":
        return None  # particle-cli and the cloud are not here
    file = words[words.index("-D") + 1]
    if not (folder / file).exists():
        source = firmware.file(file, device, folder)
        if not source:
            return f"`{command}`: there is no such file, and photopsy was not told to make it"
        shutil.copy(source, folder / file)
    done = run([*emulated(device, "dump.bin"), "--save-flash", "after.bin", "--", *words], folder)
    if done.returncode != 0:
        return f"`{command}`: exit {done.returncode}: {done.stderr.strip()[-300:]}"
    (folder / "after.bin").replace(folder / "dump.bin")
    return None


def capture_again(folder, device):
    (folder / "dump.bin").replace(folder / "flash.bin")
    (folder / "dump.bin.json").unlink(missing_ok=True)  # the record of the round before
    done = run([*emulated(device, "flash.bin"), "--read-only", "--", PHOTOPSY, "capture", "--no-analyze"], folder)
    return None if done.returncode == 0 else f"captured again: exit {done.returncode}: {done.stderr}"


def next_remedy(before):
    """The cause and the commands of the first cause whose first commands are dfu-util's."""
    for cause in before["causes"][:1]:
        commands = first_with_commands(cause)
        if commands:
            return cause["id"], commands
    return None, []


def one_round(folder, before, firmware):
    """Carries out the first remedy. (why it failed or None, the report afterwards)"""
    device = before["device"]
    for command in next_remedy(before)[1]:
        trouble = carry_out(command, folder, device, firmware)
        if trouble:
            return trouble, before
    trouble = capture_again(folder, device)
    return trouble, before if trouble else report(folder / "dump.bin")


GRAVITY = ("healthy", "attention", "cloud-fails", "safe-mode", "boot-fails", "bad-capture")


def try_remedy(folder, firmware):
    """("none" | "gone" | "FAILED", what)"""
    first = before = report(folder / "dump.bin")
    wanted, commands = next_remedy(before)
    if not wanted:
        return "none", "no cause whose first commands are dfu-util's"
    for rounds in range(1, 5):
        cause = next_remedy(before)[0]
        trouble, after = one_round(folder, before, firmware)
        if trouble and "`photopsy keys recover" in trouble and "exit 1" in trouble:
            return "none", f"{cause}: the remedy is to look for an old key, and photopsy says that there is none"
        if trouble:
            return "FAILED", f"{cause}: {trouble}"
        left = [other["id"] for other in after["causes"]]
        good_enough = after["verdict"]["outcome"] in ("healthy", "attention")
        if cause in left:
            return "FAILED", f"{cause} is still there after {next_remedy(before)[1]}: {after['verdict']['outcome']}"
        if good_enough or not next_remedy(after)[0]:
            break
        before = after
    outcome = after["verdict"]["outcome"]
    if not good_enough and not next_remedy(after)[0] and GRAVITY.index(outcome) <= GRAVITY.index(first["verdict"]["outcome"]):
        return "gone", f"{wanted}; {', '.join(left)} stay, which no dfu-util command cures: {outcome}"
    if not good_enough:
        return "FAILED", f"{wanted}: after {rounds} remedies the device is {outcome}: {', '.join(left)}"
    return "gone", f"{wanted} -> {outcome} in {rounds}{' (' + ', '.join(left) + ')' if left else ''}"


def try_all(kind, dumps, firmware, least):
    """`dumps`: names, and what puts the dump into a folder. True where none failed and enough could be tried."""
    counts = {"none": 0, "gone": 0, "FAILED": 0}
    for name, put in dumps:
        if not WANTED.search(name):
            continue
        with tempfile.TemporaryDirectory(prefix="photopsy-remedy-") as folder:
            folder = pathlib.Path(folder)
            put(folder / "dump.bin")
            end, what = try_remedy(folder, firmware)
        counts[end] += 1
        if end != "none" or WANTED.pattern != ".":
            print(f"{end:6} {name}: {what}")
    print(f"{kind}: {counts}")
    enough = WANTED.pattern != "." or counts["gone"] >= least
    if not enough:
        print(f"{kind}: fewer than {least} remedies could be tried: is the report without commands?")
    return enough and not counts["FAILED"]


good = try_all("samples", [(recipe.parent.name, lambda target, recipe=recipe: make_sample(MAKER, recipe, target)) for recipe in sorted(SAMPLES.glob("*/recipe.toml"))
                            if 'device = "core"' not in recipe.read_text()],  # its second flash is not emulated
               Generator(), 10)
if DUMPS.exists() and FIRMWARE.exists() and shutil.which("zstd"):
    with tempfile.TemporaryDirectory(prefix="photopsy-remedies-") as top:
        top = pathlib.Path(top)
        dumps, archive = unpack(DUMPS, top / "dumps"), Archive(unpack(FIRMWARE, top / "firmware"))
        good = try_all("labelled dumps", [(path.name, lambda target, path=path: shutil.copy(path, target)) for path in sorted(dumps.glob("**/*.bin"))], archive, 15) and good
else:
    print("labelled dumps are not tried: no shared dumps and firmware (or no zstd) here")
sys.exit(0 if good else 1)
