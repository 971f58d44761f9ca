"""Grade what Gradescope put into its submission folder, and write results.json only when there is a score.

    ROOT/source/release/   what to grade by        ROOT/submission/   what was handed in
    ROOT/results/results.json                      written whole, or not at all

A student's failure (a crash, a time limit, no notebook) is a score with its reason. When the grader itself failed there
is no file, a message and an error: Gradescope then tells staff that the autograder failed.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FAILED = 1
MAX_FILES = 5_000  # the grader's own limits are lower, and it says so; this only keeps packing them short
MAX_BYTES = 1 << 30
SKIPPED = ("__MACOSX",)


def main(root: Path) -> int:
    """Grade and return the exit code."""
    results = root / "results" / "results.json"
    results.unlink(missing_ok=True)  # of an earlier run; it must not pass for this one's
    with tempfile.TemporaryDirectory(prefix="mlsafety-") as scratch:
        handed_in = stage(root / "submission", Path(scratch))
        out = Path(scratch, "graded")
        mlsafety = Path(sys.executable).with_name("mlsafety")
        arguments = [mlsafety, "grade", release_of(root / "source"), handed_in, "--out", out, "--jobs", "1"]
        # not where the student's files lie: a settings file of his would be read as ours
        done = subprocess.run([str(part) for part in arguments], cwd=scratch, stdin=subprocess.DEVNULL, check=False)
        problem = check(done.returncode, out)
        if problem:
            print(f"mlsafety: no score was recorded: {problem}", file=sys.stderr)
            print("mlsafety: this is not the student's fault; run the autograder again", file=sys.stderr)
            return FAILED
        publish(only_entry(out) / "results.json", results)
    return 0


def release_of(source: Path) -> Path:
    """Return the release: a folder of ours, or an autograder zip that otter made."""
    folder = source / "release"
    return folder if (folder / "manifest.json").exists() else folder / "autograder.zip"


def stage(folder: Path, scratch: Path) -> Path:
    """Return the one file that was handed in; several files become one zip.

    Gradescope unpacks a zip that a student uploads. It is packed again, because the grader knows what to expect of a
    zip and tells the student what is wrong with his.
    """
    for _ in range(3):  # a zip of a folder
        files = list_folder(folder)
        if len(files) != 1 or not is_folder(files[0]):
            break
        folder = files[0]
    if len(files) == 1 and not is_folder(files[0]):
        return files[0]
    target = scratch / "submission.zip"
    pack(folder, target)
    return target


def pack(folder: Path, target: Path) -> None:
    """Zip a folder without links, hidden files, or more than anybody hands in."""
    left = [folder]
    count = size = 0
    with zipfile.ZipFile(target, "w") as archive:
        while left:
            for path in list_folder(left.pop(0)):
                if is_folder(path):
                    left.append(path)
                    continue
                count, size = count + 1, size + path.stat().st_size
                if count > MAX_FILES or size > MAX_BYTES:
                    return
                archive.write(path, path.relative_to(folder).as_posix())


def list_folder(folder: Path) -> list[Path]:
    """Return regular files and folders in a fixed order; links and hidden ones are left out."""
    entries = (path for path in sorted(folder.iterdir()) if not path.name.startswith(".") and path.name not in SKIPPED)
    return [path for path in entries if not path.is_symlink() and (path.is_dir() or path.is_file())]


def is_folder(path: Path) -> bool:
    """Return whether `path` is a folder itself, not a link to one."""
    return path.is_dir() and not path.is_symlink()


def check(code: int, out: Path) -> str:
    """Return why there is no score, empty when there is one."""
    if code:
        return f"`mlsafety grade` ended with exit code {code}, see above"
    try:
        status = json.loads((only_entry(out) / "report.json").read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, LookupError) as e:
        return f"the report cannot be read: {e}"
    return "the grader failed on it" if status == "grader_fault" else ""


def only_entry(out: Path) -> Path:
    """Return the folder of the one submission."""
    (entry,) = json.loads((out / "batch.json").read_text(encoding="utf-8"))["submissions"]
    return out / str(entry["folder"])


def publish(made: Path, target: Path) -> None:
    """Put the file in its place in one step: a reader sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_bytes(made.read_bytes())
    os.replace(temporary, target)  # noqa: PTH105 - says that an old one is replaced


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder").absolute()))
