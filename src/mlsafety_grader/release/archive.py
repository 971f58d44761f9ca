"""Files and zips whose bytes depend on their content alone: no times, no owner, no order of a directory listing."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
EXECUTABLE = frozenset({"run_autograder", "setup.sh"})
_UNIX = 3


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip of `members` (name in the archive → content), sorted by name.

    Stored, not deflated: two builds of zlib deflate the same bytes differently, and this is some 100 KiB of text.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = _UNIX
            mode = 0o755 if name in EXECUTABLE else 0o644
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, members[name])


def read_zip(path: Path) -> dict[str, bytes]:
    """Return the files of a zip: name → content, directories left out."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def unpack_tests(files: Mapping[str, bytes], folder: Path) -> None:
    """Write an autograder's `tests/*` into `folder`/tests and its `files/*` into `folder`, where tests expect them."""
    for name, content in files.items():
        top, _, rest = name.partition("/")
        if top in {"tests", "files"} and rest and ".." not in Path(rest).parts:
            path = folder / (name if top == "tests" else rest)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def hash_tree(folder: Path) -> dict[str, str]:
    """Return relative POSIX path → SHA-256 (hex) of every file below `folder`, sorted by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in files}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `target` when the block ends well, and vanishes when it does not.

    Both lie on one file system, so the change is two renames: a reader sees the old folder, none for an instant, or
    the new one, and never half of one. What an interrupted run left beside the target is put back or cleared first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    retired = target.parent / f".{target.name}.old"
    _recover(target, retired)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    fresh.chmod(0o755)
    try:
        yield fresh
        if target.exists():
            target.rename(retired)
        fresh.rename(target)
    except BaseException:
        _recover(target, retired)
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)


def _recover(target: Path, retired: Path) -> None:
    if retired.exists() and not target.exists():
        retired.rename(target)
    for left_over in target.parent.glob(f".{target.name}.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    shutil.rmtree(retired, ignore_errors=True)
