#!/usr/bin/env python3
"""Are the remedies true? For each labelled dump whose first remedy (after "keep this dump") is to be carried out with dfu-util, a device is emulated
that holds the dump, the commands of the report are carried out on it as they stand there, the flash is captured again, and the cause must be gone.

  remedies.py EMULATOR PHOTOPSY SHARED [REGEX]     exit status 77: dfu-util or the shared dumps are missing

Where several things are wrong, the first remedy of the next report follows, at most four in a row. A cause that is still named afterwards counts as
eased where the device now starts and connects (an update that was cleared before it was copied leaves its image in the OTA area: nothing to repair).
Files that photopsy tells the user to make are made by photopsy; firmware comes from the shared archive under the name the command gives.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

EMULATOR, PHOTOPSY = map(os.path.abspath, sys.argv[1:3])
SHARED = pathlib.Path(sys.argv[3])
WANTED = re.compile(sys.argv[4] if len(sys.argv) > 4 else ".")
DUMPS, FIRMWARE = SHARED / "dumps/dumps.tar.zst", SHARED / "corpus/firmware.tar.zst"
if not shutil.which("dfu-util") or not shutil.which("zstd") or not DUMPS.exists() or not FIRMWARE.exists():
    print("skipped: needs dfu-util, zstd and the shared dumps and firmware")
    sys.exit(77)
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0", NO_COLOR="1")


def unpack(archive, folder):
    folder.mkdir()
    subprocess.run(f"zstd -dc --long=27 {shlex.quote(str(archive))} | tar x -C {shlex.quote(str(folder))}", shell=True, check=True)


def run(words, folder, **more):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, **more)


def report(path):
    done = run([PHOTOPSY, "--format", "json", str(path)], path.parent)
    return json.loads(done.stdout) if done.returncode in (0, 1) else sys.exit(f"{path}: {done.stderr}")


def commands_of(remedy):
    return [command if isinstance(command, str) else command["command"] for command in remedy.get("commands", [])]


def first_with_commands(cause):
    """The first remedy that tells the owner to type something; None where that is not dfu-util writing to the device."""
    for remedy in cause["remedies"]:
        commands = commands_of(remedy)
        if commands:
            return commands if any(command.startswith("dfu-util") and " -D " in command for command in commands) else None
    return None


def firmware_file(name, platform):
    """A released module under the name that the command gives; a user's own application is any good one for this device."""
    folder = next(iter(firmware.glob(f"**/{platform}")), None)
    if not folder:
        return None
    if (folder / name).exists():
        return folder / name
    if re.match(r"(user|my-application|factory)", name):
        return next((path for path in sorted(folder.glob("user/*tinker*"))), None)
    return None


def carry_out(command, folder, platform):
    """None where it went well, else why not."""
    words = shlex.split(command.replace("{device-id}", "0" * 24))
    if words[0] == "photopsy":
        done = run([PHOTOPSY, *words[1:]], folder)
        return None if done.returncode == 0 else f"`{command}`: exit {done.returncode}: {done.stderr.strip()}"
    if words[0] != "dfu-util":
        return None  # particle-cli and the cloud are not here
    file = words[words.index("-D") + 1]
    if not (folder / file).exists():
        source = firmware_file(file, platform)
        if not source:
            return f"`{command}`: there is no such file, and photopsy was not told to make it"
        shutil.copy(source, folder / file)
    done = run([EMULATOR, "--generation", "auto", "--kind", "p1" if platform == "p1" else "photon", "--flash", "dump.bin", "--save-flash", "after.bin", "--", *words], folder)
    if done.returncode != 0:
        return f"`{command}`: exit {done.returncode}: {done.stderr.strip()[-300:]}"
    (folder / "after.bin").replace(folder / "dump.bin")
    return None


def capture_again(folder, platform):
    (folder / "dump.bin").replace(folder / "flash.bin")
    (folder / "dump.bin.json").unlink(missing_ok=True)  # the record of the round before
    done = run([EMULATOR, "--generation", "auto", "--kind", "p1" if platform == "p1" else "photon", "--flash", "flash.bin", "--read-only", "--", PHOTOPSY, "capture", "--no-analyze"], folder)
    return None if done.returncode == 0 else f"captured again: exit {done.returncode}: {done.stderr}"


def next_remedy(before):
    """The cause and the commands of the first cause whose first commands are dfu-util's."""
    for cause in before["causes"][:1]:
        commands = first_with_commands(cause)
        if commands:
            return cause["id"], commands
    return None, []


def one_round(folder, before):
    """Carries out the first remedy. (why it failed or None, the report afterwards)"""
    platform = before["device"]["layout"]
    for command in next_remedy(before)[1]:
        trouble = carry_out(command, folder, platform)
        if trouble:
            return trouble, before
    trouble = capture_again(folder, platform)
    return trouble, before if trouble else report(folder / "dump.bin")


def try_remedy(dump, folder):
    """("none" | "gone" | "eased" | "FAILED", what)"""
    shutil.copy(dump, folder / "dump.bin")
    first = before = report(folder / "dump.bin")
    wanted, commands = next_remedy(before)
    if not wanted:
        return "none", "no cause whose first commands are dfu-util's"
    for rounds in range(1, 5):
        cause = next_remedy(before)[0]
        trouble, after = one_round(folder, before)
        if trouble and "`photopsy keys recover" in trouble and "exit 1" in trouble:
            return "none", f"{cause}: the remedy is to look for an old key, and photopsy says that there is none"
        if trouble:
            return "FAILED", f"{cause}: {trouble}"
        left = [other["id"] for other in after["causes"]]
        good_enough = after["verdict"]["outcome"] in ("healthy", "attention")
        if cause in left and not good_enough:
            return "FAILED", f"{cause} is still there after {next_remedy(before)[1]}: {after['verdict']['outcome']}"
        if good_enough or not next_remedy(after)[0]:
            break
        before = after
    outcome = after["verdict"]["outcome"]
    if not good_enough and outcome == first["verdict"]["outcome"] and not set(left) - {other["id"] for other in first["causes"]}:
        return "gone", f"{wanted}; {', '.join(left)} stay, which no dfu-util command cures: {outcome}"
    if not good_enough:
        return "FAILED", f"{wanted}: after {rounds} remedies the device is {outcome}: {', '.join(left)}"
    return ("eased" if wanted in left else "gone"), f"{wanted} -> {outcome} in {rounds}{' (' + ', '.join(left) + ')' if left else ''}"


with tempfile.TemporaryDirectory(prefix="photopsy-remedies-") as top:
    top = pathlib.Path(top)
    dumps, firmware = top / "dumps", top / "firmware"
    unpack(DUMPS, dumps)
    unpack(FIRMWARE, firmware)
    counts = {"none": 0, "gone": 0, "eased": 0, "FAILED": 0}
    for path in sorted(dumps.glob("**/*.bin")):
        if not WANTED.search(path.name):
            continue
        folder = top / path.stem
        folder.mkdir()
        end, what = try_remedy(path, folder)
        counts[end] += 1
        if end != "none" or len(sys.argv) > 4:
            print(f"{end:6} {path.name}: {what}")
        shutil.rmtree(folder)
    print(counts)
    if len(sys.argv) <= 4 and counts["gone"] < 8:
        sys.exit("fewer than 8 remedies could be tried: is the report without commands?")
    sys.exit(1 if counts["FAILED"] else 0)
