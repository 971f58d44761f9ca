"""What an attack costs across the boundary: 20 PGD steps at batch 256 on an MLP 64-128-10, here and there.

Run it by hand: `OMP_NUM_THREADS=1 python -m tests.integration.bench_boundary`. Local and remote runs take turns, so
that both see the same neighbours; of each the median and the fastest of 40 are told.
"""

import statistics
import sys
import time
from typing import Any

import torch

from tests.integration.boundary import submission

SOURCE = """
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
"""
STEPS, BATCH, ROUNDS = 20, 256, 40


def attack(model: Any, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Take signed gradient steps."""
    point = x.clone()
    for _ in range(STEPS):
        point.requires_grad_()
        (uphill,) = torch.autograd.grad(torch.nn.functional.cross_entropy(model(point), y), point)
        point = (point.detach() + 0.01 * uphill.sign()).clamp(0, 1)
    return point


def timed(model: Any, x: torch.Tensor, y: torch.Tensor) -> float:
    """Return the seconds of one attack."""
    started = time.perf_counter()
    attack(model, x, y)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    torch.manual_seed(0)
    local = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    x, y = torch.rand(BATCH, 64), torch.randint(0, 10, (BATCH,))
    with submission(SOURCE) as lookup:
        remote = lookup("net")
        if not torch.equal(attack(remote, x, y), attack(local, x, y)):
            sys.exit("the two attacks differ")
        pairs = [(timed(local, x, y), timed(remote, x, y)) for _ in range(ROUNDS)]
    for name, pick in (("median", statistics.median), ("fastest", min)):
        here, there = (pick([pair[side] for pair in pairs]) * 1e3 for side in (0, 1))
        sys.stdout.write(f"{name}: local {here:.2f} ms, remote {there:.2f} ms, ratio {there / here:.2f}\n")


if __name__ == "__main__":
    main()
