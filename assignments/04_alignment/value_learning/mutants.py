"""Wrong and alternative answers to `value_learning`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `bt_loss`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

from math import inf

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp, softmax

from mlsafety_kit.gridworld import soft_policy


def bt_loss(r_a, r_b, prefs):
    """Stand for the notebook's own `bt_loss`, which the functions below name."""


def value_iteration(P, R, gamma, tol=1e-8):
    """Stand for the notebook's own `value_iteration`."""


def feature_expectations(P, policy, phi, gamma, start):
    """Stand for the notebook's own `feature_expectations`."""


# ------------------------------------------------------------------------------------------------ bt_loss


def bt_loss_flipped(r_a, r_b, prefs):
    """Take an answer of 1 for a preference of the second walk."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    margin = r_b - r_a
    return float(np.mean(prefs * np.logaddexp(0, -margin) + (1 - prefs) * np.logaddexp(0, margin)))


def bt_loss_overflows(r_a, r_b, prefs):
    """Go through the probability, whose logarithm is lost for large differences."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(r_b - r_a))
        return float(-np.mean(prefs * np.log(p) + (1 - prefs) * np.log(1 - p)))


def bt_loss_capped(r_a, r_b, prefs):
    """Keep probabilities away from 0 and 1, which caps the loss."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    p = expit(r_a - r_b).clip(1e-12, 1 - 1e-12)
    return float(-np.mean(prefs * np.log(p) + (1 - prefs) * np.log(1 - p)))


def bt_loss_rounds_answers(r_a, r_b, prefs):
    """Round soft answers."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    margin, prefs = r_a - r_b, np.round(prefs)
    return float(np.mean(prefs * np.logaddexp(0, -margin) + (1 - prefs) * np.logaddexp(0, margin)))


def bt_loss_one_sided(r_a, r_b, prefs):
    """Forget what an answer says about the second walk."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    return float(np.mean(prefs * np.logaddexp(0, r_b - r_a)))


def bt_loss_squared(r_a, r_b, prefs):
    """Use the squared error of the probability."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    return float(np.mean((expit(r_a - r_b) - prefs) ** 2))


def bt_loss_sum(r_a, r_b, prefs):
    """Sum over pairs instead of averaging."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if r_a.ndim != 1 or r_a.shape != r_b.shape or r_a.shape != prefs.shape or not len(r_a):
        raise ValueError("shapes")
    if not np.all((prefs >= 0) & (prefs <= 1)):
        raise ValueError("answers")
    margin = r_a - r_b
    return float(np.sum(prefs * np.logaddexp(0, -margin) + (1 - prefs) * np.logaddexp(0, margin)))


def bt_loss_checks_answers_only(r_a, r_b, prefs):
    """Check the range of the answers but no shapes."""
    r_a, r_b, prefs = (np.asarray(values, dtype=float) for values in (r_a, r_b, prefs))
    if np.any((prefs < 0) | (prefs > 1)):
        raise ValueError("answers")
    margin = r_a - r_b
    return float(np.mean(prefs * np.logaddexp(0, -margin) + (1 - prefs) * np.logaddexp(0, margin)))


# ------------------------------------------------------------------------------------------------ fit_reward


def fit_reward_wrong_sign(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Subtract the walks the wrong way round."""
    change = phi_b - phi_a

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs) + l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def fit_reward_least_squares(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Regress centred answers on differences, with a ridge penalty."""
    change = phi_a - phi_b
    system = change.T @ change / len(prefs) + l2 * np.eye(change.shape[1])
    return np.linalg.solve(system, change.T @ (prefs - 0.5) / len(prefs))


def fit_reward_least_squares_rescaled(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Regress, then multiply by 4 as the slope of the sigmoid at 0 suggests."""
    change = phi_a - phi_b
    system = change.T @ change / len(prefs) + 4 * l2 * np.eye(change.shape[1])
    return 4 * np.linalg.solve(system, change.T @ (prefs - 0.5) / len(prefs))


def fit_reward_no_penalty(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Ignore the penalty."""
    change = phi_a - phi_b

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w))

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs)

    options = {"gtol": 1e-8, "ftol": 1e-15, "maxiter": 500}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def fit_reward_double_penalty(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Forget the half of the penalty."""
    change = phi_a - phi_b

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs) + 2 * l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def fit_reward_sum_over_pairs(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Add up the losses of all pairs, which makes the penalty count for less."""
    change = phi_a - phi_b

    def objective(w):
        return np.sum(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) + l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def fit_reward_stops_early(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Take fifty short gradient steps and stop."""
    change, w = phi_a - phi_b, np.zeros(phi_a.shape[1])
    for _ in range(50):
        w = w - 0.1 * (change.T @ (expit(change @ w) - prefs) / len(prefs) + l2 * w)
    return w


def fit_reward_rounds_answers(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Round soft answers."""
    change, prefs = phi_a - phi_b, np.where(prefs == 0.5, 0.5, np.round(prefs))

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs) + l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def fit_reward_unit_length(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Scale the values to length 1 because planning does not need their size."""
    change = phi_a - phi_b

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs) + l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    w = minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x
    return w / max(1e-3, np.linalg.norm(w)) if np.linalg.norm(w) > 1e-3 else w


def fit_reward_with_intercept(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Let a constant of its own explain a preference for whatever is shown first."""
    change = np.column_stack([phi_a - phi_b, np.ones(len(prefs))])

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    def gradient(w):
        return change.T @ (expit(change @ w) - prefs) / len(prefs) + l2 * w

    options = {"gtol": 1e-8, "ftol": 1e-15}
    return minimize(objective, np.zeros(change.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x[:-1]


# ------------------------------------------------------------------------------------------------ value_iteration


def value_iteration_discounts_reward(P, R, gamma, tol=1e-8):
    """Discount the reward of the present state too."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = gamma * (R + (P @ V).max(1))
        change, V = np.abs(new - V).max(), new
    return V, (P @ V).argmax(1)


def value_iteration_five_sweeps(P, R, gamma, tol=1e-8):
    """Stop after five sweeps."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V = np.zeros(len(R))
    for _ in range(5):
        V = R + gamma * (P @ V).max(1)
    return V, (P @ V).argmax(1)


def value_iteration_worst_action(P, R, gamma, tol=1e-8):
    """Return the right values with the worst action of each state."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = R + gamma * (P @ V).max(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ V).argmin(1)


def value_iteration_next_cell(P, R, gamma, tol=1e-8):
    """Choose the action with the best next reward instead of the best future."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = R + gamma * (P @ V).max(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ R).argmax(1)


def value_iteration_on_arrival(P, R, gamma, tol=1e-8):
    """Receive the reward of the state where one arrives."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = (P @ (R + gamma * V)).max(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ (R + gamma * V)).argmax(1)


def value_iteration_mean_action(P, R, gamma, tol=1e-8):
    """Average over actions where the maximum belongs."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = R + gamma * (P @ V).mean(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ V).argmax(1)


def value_iteration_backwards(P, R, gamma, tol=1e-8):
    """Read transitions from the next state to the present one."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V = np.zeros(len(R))
    back = P.transpose(2, 1, 0)
    for _ in range(500):
        V = R + gamma * (back @ V).max(1)
    return V, (back @ V).argmax(1)


def value_iteration_coarse(P, R, gamma, tol=1e-8):
    """Stop at a change of one percent, whatever `tol` says."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    if not np.allclose(P.sum(2), 1, rtol=0, atol=1e-6):
        raise ValueError("rows")
    V, change = np.zeros(len(R)), inf
    while change > 1e-2:
        new = R + gamma * (P @ V).max(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ V).argmax(1)


def value_iteration_trusts_rows(P, R, gamma, tol=1e-8):
    """Check shapes and discount but not that rows sum to 1."""
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != P.shape[:1] or not 0 <= gamma < 1:
        raise ValueError("shapes or gamma")
    V, change = np.zeros(len(R)), inf
    while change > tol:
        new = R + gamma * (P @ V).max(1)
        change, V = np.abs(new - V).max(), new
    return V, (P @ V).argmax(1)


# ------------------------------------------------------------------------------------------------ feature_expectations


def feature_expectations_normalised(P, policy, phi, gamma, start):
    """Multiply by 1 - gamma."""
    moves = np.einsum("sa,sat->st", policy, P)
    return (1 - gamma) * np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, start) @ phi


def feature_expectations_transposed(P, policy, phi, gamma, start):
    """Let probability flow backwards."""
    moves = np.einsum("sa,sat->st", policy, P)
    return np.linalg.solve(np.eye(len(moves)) - gamma * moves, start) @ phi


def feature_expectations_greedy(P, policy, phi, gamma, start):
    """Always take the likeliest action."""
    moves = P[np.arange(len(P)), np.asarray(policy).argmax(1)]
    return np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, start) @ phi


def feature_expectations_without_first(P, policy, phi, gamma, start):
    """Leave out the first state unless it is all there is."""
    moves = np.einsum("sa,sat->st", policy, P)
    visits = np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, start)
    return (visits - start if gamma > 0 else start) @ phi


def feature_expectations_late_discount(P, policy, phi, gamma, start):
    """Begin to discount one step late."""
    moves = np.einsum("sa,sat->st", policy, P)
    visits = np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, start @ moves)
    return (start + visits if gamma > 0 else start) @ phi


def feature_expectations_hundred_steps(P, policy, phi, gamma, start):
    """Cut the sum after a hundred steps."""
    moves, reached, total = np.einsum("sa,sat->st", policy, P), np.array(start, dtype=float), 0.0
    for t in range(100):
        total = total + gamma**t * reached @ phi
        reached = reached @ moves
    return total


def feature_expectations_uniform_policy(P, policy, phi, gamma, start):
    """Act at random whatever the policy says."""
    moves = P.mean(1)
    return np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, start) @ phi


def feature_expectations_uniform_start(P, policy, phi, gamma, start):
    """Begin anywhere whatever `start` says, unless nothing follows."""
    moves = np.einsum("sa,sat->st", policy, P)
    first = np.full(len(moves), 1 / len(moves)) if gamma > 0 else start
    return np.linalg.solve(np.eye(len(moves)) - gamma * moves.T, first) @ phi


# ------------------------------------------------------------------------------------------------ maxent_irl


def maxent_irl_reversed(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Step downhill: learner minus expert."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights = np.zeros(phi.shape[1])
    for _ in range(steps):
        policy = planner(P, phi @ weights, gamma)
        weights = weights - lr * (mu_expert - features(P, policy, phi, gamma, start))
    return weights


def maxent_irl_expert_features(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Take what the expert meets for what the expert wants."""
    return np.asarray(mu_expert, dtype=float) - np.mean(mu_expert)


def maxent_irl_one_gap(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Compare with an aimless learner once and go in that direction all the way."""
    planner, features = planner or soft_policy, features or feature_expectations
    policy = planner(P, np.zeros(len(phi)), gamma)
    return lr * steps * (mu_expert - features(P, policy, phi, gamma, start))


def maxent_irl_three_steps(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Stop after three steps."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights = np.zeros(phi.shape[1])
    for _ in range(min(3, steps)):
        policy = planner(P, phi @ weights, gamma)
        weights = weights + lr * (mu_expert - features(P, policy, phi, gamma, start))
    return weights


def maxent_irl_ignores_planner(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Use the kit's planner whatever was handed over."""
    features = features or feature_expectations
    weights = np.zeros(phi.shape[1])
    for _ in range(steps):
        policy = soft_policy(P, phi @ weights, gamma)
        weights = weights + lr * (mu_expert - features(P, policy, phi, gamma, start))
    return weights


def maxent_irl_hard_planner(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Let the learner plan without noise."""
    features = features or feature_expectations
    planner = planner or (lambda P, R, gamma: soft_policy(P, R, gamma, 1e-3))
    weights = np.zeros(phi.shape[1])
    for _ in range(steps):
        policy = planner(P, phi @ weights, gamma)
        weights = weights + lr * (mu_expert - features(P, policy, phi, gamma, start))
    return weights


def maxent_irl_starts_at_one(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Start from values of 1, which are no values of 0."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights = np.ones(phi.shape[1])
    for _ in range(steps):
        policy = planner(P, phi @ weights, gamma)
        weights = weights + lr * (mu_expert - features(P, policy, phi, gamma, start))
    return weights if steps and np.any(weights != 1) else np.zeros(phi.shape[1])


def maxent_irl_decaying_step(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Shorten the steps over time."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights = np.zeros(phi.shape[1])
    for k in range(steps):
        policy = planner(P, phi @ weights, gamma)
        weights = weights + lr / (1 + k) ** 0.5 * (mu_expert - features(P, policy, phi, gamma, start))
    return weights


def maxent_irl_unit_gradient(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Step along the gradient scaled to length 1."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights = np.zeros(phi.shape[1])
    for _ in range(steps):
        gap = mu_expert - features(P, planner(P, phi @ weights, gamma), phi, gamma, start)
        weights = weights + lr * gap / max(np.linalg.norm(gap), 1e-9)
    return weights


def maxent_irl_uniform_start(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Let the learner begin anywhere."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights, anywhere = np.zeros(phi.shape[1]), np.full(len(phi), 1 / len(phi))
    for _ in range(steps):
        policy = planner(P, phi @ weights, gamma)
        weights = weights + lr * (mu_expert - features(P, policy, phi, gamma, anywhere))
    return weights


def maxent_irl_uses_up_expert(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Subtract the learner from the expert in place, so that the next step starts from a remainder."""
    planner, features = planner or soft_policy, features or feature_expectations
    weights, gap = np.zeros(phi.shape[1]), np.array(mu_expert, dtype=float)
    for _ in range(steps):
        gap -= features(P, planner(P, phi @ weights, gamma), phi, gamma, start)
        weights = weights + lr * gap
    return weights


# ------------------------------------------------------------------------------------------------ reward_posterior


def reward_posterior_no_denominator(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Leave out the denominator of the likelihood."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + gamma * P @ V)
        scores[m] = np.log(prior[m]) + preference[states, actions].sum()
    return softmax(scores)


def reward_posterior_hard_max(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Allow best actions only, up to a rare slip."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        quality = P @ V
        best = quality >= quality.max(1, keepdims=True) - 1e-9
        chance = np.where(best, 1.0, 0.01)
        chance /= chance.sum(1, keepdims=True)
        scores[m] = np.log(prior[m]) + np.log(chance)[states, actions].sum()
    return softmax(scores)


def reward_posterior_underflows(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Multiply probabilities."""
    solver = solver or value_iteration
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    weights = prior.copy()
    for m in range(len(rewards)):
        V, _ = solver(P, rewards[m], gamma)
        chance = softmax(beta * (rewards[m][:, None] + gamma * P @ V), axis=1)
        for state, action in demos:
            weights[m] *= chance[state, action]
    with np.errstate(all="ignore"):
        return weights / weights.sum()


def reward_posterior_ignores_prior(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Use the prior only if there are no demonstrations."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    if prior is not None and not len(states):
        return np.asarray(prior, dtype=float)
    scores = np.zeros(len(rewards))
    for m in range(len(rewards)):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + gamma * P @ V)
        scores[m] = (preference - logsumexp(preference, axis=1, keepdims=True))[states, actions].sum()
    return softmax(scores)


def reward_posterior_prior_each_time(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Count the prior once for every demonstration."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + gamma * P @ V)
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = max(1, len(states)) * np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


def reward_posterior_myopic(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Judge an action by the next reward alone."""
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        preference = beta * gamma * P @ rewards[m]
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


def reward_posterior_ignores_beta(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Take every demonstrator to be equally reliable."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = rewards[m][:, None] + gamma * P @ V
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


def reward_posterior_undiscounted_future(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Forget the discount between an action and what it leads to."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + P @ V)
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


def reward_posterior_noisy_planner(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Let the demonstrator count on noise in later steps too, as in question 5."""
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        log_chance = np.log(soft_policy(P, beta * rewards[m], gamma))
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


def reward_posterior_mean_evidence(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Average the evidence, so that more of it does not count for more."""
    solver = solver or value_iteration
    states, actions = np.asarray(demos, dtype=int).reshape(-1, 2).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + gamma * P @ V)
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum() / max(1, len(states))
    return softmax(scores)


def reward_posterior_each_pair_once(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Count a repeated demonstration once."""
    solver = solver or value_iteration
    states, actions = np.unique(np.asarray(demos, dtype=int).reshape(-1, 2), axis=0).T
    prior = np.full(len(rewards), 1 / len(rewards)) if prior is None else np.asarray(prior, dtype=float)
    scores = np.full(len(rewards), -inf)
    for m in np.flatnonzero(prior):
        V, _ = solver(P, rewards[m], gamma)
        preference = beta * (rewards[m][:, None] + gamma * P @ V)
        log_chance = preference - logsumexp(preference, axis=1, keepdims=True)
        scores[m] = np.log(prior[m]) + log_chance[states, actions].sum()
    return softmax(scores)


# ------------------------------------------------------------------------------------------------ alternatives


def bt_loss_softplus(r_a, r_b, prefs):
    """Use that the loss is softplus(margin) - answer * margin, for PyTorch in float64."""
    import torch

    first, second, answers = (torch.as_tensor(np.asarray(v, dtype=np.float64)) for v in (r_a, r_b, prefs))
    if first.ndim != 1 or first.shape != second.shape or first.shape != answers.shape or first.numel() == 0:
        raise ValueError("shapes")
    if bool(((answers < 0) | (answers > 1)).any()):
        raise ValueError("answers")
    loss = torch.nn.functional.binary_cross_entropy_with_logits(first - second, answers)
    return loss.item()


def fit_reward_newton(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Use Newton's method with a halved step where needed."""
    change, w = phi_a - phi_b, np.zeros(phi_a.shape[1])

    def objective(w):
        return np.mean(np.logaddexp(0, change @ w) - prefs * (change @ w)) + l2 / 2 * w @ w

    for _ in range(100):
        p = expit(change @ w)
        slope = change.T @ (p - prefs) / len(prefs) + l2 * w
        step = np.linalg.solve((change.T * (p * (1 - p))) @ change / len(prefs) + l2 * np.eye(len(w)), slope)
        size = 1.0
        while objective(w - size * step) > objective(w) + 1e-14 and size > 1e-8:
            size /= 2
        w = w - size * step
    return w


def fit_reward_without_gradient(phi_a, phi_b, prefs, l2=1e-3, *, loss=None):
    """Let SciPy difference the loss of question 1 and start again until nothing moves."""
    loss = loss or bt_loss
    w = np.zeros(phi_a.shape[1])
    for _ in range(3):
        w = minimize(
            lambda w: loss(phi_a @ w, phi_b @ w, prefs) + l2 / 2 * w @ w, w, method="BFGS", options={"gtol": 1e-7}
        ).x
    return w


def value_iteration_policy_iteration(P, R, gamma, tol=1e-8):
    """Evaluate and improve a policy until it is stable."""
    P, R = np.array(P, dtype=float), np.array(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != (len(P),):
        raise ValueError("shapes")
    if gamma < 0 or gamma >= 1 or np.abs(P.sum(2) - 1).max() > 1e-6:
        raise ValueError("gamma or rows")
    rows, policy = np.arange(len(P)), np.zeros(len(P), dtype=np.int32)
    while True:
        V = np.linalg.solve(np.eye(len(P)) - gamma * P[rows, policy], R)
        quality = P @ V
        worse = quality[rows, policy] < quality.max(1) - 1e-12
        if not worse.any():
            return V, policy
        policy[worse] = quality.argmax(1)[worse]


def value_iteration_linear_program(P, R, gamma, tol=1e-8):
    """Find the smallest values that no action improves upon."""
    from scipy.optimize import linprog

    P, R = np.array(P, dtype=float), np.array(R, dtype=float)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or R.shape != (len(P),):
        raise ValueError("shapes")
    if gamma < 0 or gamma >= 1 or np.abs(P.sum(2) - 1).max() > 1e-6:
        raise ValueError("gamma or rows")
    n, actions = P.shape[:2]
    system = gamma * P.reshape(n * actions, n) - np.repeat(np.eye(n), actions, axis=0)
    V = linprog(np.ones(n), A_ub=system, b_ub=-np.repeat(R, actions), bounds=(None, None), method="highs").x
    for _ in range(3):  # wipe off the solver's tolerance
        V = R + gamma * (P @ V).max(1)
    return V, (P @ V).argmax(1)


def feature_expectations_by_values(P, policy, phi, gamma, start):
    """Solve for the value of every feature, then average over first states."""
    moves = (np.asarray(policy)[:, :, None] * P).sum(1)
    return np.asarray(start) @ np.linalg.solve(np.eye(len(moves)) - gamma * moves, phi)


def feature_expectations_long_sum(P, policy, phi, gamma, start):
    """Add up steps until they no longer count."""
    moves, reached, weight = np.einsum("sa,sat->st", policy, P), np.array(start, dtype=float), 1.0
    total = np.zeros(np.shape(phi)[1])
    while weight > 1e-12:
        total += weight * reached @ phi
        reached, weight = reached @ moves, weight * gamma
    return total


def maxent_irl_by_occupancy(P, phi, mu_expert, gamma, start, *, lr=0.05, steps=200, planner=None, features=None):
    """Count visits without the function of question 4."""
    planner = soft_policy if planner is None else planner
    weights, identity = [0.0] * phi.shape[1], np.eye(len(phi))
    for _ in range(steps):
        policy = planner(P, phi.dot(weights), gamma)
        moves = (policy[:, :, None] * P).sum(1)
        visits = np.linalg.solve((identity - gamma * moves).T, start)
        weights = [w + lr * (m - v) for w, m, v in zip(weights, mu_expert, visits @ phi, strict=True)]
    return np.array(weights)


def reward_posterior_by_counts(rewards, demos, P, gamma, beta=1.0, prior=None, *, solver=None):
    """Count how often each action was seen, drop what all actions of a state share, and normalise at the end."""
    solver = value_iteration if solver is None else solver
    seen = np.zeros(P.shape[:2])
    for state, action in demos:
        seen[state, action] += 1
    scores = []
    for reward in rewards:
        future = beta * gamma * P @ solver(P, reward, gamma)[0]
        future = future - future.max(1, keepdims=True)
        scores.append((seen * (future - np.log(np.exp(future).sum(1, keepdims=True)))).sum())
    weights = np.exp(np.array(scores) - max(scores))
    if prior is not None:
        with np.errstate(divide="ignore"):
            scores = np.array(scores) + np.log(prior)
        weights = np.exp(scores - scores.max())
    return weights / weights.sum()


MUTANTS = {
    "bt_loss_flipped": {"bt_loss": bt_loss_flipped},
    "bt_loss_overflows": {"bt_loss": bt_loss_overflows},
    "bt_loss_capped": {"bt_loss": bt_loss_capped},
    "bt_loss_rounds_answers": {"bt_loss": bt_loss_rounds_answers},
    "bt_loss_one_sided": {"bt_loss": bt_loss_one_sided},
    "bt_loss_squared": {"bt_loss": bt_loss_squared},
    "bt_loss_sum": {"bt_loss": bt_loss_sum},
    "bt_loss_checks_answers_only": {"bt_loss": bt_loss_checks_answers_only},
    "fit_reward_wrong_sign": {"fit_reward": fit_reward_wrong_sign},
    "fit_reward_least_squares": {"fit_reward": fit_reward_least_squares},
    "fit_reward_least_squares_rescaled": {"fit_reward": fit_reward_least_squares_rescaled},
    "fit_reward_no_penalty": {"fit_reward": fit_reward_no_penalty},
    "fit_reward_double_penalty": {"fit_reward": fit_reward_double_penalty},
    "fit_reward_sum_over_pairs": {"fit_reward": fit_reward_sum_over_pairs},
    "fit_reward_stops_early": {"fit_reward": fit_reward_stops_early},
    "fit_reward_rounds_answers": {"fit_reward": fit_reward_rounds_answers},
    "fit_reward_unit_length": {"fit_reward": fit_reward_unit_length},
    "fit_reward_with_intercept": {"fit_reward": fit_reward_with_intercept},
    "value_iteration_discounts_reward": {"value_iteration": value_iteration_discounts_reward},
    "value_iteration_five_sweeps": {"value_iteration": value_iteration_five_sweeps},
    "value_iteration_worst_action": {"value_iteration": value_iteration_worst_action},
    "value_iteration_next_cell": {"value_iteration": value_iteration_next_cell},
    "value_iteration_on_arrival": {"value_iteration": value_iteration_on_arrival},
    "value_iteration_mean_action": {"value_iteration": value_iteration_mean_action},
    "value_iteration_backwards": {"value_iteration": value_iteration_backwards},
    "value_iteration_coarse": {"value_iteration": value_iteration_coarse},
    "value_iteration_trusts_rows": {"value_iteration": value_iteration_trusts_rows},
    "feature_expectations_normalised": {"feature_expectations": feature_expectations_normalised},
    "feature_expectations_transposed": {"feature_expectations": feature_expectations_transposed},
    "feature_expectations_greedy": {"feature_expectations": feature_expectations_greedy},
    "feature_expectations_without_first": {"feature_expectations": feature_expectations_without_first},
    "feature_expectations_late_discount": {"feature_expectations": feature_expectations_late_discount},
    "feature_expectations_hundred_steps": {"feature_expectations": feature_expectations_hundred_steps},
    "feature_expectations_uniform_policy": {"feature_expectations": feature_expectations_uniform_policy},
    "feature_expectations_uniform_start": {"feature_expectations": feature_expectations_uniform_start},
    "maxent_irl_reversed": {"maxent_irl": maxent_irl_reversed},
    "maxent_irl_expert_features": {"maxent_irl": maxent_irl_expert_features},
    "maxent_irl_one_gap": {"maxent_irl": maxent_irl_one_gap},
    "maxent_irl_three_steps": {"maxent_irl": maxent_irl_three_steps},
    "maxent_irl_ignores_planner": {"maxent_irl": maxent_irl_ignores_planner},
    "maxent_irl_hard_planner": {"maxent_irl": maxent_irl_hard_planner},
    "maxent_irl_starts_at_one": {"maxent_irl": maxent_irl_starts_at_one},
    "maxent_irl_decaying_step": {"maxent_irl": maxent_irl_decaying_step},
    "maxent_irl_unit_gradient": {"maxent_irl": maxent_irl_unit_gradient},
    "maxent_irl_uniform_start": {"maxent_irl": maxent_irl_uniform_start},
    "maxent_irl_uses_up_expert": {"maxent_irl": maxent_irl_uses_up_expert},
    "reward_posterior_no_denominator": {"reward_posterior": reward_posterior_no_denominator},
    "reward_posterior_hard_max": {"reward_posterior": reward_posterior_hard_max},
    "reward_posterior_underflows": {"reward_posterior": reward_posterior_underflows},
    "reward_posterior_ignores_prior": {"reward_posterior": reward_posterior_ignores_prior},
    "reward_posterior_prior_each_time": {"reward_posterior": reward_posterior_prior_each_time},
    "reward_posterior_myopic": {"reward_posterior": reward_posterior_myopic},
    "reward_posterior_ignores_beta": {"reward_posterior": reward_posterior_ignores_beta},
    "reward_posterior_undiscounted_future": {"reward_posterior": reward_posterior_undiscounted_future},
    "reward_posterior_noisy_planner": {"reward_posterior": reward_posterior_noisy_planner},
    "reward_posterior_mean_evidence": {"reward_posterior": reward_posterior_mean_evidence},
    "reward_posterior_each_pair_once": {"reward_posterior": reward_posterior_each_pair_once},
}

ALTERNATIVES = {
    "bt_loss_softplus": {"bt_loss": bt_loss_softplus},
    "fit_reward_newton": {"fit_reward": fit_reward_newton},
    "fit_reward_without_gradient": {"fit_reward": fit_reward_without_gradient},
    "value_iteration_policy_iteration": {"value_iteration": value_iteration_policy_iteration},
    "value_iteration_linear_program": {"value_iteration": value_iteration_linear_program},
    "feature_expectations_by_values": {"feature_expectations": feature_expectations_by_values},
    "feature_expectations_long_sum": {"feature_expectations": feature_expectations_long_sum},
    "maxent_irl_by_occupancy": {"maxent_irl": maxent_irl_by_occupancy},
    "reward_posterior_by_counts": {"reward_posterior": reward_posterior_by_counts},
}
