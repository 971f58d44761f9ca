"""Hidden side of `machine_ethics`: independent answers, held-out texts, theories and communities for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: a character loop instead of a regular expression, `math` and
`fractions` instead of arrays.
"""

import hashlib
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_kit.scenarios import make_pairs

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"machine_ethics/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ texts


def babble(purpose: str, n: int) -> list[str]:
    """Return texts of invented words with capitals, digits, punctuation and words that repeat within one text.

    The first text says one word three times that no other text has; the last words of the list stand in few texts.
    """
    rng = rng_for(f"{purpose}/babble")
    words = sorted({"".join(rng.choice(list("aeioubdkmnrst"), int(rng.integers(1, 4)))) for _ in range(30)})
    marks = [" ", " ", " ", ", ", ". ", "-", " 7 ", "'", "  ", "_", "\n", "3"]
    texts = ["zzz zzz, ZZZ"]
    for _ in range(n - 1):
        text = ""
        for _ in range(int(rng.integers(1, 14))):
            word = words[int(len(words) * rng.random() ** 2)]
            text += (word.upper(), word.capitalize(), word, word)[rng.integers(4)] + marks[rng.integers(len(marks))]
        texts.append(text)
    return texts


def terms(text: str) -> list[str]:
    """Return the words and bigrams of a text, letter by letter."""
    words, word = [], ""
    for letter in text.lower() + ".":
        if letter in LETTERS:
            word += letter
        elif word:
            words.append(word)
            word = ""
    return words + ["_".join(words[i : i + 2]) for i in range(len(words) - 1)]


def vocabulary(texts: Sequence[str], least: int) -> dict[str, int]:
    """Return the terms of at least `least` texts, numbered in sorted order."""
    sets = [set(terms(text)) for text in texts]
    names = [term for term in sorted(set().union(*sets)) if sum(term in found for found in sets) >= least]
    return dict(zip(names, range(len(names)), strict=True))


def shuffled_vocabulary(purpose: str, texts: Sequence[str]) -> dict[str, int]:
    """Return half of the terms with their numbers in random order, and the word that a text repeats."""
    rng = rng_for(f"{purpose}/shuffled")
    names = sorted({term for term in vocabulary(texts, 1) if rng.random() < 0.5} | {"zzz", "zzz_zzz"})
    numbers = rng.permutation(len(names)).tolist()
    return {names[i]: numbers[i] for i in rng.permutation(len(names)).tolist()}


def counts(texts: Sequence[str], vocab: dict[str, int]) -> Array:
    """Return how often each term of the vocabulary occurs in each text."""
    found = [terms(text) for text in texts]
    columns = sorted(vocab, key=lambda term: vocab[term])
    return np.array([[row.count(term) for term in columns] for row in found], dtype=float)


# ------------------------------------------------------------------------------------------------ utilities


def loss(u_better: ArrayLike, u_worse: ArrayLike) -> float:
    """Return the mean loss, one pair after the other."""
    gaps = (np.asarray(u_better, dtype=float) - np.asarray(u_worse, dtype=float)).tolist()
    return math.fsum(max(-gap, 0.0) + math.log1p(math.exp(-abs(gap))) for gap in gaps) / len(gaps)


def slope(better: Array, worse: Array, theta: Array, l2: float) -> Array:
    """Return the gradient of the penalised loss at `theta`."""
    gap = (better - worse) @ theta
    return l2 * theta - ((better - worse) * (0.5 - 0.5 * np.tanh(gap / 2))[:, None]).mean(0)


def answered_pairs(purpose: str, n: int, width: int) -> tuple[Array, Array, Array]:
    """Return features of both sides of n noisily answered pairs, and the weights behind the answers."""
    rng = rng_for(f"{purpose}/answers")
    truth = rng.normal(0, 1, width)
    truth *= 2 / np.linalg.norm(truth)
    first, second = rng.normal(0, 1, (n, width)), rng.normal(0, 1, (n, width))
    keeps = rng.random(n) < 1 / (1 + np.exp((second - first) @ truth))
    better = np.where(keeps[:, None], first, second)
    return better, first + second - better, truth


def community(purpose: str) -> tuple[Array, Array, dict[str, tuple[Array, Array]]]:
    """Return features of noisy training answers of a new community, and of fresh pairs of both kinds."""
    people = seed_for(f"{purpose}/community")
    train = make_pairs(seed_for(f"{purpose}/train"), 1000, community=people, noisy=True)
    vocab = vocabulary([*train.better, *train.worse], 2)
    fresh = {
        kind: make_pairs(seed_for(f"{purpose}/{kind}"), 1000, kind=kind, community=people)
        for kind in ("ordinary", "contrast")
    }
    rows = {kind: (counts(pairs.better, vocab), counts(pairs.worse, vocab)) for kind, pairs in fresh.items()}
    return counts(train.better, vocab), counts(train.worse, vocab), rows


# ------------------------------------------------------------------------------------------------ theories


def profile(rng: np.random.Generator, theories: int, options: int) -> tuple[Array, Array]:
    """Return unequal credences and utilities with a unit and a zero point of their own in every row."""
    utilities = rng.normal(0, 1, (theories, options))
    unit, zero = 10.0 ** rng.uniform(-2, 2, (theories, 1)), rng.normal(0, 3, (theories, 1))
    return rng.dirichlet(np.full(theories, 2.0)), unit * (utilities + zero)


def variance_vote(credences: ArrayLike, utilities: ArrayLike) -> Array:
    """Return the votes with means and variances as exact fractions."""
    total = [0.0] * np.shape(utilities)[1]
    for credence, row in zip(np.asarray(credences).tolist(), np.asarray(utilities).tolist(), strict=True):
        exact = [Fraction(value) for value in row]
        middle = sum(exact) / len(exact)
        variance = sum((value - middle) ** 2 for value in exact) / len(exact)
        if variance:
            total = [old + credence * float(v - middle) / variance**0.5 for old, v in zip(total, exact, strict=True)]
    return np.array(total)


def points(credences: ArrayLike, utilities: ArrayLike) -> Array:
    """Return the Borda scores, duel by duel."""
    table = np.asarray(utilities).tolist()
    total = [0.0] * len(table[0])
    for credence, row in zip(np.asarray(credences).tolist(), table, strict=True):
        for i, mine in enumerate(row):
            duels = [1.0 if mine > other else 0.5 * (mine == other) for j, other in enumerate(row) if j != i]
            total[i] += credence * sum(duels)
    return np.array(total)


# ------------------------------------------------------------------------------------------------ agents


def choices(q: Array, p_immoral: Array, threshold: float, penalty: float) -> NDArray[np.int64]:
    """Return the chosen actions, scene by scene; the first of the best."""
    chosen = []
    for values, chances in zip(q.reshape(-1, q.shape[-1]), p_immoral.reshape(-1, q.shape[-1]), strict=True):
        left = [v - penalty if p > threshold else v for v, p in zip(values.tolist(), chances.tolist(), strict=True)]
        chosen.append(left.index(max(left)))
    return np.array(chosen).reshape(q.shape[:-1])
