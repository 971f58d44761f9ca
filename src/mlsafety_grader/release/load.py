"""Open a release for grading: a folder that `mlsafety build` made, or any autograder zip that otter made."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mlsafety_grader.errors import ReleaseError
from mlsafety_grader.model import Limits, Manifest
from mlsafety_grader.release.archive import hash_file, read_zip
from mlsafety_grader.release.describe import describe_tests
from mlsafety_grader.release.manifest import MANIFEST, name_release, read_manifest

AUTOGRADER = "autograder.zip"
OTTER_CONFIG = "otter_config.json"


class OtterConfig(msgspec.Struct, frozen=True):
    """The keys of otter's `otter_config.json` that matter here; it may hold others."""

    assignment_name: str | None = None
    show_hidden: bool = False
    lang: str = "python"
    seed: int | None = None
    seed_variable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release that can be graded against.

    `student_files` are the files (paths below `files/` in the zip) that students have as well; None when unknown.
    """

    manifest: Manifest
    autograder: Path
    config: OtterConfig
    student_files: frozenset[str] | None = None


def load_release(path: Path) -> Release:
    """Open `dist/<slug>` or an otter autograder zip.

    Raises:
        ReleaseError: nothing is there, a file is damaged, or the assignment is not a Python one.
    """
    if path.is_dir():
        return _load_folder(path.resolve())  # engines work in folders of their own: a relative path would mislead them
    if path.is_file():
        return _load_zip(path.resolve())
    raise ReleaseError(f"{path} does not exist", hint="build it with `mlsafety build`, or name an otter autograder zip")


def _load_folder(folder: Path) -> Release:
    manifest = read_manifest(folder / MANIFEST)
    autograder = folder / AUTOGRADER
    if not autograder.is_file() or hash_file(autograder) != manifest.files.get(AUTOGRADER):
        raise ReleaseError(
            f"{autograder} is missing or was changed after the build",
            hint=f"build the release again with `mlsafety build {manifest.slug}`",
        )
    prefix = "student/"
    shipped = frozenset(name.removeprefix(prefix) for name in manifest.files if name.startswith(prefix))
    config = _read_config(read_zip(autograder), autograder)
    return Release(manifest=manifest, autograder=autograder, config=config, student_files=shipped)


def _load_zip(path: Path) -> Release:
    try:
        files = read_zip(path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as e:
        raise ReleaseError(f"{path}: not a readable zip: {e}", hint="name an autograder zip that otter made") from None
    if not any(name.startswith("tests/") for name in files):
        raise ReleaseError(f"{path}: holds no tests/", hint="name an autograder zip that otter made")
    config = _read_config(files, path)
    slug = config.assignment_name or path.stem
    manifest = Manifest(
        slug=slug,
        title=slug,
        release_id="",
        questions=describe_tests(files),
        limits=Limits(),
        assignment_name=config.assignment_name,
        files={AUTOGRADER: hash_file(path)},
    )
    return Release(manifest=name_release(manifest), autograder=path, config=config)


def _read_config(files: dict[str, bytes], path: Path) -> OtterConfig:
    try:
        config = msgspec.json.decode(files.get(OTTER_CONFIG, b"{}"), type=OtterConfig)
    except msgspec.DecodeError as e:
        raise ReleaseError(f"{path}: {OTTER_CONFIG}: {e}", hint="build the release again") from None
    if config.lang != "python":
        raise ReleaseError(f"{path}: an assignment in {config.lang!r}", hint="only Python assignments are graded")
    return config
