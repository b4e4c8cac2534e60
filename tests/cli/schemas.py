#!/usr/bin/env python3
"""What handshake, keys, devices, diff and disasm print with --format json is valid by its own schema, as `photopsy schema NAME` prints it, and a changed object is
refused.   schemas.py PHOTOPSY MAKE_SAMPLE SOURCE      exit status 77: python3-jsonschema is not installed"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed (tools/install-dependencies --tests)")
    sys.exit(77)

photopsy, make_sample, source = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
STORIES = ["healthy-1.5.2", "mixed-key", "private-server", "electron-healthy-2.3.1", "pkcs8-key", "truncated-capture", "erased-key", "new-key-after-loss"]
failures = []


def output(words):
    done = subprocess.run([photopsy, *words], capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        failures.append(f"{words}: no JSON; exit {done.returncode}: {done.stderr[:200]}")
        return None


def check(name, words):
    schema = json.loads(subprocess.run([photopsy, "schema", name], capture_output=True, text=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    said = output(words)
    if said is None:
        return
    for error in validator.iter_errors(said):
        failures.append(f"{words}: {list(error.path)}: {error.message[:200]}")
    changed = {**said, "surprise": 1} if isinstance(said, dict) else said + [1]
    if validator.is_valid(changed):
        failures.append(f"{name}: a changed object is not refused")


with tempfile.TemporaryDirectory() as folder:
    for story in STORIES:
        dump = f"{folder}/{story}.bin"
        subprocess.run([make_sample, str(source / "samples" / story / "recipe.toml"), "-o", dump], check=True)
        check("handshake", ["handshake", dump, "--format", "json"])
        check("keys", ["keys", "show", dump, "--format", "json"])
        check("difference", ["diff", f"{folder}/healthy-1.5.2.bin", dump, "--format", "json"])
        if story != "truncated-capture":
            check("keys", ["keys", "check", dump, "--format", "json"])
            check("disassembly", ["disasm", dump, "0x08000000", "-n", "20", "--format", "json"])
    subprocess.run([photopsy, "keys", "server", "-o", f"{folder}/server.der"], check=True, capture_output=True)
    for command in ("show", "check"):
        check("keys", ["keys", command, f"{folder}/server.der", "--format", "json"])
    check("devices", ["devices", "--format", "json"])
    check("triage", ["triage", folder, "--format", "json"])
    for story in sorted(path.name for path in (source / "samples").glob("core-*")):
        dump, external = f"{folder}/{story}.bin", f"{folder}/{story}.bin.external"
        subprocess.run([make_sample, str(source / "samples" / story / "recipe.toml"), "-o", dump], check=True)
        beside = ["--external", external] if pathlib.Path(external).exists() else []
        check("report", ["analyze", dump, *beside, "--format", "json"])
for failure in failures[:40]:
    print(failure)
sys.exit(1 if failures else 0)
