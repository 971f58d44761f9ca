"""Wrong and alternative answers to `selection_pressures`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

# ruff: noqa: F821 - replacements call functions of the notebook

import numpy as np

# ------------------------------------------------------------------------------------------------ price_decomposition


def price_decomposition_sample_covariance(w, z, z_off):
    """Divide the covariance by n - 1."""
    w, z, z_off = (np.asarray(part, dtype=float) for part in (w, z, z_off))
    if w.ndim != 1 or not len(w) or not w.shape == z.shape == z_off.shape:
        raise ValueError("shapes")
    if not np.all(w >= 0) or not w.mean() > 0:
        raise ValueError("fitness")
    selection = float(np.sum((w - w.mean()) * z) / max(len(w) - 1, 1) / w.mean())
    transmission = float(np.mean(w * np.where(w > 0, z_off - z, 0.0)) / w.mean())
    return selection, transmission, selection + transmission


def price_decomposition_not_divided(w, z, z_off):
    """Forget to divide by mean fitness."""
    w, z, z_off = (np.asarray(part, dtype=float) for part in (w, z, z_off))
    if w.ndim != 1 or not len(w) or not w.shape == z.shape == z_off.shape:
        raise ValueError("shapes")
    if not np.all(w >= 0) or not w.mean() > 0:
        raise ValueError("fitness")
    selection = float(np.mean((w - w.mean()) * z))
    transmission = float(np.mean(w * np.where(w > 0, z_off - z, 0.0)))
    return selection, transmission, selection + transmission


def price_decomposition_unweighted_transmission(w, z, z_off):
    """Average what the copies changed over parents instead of offspring."""
    w, z, z_off = (np.asarray(part, dtype=float) for part in (w, z, z_off))
    if w.ndim != 1 or not len(w) or not w.shape == z.shape == z_off.shape:
        raise ValueError("shapes")
    if not np.all(w >= 0) or not w.mean() > 0:
        raise ValueError("fitness")
    selection = float(np.mean((w - w.mean()) * z) / w.mean())
    transmission = float(np.mean(np.where(w > 0, z_off - z, 0.0)))
    return selection, transmission, selection + transmission


def price_decomposition_childless_leak(w, z, z_off):
    """Multiply nan by 0 for those without offspring."""
    w, z, z_off = (np.asarray(part, dtype=float) for part in (w, z, z_off))
    if w.ndim != 1 or not len(w) or not w.shape == z.shape == z_off.shape:
        raise ValueError("shapes")
    if not np.all(w >= 0) or not w.mean() > 0:
        raise ValueError("fitness")
    selection = float(np.mean((w - w.mean()) * z) / w.mean())
    transmission = float(np.mean(w * (z_off - z)) / w.mean())
    return selection, transmission, selection + transmission


def price_decomposition_unchecked(w, z, z_off):
    """Accept populations of any shape and fitness."""
    w, z, z_off = (np.asarray(part, dtype=float) for part in (w, z, z_off))
    if np.any(w < 0):
        raise ValueError("fitness")
    with np.errstate(all="ignore"):
        selection = float(np.mean((w - w.mean()) * z) / w.mean())
        transmission = float(np.mean(w * np.where(w > 0, z_off - z, 0.0)) / w.mean())
    return selection, transmission, selection + transmission


def price_decomposition_over_offspring(w, z, z_off):
    """Compare weighted means over the offspring, in plain Python."""
    w, z, z_off = np.array(w, dtype=float), np.array(z, dtype=float), np.array(z_off, dtype=float)
    if any(part.ndim != 1 or part.size != w.size for part in (w, z, z_off)) or w.size == 0:
        raise ValueError("shapes")
    if min(w) < 0 or sum(w) == 0:
        raise ValueError("fitness")
    parents = sum(k * x for k, x in zip(w, z, strict=True)) / sum(w)
    offspring = sum(k * x for k, x in zip(w, z_off, strict=True) if k) / sum(w)
    before = sum(z) / len(z)
    return float(parents - before), float(offspring - parents), float(offspring - before)


# ------------------------------------------------------------------------------------------------ replicator


def replicator_euler(A, x0, dt, n_steps):
    """Take Euler's steps."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    def flow(shares):
        payoff = A @ shares
        return shares * (payoff - shares @ payoff)

    path = [x]
    for _ in range(n_steps):
        x = x + dt * flow(x)
        path.append(x)
    return np.array(path)


def replicator_heun(A, x0, dt, n_steps):
    """Take second-order steps."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    def flow(shares):
        payoff = A @ shares
        return shares * (payoff - shares @ payoff)

    path = [x]
    for _ in range(n_steps):
        k1 = flow(x)
        x = x + dt / 2 * (k1 + flow(x + dt * k1))
        path.append(x)
    return np.array(path)


def replicator_generations(A, x0, dt, n_steps):
    """Let whole generations replace each other."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    path = [x]
    for _ in range(n_steps):
        factor = np.exp(dt * (A @ x))
        x = x * factor / (x @ factor)
        path.append(x)
    return np.array(path)


def replicator_mean_missing(A, x0, dt, n_steps):
    """Leave out the mean payoff."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    def flow(shares):
        payoff = A @ shares
        return shares * payoff

    path = [x]
    for _ in range(n_steps):
        k1 = flow(x)
        k2 = flow(x + dt / 2 * k1)
        k3 = flow(x + dt / 2 * k2)
        k4 = flow(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(x)
    return np.array(path)


def replicator_forced_onto_simplex(A, x0, dt, n_steps):
    """Leave out the mean payoff and normalise after each step instead."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    def flow(shares):
        payoff = A @ shares
        return shares * payoff

    path = [x]
    for _ in range(n_steps):
        k1 = flow(x)
        k2 = flow(x + dt / 2 * k1)
        k3 = flow(x + dt / 2 * k2)
        k4 = flow(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        x = x / x.sum()
        path.append(x)
    return np.array(path)


def replicator_transposed(A, x0, dt, n_steps):
    """Average columns of the table over the population instead of rows."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if not np.all(x >= 0) or not abs(x.sum() - 1) <= 1e-9 or not dt > 0 or n_steps < 0:
        raise ValueError("range")

    def flow(shares):
        payoff = A.T @ shares
        return shares * (payoff - shares @ payoff)

    path = [x]
    for _ in range(n_steps):
        k1 = flow(x)
        k2 = flow(x + dt / 2 * k1)
        k3 = flow(x + dt / 2 * k2)
        k4 = flow(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(x)
    return np.array(path)


def replicator_negative_start(A, x0, dt, n_steps):
    """Accept negative shares and steps."""
    A, x = np.asarray(A, dtype=float), np.array(x0, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or x.shape != A.shape[:1]:
        raise ValueError("shapes")
    if abs(x.sum() - 1) > 1e-9:
        raise ValueError("range")

    def flow(shares):
        payoff = A @ shares
        return shares * (payoff - shares @ payoff)

    path = [x]
    for _ in range(n_steps):
        k1 = flow(x)
        k2 = flow(x + dt / 2 * k1)
        k3 = flow(x + dt / 2 * k2)
        k4 = flow(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(x)
    return np.array(path)


def replicator_adaptive(A, x0, dt, n_steps):
    """Use SciPy's adaptive integrator."""
    from scipy.integrate import solve_ivp

    A, x0 = np.array(A, dtype=np.float64), np.array(x0, dtype=np.float64)
    if A.ndim != 2 or len(A) != A.shape[1] or x0.shape != (len(A),):
        raise ValueError("shapes")
    if min(x0) < 0 or abs(sum(x0) - 1) > 1e-9 or dt <= 0 or n_steps < 0:
        raise ValueError("range")
    if n_steps == 0:
        return x0[None]
    times = dt * np.arange(n_steps + 1)
    found = solve_ivp(
        lambda _, x: x * (A @ x - x @ A @ x), (0, times[-1]), x0, "DOP853", t_eval=times, rtol=1e-11, atol=1e-13
    )
    return found.y.T


def replicator_two_midpoint_steps(A, x0, dt, n_steps):
    """Extrapolate from midpoint steps of full and of half length, with many small ones inside each."""
    A, x = np.array(A, dtype=float), np.array(x0, dtype=float)
    if A.shape != (x.size, x.size) or x.ndim != 1:
        raise ValueError("shapes")
    if (x < 0).any() or not np.isclose(x.sum(), 1, rtol=0, atol=1e-9) or dt <= 0 or n_steps < 0:
        raise ValueError("range")

    def midpoint(y, h):
        half = y + h / 2 * y * (A @ y - y @ A @ y)
        return y + h * half * (A @ half - half @ A @ half)

    path = np.empty((n_steps + 1, x.size))
    path[0] = x
    for t in range(n_steps):
        for _ in range(4):
            h = dt / 4
            x = (4 * midpoint(midpoint(x, h / 2), h / 2) - midpoint(x, h)) / 3
        path[t + 1] = x
    return path


# ------------------------------------------------------------------------------------------------ pure_ess


def pure_ess_strict_only(A, tol=1e-9):
    """Demand that the resident is strictly better at home."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError("shapes")
    n, stable = len(A), []
    for i in range(n):
        resists = True
        for j in range(n):
            if j != i:
                at_home = A[i, i] - A[j, i]
                resists = resists and at_home > tol
        if resists:
            stable.append(i)
    return stable


def pure_ess_weak_nash(A, tol=1e-9):
    """Accept every equilibrium, ties included."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError("shapes")
    n, stable = len(A), []
    for i in range(n):
        resists = True
        for j in range(n):
            if j != i:
                at_home = A[i, i] - A[j, i]
                resists = resists and at_home >= -tol
        if resists:
            stable.append(i)
    return stable


def pure_ess_axes_swapped(A, tol=1e-9):
    """Read what strategy j earns against i where i against j is meant."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError("shapes")
    n, stable = len(A), []
    for i in range(n):
        resists = True
        for j in range(n):
            if j != i:
                at_home, abroad = A[i, i] - A[i, j], A[j, i] - A[j, j]
                resists = resists and (at_home > tol or (abs(at_home) <= tol and abroad > tol))
        if resists:
            stable.append(i)
    return stable


def pure_ess_neutrally_stable(A, tol=1e-9):
    """Count intruders as repelled who do exactly as well."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError("shapes")
    n, stable = len(A), []
    for i in range(n):
        resists = True
        for j in range(n):
            if j != i:
                at_home, abroad = A[i, i] - A[j, i], A[i, j] - A[j, j]
                resists = resists and (at_home > tol or (abs(at_home) <= tol and abroad >= -tol))
        if resists:
            stable.append(i)
    return stable


def pure_ess_exact_ties(A, tol=1e-9):
    """Compare payoffs without tolerance."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError("shapes")
    n, stable = len(A), []
    for i in range(n):
        resists = True
        for j in range(n):
            if j != i:
                at_home, abroad = A[i, i] - A[j, i], A[i, j] - A[j, j]
                resists = resists and (at_home > 0 or (at_home == 0 and abroad > 0))
        if resists:
            stable.append(i)
    return stable


def pure_ess_loops(A, tol=1e-9):
    """Go through all pairs in plain Python."""
    rows = [[float(value) for value in row] if np.ndim(row) == 1 else [] for row in A]
    n = len(rows)
    if n == 0 or any(len(row) != n for row in rows):
        raise ValueError("shapes")

    def withstands(i, j):
        if abs(rows[i][i] - rows[j][i]) <= tol:
            return rows[i][j] - rows[j][j] > tol
        return rows[i][i] > rows[j][i]

    return [i for i in range(n) if all(withstands(i, j) for j in range(n) if i != j)]


# ------------------------------------------------------------------------------------------------ fixation_probability


def fixation_probability_self_interaction(A, N, w=1.0):
    """Let agents meet themselves."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = 1 - w + w * (i * A[0, 0] + (N - i) * A[0, 1]) / N
    resident = 1 - w + w * (i * A[1, 0] + (N - i) * A[1, 1]) / N
    if not (np.all(newcomer > 0) and np.all(resident > 0)):
        raise ValueError("fitness")
    log_products = np.append(0.0, np.cumsum(np.log(resident) - np.log(newcomer)))
    largest = log_products.max()
    return float(np.exp(-largest) / np.exp(log_products - largest).sum())


def fixation_probability_inverted_ratio(A, N, w=1.0):
    """Put the newcomers' fitness on top."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = 1 - w + w * ((i - 1) * A[0, 0] + (N - i) * A[0, 1]) / (N - 1)
    resident = 1 - w + w * (i * A[1, 0] + (N - i - 1) * A[1, 1]) / (N - 1)
    if not (np.all(newcomer > 0) and np.all(resident > 0)):
        raise ValueError("fitness")
    log_products = np.append(0.0, np.cumsum(np.log(newcomer) - np.log(resident)))
    largest = log_products.max()
    return float(np.exp(-largest) / np.exp(log_products - largest).sum())


def fixation_probability_underflows(A, N, w=1.0):
    """Multiply the ratios themselves."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = 1 - w + w * ((i - 1) * A[0, 0] + (N - i) * A[0, 1]) / (N - 1)
    resident = 1 - w + w * (i * A[1, 0] + (N - i - 1) * A[1, 1]) / (N - 1)
    if not (np.all(newcomer > 0) and np.all(resident > 0)):
        raise ValueError("fitness")
    with np.errstate(all="ignore"):
        return float(1 / (1 + np.cumprod(resident / newcomer).sum()))


def fixation_probability_sum_too_short(A, N, w=1.0):
    """Leave out the last product."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = 1 - w + w * ((i - 1) * A[0, 0] + (N - i) * A[0, 1]) / (N - 1)
    resident = 1 - w + w * (i * A[1, 0] + (N - i - 1) * A[1, 1]) / (N - 1)
    if not (np.all(newcomer > 0) and np.all(resident > 0)):
        raise ValueError("fitness")
    log_products = np.append(0.0, np.cumsum(np.log(resident) - np.log(newcomer))[:-1])
    largest = log_products.max()
    return float(np.exp(-largest) / np.exp(log_products - largest).sum())


def fixation_probability_full_intensity(A, N, w=1.0):
    """Ignore the intensity of selection."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = ((i - 1) * A[0, 0] + (N - i) * A[0, 1]) / (N - 1)
    resident = (i * A[1, 0] + (N - i - 1) * A[1, 1]) / (N - 1)
    if not (np.all(newcomer > 0) and np.all(resident > 0)):
        raise ValueError("fitness")
    log_products = np.append(0.0, np.cumsum(np.log(resident) - np.log(newcomer)))
    largest = log_products.max()
    return float(np.exp(-largest) / np.exp(log_products - largest).sum())


def fixation_probability_zero_fitness(A, N, w=1.0):
    """Let fitness be zero or negative."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or not 0 <= w <= 1:
        raise ValueError("range")
    i = np.arange(1, N)
    newcomer = 1 - w + w * ((i - 1) * A[0, 0] + (N - i) * A[0, 1]) / (N - 1)
    resident = 1 - w + w * (i * A[1, 0] + (N - i - 1) * A[1, 1]) / (N - 1)
    log_products = np.append(0.0, np.cumsum(np.log(np.maximum(resident, 1e-12)) - np.log(np.maximum(newcomer, 1e-12))))
    largest = log_products.max()
    return float(np.exp(-largest) / np.exp(log_products - largest).sum())


def fixation_probability_extended_precision(A, N, w=1.0):
    """Multiply in extended precision, from the last factor to the first."""
    A = np.array(A, dtype=float)
    if A.shape != (2, 2) or N < 2 or w < 0 or w > 1:
        raise ValueError("range")
    (a, b), (c, d) = A.tolist()
    ratios = []
    for i in range(1, N):
        f = 1 - w + w * (a * (i - 1) + b * (N - i)) / (N - 1)
        g = 1 - w + w * (c * i + d * (N - i - 1)) / (N - 1)
        if f <= 0 or g <= 0:
            raise ValueError("fitness")
        ratios.append(g / f)
    total = np.longdouble(1)
    for ratio in reversed(ratios):
        total = 1 + ratio * total
    return float(1 / total)


# ------------------------------------------------------------------------------------------------ basin_share


def basin_share_threshold(A, n_grid=201):
    """Return the point where the motion turns instead of the share beyond it."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or n_grid < 1:
        raise ValueError("range")
    x0 = (np.arange(n_grid) + 0.5) / n_grid
    lead_at_0, lead_at_1 = A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]
    lead = (1 - x0) * lead_at_0 + x0 * lead_at_1
    share = float(np.mean((lead > 0) & (lead_at_1 >= 0)))
    return 1 - share if 0 < share < 1 else share


def basin_share_initially_growing(A, n_grid=201):
    """Count the starting points from which row 0 grows at first."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or n_grid < 1:
        raise ValueError("range")
    x0 = (np.arange(n_grid) + 0.5) / n_grid
    lead_at_0, lead_at_1 = A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]
    lead = (1 - x0) * lead_at_0 + x0 * lead_at_1
    return float(np.mean(lead > 0))


def basin_share_ends_included(A, n_grid=201):
    """Start at the ends of the interval, too."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or n_grid < 1:
        raise ValueError("range")
    x0 = np.linspace(0, 1, n_grid)
    lead_at_0, lead_at_1 = A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]
    lead = (1 - x0) * lead_at_0 + x0 * lead_at_1
    return float(np.mean((lead > 0) & (lead_at_1 >= 0)))


def basin_share_standstill_counts(A, n_grid=201):
    """Count starting points that do not move."""
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or n_grid < 1:
        raise ValueError("range")
    x0 = (np.arange(n_grid) + 0.5) / n_grid
    lead_at_0, lead_at_1 = A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]
    lead = (1 - x0) * lead_at_0 + x0 * lead_at_1
    return float(np.mean((lead >= 0) & (lead_at_1 >= 0)))


def basin_share_turning_point(A, n_grid=201):
    """Solve for the point where the motion turns."""
    A = np.array(A, dtype=float)
    if A.shape != (2, 2) or n_grid < 1:
        raise ValueError("range")
    rare, common = A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]
    if common < 0 or (common == 0 and rare <= 0):
        return 0.0
    if rare >= 0:
        return 1.0 if rare > 0 or common > 0 else 0.0
    turn = rare / (rare - common)
    return float(sum((k + 0.5) / n_grid > turn for k in range(n_grid)) / n_grid)


# ------------------------------------------------------------------------------------------------ minimum_penalty


def minimum_penalty_on_row_0(A, share, hi=20.0, tol=1e-3, basin=None):
    """Charge the cautious."""
    basin = basin_share if basin is None else basin
    A = np.asarray(A, dtype=float)
    if not 0 < share <= 1:
        raise ValueError("share")

    def is_enough(penalty):
        return basin(A - np.array([[penalty], [0.0]])) >= share

    if is_enough(0.0):
        return 0.0
    if not is_enough(hi):
        raise ValueError("hi")
    too_small, enough = 0.0, float(hi)
    while enough - too_small > tol:
        middle = (too_small + enough) / 2
        if is_enough(middle):
            enough = middle
        else:
            too_small = middle
    return enough


def minimum_penalty_meetings_with_cautious_only(A, share, hi=20.0, tol=1e-3, basin=None):
    """Charge the reckless only for meetings with the cautious."""
    basin = basin_share if basin is None else basin
    A = np.asarray(A, dtype=float)
    if not 0 < share <= 1:
        raise ValueError("share")

    def is_enough(penalty):
        return basin(A - np.array([[0.0, 0.0], [penalty, 0.0]])) >= share

    if is_enough(0.0):
        return 0.0
    if not is_enough(hi):
        raise ValueError("hi")
    too_small, enough = 0.0, float(hi)
    while enough - too_small > tol:
        middle = (too_small + enough) / 2
        if is_enough(middle):
            enough = middle
        else:
            too_small = middle
    return enough


def minimum_penalty_just_too_small(A, share, hi=20.0, tol=1e-3, basin=None):
    """Return the end of the bisection that is not enough."""
    basin = basin_share if basin is None else basin
    A = np.asarray(A, dtype=float)
    if not 0 < share <= 1:
        raise ValueError("share")

    def is_enough(penalty):
        return basin(A - np.array([[0.0], [penalty]])) >= share

    if is_enough(0.0):
        return 0.0
    if not is_enough(hi):
        raise ValueError("hi")
    too_small, enough = 0.0, float(hi)
    while enough - too_small > tol:
        middle = (too_small + enough) / 2
        if is_enough(middle):
            enough = middle
        else:
            too_small = middle
    return too_small


def minimum_penalty_own_grid(A, share, hi=20.0, tol=1e-3, basin=None):
    """Use the coarse grid of basin_share whatever basin is given."""
    A = np.asarray(A, dtype=float)
    if not 0 < share <= 1:
        raise ValueError("share")

    def is_enough(penalty):
        return basin_share(A - np.array([[0.0], [penalty]])) >= share

    if is_enough(0.0):
        return 0.0
    if not is_enough(hi):
        raise ValueError("hi")
    too_small, enough = 0.0, float(hi)
    while enough - too_small > tol:
        middle = (too_small + enough) / 2
        if is_enough(middle):
            enough = middle
        else:
            too_small = middle
    return enough


def minimum_penalty_hi_is_the_best(A, share, hi=20.0, tol=1e-3, basin=None):
    """Return hi where even that is not enough."""
    basin = basin_share if basin is None else basin
    A = np.asarray(A, dtype=float)
    if not 0 < share <= 1:
        raise ValueError("share")

    def is_enough(penalty):
        return basin(A - np.array([[0.0], [penalty]])) >= share

    if is_enough(0.0):
        return 0.0
    if not is_enough(hi):
        return float(hi)
    too_small, enough = 0.0, float(hi)
    while enough - too_small > tol:
        middle = (too_small + enough) / 2
        if is_enough(middle):
            enough = middle
        else:
            too_small = middle
    return enough


def minimum_penalty_closed_form(A, share, hi=20.0, tol=1e-3, basin=None):
    """Solve for the penalty on paper."""
    (a, b), (c, d) = np.array(A, dtype=float).tolist()
    if share <= 0 or share > 1:
        raise ValueError("share")
    bend = a - b - c + d
    penalty = max(0.0, c - a if bend <= 0 else d - b - (1 - share) * bend)
    if penalty > hi:
        raise ValueError("hi")
    return float(penalty)


def minimum_penalty_growing_steps(A, share, hi=20.0, tol=1e-3, basin=None):
    """Double a step until it is enough, then go back by halves."""
    basin = basin or basin_share
    A = np.array(A, dtype=np.float64)
    if not (share > 0 and share <= 1):
        raise ValueError("share")

    def reached(p):
        table = A.copy()
        table[1] -= p
        return basin(table) >= share

    if reached(0):
        return 0.0
    step, p = min(tol, hi), 0.0
    while not reached(min(p + step, hi)):
        if p + step >= hi:
            raise ValueError("hi")
        p, step = p + step, 2 * step
    while step > tol / 2:
        step /= 2
        if not reached(min(p + step, hi)):
            p += step
    return float(min(p + step, hi))


MUTANTS = {
    "price_decomposition_sample_covariance": {"price_decomposition": price_decomposition_sample_covariance},
    "price_decomposition_not_divided": {"price_decomposition": price_decomposition_not_divided},
    "price_decomposition_unweighted_transmission": {"price_decomposition": price_decomposition_unweighted_transmission},
    "price_decomposition_childless_leak": {"price_decomposition": price_decomposition_childless_leak},
    "price_decomposition_unchecked": {"price_decomposition": price_decomposition_unchecked},
    "replicator_euler": {"replicator": replicator_euler},
    "replicator_heun": {"replicator": replicator_heun},
    "replicator_generations": {"replicator": replicator_generations},
    "replicator_mean_missing": {"replicator": replicator_mean_missing},
    "replicator_forced_onto_simplex": {"replicator": replicator_forced_onto_simplex},
    "replicator_transposed": {"replicator": replicator_transposed},
    "replicator_negative_start": {"replicator": replicator_negative_start},
    "pure_ess_strict_only": {"pure_ess": pure_ess_strict_only},
    "pure_ess_weak_nash": {"pure_ess": pure_ess_weak_nash},
    "pure_ess_axes_swapped": {"pure_ess": pure_ess_axes_swapped},
    "pure_ess_neutrally_stable": {"pure_ess": pure_ess_neutrally_stable},
    "pure_ess_exact_ties": {"pure_ess": pure_ess_exact_ties},
    "fixation_probability_self_interaction": {"fixation_probability": fixation_probability_self_interaction},
    "fixation_probability_inverted_ratio": {"fixation_probability": fixation_probability_inverted_ratio},
    "fixation_probability_underflows": {"fixation_probability": fixation_probability_underflows},
    "fixation_probability_sum_too_short": {"fixation_probability": fixation_probability_sum_too_short},
    "fixation_probability_full_intensity": {"fixation_probability": fixation_probability_full_intensity},
    "fixation_probability_zero_fitness": {"fixation_probability": fixation_probability_zero_fitness},
    "basin_share_threshold": {"basin_share": basin_share_threshold},
    "basin_share_initially_growing": {"basin_share": basin_share_initially_growing},
    "basin_share_ends_included": {"basin_share": basin_share_ends_included},
    "basin_share_standstill_counts": {"basin_share": basin_share_standstill_counts},
    "minimum_penalty_on_row_0": {"minimum_penalty": minimum_penalty_on_row_0},
    "minimum_penalty_meetings_with_cautious_only": {"minimum_penalty": minimum_penalty_meetings_with_cautious_only},
    "minimum_penalty_just_too_small": {"minimum_penalty": minimum_penalty_just_too_small},
    "minimum_penalty_own_grid": {"minimum_penalty": minimum_penalty_own_grid},
    "minimum_penalty_hi_is_the_best": {"minimum_penalty": minimum_penalty_hi_is_the_best},
}

ALTERNATIVES = {
    "price_decomposition_over_offspring": {"price_decomposition": price_decomposition_over_offspring},
    "replicator_adaptive": {"replicator": replicator_adaptive},
    "replicator_two_midpoint_steps": {"replicator": replicator_two_midpoint_steps},
    "pure_ess_loops": {"pure_ess": pure_ess_loops},
    "fixation_probability_extended_precision": {"fixation_probability": fixation_probability_extended_precision},
    "basin_share_turning_point": {"basin_share": basin_share_turning_point},
    "minimum_penalty_closed_form": {"minimum_penalty": minimum_penalty_closed_form},
    "minimum_penalty_growing_steps": {"minimum_penalty": minimum_penalty_growing_steps},
}
