#!/usr/bin/env python3
"""Stands in for particle-cli, OpenOCD and npm, which are not here: takes the lines that their manuals allow, with files that exist and hold what the line says.
   stand_in.py PROGRAM WORDS..."""
import pathlib
import re
import sys

from key_files import of_file
from firmware_files import start_of


def holds_public_key(name):
    data = pathlib.Path(name).read_bytes()
    return data.startswith(b"-----BEGIN PUBLIC KEY-----") and of_file(data) != b""


def is_module(name):
    return 0x08000000 <= start_of(pathlib.Path(name).read_bytes()) < 0x08100000


def is_device(word):
    return re.fullmatch(r"[0-9a-f]{24}|YOUR_DEVICE_ID", word) is not None


def openocd(words):
    """The sector may be protected, and the device is left halted: a start is for the owner to decide on."""
    line = r"init; reset halt; flash protect 0 0 0 off; flash write_image erase (\S+) 0x08000000; reset halt; shutdown"
    image = re.fullmatch(line, words[-1]) if words[:4] == ["-f", "interface/stlink.cfg", "-f", "target/stm32f2x.cfg"] else None
    return bool(image) and is_module(image[1])


def particle(words):
    if words[:2] == ["keys", "send"]:
        return len(words) == 4 and is_device(words[2]) and holds_public_key(words[3])
    if words[:2] == ["flash", "--serial"]:
        return len(words) == 3 and is_module(words[2])
    if words[:1] == ["flash"]:
        return len(words) == 3 and is_device(words[1]) and is_module(words[2])
    if words[:1] == ["compile"]:
        return words[1] in ("photon", "p1") and words[-2] == "--saveTo"
    return words in (["keys", "protocol", "--protocol", "udp"], ["update"], ["serial", "wifi"])


def npm(words):
    """The package lies there already."""
    return len(words) == 2 and words[0] == "pack" and pathlib.Path(words[1].replace("@", "-") + ".tgz").exists()


taken = {"particle": particle, "openocd": openocd, "npm": npm}[sys.argv[1]](sys.argv[2:])
if not taken:
    print("no such line:", sys.argv[1:], file=sys.stderr)
sys.exit(0 if taken else 64)
