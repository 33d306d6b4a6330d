#!/usr/bin/env python3
"""Reads a repository of apk, version 2, as strictly as apk does, for machines that have no apk.

usage: apk-reader.py KEYS REPOSITORY ARCHITECTURE [NAME[=VERSION]]

KEYS is a folder with public keys (PEM), REPOSITORY the folder or address above ARCHITECTURE. Without NAME every package of the index is fetched.
Prints a line for each package that is right, NAME-VERSION. Anything wrong is told on standard error, and ends it with 1.

Sources: apk-tools 2.14.10 and 3.0.6 (package.c, extract_v2.c, tar.c, io_gunzip.c). Members of gzip are taken literally: the signature is over all
bytes behind the first member, a package is known by the SHA-1 of its control member, whose datahash is the SHA-256 of what follows.
"""
import base64
import hashlib
import os
import sys
import urllib.parse
import urllib.request
import zlib


class Fault(Exception):
    pass


def fetch(address):
    if "://" in address:
        parts = urllib.parse.urlsplit(address)
        address = parts._replace(path=urllib.parse.quote(parts.path, safe="/:+~")).geturl()
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read()
        except OSError as error:
            raise Fault(f"{address}: {error}")
    try:
        with open(address, "rb") as file:
            return file.read()
    except OSError as error:
        raise Fault(str(error))


def members(data):
    """The gzip members of a file: packed and open bytes of each."""
    found = []
    while data:
        inflater = zlib.decompressobj(31)
        try:
            opened = inflater.decompress(data) + inflater.flush()
        except zlib.error as error:
            raise Fault(f"gzip: {error}")
        if not inflater.eof:
            raise Fault("gzip: truncated")
        rest = inflater.unused_data
        found.append((data[: len(data) - len(rest)], opened))
        data = rest
    return found


def number(field):
    digits = field.rstrip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        raise Fault(f"tar: {field!r} is not a number")
    return int(digits, 8)


def pax(body):
    records = {}
    while body:
        length, _, _ = body.partition(b" ")
        record = body[: int(length)]
        if not record.endswith(b"\n"):
            raise Fault("tar: a pax record is damaged")
        key, _, value = record[len(length) + 1 : -1].partition(b"=")
        records[key.decode()] = value
        body = body[int(length) :]
    return records


def entries(data, ends):
    """The files of a tar: path, type, pax records, content. `ends`: whether it has to have an end mark, or must not have one."""
    found, position, records = [], 0, {}
    while position < len(data):
        header = data[position : position + 512]
        if len(header) < 512:
            raise Fault("tar: a header is cut off")
        if header[:1] == b"\0":
            if not ends or len(data) - position < 1024 or data[position:].strip(b"\0"):
                raise Fault("tar: an end mark where none belongs, or something behind it")
            return found
        if header[257:262] != b"ustar":
            raise Fault("tar: not ustar")
        if number(header[148:156]) != sum(header[:148]) + 8 * 32 + sum(header[156:]):
            raise Fault("tar: a checksum is wrong")
        size, kind = number(header[124:136]), header[156:157]
        body = data[position + 512 : position + 512 + size]
        if len(body) < size:
            raise Fault("tar: a file is cut off")
        position += 512 + (size + 511) // 512 * 512
        if kind == b"x":
            records = pax(body)
            continue
        name = header[:100].rstrip(b"\0")
        prefix = header[345:500].rstrip(b"\0")
        if prefix:
            name = prefix + b"/" + name
        if kind not in b"0125":
            raise Fault(f"tar: a member of type {kind!r}")
        found.append((records.get("path", name).decode(), kind, records, body))
        records = {}
    if ends:
        raise Fault("tar: no end mark")
    return found


def der(data):
    """A value in DER: tag, content, rest."""
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    return tag, data[start : start + length], data[start + length :]


def public_key(pem):
    """Modulus and exponent of a SubjectPublicKeyInfo."""
    lines = pem.decode().strip().splitlines()
    if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
        raise Fault("the key is not a public key in PEM")
    _, info, _ = der(base64.b64decode("".join(lines[1:-1]), validate=True))
    _, algorithm, rest = der(info)
    if der(algorithm)[1] != bytes.fromhex("2a864886f70d010101"):
        raise Fault("the key is not RSA")
    _, bits, _ = der(rest)
    _, pair, _ = der(bits[1:])
    _, modulus, rest = der(pair)
    return int.from_bytes(modulus, "big"), int.from_bytes(der(rest)[1], "big")


DIGESTS = {
    "RSA512": ("sha512", "3051300d060960864801650304020305000440"),
    "RSA256": ("sha256", "3031300d060960864801650304020105000420"),
    "RSA": ("sha1", "3021300906052b0e03021a05000414"),
}


def verify(key, word, signature, data):
    """PKCS #1 v1.5 (RFC 8017, 8.2.2)."""
    modulus, exponent = key
    length = (modulus.bit_length() + 7) // 8
    digest, prefix = DIGESTS[word]
    info = bytes.fromhex(prefix) + hashlib.new(digest, data).digest()
    right = b"\0\1" + b"\xff" * (length - len(info) - 3) + b"\0" + info
    found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(length, "big")
    if len(signature) != length or found != right:
        raise Fault(f"BAD signature ({word})")


def check_signature(first, rest, keys):
    """As apk: the first signature whose key is there under its name decides."""
    for name, _, _, content in entries(first, ends=False):
        if not name.startswith(".SIGN."):
            raise Fault(f"{name} stands among the signatures")
        word, _, owner = name[len(".SIGN.") :].partition(".")
        path = os.path.join(keys, owner)
        if word in DIGESTS and "/" not in owner and os.path.exists(path):
            with open(path, "rb") as file:
                return verify(public_key(file.read()), word, content, rest)
    raise Fault("UNTRUSTED signature")


def read_index(data, keys):
    parts = members(data)
    if len(parts) != 2:
        raise Fault(f"an index of {len(parts)} gzip members: apk takes a signature and one more")
    check_signature(parts[0][1], parts[1][0], keys)
    files = {name: content for name, _, _, content in entries(parts[1][1], ends=True)}
    if "APKINDEX" not in files:
        raise Fault("no APKINDEX in the index")
    if len(files.get("DESCRIPTION", b"")) > 160:
        raise Fault("a long DESCRIPTION")
    text = files["APKINDEX"].decode()
    if text and not text.endswith("\n\n"):
        raise Fault("the last record has no end")
    records = []
    for block in text.split("\n\n")[:-1]:
        record, order = {}, ""
        for line in block.split("\n"):
            letter, colon, value = line[:1], line[1:2], line[2:]
            if colon != ":" or letter in record:
                raise Fault(f"a line of a record is damaged: {line!r}")
            record[letter] = value
            order += letter
        places = ["CPVASITULomtckDpi".index(letter) for letter in order]
        if places != sorted(places) or not set("CPVASITUL") <= set(record):
            raise Fault(f"the fields {order} are not those of apk index, in its order")
        records.append(record)
    return records


def check_package(data, record):
    if len(data) != int(record["S"]):
        raise Fault(f"{len(data)} bytes, and S: has {record['S']}")
    parts = members(data)
    while parts and entries(parts[0][1], ends=False)[0][0].startswith(".SIGN."):
        parts = parts[1:]
    if len(parts) != 2:
        raise Fault(f"{len(parts)} gzip members, signatures aside: apk takes control and data")
    (control, opened), (packed, files) = parts
    if "Q1" + base64.b64encode(hashlib.sha1(control).digest()).decode() != record["C"]:
        raise Fault("the control member is not that of the index")
    named = {name: content for name, _, _, content in entries(opened, ends=False)}
    if any(not name.startswith(".") or "/" in name for name in named) or ".PKGINFO" not in named:
        raise Fault("the control member holds something else, or no .PKGINFO")
    info = dict(line.split(" = ", 1) for line in named[".PKGINFO"].decode().splitlines() if " = " in line and line[0] != "#")
    if info.get("datahash") != hashlib.sha256(packed).hexdigest():
        raise Fault("the data member is not the one that datahash is of")
    if (info["pkgname"], info["pkgver"]) != (record["P"], record["V"]):
        raise Fault("another package")
    if info["arch"] not in (record["A"], "noarch"):
        raise Fault(f"a package for {info['arch']}")
    for name, kind, records, content in entries(files, ends=True):
        if name.startswith("/") or ".." in name.split("/"):
            raise Fault(f"{name} leads elsewhere")
        right = records.get("APK-TOOLS.checksum.SHA1")
        if kind == b"0" and right and hashlib.sha1(content).hexdigest() != right.decode():
            raise Fault(f"{name} has another checksum")


def main(keys, repository, architecture, wanted=None):
    records = read_index(fetch(f"{repository}/{architecture}/APKINDEX.tar.gz"), keys)
    name, _, version = (wanted or "").partition("=")
    chosen = [r for r in records if not wanted or (r["P"] == name and version in ("", r["V"]))]
    if wanted and not chosen:
        raise Fault(f"{wanted}: no such package")
    for record in chosen:
        if record["A"] != architecture:
            raise Fault(f"{record['P']}: A:{record['A']} in the index of {architecture}")
        title = f"{record['P']}-{record['V']}"
        try:
            check_package(fetch(f"{repository}/{record['A']}/{title}.apk"), record)
        except Fault as fault:
            raise Fault(f"{title}: {fault}")
        print(title)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (Fault, ValueError, KeyError, IndexError) as fault:
        sys.exit(f"ERROR: {fault}")
