#!/usr/bin/env python3
"""Compares databases of ours with what repo-add makes of the same packages, byte for byte of what is in them.

  arch_parity.py DATABASE_OURS FILES_DATABASE_OURS PACKAGES_DIR

repo-add gets every package of the folder and keeps the newest of each name (--prevent-downgrade). Both sides are unpacked with bsdtar, as libalpm
reads them. Not compared: fields of desc that repo-add writes only up to version 6.0 (MD5SUM, PGPSIG), and times and order of the archive's members.
Prints each difference and a summary; exit code 1 when there is one, 2 when the comparison cannot be made.
"""
import os
import re
import subprocess
import sys
import tempfile

OLD = re.compile(rb"%(?:MD5SUM|PGPSIG)%\n(?:[^\n]+\n)*\n")


def unpacked(database, folder):
    """Path -> content of each file in a database."""
    os.mkdir(folder)
    subprocess.run(["bsdtar", "-xf", database, "-C", folder], check=True)
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def compare(kind, ours, theirs):
    differences = 0
    for path in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(path), theirs.get(path)
        if other is not None and path.endswith("/desc"):
            other = OLD.sub(b"", other)
        if mine != other:
            differences += 1
            print("%s, %s is\n%r, repo-add says\n%r" % (kind, path, mine, other))
    return differences


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    packages = sorted(os.path.join(sys.argv[3], name) for name in os.listdir(sys.argv[3]) if ".pkg.tar" in name and not name.endswith(".sig"))
    differences = count = 0
    with tempfile.TemporaryDirectory() as work:
        try:
            subprocess.run(
                ["repo-add", "--quiet", "--nocolor", "--prevent-downgrade", os.path.join(work, "x.db.tar.gz")] + packages,
                check=True, stdout=subprocess.DEVNULL)
            for number, kind in enumerate(["db", "files"]):
                ours = unpacked(sys.argv[1 + number], os.path.join(work, "ours-" + kind))
                theirs = unpacked(os.path.join(work, "x.%s.tar.gz" % kind), os.path.join(work, "theirs-" + kind))
                differences += compare(kind, ours, theirs)
                count = sum(path.endswith("/desc") for path in theirs)
        except (OSError, subprocess.CalledProcessError) as error:
            print("the databases cannot be compared: %s" % error, file=sys.stderr)
            return 2
    if not count:
        print("repo-add found no packages in %s" % sys.argv[3], file=sys.stderr)
        return 2
    print("%d packages of %d files, %d differences" % (count, len(packages), differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
