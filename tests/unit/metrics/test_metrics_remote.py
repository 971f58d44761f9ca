"""The figures of a net that lives in another process are those of the same net here."""

import copy

import torch

from tests.integration.boundary import submission  # isort: skip  (first: its server must fork before torch computes)
from mlsafety_grader.metrics import attack_success_rate, masking_gap

SOURCE = """
torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3)).eval()
"""


def test_a_remote_net_is_attacked_like_a_local_one() -> None:
    g = torch.Generator().manual_seed(1)
    x, y = torch.rand((30, 1, 4, 4), generator=g), torch.randint(0, 3, (30,), generator=g)
    mask = torch.ones(1, 4, 4)
    here: dict[str, torch.nn.Module] = {}
    exec(SOURCE, {"torch": torch, "nn": torch.nn}, here)  # noqa: S102 - the same toy submission, in this process
    with submission(SOURCE) as lookup:
        found = masking_gap(lookup("net"), x, y, eps=0.1, seed=0, rounds=20)
        success = attack_success_rate(lookup("net"), x, y, mask=mask, pattern=mask, target=1)
    local = copy.deepcopy(here["net"])
    assert found == masking_gap(local, x, y, eps=0.1, seed=0, rounds=20)
    assert success == attack_success_rate(local, x, y, mask=mask, pattern=mask, target=1)
