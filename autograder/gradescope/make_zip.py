"""Make the zip that Gradescope takes as an autograder: this grader, one release, and the two scripts Gradescope calls.

    .venv/bin/python autograder/gradescope/make_zip.py dist/adversaries --out adversaries-gradescope.zip

A script beside the sources that it packs, and not a command: an installed `mlsafety` has no sources to pack. The same
sources and release give the same bytes. Solution and student version stay out; the hidden tests have to go in.
"""

import argparse
import sys
from pathlib import Path

from mlsafety_grader.errors import GraderError
from mlsafety_grader.release import AUTOGRADER, MANIFEST, load_release, write_zip

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SCRIPTS = ("setup.sh", "run_autograder", "grade_submission.py")
PACKAGE = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
DEFAULT_LIMIT_S = 600  # Gradescope's own, unless it is set higher; past it there is a zero and no report


def main(arguments: list[str]) -> int:
    """Write the zip and say what is in it."""
    parser = argparse.ArgumentParser(description="Make an autograder zip for Gradescope.")
    parser.add_argument("release", type=Path, help="dist/<slug>, or any autograder zip that otter made")
    parser.add_argument("--out", type=Path, required=True, help="the zip to write")
    options = parser.parse_args(arguments)
    try:
        release = load_release(options.release)
        members = {**scripts(), **package(), **release_files(options.release, release.autograder)}
        write_zip(options.out, members)
    except GraderError as e:
        print(f"make_zip: {e.message}\n  → {e.hint}", file=sys.stderr)
        return e.exit_code
    except OSError as e:
        print(f"make_zip: {e}", file=sys.stderr)
        return GraderError.exit_code
    manifest = release.manifest
    print(f"{options.out}: {manifest.slug} {manifest.release_id}, {len(members)} files")
    print(f"set the assignment's autograder points in Gradescope to {manifest.possible:g}")
    if manifest.limits.submission_s > 0.9 * DEFAULT_LIMIT_S:
        print(
            f"note: a submission may take {manifest.limits.submission_s:g} s; set Gradescope's timeout well above "
            "that: when Gradescope stops the grader, the score is 0 and nothing says why"
        )
    return 0


def scripts() -> dict[str, bytes]:
    """Return what Gradescope calls, for the top of the zip."""
    return {name: (HERE / name).read_bytes() for name in SCRIPTS}


def package() -> dict[str, bytes]:
    """Return the grader's own sources."""
    files = [REPOSITORY / name for name in PACKAGE]
    files += [
        path
        for path in (REPOSITORY / "src").rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.parts) and ".egg-info" not in str(path)
    ]
    return {f"package/{path.relative_to(REPOSITORY).as_posix()}": path.read_bytes() for path in files}


def release_files(path: Path, autograder: Path) -> dict[str, bytes]:
    """Return what grading needs of a release, and nothing else of it."""
    files = {f"release/{AUTOGRADER}": autograder.read_bytes()}
    return {**files, f"release/{MANIFEST}": (path / MANIFEST).read_bytes()} if path.is_dir() else files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
