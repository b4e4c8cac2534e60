#!/usr/bin/env python3
"""Every report that photopsy writes is valid by its own published schema, and a changed report is refused.

  schema.py PHOTOPSY REPORT_SCHEMA TRIAGE_SCHEMA [SHARED]      exit status 77: python3-jsonschema is not installed
"""
import copy
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    sys.exit(77)

def validator_of(path):
    schema = json.loads(pathlib.Path(path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


photopsy = sys.argv[1]
validator, of_triage = map(validator_of, sys.argv[2:4])


def report_on(path):
    done = subprocess.run([photopsy, "--format", "json", path], capture_output=True, check=False)
    assert done.returncode in (0, 1), (path, done.returncode, done.stderr)
    return json.loads(done.stdout)


def made_up(folder):
    """Files that anyone has: erased, zeroed, noise, text, nothing, cut short, too long."""
    noise = random.Random(1).randbytes(1 << 20)
    contents = {"erased": b"\xff" * (1 << 20), "zeroed": bytes(1 << 20), "noise": noise, "text": b"hello\n" * 99, "empty": b"", "short": noise[:49152],
                "table": noise[:32768], "long": noise + noise[:100]}
    for name, content in contents.items():
        path = pathlib.Path(folder) / (name + ".bin")
        path.write_bytes(content)
        yield str(path)


def objects_in(value):
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(child)


def refused_when_changed(report):
    """Each object with a field more or one less, the wrong outcome, a bare number as address: all must be refused."""
    bad = 0
    for number in range(len(list(objects_in(report)))):
        more = copy.deepcopy(report)
        list(objects_in(more))[number]["surprise"] = 1
        bad += validator.is_valid(more)
    for key in validator.schema["required"]:
        less = {k: v for k, v in report.items() if k != key}
        bad += validator.is_valid(less)
    wrong = copy.deepcopy(report)
    wrong["verdict"]["outcome"] = "fine"
    bad += validator.is_valid(wrong)
    return bad


def triage_failures(paths):
    """What is said of all files together, in one object and line by line."""
    call = lambda form: subprocess.run([photopsy, "triage", "--format", form, *paths], capture_output=True, check=False).stdout
    whole = json.loads(call("json"))
    lines = [json.loads(line) for line in call("ndjson").splitlines()]
    together = dict(lines[-1], rows=[line["row"] for line in lines[:-1]])
    failures = 0
    for said in (whole, together):
        for error in of_triage.iter_errors(said):
            print("triage:", "/".join(map(str, error.path)), error.message[:200])
            failures += 1
    for changed in (dict(whole, surprise=1), dict(whole, rows=[dict(whole["rows"][0], why=5)]), {key: whole[key] for key in whole if key != "totals"}):
        failures += of_triage.is_valid(changed)
    return failures


with tempfile.TemporaryDirectory() as folder:
    paths = list(made_up(folder))
    shared = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else "") / "dumps" / "unpacked"
    paths += sorted(str(path) for path in shared.glob("*")) if shared.is_dir() else []
    failures = triage_failures(paths)
    for path in paths:
        report = report_on(path)
        for error in validator.iter_errors(report):
            print(pathlib.Path(path).name, "/".join(map(str, error.path)), error.message[:200])
            failures += 1
        if path.endswith(("noise.bin", "erased.bin")):
            accepted = refused_when_changed(report)
            if accepted:
                print(pathlib.Path(path).name, accepted, "changed reports were accepted")
            failures += accepted
    print(len(paths), "reports,", failures, "failures")
    sys.exit(1 if failures else 0)
