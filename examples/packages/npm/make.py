"""make.py FOLDER VERSION...   Packs the package as npm pack does, without npm, and the same way every time."""

import gzip
import io
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).parent
NAME = "indexgen-hello"
FILES = ["cli.js", "index.js", "package.json", "README.md"]

# npm dates every file so: 1985-10-26, a quarter past one in California.
WHEN = 499162500

folder = pathlib.Path(sys.argv[1])
for version in sys.argv[2:]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in FILES:
            content = (HERE / name).read_text().replace("@VERSION@", version).encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size, member.mtime, member.mode = len(content), WHEN, 0o755 if name == "cli.js" else 0o644
            archive.addfile(member, io.BytesIO(content))
    (folder / f"{NAME}-{version}.tgz").write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))
