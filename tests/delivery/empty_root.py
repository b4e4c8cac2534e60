#!/usr/bin/env python3
"""The static program needs nothing of the system: it runs in a root folder that holds it and a file, and nothing else.

  empty_root.py REPOSITORY       exit status 77 where the program was not built, or where nobody may change the root folder here
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import programs


def run(root, *arguments):
    def enter():
        os.chroot(root)
        os.chdir("/")
    return subprocess.run(["/photopsy", *arguments], preexec_fn=enter, capture_output=True, env={}, stdin=subprocess.DEVNULL, check=False)


def main(repository):
    program, missing = programs.static_program(repository)
    if not program or os.geteuid() != 0:
        print(missing or "only root may change the root folder")
        return 77
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(program[0], pathlib.Path(root) / "photopsy")
        (pathlib.Path(root) / "blank.bin").write_bytes(b"\xff" * (1 << 20))
        seen = [run(root, "--version"), run(root, "blank.bin", "--format", "json"), run(root, "devices"), run(root, "licenses"), run(root, "keys", "new", "-o", "key.der")]
        said = [(one.returncode, one.stdout[:60], one.stderr.decode()) for one in seen]
        wrong = [seen[0].returncode != 0, seen[1].returncode != 1 or b'"photopsy-report/' not in seen[1].stdout, seen[2].returncode not in (0, 3) or not seen[2].stdout + seen[2].stderr,
                 b"libusb" not in seen[3].stdout, seen[4].returncode != 0 or not (pathlib.Path(root) / "key.der").exists()]
    print("\n".join(str(line) for line in said))
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
