#!/usr/bin/env python3
"""Compares a Packages file of ours with what apt-ftparchive says of the same packages, field by field.

  debian_parity.py PACKAGES_FILE_OURS DEBS_DIR

Both sides are keyed by name, version, architecture and SHA256. Not compared: the folder of Filename, digests that only one side
writes (those on both sides must be equal), and the order of fields and stanzas.
Prints each difference and a summary; exit code 1 when there is one, 2 when the comparison cannot be made.
"""
import os
import re
import subprocess
import sys

DIGESTS = {"md5sum", "sha1", "sha256", "sha512"}


def stanzas(data):
    """Name -> value of each stanza; bytes, because control files need not be UTF-8."""
    found = []
    for block in data.replace(b"\r\n", b"\n").split(b"\n\n"):
        fields, name = {}, None
        for line in block.split(b"\n"):
            if line[:1] in (b" ", b"\t"):
                fields[name] += b"\n" + line.rstrip()
            elif line:
                head, _, value = line.partition(b":")
                name = head.strip().decode("ascii").lower()
                if name in fields:
                    raise ValueError("field %s twice" % name)
                fields[name] = value.strip()
        if fields:
            found.append(fields)
    return found


def keyed(all_stanzas, whose):
    table = {}
    for fields in all_stanzas:
        key = tuple(fields.get(name, b"").decode() for name in ("package", "version", "architecture", "sha256"))
        if key in table:
            # apt-ftparchive lists a file once for each name it has in the folder.
            print("note: %s lists %s twice" % (whose, " ".join(key[:3])))
        table[key] = fields
    return table


def compare(ours, theirs):
    differences = 0

    def differ(key, text):
        nonlocal differences
        differences += 1
        print("%s: %s" % (" ".join(key[:3]), text))

    for key in sorted(theirs.keys() - ours.keys()):
        differ(key, "missing from ours")
    for key in sorted(ours.keys() - theirs.keys()):
        differ(key, "only in ours")
    for key in sorted(ours.keys() & theirs.keys()):
        mine, other = ours[key], theirs[key]
        for name in sorted(mine.keys() | other.keys()):
            a, b = mine.get(name), other.get(name)
            if name in DIGESTS and (a is None or b is None):
                continue
            if name == "filename" and a and b:
                # apt-get download writes an epoch into the name, as %3a; pool names have none.
                a, b = os.path.basename(a), re.sub(rb"_\d+%3a", b"_", os.path.basename(b))
            if a != b:
                differ(key, "%s is %r, apt-ftparchive says %r" % (name, a, b))
    return differences


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        run = subprocess.run(["apt-ftparchive", "packages", "."], cwd=sys.argv[2], stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print("apt-ftparchive: %s" % error, file=sys.stderr)
        return 2
    with open(sys.argv[1], "rb") as file:
        ours = keyed(stanzas(file.read()), "ours")
    theirs = keyed(stanzas(run.stdout), "apt-ftparchive")
    if not theirs:
        print("apt-ftparchive found no packages in %s" % sys.argv[2], file=sys.stderr)
        return 2
    differences = compare(ours, theirs)
    print("%d of ours, %d of apt-ftparchive, %d differences" % (len(ours), len(theirs), differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
