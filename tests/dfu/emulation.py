"""What the scripts of this folder share: how a program runs beside the emulated device, how a sample dump is made, and what did not hold."""
import os
import subprocess

# AddressSanitizer wants to be loaded first; the preloaded umockdev comes before it.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0", NO_COLOR="1")
FULL = os.environ.get("PHOTOPSY_FULL") == "1"
failures = []  # of check(), in the words that were printed


def check(truth, sentence):
    if not truth:
        failures.append(sentence)
        print("FAILED:", sentence)


def run(words, folder, timeout=600):
    return subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, env=ENVIRONMENT, timeout=timeout)


def make_sample(maker, recipe, target):
    """The file that a recipe of samples/ describes, written to `target`."""
    done = run([maker, recipe, "-o", target], target.parent)
    if done.returncode != 0:
        raise SystemExit(f"{recipe}: {done.stderr}")
    return target
