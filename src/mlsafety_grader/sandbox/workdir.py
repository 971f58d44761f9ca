"""The folder on disk that a sandbox without a private root works in: made, measured and removed from outside.

What a student leaves may be deeper than Python recurses and than a path is long, and without any permission.
"""

import os
import tempfile
from pathlib import Path

_MAX_COUNTED = 20_000
_BLOCK = 512


def make_work_dir(root: Path, *, owner: tuple[int, int] | None) -> Path:
    """Make a private folder with `home` and `tmp` in it, owned by `owner` (uid, gid) when given."""
    folder = Path(tempfile.mkdtemp(prefix="mlsafety-", dir=root))
    for path in (folder / "home", folder / "tmp"):
        path.mkdir(mode=0o700)
    if owner is not None:
        for path in (folder / "home", folder / "tmp", folder):
            os.chown(path, *owner)
    return folder


def measure_folder(folder: Path) -> float:
    """Return the MiB of disk below a folder, infinity when it holds too many or too deep files to count."""
    used = counted = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    counted += 1
                    used += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if counted > _MAX_COUNTED:
                        return float("inf")
        except FileNotFoundError:
            continue
        except PermissionError:
            continue
        except OSError:  # a path longer than the kernel takes
            return float("inf")
    return used / 2**20


def remove_work_dir(folder: Path) -> None:
    """Remove a folder and all that is in it; nobody may be working in it any more.

    Folders are moved up to the top before they are emptied, so that no path is ever longer than two steps.
    """
    if not folder.exists():
        return
    top = str(folder)
    os.chmod(top, 0o700)  # noqa: PTH101
    moved = 0
    while True:
        with os.scandir(top) as entries:
            names = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
        if not names:
            folder.rmdir()
            return
        for path, is_folder in names:
            if is_folder:
                moved = _empty(path, top, moved)
            else:
                os.unlink(path)  # noqa: PTH108


def _empty(path: str, top: str, moved: int) -> int:
    """Remove a folder's files and then itself; its folders go to `top` under new names."""
    os.chmod(path, 0o700)  # noqa: PTH101
    with os.scandir(path) as entries:
        inner = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in inner:
        if is_folder:
            moved += 1
            os.chmod(name, 0o700)  # noqa: PTH101  a folder's own `..` changes when it moves
            target = f"{top}/.moved-{moved}-{os.urandom(4).hex()}"
            os.rename(name, target)  # noqa: PTH104
        else:
            os.unlink(name)  # noqa: PTH108
    os.rmdir(path)  # noqa: PTH106
    return moved
