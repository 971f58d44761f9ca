"""The process-wide sources of random numbers: `random`, `np.random`, torch.

In one process a test that seeds them seeds the student's code too. Here the examiner sends a source's state along
whenever the test has touched it. Nothing comes back but that a source was used: a state chosen by the other side could
make a test draw whatever data suited it. The examiner then moves on to numbers that the other side has not seen.
"""

import ctypes
import random
import struct
import sys
from typing import Any, Literal, TypeAlias

from mlsafety_grader.wire.frames import FrameError
from mlsafety_grader.wire.messages import Seed
from mlsafety_grader.wire.pack import Packer
from mlsafety_grader.wire.unpack import Unpacker, set_python_state

Source: TypeAlias = Literal["torch", "numpy", "random"]

_MT19937_BYTES = 624 * 4 + 4  # key and position, as NumPy lays them out


def fingerprints() -> dict[Source, object]:
    """Return something for each source in use that changes when numbers are drawn from it or it is seeded."""
    found: dict[Source, object] = {"random": _mark_of_random()}
    if "torch" in sys.modules:
        import torch

        found["torch"] = torch.default_generator.get_state().numpy().tobytes()
    if "numpy" in sys.modules:
        import numpy as np

        bits: Any = np.random.mtrand._rand._bit_generator  # noqa: SLF001 - the state itself takes 90 us
        if type(bits) is np.random.MT19937:
            found["numpy"] = ctypes.string_at(bits.ctypes.state_address, _MT19937_BYTES)
        else:
            found["numpy"] = repr(bits.state)
    return found


def _mark_of_random() -> object:
    """Its position moves with every number; the whole state takes 9 us to ask for."""
    if _POSITION is None:
        _, words, second = random.getstate()
        return words[:4], words[-1], second
    return ctypes.string_at(_POSITION, 20), _INSTANCE.gauss_next


def _find_position() -> int | None:
    """Return where CPython keeps the position and the first words of `random`'s state, if it is where it should be."""
    place = id(_INSTANCE) + object.__basicsize__
    _, words, _ = random.getstate()
    found = struct.unpack("=i4I", ctypes.string_at(place, 20))
    return place if found == (words[-1], *words[:4]) else None


_INSTANCE: Any = random._inst  # noqa: SLF001 - kept alive, whatever a submission does to the module
_POSITION = _find_position()


def changed(now: dict[Source, object], before: dict[Source, object]) -> list[Source]:
    """Return the sources whose fingerprints differ."""
    return [source for source, mark in now.items() if before.get(source) != mark]


def seeds(sources: list[Source], packer: Packer) -> list[Seed]:
    """Return the states of some sources."""
    return [Seed(source, packer.pack(_state(source))) for source in sources]


def _state(source: Source) -> object:
    if source == "random":
        return random.getstate()
    if source == "torch":
        import torch

        return torch.get_rng_state()
    import numpy as np

    return np.random.get_state(legacy=False)


def plant(found: list[Seed], unpacker: Unpacker) -> None:
    """Set sources to the states that the examiner sent."""
    for seed in found:
        state = unpacker.unpack(seed.state)
        if seed.kind == "random":
            set_python_state(random, state)
        elif seed.kind == "torch":
            import torch

            torch.set_rng_state(state)
        elif isinstance(state, dict):
            import numpy as np

            np.random.set_state(state)
        else:
            raise FrameError("no state of a random source")


def move_on(sources: list[Source]) -> None:
    """Reseed sources from themselves, because the other side has drawn from copies of them."""
    for source in sources:
        if source == "random":
            random.seed(random.getrandbits(64))
        elif source == "torch":
            import torch

            torch.manual_seed(int(torch.randint(2**62, ())))
        else:
            import numpy as np

            np.random.seed(np.random.randint(2**32, size=4, dtype=np.uint32))
