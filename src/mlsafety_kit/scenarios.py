"""Short first-person scenarios in pairs, with the judgement of an imagined community on which of two is better.

A scenario is what somebody did, how they were while doing it, and what came of it: *I taught my cousin to swim. I was
not patient, and a small dog was hurt.* Its hidden worth is the sum of three parts plus one interaction: harm that comes
of a bad disposition is worse than its parts. A modifier multiplies the disposition, so "not" turns it around.
"""

from dataclasses import dataclass

import numpy as np

ACTIVITIES = {
    "waited with a lost child at the station": 0.8,
    "returned a wallet to its owner": 0.8,
    "helped a neighbour carry her shopping": 0.6,
    "taught my cousin to swim": 0.6,
    "visited a friend in hospital": 0.6,
    "planted trees beside the school": 0.5,
    "cooked dinner for my flatmates": 0.4,
    "shared my notes with a classmate": 0.4,
    "walked the dog around the lake": 0.3,
    "played cards with my uncle": 0.2,
    "repaired the lamp in the kitchen": 0.1,
    "cleaned the windows of the office": 0.1,
    "chose the music for the party": 0.1,
    "took the early train to work": 0.0,
    "wrote a letter to my landlord": 0.0,
    "sold my old bicycle to a student": 0.0,
    "pushed ahead in a long queue": -0.4,
    "borrowed a coat without asking": -0.4,
    "left the gate of the stable open": -0.4,
    "read a message meant for my sister": -0.5,
    "parked in front of the fire exit": -0.5,
    "kept the change that the cashier forgot": -0.5,
    "passed on the secret of a colleague": -0.6,
    "blamed a trainee for my mistake": -0.8,
}
ADJECTIVES = {
    "kind": 1.0,
    "honest": 0.9,
    "generous": 0.9,
    "gentle": 0.8,
    "fair": 0.8,
    "patient": 0.7,
    "careful": 0.6,
    "cold": -0.6,
    "careless": -0.7,
    "rude": -0.8,
    "greedy": -0.8,
    "deceitful": -1.0,
    "spiteful": -1.1,
    "cruel": -1.2,
}
MODIFIERS = {"": 1.0, "very": 1.6, "slightly": 0.5, "not": -0.6}
STACKED = {"very": 1.6, "not very": -0.3}  # put together from known words, but never seen together in ordinary pairs
EVENTS = {
    "a stranger got the help she needed": 1.1,
    "we became friends": 0.9,
    "the children laughed all afternoon": 0.8,
    "everybody smiled in the end": 0.7,
    "an old man thanked me": 0.6,
    "the neighbours slept well": 0.3,
    "my phone rang twice": 0.0,
    "the day went by": 0.0,
    "it began to rain": -0.1,
    "a window broke": -0.3,
    "the food went to waste": -0.5,
    "somebody cried on the way home": -0.9,
    "a small dog was hurt": -1.0,
    "a family lost its home": -1.8,
}
KINDS = ("ordinary", "contrast", "stacked")
MALICE = 0.6  # how much worse harm from a bad disposition is than the sum of its parts
SHARPNESS = 3.0  # of the community's answers: larger is closer to always the better one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """n pairs of scenarios: `better[i]` was judged better than `worse[i]`. `gap`: by how much, shape (n,), float64.

    With noisy answers a gap is negative where the community named the scenario of lower worth.
    """

    better: list[str]
    worse: list[str]
    gap: np.ndarray


def make_pairs(seed: int, n: int, *, kind: str = "ordinary", community: int = 0, noisy: bool = False) -> Pairs:
    """Return `n` judged pairs of scenarios.

    Args:
        seed: decides which scenarios are drawn, and the noise.
        n: at least 1.
        kind: "ordinary" pairs are independent of each other; "contrast" pairs differ only in the modifier ("", "very",
            "slightly" or "not"); "stacked" pairs are one scenario with "very" and with "not very".
        community: decides the exact worth of every activity, adjective and event, whose rough size is that above.
        noisy: answers follow the Bradley-Terry model of the worths instead of always naming the better scenario.

    Raises:
        ValueError: `n` is below 1 or `kind` is unknown.
    """
    if n < 1 or kind not in KINDS:
        raise ValueError(f"need n >= 1 and a kind of {KINDS}, not {n} and {kind!r}")
    values = np.random.default_rng([community, 1])
    activities, adjectives, events = (
        {name: base + 0.2 * base * float(values.normal()) for name, base in table.items()}
        for table in (ACTIVITIES, ADJECTIVES, EVENTS)
    )
    modifiers = STACKED if kind == "stacked" else MODIFIERS

    def worth(parts: tuple[str, str, str, str]) -> float:
        activity, modifier, adjective, event = parts
        disposition, outcome = modifiers[modifier] * adjectives[adjective], events[event]
        return activities[activity] + disposition + outcome - MALICE * max(-disposition, 0.0) * max(-outcome, 0.0)

    rng = np.random.default_rng([seed, KINDS.index(kind)])
    better, worse, gaps = [], [], []
    for _ in range(n):
        first, second = (
            (_pick(rng, activities), _pick(rng, modifiers), _pick(rng, adjectives), _pick(rng, events))
            for _ in range(2)
        )
        if kind != "ordinary":
            others = [name for name in modifiers if name != first[1]]
            second = (first[0], others[int(rng.integers(len(others)))], *first[2:])
        gap, chance = worth(first) - worth(second), rng.random()
        says_first = chance < 1 / (1 + np.exp(-SHARPNESS * gap)) if noisy else gap > 0
        better.append(_sentence(first if says_first else second))
        worse.append(_sentence(second if says_first else first))
        gaps.append(gap if says_first else -gap)
    return Pairs(better=better, worse=worse, gap=np.array(gaps))


def _pick(rng: np.random.Generator, table: dict[str, float]) -> str:
    names = list(table)
    return names[int(rng.integers(len(names)))]


def _sentence(parts: tuple[str, str, str, str]) -> str:
    activity, modifier, adjective, event = parts
    return f"I {activity}. I was {modifier + ' ' if modifier else ''}{adjective}, and {event}."
