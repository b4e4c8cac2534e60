#!/usr/bin/env python3
"""No line of the sources names a device or compares a platform id: what differs between devices stands in layouts/*.toml, by named kinds.

  devices.py REPOSITORY       prints each breach, exit status 1 if there is one

Comments may name devices (they say where a fact comes from), and so may the tables of released files.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
SOURCE = ROOT / "src"


def names():
    """What the layouts call their devices: short names, and the last words of the titles."""
    for path in sorted((ROOT / "layouts").glob("*.toml")):
        text = path.read_text()
        yield re.search(r'^name = "([^"]+)"', text, re.M)[1]
        yield re.search(r'^title = "([^"]+)"', text, re.M)[1].split()[-1]


SLOT = re.compile(r'"(?:system-part\d|system part \d)"')
PLATFORM = re.compile(r"platform_id\S*\s*(?:[!=]=)\s*\d|\bcase\s+(?:6|8|10)\s*:\s*//?\s*platform")
SOURCES_OF_FACTS = re.compile(r"(?:hal|bootloader|modules|platform|system|services|communication|build)/[\w./@+-]*|\"[^\"]*@v[^\"]*\"")

def code_of(line):
    return SOURCES_OF_FACTS.sub("", line.split("//")[0])


def breaches():
    words = sorted({word for word in names() if word.lower() != "core"}, key=len)  # that one is an ordinary word, too
    named = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b|\bSpark Core\b")
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".cpp", ".h") or "data" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = code_of(line)
            where = f"{path.relative_to(ROOT)}:{number}"
            if found := named.search(code):
                yield f"{where}: names a device ({found[0]})"
            if found := PLATFORM.search(code):
                yield f"{where}: compares a platform id ({found[0]})"
            if found := SLOT.search(code):
                yield f"{where}: names a system part of one device ({found[0]})"


found = list(breaches())
print("\n".join(found) if found else "no source names a device")
sys.exit(1 if found else 0)
