#!/usr/bin/env python3
"""Slots of EC keys, whole and damaged, are read by Debian's mbedTLS as the firmware reads them, and the answer is held against `photopsy keys check`.

  mbedtls.py PHOTOPSY      exit status 0 they agree, 1 they do not, 77 libmbedcrypto 2.28 is not installed

The firmware presets the context to EC and has mbedTLS parse what the DER length of the slot covers (communication/src/dtls_protocol.cpp@v0.7.0:31-46). Its forks
are 2.1.2 to 2.22.0; 2.28 reads like those from 2.9.0 on, which Device OS has from 1.1.0 on.
"""
import base64
import ctypes
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

photopsy = os.path.abspath(sys.argv[1])
FULL = os.environ.get("PHOTOPSY_FULL", "0") not in ("", "0")
SLOT = 192
EC_KEY = 2  # MBEDTLS_PK_ECKEY

try:
    mbed = ctypes.CDLL("libmbedcrypto.so.7")
except OSError:
    print("skipped: libmbedcrypto7 is not installed (tools/install-dependencies --tests)")
    sys.exit(77)
mbed.mbedtls_pk_info_from_type.restype = ctypes.c_void_p


def der_length(slot):
    """Of the outer SEQUENCE, its head included; 0 where there is none that fits."""
    if slot[0] != 0x30:
        return 0
    octets = slot[1] & 0x7F if slot[1] & 0x80 else 0
    if octets > 2 or (slot[1] & 0x80 and octets == 0):
        return 0
    length = int.from_bytes(slot[2:2 + octets], "big") if octets else slot[1]
    return 2 + octets + length if 2 + octets + length <= len(slot) else 0


def read_by_mbedtls(slot):
    """The public key, or nothing where it refuses the slot."""
    length = der_length(slot)
    context = ctypes.create_string_buffer(64)
    mbed.mbedtls_pk_init(context)
    mbed.mbedtls_pk_setup(context, ctypes.c_void_p(mbed.mbedtls_pk_info_from_type(EC_KEY)))
    public = None
    if length and mbed.mbedtls_pk_parse_key(context, bytes(slot[:length]), ctypes.c_size_t(length), None, ctypes.c_size_t(0)) == 0:
        written = ctypes.create_string_buffer(256)
        size = mbed.mbedtls_pk_write_pubkey_der(context, written, ctypes.c_size_t(256))
        public = written.raw[256 - size:] if size > 0 else None
    mbed.mbedtls_pk_free(context)
    return public


def read_by_photopsy(slot, folder):
    file = folder / "slot.bin"
    file.write_bytes(slot)
    done = subprocess.run([photopsy, "keys", "check", str(file), "--format", "json"], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    accepted = any(test["name"] == "for Device OS 1.1.0 and later" and test["result"] == "pass" for test in said["tests"])
    return accepted, said


def public_by_photopsy(slot, folder):
    (folder / "slot.bin").write_bytes(slot)
    done = subprocess.run([photopsy, "keys", "show", str(folder / "slot.bin")], capture_output=True, text=True, check=False)
    text = done.stdout.partition("-----BEGIN PUBLIC KEY-----")[2].partition("-----END")[0]
    return base64.b64decode(text)


def fresh_key(folder, number):
    file = folder / f"{number}.der"
    subprocess.run([photopsy, "keys", "new", "--ec", "-o", str(file)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return file.read_bytes()


def as_old_firmware_writes(der):
    """The scalar as a signed number of the least size: with a zero in front where its top bit is set."""
    scalar = der[7:39]
    if not scalar[0] & 0x80:
        return der
    return bytes([0x30, der[1] + 1]) + der[2:6] + bytes([33, 0]) + scalar + der[39:]


def filled(dice, der, kind):
    """A slot: erased behind the key, or made by the device, whose writer leaves the end of the same DER there."""
    if kind == "device":
        tail = [0] * SLOT
        tail[:len(der)] = der
        for at in range(len(der), SLOT):
            tail[at] = tail[at - (SLOT - len(der))]
        return bytearray(tail)
    return bytearray(der + bytes([0xFF if kind == "erased" else 0]) * (SLOT - len(der)))


def damaged(dice, slot):
    slot = bytearray(slot)
    what = dice.randrange(8)
    if what in (0, 1, 2):
        for _ in range(what + 1):
            slot[dice.randrange(125)] ^= 1 << dice.randrange(8)
    elif what == 3:
        slot[dice.randrange(SLOT):] = b""
        slot += b"\xff" * (SLOT - len(slot))
    elif what == 4:
        begin = dice.randrange(120)
        for at in range(begin, min(SLOT, begin + dice.randrange(1, 40))):
            slot[at] = 0xFF if dice.randrange(2) else 0
    elif what == 5:
        slot[dice.randrange(58)] ^= 1 << dice.randrange(8)  # head, scalar's head, curve, the point's head
    elif what == 6:
        for at in range(7, 39):
            slot[at] = 0xFF if dice.randrange(2) else dice.randrange(256)
    else:
        begin = dice.randrange(57, 121)
        slot[begin] = dice.randrange(256)
    return slot


def main():
    dice = random.Random(13)
    wrong = accepted = 0
    count = 4000 if FULL else 240
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        keys = [fresh_key(folder, number) for number in range(24 if FULL else 8)]
        for number in range(count):
            der = dice.choice(keys)
            whole = filled(dice, as_old_firmware_writes(der) if dice.randrange(2) else der, dice.choice(["erased", "zeroed", "device"]))
            slot = whole if number % 12 == 0 else damaged(dice, whole)
            public = read_by_mbedtls(slot)
            takes, said = read_by_photopsy(slot, folder)
            accepted += public is not None
            if takes != (public is not None):
                wrong += 1
                print("mbedTLS", "accepts" if public else "refuses", "what photopsy calls", said["detail"], bytes(a ^ b for a, b in zip(slot, whole)).hex())
            elif public and said["usable"] and number % 6 == 0 and public_by_photopsy(slot, folder) != public:
                wrong += 1
                print("another public key:", bytes(a ^ b for a, b in zip(slot, whole)).hex())
    print(f"{count} slots, {accepted} accepted by mbedTLS 2.28: {wrong} disagreements")
    sys.exit(1 if wrong or not accepted or accepted == count else 0)


if __name__ == "__main__":
    main()
