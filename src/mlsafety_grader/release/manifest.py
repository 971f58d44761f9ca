"""`manifest.json`: what a release holds, and the hash that names it. Whatever is written here is read back here."""

import dataclasses
import hashlib
from pathlib import Path

import msgspec

from mlsafety_grader.errors import ReleaseError, ScoreError
from mlsafety_grader.model import SCHEMA, Manifest

MANIFEST = "manifest.json"
_ID_DIGITS = 16


def name_release(manifest: Manifest) -> Manifest:
    """Return the manifest with its `release_id`: a hash over everything else in it, file hashes included."""
    anonymous = dataclasses.replace(manifest, release_id="")
    digest = hashlib.sha256(msgspec.json.encode(anonymous, order="sorted")).hexdigest()
    return dataclasses.replace(manifest, release_id=digest[:_ID_DIGITS])


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ReleaseError: it is missing, damaged, of another schema, or does not carry its own hash.
    """
    rebuild = "build the release again with `mlsafety build`"
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, ScoreError) as e:
        raise ReleaseError(f"{path}: not a manifest: {e}", hint=rebuild) from None
    if manifest.schema != SCHEMA:
        raise ReleaseError(f"{path}: schema {manifest.schema}, this version reads {SCHEMA}", hint=rebuild)
    if name_release(manifest).release_id != manifest.release_id:
        raise ReleaseError(f"{path}: was changed after the build", hint=rebuild)
    return manifest
