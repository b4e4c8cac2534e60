#!/usr/bin/env python3
"""docs/owners.md: each of its questions is asked on a sample, and the answer that stands there is the program's; the pictures are those that tools/make-pictures
makes.   owners_page.py PHOTOPSY MAKE_SAMPLE SOURCE"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

photopsy, make_sample, source = os.path.abspath(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
page = (source / "docs/owners.md").read_text()
failures = []


def words_of(text):
    return re.sub(r"[\s│]+", " ", text)


def ask(story, statuses, line, answers):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([make_sample, str(source / "samples" / story / "recipe.toml"), "-o", f"{folder}/dump.bin"], check=True)
        os.symlink(photopsy, f"{folder}/photopsy")
        environment = {"PATH": folder + ":" + os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8"}
        done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, env=environment, timeout=300)
        said = words_of(done.stdout + done.stderr)
        if str(done.returncode) not in statuses.split("|"):
            failures.append(f"{line} on {story}: exit status {done.returncode}, not {statuses}: {done.stderr[-200:]}")
        for answer in answers:
            if words_of(answer).strip() not in said:
                failures.append(f"{line} on {story} does not say: {answer}")


questions = re.findall(r"<!-- ([a-z0-9.-]+), exit ([0-9|]+) -->\n    \$ (.*)\n((?:    .*\n)+)", page)
if len(questions) != 12:
    failures.append(f"{len(questions)} questions, not 12")
for story, statuses, line, answers in questions:
    ask(story, statuses, line, [answer.strip() for answer in answers.strip("\n").split("\n")])

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([str(source / "tools/make-pictures"), photopsy, make_sample, folder], check=True)
    for picture in ("terminal.svg", "flash-map.svg"):
        approved = source / "docs/pictures" / picture
        made = pathlib.Path(folder, picture).read_text()
        if os.environ.get("PHOTOPSY_UPDATE_GOLDEN") == "1":
            approved.parent.mkdir(exist_ok=True)
            approved.write_text(made)
        if not approved.is_file() or approved.read_text() != made:
            failures.append(f"docs/pictures/{picture} is not what the program shows now: tools/make-pictures makes it anew")

for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
