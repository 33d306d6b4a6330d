"""make.py FOLDER VERSION...   The script and an archive of it, in FOLDER/indexgen-hello/VERSION; the same way every time."""

import gzip
import io
import os
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).parent
NAME = "indexgen-hello"

when = int(os.environ.get("SOURCE_DATE_EPOCH", 1767225600))
for version in sys.argv[2:]:
    folder = pathlib.Path(sys.argv[1], NAME, version)
    folder.mkdir(parents=True, exist_ok=True)
    script = (HERE / f"{NAME}.sh").read_text().replace("@VERSION@", version).encode()
    (folder / f"{NAME}-{version}.sh").write_bytes(script)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo(f"{NAME}-{version}/{NAME}.sh")
        member.size, member.mtime, member.mode = len(script), when, 0o755
        archive.addfile(member, io.BytesIO(script))
    (folder / f"{NAME}-{version}.tar.gz").write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))
