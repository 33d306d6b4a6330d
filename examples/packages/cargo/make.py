"""make.py FOLDER VERSION...   Packs the crate as cargo package does, without cargo, and the same way every time."""

import gzip
import io
import os
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).parent
NAME = "indexgen-hello"
FILES = ["Cargo.toml", "Cargo.toml.orig", "src/lib.rs", "src/main.rs"]

when = int(os.environ.get("SOURCE_DATE_EPOCH", 1767225600))
folder = pathlib.Path(sys.argv[1])
for version in sys.argv[2:]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in FILES:
            content = (HERE / name.removesuffix(".orig")).read_text().replace("@VERSION@", version).encode()
            member = tarfile.TarInfo(f"{NAME}-{version}/{name}")
            member.size, member.mtime, member.mode = len(content), when, 0o644
            archive.addfile(member, io.BytesIO(content))
    (folder / f"{NAME}-{version}.crate").write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))
