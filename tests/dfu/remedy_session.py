#!/usr/bin/env python3
"""One session with one device: runs beside the emulated device and carries out what STEPS.json lists, one after the other, without a fresh device in
between. A step is a line to type, or a wish of the report's words: "reset" is RESET with SETUP held. Stops at the first line that fails and says so in
RESULT.json.   remedy_session.py STEPS.json RESULT.json"""
import json
import os
import signal
import subprocess
import sys

ALLOWED = {"analyze": (0, 1), "show": (0, 1), "repair": (0, 1), "diff": (0, 1)}  # these say by their status what they found


def reset():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    os.kill(os.getppid(), signal.SIGUSR1)
    if not signal.sigtimedwait({signal.SIGUSR2}, 10):
        return "the emulated device did not answer to RESET"
    return None


def type_line(line):
    done = subprocess.run(line, shell=True, capture_output=True, text=True, errors="replace", timeout=300)
    allowed = next((codes for word, codes in ALLOWED.items() if f"photopsy {word} " in line or f"keys {word} " in line), (0,))
    return None if done.returncode in allowed else f"`{line}`: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}"


def main():
    steps = json.load(open(sys.argv[1]))
    done = 0
    trouble = None
    for step in steps:
        trouble = reset() if step == "reset" else type_line(step)
        if trouble:
            break
        done += 1
    json.dump({"done": done, "trouble": trouble}, open(sys.argv[2], "w"))


main()
