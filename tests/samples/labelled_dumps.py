#!/usr/bin/env python3
"""Runs the team's scorer over its labelled dumps (../shared/dumps), where they lie beside the checkout. They are not part of the repository.

  labelled_dumps.py PHOTOPSY SOURCE_DIRECTORY     exit status of score.py; 4 (skipped) where something it needs is absent
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

photopsy, source = sys.argv[1], pathlib.Path(sys.argv[2])
shared = pathlib.Path(os.environ.get("PHOTOPSY_SHARED") or source / ".." / "shared") / "dumps"
missing = [str(path) for path in (shared / "score.py", shared / "dumps.tar.zst", shared / "labels") if not path.exists()]
missing += [tool for tool in ("zstd", "tar") if not shutil.which(tool)]
if missing:
    print("labelled dumps are not scored here: no " + ", ".join(missing))
    sys.exit(4)
with tempfile.TemporaryDirectory() as directory:
    unpack = subprocess.Popen(["zstd", "-dc", "--long=27", shared / "dumps.tar.zst"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", directory], stdin=unpack.stdout, check=True)
    unpack.wait()
    score = [sys.executable, shared / "score.py", "--photopsy", photopsy, "--dumps", directory, "--labels", shared / "labels", "--seed", "1"]
    sys.exit(subprocess.run(score).returncode)
