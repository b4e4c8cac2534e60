#!/usr/bin/env python3
"""The completions in the real shells: bash, fish, zsh.   completions.py PHOTOPSY      exit status 77: none of the shells is installed"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from pseudo_terminal import Terminal

photopsy = os.path.abspath(sys.argv[1])
failures = []

# What is typed, a word that must be offered, one that must not.
CASES = [
    ("photopsy cap", "capture", "keys"),
    ("photopsy keys re", "recover", "show"),
    ("photopsy dump.bin --for", "--format", "--resume"),
    ("photopsy --fu", "--full", None),
    ("photopsy analyze dump.bin --format m", "markdown", "html"),
    ("photopsy dump.bin --format=j", "json", "html"),
    ("photopsy explain private-key-mi", "private-key-mixed", "private-key-erased"),
    ("photopsy completions p", "powershell", "zsh"),
]


def expect(shell, typed, offered, wanted, unwanted):
    if wanted not in offered:
        failures.append(f"{shell}: after \"{typed}\" {wanted} is not offered, but: {offered[:300]}")
    if unwanted and unwanted in offered:
        failures.append(f"{shell}: after \"{typed}\" {unwanted} is offered")


def completions(shell):
    return subprocess.run([photopsy, "completions", shell], capture_output=True, text=True, check=True).stdout


def try_bash(folder):
    script = pathlib.Path(folder, "complete.bash")
    script.write_text(completions("bash"))
    for typed, wanted, unwanted in CASES:
        words = " ".join("'%s'" % word for part in typed.split(" ") for word in ([part.split("=")[0], "=", part.split("=")[1]] if "=" in part else [part]))
        ask = f"source {script}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _photopsy; echo \"${{COMPREPLY[*]}}\""
        offered = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, timeout=60).stdout
        expect("bash", typed, offered.split(), wanted, unwanted)


def try_fish(folder):
    script = pathlib.Path(folder, "photopsy.fish")
    script.write_text(completions("fish"))
    for typed, wanted, unwanted in CASES:
        offered = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{typed}'"], capture_output=True, text=True, env={**os.environ, "HOME": folder}, timeout=60).stdout
        words = [line.split("\t")[0].split("=")[-1] for line in offered.split("\n")]
        expect("fish", typed, words, wanted, unwanted)


def try_zsh(folder):
    pathlib.Path(folder, "_photopsy").write_text(completions("zsh"))
    check = subprocess.run(["zsh", "-n", f"{folder}/_photopsy"], capture_output=True, text=True)
    if check.returncode:
        failures.append(f"zsh: {check.stderr}")
    for typed, wanted, _ in CASES:
        shell = Terminal([shutil.which("zsh"), "-f", "-i"], 200, HOME=folder, TERM="dumb", LANG="C.UTF-8")
        shell.type(f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste; PS1='ready''> '\n")
        shell.read(until=b"ready> ", seconds=20)
        shell.said = b""
        shell.type(typed + "\t")
        offered = shell.read(until=wanted.encode(), seconds=3) or wanted.encode() in shell.said.replace(b"\a", b"")  # the bell stands where it completed
        shell.end()
        if not offered:
            failures.append(f"zsh: after \"{typed}\" {wanted} is not offered, but: {shell.said[:200]}")


tried = 0
with tempfile.TemporaryDirectory() as folder:
    for shell, attempt in (("bash", try_bash), ("fish", try_fish), ("zsh", try_zsh)):
        if shutil.which(shell):
            attempt(folder)
            tried += 1
        else:
            print(f"{shell} is not installed (tools/install-dependencies --tests): its completions were not tried")
for failure in failures:
    print(failure)
print(f"{tried} shells, {len(failures)} failures")
sys.exit(77 if tried == 0 else 1 if failures else 0)
