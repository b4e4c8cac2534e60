#!/usr/bin/env python3
"""What a person sees who captures a device: the real program in a pseudo-terminal, beside an emulated device. The progress comes first and goes away, the
files are named, and the verdict with what to do first stands last.   terminal_capture.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES"""
import json
import os
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli/terminal"))
from emulation import check, failures, make_sample, run  # noqa: E402
from pseudo_terminal import screen_of  # noqa: E402

EMULATOR, PHOTOPSY, MAKER, SAMPLES = map(os.path.abspath, sys.argv[1:5])
SANITIZED = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0"}


def device_id(flash, second):
    beside = ["--external", second] if second.exists() else []
    return json.loads(run([PHOTOPSY, "analyze", flash, *beside, "--format", "json", "--show-ids"], flash.parent).stdout)["device"].get("device_id", "")


def captured(kind, story, words, columns, **variables):
    """(all that was written to the terminal, exit status, the files that are there now)"""
    with tempfile.TemporaryDirectory(prefix="photopsy-seen-") as folder:
        folder = pathlib.Path(folder)
        make_sample(MAKER, f"{SAMPLES}/{story}/recipe.toml", folder / "flash")
        second = folder / "flash.external"
        beside = ["--external", str(second)] if second.exists() else []
        serial = ["--serial", known] if len(known := device_id(folder / "flash", second)) == 24 else []  # else the table would be another device's
        device = [EMULATOR, "--read-only", "--generation", "auto", *serial, "--kind", kind, "--flash", str(folder / "flash"), *beside, "--"]
        screen, status = screen_of([*device, PHOTOPSY, "capture", "-o", "kitchen.bin", *words], columns, directory=folder, **{**SANITIZED, **variables})
        return screen, status, sorted(path.name for path in folder.glob("kitchen*"))


def plain(screen):
    """What stands there in the end: a line that was written over leaves its last form."""
    lines = [line.split("\r")[-1] for line in re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", screen).split("\n")]
    return "\n".join(line.rstrip() for line in lines)


def verdict_is_last(name, screen, columns, title, first):
    text = plain(screen).rstrip("\n")
    check(f"─ {title} " in text or f" {title} " in text, f"{name}: no verdict: {text[-600:]}")
    begin = max(text.rfind(f"─ {title} "), text.rfind(f"- {title} "), text.rfind(f"| {title} "))
    ending = text[begin:]
    check(title in ending and first in ending, f"{name}: the verdict is not last: {ending[-600:]}")
    check(text.find("kitchen.bin: ") < begin and text.find("Never post it") < begin, f"{name}: the files are told after the verdict")
    report = max(text.rfind("1.  "), text.rfind("Particle "))
    for line in text[report:].split("\n"):
        whole = re.match(r" *(photopsy|dfu-util|particle) |.*[0-9a-z-]{39,}", line)
        check(len(line) <= columns or whole, f"{name}: {len(line)} columns: {line}")


def progress_is_shown(name, screen):
    percents = [int(number) for number in re.findall(r"(\d+) %, \d+ KiB/s", screen)]
    check(percents and percents == sorted(percents) or len(set(percents)) > 1, f"{name}: no progress: {screen[:300]!r}")
    check(not re.search(r"\d+ %, \d+ KiB/s", plain(screen)), f"{name}: the progress stays on the screen")


def at_a_terminal():
    for columns, language in ((80, "C.UTF-8"), (60, "C")):
        name = f"mixed key at {columns} columns, {language}"
        screen, status, files = captured("photon", "mixed-key", [], columns, LANG=language, TERM="xterm-256color")
        check(status == 1 and files == ["kitchen.bin", "kitchen.bin.json"], f"{name}: {status} {files} {screen[-300:]}")
        progress_is_shown(name, screen)
        verdict_is_last(name, screen, columns, "CLOUD CONNECTION FAILS", "photopsy repair --device")
    screen, status, files = captured("core", "core-key-bit-error", [], 80, LANG="C.UTF-8", TERM="xterm-256color")
    check(status == 1 and files == ["kitchen-external.bin", "kitchen.bin", "kitchen.bin.json"], f"Core: {status} {files} {screen[-300:]}")
    verdict_is_last("Core", screen, 80, "CLOUD CONNECTION FAILS", "photopsy repair --device")
    check("--external-before kitchen-external.bin --external-after kitchen-afterwards-external.bin" in plain(screen), "Core: the closing step names no pair")


def as_asked():
    screen, status, _ = captured("photon", "healthy-1.5.2", ["--no-analyze"], 80, LANG="C.UTF-8", TERM="xterm-256color")
    check(status == 0 and "HEALTHY" not in screen and "Read 2 times" in screen, f"--no-analyze: {status} {screen[-300:]}")
    screen, status, _ = captured("photon", "healthy-1.5.2", [], 80, LANG="C.UTF-8", TERM="dumb")
    check(status == 0 and "\033" not in screen and "HEALTHY" in screen, f"a dumb terminal: {status} {screen[-300:]!r}")


at_a_terminal()
as_asked()
sys.exit(1 if failures else 0)
