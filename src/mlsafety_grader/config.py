"""Settings: one table, four places they may come from (default < mlsafety.toml < environment < flag).

Built once at the top and passed down. Only this module reads the environment. A setting's value knows its source.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.errors import UsageError

SETTINGS_FILE = "mlsafety.toml"
ENV_PREFIX = "MLSAFETY_"

Value = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row of the table. `secret` values are never shown."""

    name: str
    default: Value
    unit: str
    help: str
    lowest: int = 0
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="release_secret",
        default="development",
        unit="text",
        help="seeds and held-out data of hidden tests are derived from it; choose a new one for every term",
        secret=True,
    ),
    Setting(
        name="jobs",
        default=os.cpu_count() or 1,
        unit="submissions",
        help="submissions graded at the same time",
        lowest=1,
    ),
    Setting(
        name="max_submission_mib",
        default=100,
        unit="MiB",
        help="a larger file, or a zip that unpacks to more, is rejected",
        lowest=1,
    ),
    Setting(
        name="max_zip_members",
        default=2000,
        unit="files",
        help="a zip with more entries is rejected",
        lowest=1,
    ),
    Setting(
        name="database",
        default="sqlite:///gradebook.sqlite",
        unit="URL",
        help="where the gradebook is: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        secret=True,  # a URL may hold a password
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. `sources` tells where each came from: default, file, environment or flag."""

    values: Mapping[str, Value]
    sources: Mapping[str, str]

    def __repr__(self) -> str:
        hidden = {setting.name for setting in SETTINGS if setting.secret}
        shown = {name: "***" if name in hidden else value for name, value in self.values.items()}
        return f"Settings({shown})"

    @property
    def release_secret(self) -> str:
        """What hidden tests' seeds are derived from."""
        return str(self.values["release_secret"])

    @property
    def jobs(self) -> int:
        """Submissions graded at the same time."""
        return int(self.values["jobs"])

    @property
    def max_submission_mib(self) -> int:
        """Size above which a submission is rejected, packed or unpacked."""
        return int(self.values["max_submission_mib"])

    @property
    def max_zip_members(self) -> int:
        """Number of entries above which a zip is rejected."""
        return int(self.values["max_zip_members"])

    @property
    def database(self) -> str:
        """The gradebook's URL. It may hold a password: show it to nobody."""
        return str(self.values["database"])


def load_settings(
    root: Path, *, flags: Mapping[str, Value | None] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Collect the settings for a course.

    Args:
        root: the folder that may hold `mlsafety.toml`.
        flags: values from the command line; None means not given.
        environ: the environment; the process' own when None.

    Raises:
        UsageError: a value does not fit; the message names its source.
    """
    environ = os.environ if environ is None else environ
    layers: list[tuple[str, Mapping[str, Value | None]]] = [
        (SETTINGS_FILE, _read_file(root / SETTINGS_FILE)),
        ("environment", {s.name: environ.get(ENV_PREFIX + s.name.upper()) for s in SETTINGS}),
        ("flag", flags or {}),
    ]
    values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
    sources = dict.fromkeys(values, "default")
    for source, layer in layers:
        for setting in SETTINGS:
            given = layer.get(setting.name)
            if given is not None:
                values[setting.name] = _convert(setting, given, source)
                sources[setting.name] = source
    return Settings(values=values, sources=sources)


def find_course_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that has an `assignments/` folder.

    Raises:
        UsageError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "assignments").is_dir():
            return folder
    raise UsageError(
        f"{start} is not inside a course repository (no assignments/ folder here or above)",
        hint="change into the repository or name it with --course",
    )


def _read_file(path: Path) -> Mapping[str, Value | None]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        raise UsageError(f"{path}: cannot be read as TOML: {e}", hint="correct or remove the file") from None
    unknown = sorted(set(table) - {setting.name for setting in SETTINGS})
    if unknown:
        known = ", ".join(setting.name for setting in SETTINGS)
        raise UsageError(f"{path}: {unknown[0]}: unknown key", hint=f"known keys: {known}")
    return table


def _convert(setting: Setting, given: Value, source: str) -> Value:
    if isinstance(setting.default, str):
        return str(given)
    try:
        number = int(given)
    except (TypeError, ValueError):
        number = -1
    if number < setting.lowest:
        wanted = f"a whole number of at least {setting.lowest} ({setting.unit})"
        raise UsageError(f"{setting.name} from {source}: {given!r} is not {wanted}", hint=setting.help)
    return number
