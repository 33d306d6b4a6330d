#!/usr/bin/env python3
"""Compares the index of an RPM group with what createrepo_c makes of the same packages.

    rpm_parity.py GROUP_DIR PACKAGES_DIR [CREATEREPO_C]

GROUP_DIR holds our repodata/ (public/OWNER/rpm/GROUP), PACKAGES_DIR the packages that went in (read recursively). Records of
primary, filelists and other are compared by pkgid; everything but `time file` and `location`. Of our own side it also checks that
the three documents list the same packages in the same order, that `packages` is right, that every checksum and size in repomd.xml
is right, and that every location exists with the digest that the record says.

Prints one line for each difference and a summary; exit status 0 without differences, 1 with some, 2 when something cannot be run.
Needs python3; the command zstd for .zst. Differences of createrepo_c 0.x that the RPM page explains are not counted.
"""
import gzip
import hashlib
import lzma
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

REPO = "{http://linux.duke.edu/metadata/repo}"
RPM = "{http://linux.duke.edu/metadata/rpm}"
DOCUMENTS = ("primary", "filelists", "other")


def expand(path):
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".gz"):
        return gzip.decompress(data)
    if path.endswith(".xz"):
        return lzma.decompress(data)
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    return data


def load(folder, checked):
    """({document: [(pkgid, element)]}, [faults])"""
    faults = []
    documents = {}
    root = ET.parse(os.path.join(folder, "repodata", "repomd.xml")).getroot()
    for record in root.iter(REPO + "data"):
        kind = record.get("type")
        if kind not in DOCUMENTS:
            continue
        path = os.path.join(folder, record.find(REPO + "location").get("href"))
        xml = expand(path)
        if checked:
            with open(path, "rb") as file:
                served = file.read()
            expected = {"checksum": hashlib.sha256(served).hexdigest(), "size": str(len(served)),
                        "open-checksum": hashlib.sha256(xml).hexdigest(), "open-size": str(len(xml))}
            for name, value in expected.items():
                found = record.findtext(REPO + name)
                if found != value and not (found is None and name.startswith("open")):
                    faults.append(f"repomd.xml: {name} of {kind} is {found}, should be {value}")
        tree = ET.fromstring(xml)
        packages = []
        for package in tree:
            pkgid = package.get("pkgid") or next(e.text for e in package if e.tag.endswith("}checksum"))
            packages.append((pkgid, package))
        documents[kind] = packages
        if checked and tree.get("packages") != str(len(packages)):
            faults.append(f"{kind}: packages=\"{tree.get('packages')}\", and there are {len(packages)}")
    return documents, faults


def flat(element, old, package):
    """An element as a list of comparable lines."""
    lines = []

    def walk(e, depth):
        tag = e.tag
        attributes = dict(e.attrib)
        if tag.endswith("}location"):
            return
        if tag.endswith("}time"):
            attributes.pop("file", None)
        if old and tag == RPM + "entry":
            # 0.17.3: no pre for %pretrans and %posttrans; a made-up self-provide for packages in rpm 3's format.
            attributes.pop("pre", None)
            if attributes.get("name") == package and depth == 4 and attributes.get("flags") == "EQ":
                return
        text = (e.text or "") if len(e) == 0 else ""
        lines.append("  " * depth + tag.split("}")[-1] + repr(sorted(attributes.items())) + repr(text))
        for child in e:
            walk(child, depth + 1 if tag != RPM + "provides" else 4)

    walk(element, 0)
    if old:
        lines = [line for line in lines if not line.endswith("provides[]''")]
    return lines


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    group, packages = sys.argv[1:3]
    tool = sys.argv[3] if len(sys.argv) == 4 else "createrepo_c"
    version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    old = "Version: 0." in version
    differences = 0

    def report(line):
        nonlocal differences
        differences += 1
        if differences <= 50:
            print(line)

    with tempfile.TemporaryDirectory() as scratch:
        run = subprocess.run([tool, "-q", "--no-database", "--general-compress-type=gz", "-o", scratch, packages], capture_output=True, text=True)
        if run.returncode not in (0, 2):
            print(run.stderr, file=sys.stderr)
            return 2
        theirs, _ = load(scratch, False)
        ours, faults = load(group, True)
    for fault in faults:
        report(fault)
    orders = [[pkgid for pkgid, _ in ours.get(kind, [])] for kind in DOCUMENTS]
    if orders.count(orders[0]) != 3:
        report("primary, filelists and other do not list the same packages in the same order")
    for pkgid, element in ours.get("primary", []):
        href = next(e.get("href") for e in element if e.tag.endswith("}location"))
        path = os.path.join(group, href)
        if not os.path.isfile(path):
            report(f"{href} is listed and not there")
            continue
        with open(path, "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != pkgid:
                report(f"{href} has another digest than its record")
    compared = 0
    for kind in DOCUMENTS:
        mine, other = dict(ours.get(kind, [])), dict(theirs.get(kind, []))
        for pkgid in sorted(set(mine) ^ set(other)):
            report(f"{kind}: {pkgid} is only in {'ours' if pkgid in mine else 'theirs'}")
        for pkgid in sorted(set(mine) & set(other)):
            compared += 1
            name = mine[pkgid].get("name") or next((e.text for e in mine[pkgid] if e.tag.endswith("}name")), "")
            a, b = flat(mine[pkgid], old, name), flat(other[pkgid], old, name)
            if a != b:
                i = next((i for i, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
                report(f"{kind}: {name} {pkgid[:12]}\n  ours   {a[i] if i < len(a) else '(end)'}\n  theirs {b[i] if i < len(b) else '(end)'}")
    print(f"{compared} records compared, {differences} differences ({version.split('(')[0].strip() or tool})")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
