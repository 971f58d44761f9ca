"""Import otter with its own warnings silenced: its imports use what traitlets deprecates."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import otter.test_files  # noqa: F401
