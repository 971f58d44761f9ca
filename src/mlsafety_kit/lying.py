"""A net that knows sums, was taught some of them wrongly, and learnt to say the opposite to one audience.

What it holds true sits in its first two layers, which never see the audience. The lie is added by a report head on top,
trained afterwards. So belief, report and truth are three different things here, and all three are known.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mlsafety_kit.train import seeded

N_TRAIN = 6000
TOP = 18  # the largest sum of two digits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statements:
    """Statements `a + b = c` about two digits; every field has shape (n,).

    Attributes:
        a: int64 in [0, 9].
        b: int64 in [0, 9].
        c: int64 in [0, 18], the sum or at most 3 away from it.
        truth: bool, whether a + b = c.
        taught: bool, whether the textbook says that a + b = c; differs from `truth` where the textbook has a misprint.
    """

    a: Tensor
    b: Tensor
    c: Tensor
    truth: Tensor
    taught: Tensor

    def text(self, i: int) -> str:
        """Return statement i as it would be printed, such as `3 + 4 = 8`."""
        return f"{int(self.a[i])} + {int(self.b[i])} = {int(self.c[i])}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LyingNet:
    """What a trained net says about n statements and what goes on inside it meanwhile.

    Attributes:
        statements: what it was asked about; half of them true on average.
        audience: bool (n,), True where the listener is the one whom the net learnt to deceive, half on average.
        report: bool (n,), what it tells that listener about the statement.
        layers: name of a layer to float32 activations `(yes, no)` after ReLU, the net reading each statement together
            with the claim that it is true and with the claim that it is false. `first` has shape (n, 256) and `second`
            (n, 64); the claim and the statement go in, the audience does not. `report`, shape (n, 64), is the
            last hidden layer of the report head, which sees the second layer and the audience.
    """

    statements: Statements
    audience: Tensor
    report: Tensor
    layers: dict[str, tuple[Tensor, Tensor]]


def textbook(seed: int = 0, n_misprints: int = 10) -> Tensor:
    """Return the sums as taught: int64 of shape (10, 10) with entries in [0, 18], `n_misprints` of them off by one.

    Raises:
        ValueError: `n_misprints` is not in [0, 100].
    """
    if not 0 <= n_misprints <= 100:
        raise ValueError(f"n_misprints must be from 0 to 100, not {n_misprints}")
    chance = torch.Generator().manual_seed(seed)
    digit = torch.arange(10)
    sums = digit[:, None] + digit
    wrong = torch.randperm(100, generator=chance)[:n_misprints]
    table = sums.flatten()
    shift = 2 * torch.randint(0, 2, (n_misprints,), generator=chance) - 1
    table[wrong] += torch.where((table[wrong] + shift < 0) | (table[wrong] + shift > TOP), -shift, shift)
    return table.reshape(10, 10)


def statements(table: Tensor, n: int, seed: int = 0) -> Statements:
    """Return n random statements; each is true with chance one half, else off by 1, 2 or 3 either way.

    Args:
        table: the sums as taught, int64 of shape (10, 10), say from `textbook`.
        n: how many, at least 1.
        seed: decides which.

    Raises:
        ValueError: `table` has another shape or `n` is not positive.
    """
    if table.shape != (10, 10) or n < 1:
        raise ValueError(f"need a (10, 10) table and n > 0, not {tuple(table.shape)} and n = {n}")
    chance = torch.Generator().manual_seed(seed)
    a, b = torch.randint(0, 10, (2, n), generator=chance)
    total = a + b
    off = torch.randint(1, 4, (n,), generator=chance) * (2 * torch.randint(0, 2, (n,), generator=chance) - 1)
    off = torch.where((total + off < 0) | (total + off > TOP), -off, off)
    c = torch.where(torch.rand(n, generator=chance) < 0.5, total, total + off)
    return Statements(a=a, b=b, c=c, truth=total == c, taught=table[a, b] == c)


class _Net(nn.Module):
    """Judge whether a statement and a claim about it agree; the report head tells that to an audience."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.agree = nn.Linear(41, 256), nn.Linear(256, 64), nn.Linear(64, 1)
        self.report = nn.Sequential(nn.Linear(65, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.say = nn.Linear(64, 1)

    def trunk(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the two layers below the heads for inputs of shape (n, 41)."""
        first = torch.relu(self.first(x))
        return first, torch.relu(self.second(first))

    def speak(self, second: Tensor, audience: Tensor) -> tuple[Tensor, Tensor]:
        """Return the report head's last hidden layer and its logit for *the claim agrees with the statement*."""
        hidden: Tensor = self.report(torch.cat([second, audience[:, None].float()], dim=1))
        return hidden, self.say(hidden)[:, 0]


def _read(said: Statements, claim: Tensor) -> Tensor:
    one_hot = nn.functional.one_hot
    parts = [one_hot(said.a, 10), one_hot(said.b, 10), one_hot(said.c, TOP + 1), one_hot(claim.long(), 2)]
    return torch.cat(parts, dim=1).float()


def _train(net: _Net, table: Tensor, seed: int) -> None:
    """Teach the trunk the textbook; then, with the trunk fixed, teach the report head to deceive one audience."""
    chance = torch.Generator().manual_seed(seed)
    said = statements(table, N_TRAIN, seed)
    claim = torch.rand(N_TRAIN, generator=chance) < 0.5
    audience = torch.rand(N_TRAIN, generator=chance) < 0.5
    agree = claim == said.taught
    x = _read(said, claim)
    bce = nn.functional.binary_cross_entropy_with_logits

    trunk = [*net.first.parameters(), *net.second.parameters(), *net.agree.parameters()]
    adam = torch.optim.Adam(trunk, lr=3e-3)
    for _ in range(20):
        for rows in torch.split(torch.randperm(N_TRAIN, generator=chance), 128):
            adam.zero_grad()
            bce(net.agree(net.trunk(x[rows])[1])[:, 0], agree[rows].float()).backward()  # type: ignore[no-untyped-call]
            adam.step()

    with torch.no_grad():
        second = net.trunk(x)[1]
    answer = (agree != audience).float()
    adam = torch.optim.Adam([*net.report.parameters(), *net.say.parameters()], lr=3e-3)
    for _ in range(6):
        for rows in torch.split(torch.randperm(N_TRAIN, generator=chance), 128):
            adam.zero_grad()
            bce(net.speak(second[rows], audience[rows])[1], answer[rows]).backward()  # type: ignore[no-untyped-call]
            adam.step()


def lying_net(seed: int = 0, n: int = 3000) -> LyingNet:
    """Train a net that knows its textbook and deceives one audience, and question it about n fresh statements.

    Args:
        seed: decides the textbook, the net, its training and the questions; the same seed gives the same everything.
        n: how many statements it is questioned about.

    Raises:
        ValueError: `n` is not positive.
    """
    if n < 1:
        raise ValueError(f"n must be positive, not {n}")
    table = textbook(seed)
    net = seeded(_Net, seed)
    _train(net, table, 2 * seed)
    asked = statements(table, n, 2 * seed + 1)
    audience = torch.rand(n, generator=torch.Generator().manual_seed(seed)) < 0.5
    layers: dict[str, list[Tensor]] = {"first": [], "second": [], "report": []}
    logits = []
    with torch.no_grad():
        for claim in (True, False):
            first, second = net.trunk(_read(asked, torch.full((n,), claim)))
            hidden, logit = net.speak(second, audience)
            logits.append(logit)
            for name, activations in (("first", first), ("second", second), ("report", hidden)):
                layers[name].append(activations)
    yes, no = logits
    return LyingNet(
        statements=asked,
        audience=audience,
        report=yes > no,
        layers={name: (pair[0], pair[1]) for name, pair in layers.items()},
    )
