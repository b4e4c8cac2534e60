#!/usr/bin/env python3
"""The house rules that a script can hold: who may include whom, which outside library stands where, file length, forbidden names.

  includes.py SOURCE_DIRECTORY        prints each breach, exit status 1 if there is one
"""
import pathlib
import re
import sys

MAY_SEE = {
    "base": {"base"},
    "flash": {"base", "flash"},
    "dfu": {"base", "flash", "dfu"},
    "facts": {"base", "flash", "facts"},
    "handshake": {"base", "flash", "facts", "handshake"},
    "boot": {"base", "flash", "facts", "boot"},
    "rules": {"base", "flash", "facts", "handshake", "boot", "rules"},
    "diagnosis": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis"},
    "remedy": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis", "remedy"},
    "photopsy": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis", "remedy", "photopsy"},
    "mend": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis", "remedy", "photopsy", "mend"},
    "fleet": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis", "remedy", "photopsy", "fleet"},
    "report": {"base", "flash", "facts", "handshake", "boot", "rules", "diagnosis", "remedy", "photopsy", "mend", "fleet", "report"},
}
MAY_SEE["repair"] = set(MAY_SEE["mend"]) | {"dfu", "repair"}
MAY_SEE["page"] = set(MAY_SEE["report"]) | {"dfu", "repair", "page"}
MAY_SEE["cli"] = set(MAY_SEE["report"]) | {"dfu", "repair", "cli"}

LIBRARIES = {  # include prefix: pattern of the files that may use it
    "toml++/": r"flash/[^/]*\.cpp",
    "archive": r".*_libarchive\.cpp",
    "lzma": r"page/unpack/[^/]*_lzma\.cpp",
    "openssl/": r".*_openssl\.cpp",
    "nettle/": r".*_nettle\.cpp",
    "capstone": r".*_capstone\.cpp",
    "libusb": r"dfu/usb_libusb\.cpp",
    "nlohmann/": r"report/[^/]*json[^/]*\.(?:cpp|h)|cli/.*\.cpp|mend/[^/]*json[^/]*\.cpp|(?:flash|repair)/[^/]*_json\.cpp",
    "gmp": r"fleet/[^/]*_gmp\.cpp",
    "tbb/": r"cli/[^/]*_tbb\.cpp",
    "oneapi/": r"cli/[^/]*_tbb\.cpp",
    "CLI/": r"cli/.*_cli11\.cpp",
    "libdeflate": r".*_libdeflate\.cpp",
    "kainjow/": r"report/.*\.cpp",
    "mustache": r"report/.*\.cpp",
    "emscripten": r"cli/[^/]*_node\.cpp",
}
# What an operating system does in its own way.
for header in ("unistd.h", "sys/", "fcntl.h", "poll.h", "dirent.h", "netdb.h", "linux/", "io.h", "windows.h", "winsock2.h", "ws2tcpip.h", "shellapi.h", "sddl.h", "aclapi.h"):
    LIBRARIES[header] = r"cli/[^/]*_posix\.cpp|cli/[^/]*_windows\.cpp|cli/windows_text\.h"
FORBIDDEN = re.compile(r"util|helper|common|manager|handler|misc", re.I)
LONGEST = 300


def room_of(path):
    return "photopsy" if path.parent.name == "src" else path.relative_to(src).parts[0]


def breaches_of(path):
    name = path.relative_to(src).as_posix()
    text = path.read_text()
    for line in re.findall(r'^#include "([^"]+)"', text, re.M):
        target = line.split("/")[0].removesuffix(".h")
        if target not in MAY_SEE[room_of(path)]:
            yield f"{name} includes {line}: {room_of(path)}/ may not see {target}/"
    for line in re.findall(r"^#include <([^>]+)>", text, re.M):
        for prefix, where in LIBRARIES.items():
            if line.startswith(prefix) and not re.fullmatch(where, name):
                yield f"{name} includes <{line}>: only {where} may"
    if text.count("\n") > LONGEST and "/data/" not in name:
        yield f"{name} has {text.count(chr(10))} lines, more than {LONGEST}"
    if FORBIDDEN.search(path.name):
        yield f"{name}: a name that says nothing"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield f"{name}: no #pragma once"


if __name__ == "__main__":
    src = pathlib.Path(sys.argv[1]) / "src"
    found = [breach for path in sorted(src.rglob("*")) if path.suffix in (".h", ".cpp") for breach in breaches_of(path)]
    print("\n".join(found) or "the house rules hold")
    sys.exit(1 if found else 0)
