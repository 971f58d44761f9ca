"""Masters in, releases out: check a master, compile it with otter, make its bytes reproducible, open it again.

assignment.toml + <slug>.ipynb ─ master, master_rules ─► build ─ describe, archive ─► dist/<slug>/ ─ load ─► Release
"""

from mlsafety_grader.release.archive import hash_file, hash_tree, read_zip, unpack_tests, write_zip
from mlsafety_grader.release.build import Built, build_release, check_sources, release_seed
from mlsafety_grader.release.load import AUTOGRADER, Release, load_release
from mlsafety_grader.release.manifest import MANIFEST, read_manifest
from mlsafety_grader.release.master import Master, read_master

__all__ = [
    "AUTOGRADER",
    "MANIFEST",
    "Built",
    "Master",
    "Release",
    "build_release",
    "check_sources",
    "hash_file",
    "hash_tree",
    "load_release",
    "read_manifest",
    "read_master",
    "read_zip",
    "release_seed",
    "unpack_tests",
    "write_zip",
]
