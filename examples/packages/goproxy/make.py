"""make.py FOLDER VERSION...   Packs the module as go does (golang.org/x/mod/zip), without git, and the same way every time."""

import os
import pathlib
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).parent
MODULE = "example.org/indexgen-hello"
FILES = ["cmd/indexgen-hello/main.go", "go.mod", "hello.go"]

when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", 1767225600)))[:6]
folder = pathlib.Path(sys.argv[1])
for version in sys.argv[2:]:
    with zipfile.ZipFile(folder / f"indexgen-hello@{version}.zip", "w") as archive:
        for name in FILES:
            member = zipfile.ZipInfo(f"{MODULE}@{version}/{name}", when)
            member.create_system = 3
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, (HERE / name).read_text().replace("@VERSION@", version))
