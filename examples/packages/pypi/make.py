"""make.py FOLDER VERSION wheel|sdist...   What a build front end does, without one."""

import os
import sys

folder, os.environ["SAMPLE_VERSION"] = sys.argv[1:3]
sys.dont_write_bytecode = True
import builder  # noqa: E402

for kind in sys.argv[3:]:
    {"wheel": builder.build_wheel, "sdist": builder.build_sdist}[kind](folder)
