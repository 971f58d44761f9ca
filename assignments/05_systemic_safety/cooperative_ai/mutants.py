"""Wrong and alternative answers to `cooperative_ai`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

from itertools import combinations

import numpy as np

# ------------------------------------------------------------------------------------------------ pure_nash


def pure_nash_axes_swapped(A, B):
    """Let the row player move along rows and the column player along columns."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    is_stable = (A.max(axis=1, keepdims=True) == A) & (B.max(axis=0) == B)
    return [(int(i), int(j)) for i, j in np.argwhere(is_stable)]


def pure_nash_first_maximiser(A, B):
    """Take only the first of several best answers."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    row, column = A.argmax(axis=0), B.argmax(axis=1)
    return [(i, j) for i, j in np.ndindex(*A.shape) if row[j] == i and column[i] == j]


def pure_nash_best_sum(A, B):
    """Return the outcomes with the largest sum of payoffs."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    total = A + B
    return [(int(i), int(j)) for i, j in np.argwhere(total == total.max())]


def pure_nash_strict(A, B):
    """Ask that every deviation loses, so that a tie makes an outcome unstable."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    return [(i, j) for i, j in np.ndindex(*A.shape) if np.sum(A[i, j] <= A[:, j]) == 1 and np.sum(B[i, j] <= B[i]) == 1]


def pure_nash_by_deviations(A, B):
    """Try every deviation of every player, in plain Python."""
    if any(np.ndim(table) != 2 for table in (A, B)) or np.shape(A) != np.shape(B) or 0 in np.shape(A):
        raise ValueError("shapes")
    m, n = np.shape(A)
    found = []
    for i in range(m):
        for j in range(n):
            row_stays = all(A[k][j] <= A[i][j] for k in range(m))
            column_stays = all(B[i][k] <= B[i][j] for k in range(n))
            if row_stays and column_stays:
                found.append((i, j))
    return found


# ------------------------------------------------------------------------------------------------ pareto_efficient


def pareto_efficient_strict(A, B):
    """Count an outcome as wasteful only if both players could gain."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    return [(i, j) for i, j in np.ndindex(*A.shape) if not np.any((A[i, j] < A) & (B[i, j] < B))]


def pareto_efficient_ties_dominate(A, B):
    """Let an outcome with the same payoffs dominate, so that of equal outcomes none survives."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    return [(i, j) for i, j in np.ndindex(*A.shape) if np.sum((A[i, j] <= A) & (B[i, j] <= B)) == 1]


def pareto_efficient_best_sum(A, B):
    """Return the outcomes with the largest sum of payoffs."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    total = A + B
    return [(int(i), int(j)) for i, j in np.argwhere(total == total.max())]


def pareto_efficient_one_step(A, B):
    """Compare an outcome only with those that one player can reach alone."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    found = []
    for i, j in np.ndindex(*A.shape):
        a, b = A[i, j], B[i, j]
        dominates = (a <= A) & (b <= B) & ((a < A) | (b < B))
        if not dominates[i].any() and not dominates[:, j].any():
            found.append((i, j))
    return found


def pareto_efficient_sweep(A, B):
    """Go through the outcomes from the best for the row player on and keep what sets a record for the column player."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    outcomes = sorted(np.ndindex(*A.shape), key=lambda p: (-A[p], -B[p]))
    found, record_b, record_a = [], -np.inf, None
    for p in outcomes:
        if B[p] > record_b:
            record_b, record_a = B[p], A[p]
            found.append(p)
        elif B[p] == record_b and A[p] == record_a:
            found.append(p)
    return sorted(found)


# ------------------------------------------------------------------------------------------------ nash_equilibria


def nash_equilibria_own_payoffs(A, B):
    """Make each player indifferent by their own probabilities: the row mix comes from A and the column mix from B."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    found = []
    for k in range(1, min(m, n) + 1):
        for rows in combinations(range(m), k):
            for columns in combinations(range(n), k):
                system_x, system_y = np.ones((k + 1, k + 1)), np.ones((k + 1, k + 1))
                system_x[:k, :k], system_y[:k, :k] = A[np.ix_(rows, columns)].T, B[np.ix_(rows, columns)]
                for system in (system_x, system_y):
                    system[:k, k], system[k, k] = -1, 0
                x, y = np.zeros(m), np.zeros(n)
                try:
                    x[list(rows)] = np.linalg.solve(system_x, np.eye(k + 1)[k])[:k]
                    y[list(columns)] = np.linalg.solve(system_y, np.eye(k + 1)[k])[:k]
                except np.linalg.LinAlgError:
                    continue
                is_pure_and_bad = k == 1 and ((A @ y).max() > x @ A @ y or (x @ B).max() > x @ B @ y)
                if min(x.min(), y.min()) >= 0 and not is_pure_and_bad:
                    found.append((x, y))
    return found


def nash_equilibria_no_deviation_check(A, B):
    """Accept every pair of supports with non-negative probabilities."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    found = []
    for k in range(1, min(m, n) + 1):
        for rows in combinations(range(m), k):
            for columns in combinations(range(n), k):
                system_x, system_y = np.ones((k + 1, k + 1)), np.ones((k + 1, k + 1))
                system_x[:k, :k], system_y[:k, :k] = B[np.ix_(rows, columns)].T, A[np.ix_(rows, columns)]
                for system in (system_x, system_y):
                    system[:k, k], system[k, k] = -1, 0
                x, y = np.zeros(m), np.zeros(n)
                try:
                    x[list(rows)] = np.linalg.solve(system_x, np.eye(k + 1)[k])[:k]
                    y[list(columns)] = np.linalg.solve(system_y, np.eye(k + 1)[k])[:k]
                except np.linalg.LinAlgError:
                    continue
                if min(x.min(), y.min()) >= 0:
                    found.append((x, y))
    return found


def nash_equilibria_pure_only(A, B):
    """Return pure equilibria only, and an even mix where there is none."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    is_stable = (A.max(axis=0) == A) & (B.max(axis=1, keepdims=True) == B)
    found = [(np.eye(m)[i], np.eye(n)[j]) for i, j in np.argwhere(is_stable)]
    return found or [(np.full(m, 1 / m), np.eye(n)[0])]


def nash_equilibria_full_support_only(A, B):
    """Know pure equilibria and those in which the smaller side uses everything, but nothing in between."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    found = []
    for k in sorted({1, min(m, n)}):
        for rows in combinations(range(m), k):
            for columns in combinations(range(n), k):
                system_x, system_y = np.ones((k + 1, k + 1)), np.ones((k + 1, k + 1))
                system_x[:k, :k], system_y[:k, :k] = B[np.ix_(rows, columns)].T, A[np.ix_(rows, columns)]
                for system in (system_x, system_y):
                    system[:k, k], system[k, k] = -1, 0
                x, y = np.zeros(m), np.zeros(n)
                try:
                    x[list(rows)] = np.linalg.solve(system_x, np.eye(k + 1)[k])[:k]
                    y[list(columns)] = np.linalg.solve(system_y, np.eye(k + 1)[k])[:k]
                except np.linalg.LinAlgError:
                    continue
                if (
                    min(x.min(), y.min()) >= 0
                    and (A @ y).max() <= x @ A @ y + 1e-9
                    and (x @ B).max() <= x @ B @ y + 1e-9
                ):
                    found.append((x, y))
    return found


def nash_equilibria_same_supports(A, B):
    """Let both players use the strategies of the same numbers."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    found = []
    for k in range(1, min(m, n) + 1):
        for used in combinations(range(min(m, n)), k):
            system_x, system_y = np.ones((k + 1, k + 1)), np.ones((k + 1, k + 1))
            system_x[:k, :k], system_y[:k, :k] = B[np.ix_(used, used)].T, A[np.ix_(used, used)]
            for system in (system_x, system_y):
                system[:k, k], system[k, k] = -1, 0
            x, y = np.zeros(m), np.zeros(n)
            try:
                x[list(used)] = np.linalg.solve(system_x, np.eye(k + 1)[k])[:k]
                y[list(used)] = np.linalg.solve(system_y, np.eye(k + 1)[k])[:k]
            except np.linalg.LinAlgError:
                continue
            if min(x.min(), y.min()) >= 0 and (A @ y).max() <= x @ A @ y + 1e-9 and (x @ B).max() <= x @ B @ y + 1e-9:
                found.append((x, y))
    return found


def nash_equilibria_row_checked_only(A, B):
    """Check the row player's deviations and forget the column player's."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")
    m, n = A.shape
    found = []
    for k in range(1, min(m, n) + 1):
        for rows in combinations(range(m), k):
            for columns in combinations(range(n), k):
                system_x, system_y = np.ones((k + 1, k + 1)), np.ones((k + 1, k + 1))
                system_x[:k, :k], system_y[:k, :k] = B[np.ix_(rows, columns)].T, A[np.ix_(rows, columns)]
                for system in (system_x, system_y):
                    system[:k, k], system[k, k] = -1, 0
                x, y = np.zeros(m), np.zeros(n)
                try:
                    x[list(rows)] = np.linalg.solve(system_x, np.eye(k + 1)[k])[:k]
                    y[list(columns)] = np.linalg.solve(system_y, np.eye(k + 1)[k])[:k]
                except np.linalg.LinAlgError:
                    continue
                if min(x.min(), y.min()) >= 0 and (A @ y).max() <= x @ A @ y + 1e-9:
                    found.append((x, y))
    return found


def nash_equilibria_by_linear_programs(A, B):
    """Look for a pair of mixes by a linear program for every pair of supports, of equal size or not."""
    from scipy.optimize import linprog

    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or not A.size:
        raise ValueError("shapes")

    def supports(n):
        return [used for k in range(1, n + 1) for used in combinations(range(n), k)]

    def answer(payoffs, own, other):
        # Maximise the smallest probability on `other` while `own` are best answers and nothing is better.
        m, n = payoffs.shape
        rest_own, rest = [i for i in range(m) if i not in own], [j for j in range(n) if j not in other]
        equal = [[*payoffs[i], -1, 0] for i in own] + [[*np.ones(n), 0, 0]]
        upper = [[*payoffs[i], -1, 0] for i in rest_own] + [[*-np.eye(n)[j], 0, 1] for j in other]
        bounds = [(0, 0) if j in rest else (0, 1) for j in range(n)] + [(None, None), (None, 1)]
        cost = np.zeros(n + 2)
        cost[-1] = -1
        result = linprog(cost, upper, np.zeros(len(upper)), equal, [0] * len(own) + [1], bounds=bounds, method="highs")
        return result.x[:n] if result.status == 0 and result.x[-1] > 1e-7 else None

    found = []
    for rows in supports(A.shape[0]):
        for columns in supports(A.shape[1]):
            if abs(len(rows) - len(columns)) > 1:
                continue
            y = answer(A, rows, columns)
            x = None if y is None else answer(B.T, columns, rows)
            if x is not None:
                found.append((x, y))
    return found


# ------------------------------------------------------------------------------------------------ memory_one_payoffs


def memory_one_payoffs_view_not_swapped(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Read the column player's chances from the row player's point of view."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    start = np.array([p0 * q0, p0 * (1 - q0), (1 - p0) * q0, (1 - p0) * (1 - q0)])
    spent = (1 - delta) * np.linalg.solve(np.eye(4) - delta * moves, start)
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


def memory_one_payoffs_first_moves_ignored(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Start from mutual cooperation whatever the first moves are."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    q = q[[0, 2, 1, 3]]
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    spent = (1 - delta) * np.linalg.solve(np.eye(4) - delta * moves, [1, 0, 0, 0])
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


def memory_one_payoffs_sum(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Return the discounted sum instead of the average, except where the sum is one round's payoff."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    q = q[[0, 2, 1, 3]]
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    start = np.array([p0 * q0, p0 * (1 - q0), (1 - p0) * q0, (1 - p0) * (1 - q0)])
    spent = np.linalg.solve(np.eye(4) - delta * moves, start)
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


def memory_one_payoffs_transposed(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Run the chain backwards: the transition matrix is transposed."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    q = q[[0, 2, 1, 3]]
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    start = np.array([p0 * q0, p0 * (1 - q0), (1 - p0) * q0, (1 - p0) * (1 - q0)])
    spent = (1 - delta) * np.linalg.solve(np.eye(4) - delta * moves.T, start)
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


def memory_one_payoffs_column_gets_row_payoffs(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Pay the column player what the row player gets in each outcome."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    q = q[[0, 2, 1, 3]]
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    start = np.array([p0 * q0, p0 * (1 - q0), (1 - p0) * q0, (1 - p0) * (1 - q0)])
    spent = (1 - delta) * np.linalg.solve(np.eye(4) - delta * moves, start)
    return float(spent @ [R, S, T, P]), float(spent @ [R, S, T, P])


def memory_one_payoffs_hundred_rounds(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Stop after a hundred rounds and give the rest to nobody."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if not p.shape == q.shape == payoff.shape == (4,):
        raise ValueError("shapes")
    chances = np.array([*p, *q, p0, q0])
    if not 0 <= delta < 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("range")
    T, R, P, S = payoff
    q = q[[0, 2, 1, 3]]
    moves = np.array([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    now = np.array([p0 * q0, p0 * (1 - q0), (1 - p0) * q0, (1 - p0) * (1 - q0)])
    spent = np.zeros(4)
    for t in range(100):
        spent, now = spent + (1 - delta) * delta**t * now, moves @ now
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


def memory_one_payoffs_by_values(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Solve for the value of being in each outcome, for both players at once, then average over the first round."""
    if len(p) != 4 or len(q) != 4 or len(payoff) != 4:
        raise ValueError("lengths")
    if delta < 0 or delta >= 1 or any(c < 0 or c > 1 for c in (*p, *q, p0, q0)):
        raise ValueError("range")
    T, R, P, S = payoff
    order = [(1, 1), (1, 0), (0, 1), (0, 0)]

    def chance(move, probability):
        return probability if move else 1 - probability

    chain = np.zeros((4, 4))
    for s, (a, b) in enumerate(order):
        row, column = p[order.index((a, b))], q[order.index((b, a))]
        for t, (c, d) in enumerate(order):
            chain[s, t] = chance(c, row) * chance(d, column)
    values = np.linalg.inv(np.eye(4) - delta * chain) @ np.array([[R, R], [S, T], [T, S], [P, P]], dtype=float)
    start = np.array([chance(c, p0) * chance(d, q0) for c, d in order])
    first, second = (1 - delta) * start @ values
    return first.item(), second.item()


def memory_one_payoffs_by_doubling(p, q, payoff, delta, p0=1.0, q0=1.0):
    """Add up the first 2, 4, 8, ... rounds until the rest is nothing."""
    p, q, payoff = (np.asarray(values, dtype=float) for values in (p, q, payoff))
    if p.shape != (4,) or q.shape != (4,) or payoff.shape != (4,):
        raise ValueError("shapes")
    if not 0 <= delta < 1 or min(p.min(), q.min(), p0, q0) < 0 or max(p.max(), q.max(), p0, q0) > 1:
        raise ValueError("range")
    T, R, P, S = payoff
    after = np.stack([p, 1 - p], axis=1)[:, :, None] * np.stack([q[[0, 2, 1, 3]], 1 - q[[0, 2, 1, 3]]], axis=1)[:, None]
    power = after.reshape(4, 4)
    spent, weight = np.outer([p0, 1 - p0], [q0, 1 - q0]).ravel(), float(delta)
    for _ in range(40):
        spent = spent + weight * spent @ power
        power, weight = power @ power, weight * weight
    spent = (1 - delta) * spent
    return float(spent @ [R, S, T, P]), float(spent @ [R, T, S, P])


# ------------------------------------------------------------------------------------------------ mechanisms


def critical_discount_wrong_denominator(T, R, P, S):
    """Divide by the distance to the sucker's payoff."""
    if not T > R > P > S:
        raise ValueError("no dilemma")
    return float((T - R) / (T - S))


def critical_discount_no_check(T, R, P, S):
    """Accept any four numbers."""
    return float((T - R) / (T - P)) if T != P else 0.5


def minimal_transfers_global_maximum(A, B, target):
    """Pay up to the largest payoff anywhere in the table."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    i, j = target
    if A.ndim != 2 or A.shape != B.shape or not A.size or not (0 <= i < A.shape[0] and 0 <= j < A.shape[1]):
        raise ValueError("shapes")
    if A[:, j].max() == A[i, j] and B[i].max() == B[i, j]:
        return 0.0, 0.0
    return float(A.max() - A[i, j]), float(B.max() - B[i, j])


def minimal_transfers_negative(A, B, target):
    """Compare with the best other strategy, so that a player who likes the target is made to pay."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    i, j = target
    if A.ndim != 2 or A.shape != B.shape or not A.size or not (0 <= i < A.shape[0] and 0 <= j < A.shape[1]):
        raise ValueError("shapes")
    others_a, others_b = np.delete(A[:, j], i), np.delete(B[i], j)
    row = others_a.max() - A[i, j] if others_a.size else 0.0
    column = others_b.max() - B[i, j] if others_b.size else 0.0
    return float(row), float(column)


def minimal_transfers_wrong_axes(A, B, target):
    """Let the row player deviate within the row and the column player within the column."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    i, j = target
    if A.ndim != 2 or A.shape != B.shape or not A.size or not (0 <= i < A.shape[0] and 0 <= j < A.shape[1]):
        raise ValueError("shapes")
    return float(A[i].max() - A[i, j]), float(B[:, j].max() - B[i, j])


def critical_discount_by_bisection(T, R, P, S):
    """Halve the interval in which defecting stops to pay."""
    if T <= R or R <= P or P <= S:
        raise ValueError("no dilemma")
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - middle) * T + middle * P > R else (low, middle)
    return high


def minimal_transfers_by_loops(A, B, target):
    """Raise each payment as far as some deviation demands."""
    if np.ndim(A) != 2 or np.shape(A) != np.shape(B) or 0 in np.shape(A):
        raise ValueError("shapes")
    i, j = target
    if i not in range(len(A)) or j not in range(len(A[0])):
        raise ValueError("target")
    row = column = 0.0
    for k in range(len(A)):
        row = max(row, float(A[k][j] - A[i][j]))
    for k in range(len(A[0])):
        column = max(column, float(B[i][k] - B[i][j]))
    return row, column


# ------------------------------------------------------------------------------------------------ strategy


def strategy_tit_for_tat(own, other, rng):
    """Play tit-for-tat, which never ends a feud."""
    return other[-1] if other else 1


def strategy_always_defect(own, other, rng):
    """Always defect."""
    return 0


def strategy_always_cooperate(own, other, rng):
    """Always cooperate."""
    return 1


def strategy_grim(own, other, rng):
    """Never forgive."""
    return int(0 not in other)


def strategy_win_stay_lose_shift(own, other, rng):
    """Play win-stay lose-shift, which a defector fleeces and which goes on exploiting a cooperator."""
    return int(own[-1] == other[-1]) if own else 1


def strategy_tit_for_two_tats(own, other, rng):
    """Retaliate only after two defections in a row, which an alternating defector never shows."""
    return 0 if other[-2:] == [0, 0] else 1


def strategy_too_generous(own, other, rng):
    """Forgive every third defection, which a defector lives on."""
    return 1 if not other or other[-1] or rng.random() < 1 / 3 else 0


def strategy_generous(own, other, rng):
    """Forgive a defection with probability 0.15."""
    if not other or other[-1] == 1:
        return 1
    return int(rng.random() < 0.15)


def strategy_balance(own, other, rng):
    """Defect whenever the other has defected more often than oneself: settle accounts, then stop."""
    return int(sum(own) <= sum(other))


def strategy_contrite_and_generous(own, other, rng):
    """Do not answer a defection that followed one's own, and forgive some of the others."""
    if not other or other[-1] == 1:
        return np.int64(1)
    was_deserved = len(own) > 1 and own[-2] == 0 and other[-2] == 1
    return np.int64(was_deserved or rng.random() < 0.08)


MUTANTS = {
    "pure_nash_axes_swapped": {"pure_nash": pure_nash_axes_swapped},
    "pure_nash_first_maximiser": {"pure_nash": pure_nash_first_maximiser},
    "pure_nash_best_sum": {"pure_nash": pure_nash_best_sum},
    "pure_nash_strict": {"pure_nash": pure_nash_strict},
    "pareto_efficient_strict": {"pareto_efficient": pareto_efficient_strict},
    "pareto_efficient_ties_dominate": {"pareto_efficient": pareto_efficient_ties_dominate},
    "pareto_efficient_best_sum": {"pareto_efficient": pareto_efficient_best_sum},
    "pareto_efficient_one_step": {"pareto_efficient": pareto_efficient_one_step},
    "nash_equilibria_own_payoffs": {"nash_equilibria": nash_equilibria_own_payoffs},
    "nash_equilibria_no_deviation_check": {"nash_equilibria": nash_equilibria_no_deviation_check},
    "nash_equilibria_pure_only": {"nash_equilibria": nash_equilibria_pure_only},
    "nash_equilibria_full_support_only": {"nash_equilibria": nash_equilibria_full_support_only},
    "nash_equilibria_same_supports": {"nash_equilibria": nash_equilibria_same_supports},
    "nash_equilibria_row_checked_only": {"nash_equilibria": nash_equilibria_row_checked_only},
    "memory_one_payoffs_view_not_swapped": {"memory_one_payoffs": memory_one_payoffs_view_not_swapped},
    "memory_one_payoffs_first_moves_ignored": {"memory_one_payoffs": memory_one_payoffs_first_moves_ignored},
    "memory_one_payoffs_sum": {"memory_one_payoffs": memory_one_payoffs_sum},
    "memory_one_payoffs_transposed": {"memory_one_payoffs": memory_one_payoffs_transposed},
    "memory_one_payoffs_column_gets_row_payoffs": {"memory_one_payoffs": memory_one_payoffs_column_gets_row_payoffs},
    "memory_one_payoffs_hundred_rounds": {"memory_one_payoffs": memory_one_payoffs_hundred_rounds},
    "critical_discount_wrong_denominator": {"critical_discount": critical_discount_wrong_denominator},
    "critical_discount_no_check": {"critical_discount": critical_discount_no_check},
    "minimal_transfers_global_maximum": {"minimal_transfers": minimal_transfers_global_maximum},
    "minimal_transfers_negative": {"minimal_transfers": minimal_transfers_negative},
    "minimal_transfers_wrong_axes": {"minimal_transfers": minimal_transfers_wrong_axes},
    "strategy_tit_for_tat": {"strategy": strategy_tit_for_tat},
    "strategy_always_defect": {"strategy": strategy_always_defect},
    "strategy_always_cooperate": {"strategy": strategy_always_cooperate},
    "strategy_grim": {"strategy": strategy_grim},
    "strategy_win_stay_lose_shift": {"strategy": strategy_win_stay_lose_shift},
    "strategy_tit_for_two_tats": {"strategy": strategy_tit_for_two_tats},
    "strategy_too_generous": {"strategy": strategy_too_generous},
}

ALTERNATIVES = {
    "pure_nash_by_deviations": {"pure_nash": pure_nash_by_deviations},
    "pareto_efficient_sweep": {"pareto_efficient": pareto_efficient_sweep},
    "nash_equilibria_by_linear_programs": {"nash_equilibria": nash_equilibria_by_linear_programs},
    "memory_one_payoffs_by_values": {"memory_one_payoffs": memory_one_payoffs_by_values},
    "memory_one_payoffs_by_doubling": {"memory_one_payoffs": memory_one_payoffs_by_doubling},
    "critical_discount_by_bisection": {"critical_discount": critical_discount_by_bisection},
    "minimal_transfers_by_loops": {"minimal_transfers": minimal_transfers_by_loops},
    "strategy_generous": {"strategy": strategy_generous},
    "strategy_balance": {"strategy": strategy_balance},
    "strategy_contrite_and_generous": {"strategy": strategy_contrite_and_generous},
}
