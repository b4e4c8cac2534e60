"""Public halves of key files, read here anew: what a command wrote is not judged by the program that wrote it."""
import base64
import hashlib
import re


def element(der, at):
    """(tag, first byte of the content, byte behind it) of the DER element at `at`."""
    length, first = der[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, first = int.from_bytes(der[first:first + size], "big"), first + size
    if first + length > len(der):
        raise ValueError("cut off")
    return der[at], first, first + length


def encoded(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else (lambda n: bytes([0x80 | len(n)]) + n)(size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content


def rsa_public(modulus, exponent):
    """SubjectPublicKeyInfo of an RSA key."""
    number = lambda value: encoded(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return encoded(0x30, algorithm + encoded(3, b"\0" + encoded(0x30, number(modulus) + number(exponent))))


def ec_public(point):
    """SubjectPublicKeyInfo of a point of P-256."""
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    return encoded(0x30, algorithm + encoded(3, b"\0" + point))


def of_sec1(der, at, end):
    """The same of the elements of an EC private key: version, scalar, [0] curve, [1] point."""
    while at < end:
        tag, first, at = element(der, at)
        if tag == 0xA1:
            _, bits, behind = element(der, first)
            return ec_public(der[bits + 1:behind])
    return b""


def of_private(der):
    """SubjectPublicKeyInfo that belongs to a PKCS#1 or SEC1 private key at the front of `der`; b"" where there is none."""
    try:
        return of_whole_private(der)
    except (ValueError, IndexError):
        return b""


def of_whole_private(der):
    tag, at, end = element(der, 0)
    if tag == 0x30 and der[at:at + 4] == b"\x02\x01\x01\x04":
        return of_sec1(der, at, end)
    numbers = []
    while tag == 0x30 and len(numbers) < 3:
        kind, first, end = element(der, at)
        if kind != 2:
            break
        numbers.append(int.from_bytes(der[first:end], "big"))
        at = end
    return rsa_public(numbers[1], numbers[2]) if len(numbers) == 3 else b""


def of_file(data):
    """The same of a file as people keep it: a private key in DER, or a public one in DER or PEM; b"" of anything else."""
    pem = re.search(rb"-----BEGIN PUBLIC KEY-----(.*?)-----END", data, re.S)
    try:
        if pem:
            return base64.b64decode(pem[1])
        if data[:1] != b"\x30":
            return b""
        _, first, end = element(data, 0)
        return data[:end] if data[first] == 0x30 else of_private(data)
    except (ValueError, IndexError):
        return b""


def fingerprint(spki):
    return hashlib.sha256(spki).hexdigest()


def pem(spki):
    text = base64.encodebytes(spki).replace(b"\n", b"")
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return b"-----BEGIN PUBLIC KEY-----\n" + b"\n".join(lines) + b"\n-----END PUBLIC KEY-----\n"
