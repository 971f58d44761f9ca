"""Wrong and alternative answers to `future_scenarios`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

from math import inf

import numpy as np
from scipy.special import expit

# ------------------------------------------------------------------------------------------------ chain_probability


def chain_probability_independent(cpt):
    """Multiply the marginals for the first number too."""
    if not len(cpt):
        raise ValueError("empty")
    reached, independent = {(): 1.0}, 1.0
    for table in cpt:
        following, marginal = {}, 0.0
        for history, weight in reached.items():
            if history not in table or not 0 <= table[history] <= 1:
                raise ValueError("row")
            p = table[history]
            marginal += weight * p
            following[(*history, 0)] = weight * (1 - p)
            following[(*history, 1)] = weight * p
        independent *= marginal
        reached = following
    return independent, independent


def chain_probability_marginals_given_truth(cpt):
    """Take the probability after true premises for the marginal."""
    if not len(cpt):
        raise ValueError("empty")
    reached, independent = {(): 1.0}, 1.0
    for i, table in enumerate(cpt):
        following, marginal = {}, 0.0
        for history, weight in reached.items():
            if history not in table or not 0 <= table[history] <= 1:
                raise ValueError("row")
            p = table[history]
            marginal += weight * p
            following[(*history, 0)] = weight * (1 - p)
            following[(*history, 1)] = weight * p
        independent *= table[(1,) * i]
        reached = following
    return reached[(1,) * len(cpt)], independent


def chain_probability_missing_is_half(cpt):
    """Fill missing rows with one half."""
    if not len(cpt):
        raise ValueError("empty")
    reached, independent = {(): 1.0}, 1.0
    for table in cpt:
        following, marginal = {}, 0.0
        for history, weight in reached.items():
            p = table.get(history, 0.5)
            if not 0 <= p <= 1:
                raise ValueError("row")
            marginal += weight * p
            following[(*history, 0)] = weight * (1 - p)
            following[(*history, 1)] = weight * p
        independent *= marginal
        reached = following
    return reached[(1,) * len(cpt)], independent


def chain_probability_reversed_history(cpt):
    """Read histories latest first."""
    if not len(cpt):
        raise ValueError("empty")
    reached, independent = {(): 1.0}, 1.0
    for table in cpt:
        following, marginal = {}, 0.0
        for history, weight in reached.items():
            if history not in table or not 0 <= table[history] <= 1:
                raise ValueError("row")
            p = table[history]
            marginal += weight * p
            following[(0, *history)] = weight * (1 - p)
            following[(1, *history)] = weight * p
        independent *= marginal
        reached = following
    return reached[(1,) * len(cpt)], independent


def chain_probability_checks_true_path_only(cpt):
    """Overlook missing rows off the path of true premises."""
    if not len(cpt):
        raise ValueError("empty")
    reached, independent = {(): 1.0}, 1.0
    for table in cpt:
        following, marginal = {}, 0.0
        for history, weight in reached.items():
            if (history not in table and all(history)) or not 0 <= table.get(history, 0) <= 1:
                raise ValueError("row")
            p = table.get(history, 0.0)
            marginal += weight * p
            following[(*history, 0)] = weight * (1 - p)
            following[(*history, 1)] = weight * p
        independent *= marginal
        reached = following
    return reached[(1,) * len(cpt)], independent


def chain_probability_all_outcomes(cpt):
    """List all outcomes."""
    n = len(cpt)
    if n == 0:
        raise ValueError("empty")
    for i in range(n):
        for history in np.ndindex((2,) * i):
            if not 0 <= cpt[i].get(history, -1) <= 1:
                raise ValueError("missing or no probability")
    marginals, p_all = np.zeros(n), 1.0
    for outcome in np.ndindex((2,) * n):
        p_true = [cpt[i][outcome[:i]] for i in range(n)]
        weight = np.prod([p if x else 1 - p for p, x in zip(p_true, outcome, strict=True)])
        marginals += weight * np.array(outcome)
        p_all = weight
    return float(p_all), float(marginals.prod())


# ------------------------------------------------------------------------------------------------ survival


def survival_mean_hazard(hazards, weights, horizon):
    """Compound the mean hazard."""
    hazards, weights = np.asarray(hazards, dtype=float), np.asarray(weights, dtype=float)
    if hazards.ndim != 1 or hazards.shape != weights.shape or not len(hazards):
        raise ValueError("shapes")
    if np.any(hazards < 0) or np.any(hazards > 1) or horizon < 0:
        raise ValueError("range")
    if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("weights")
    return (1 - hazards @ weights) ** np.arange(horizon + 1)


def survival_continuous(hazards, weights, horizon):
    """Take the probability per year for a rate in continuous time."""
    hazards, weights = np.asarray(hazards, dtype=float), np.asarray(weights, dtype=float)
    if hazards.ndim != 1 or hazards.shape != weights.shape or not len(hazards):
        raise ValueError("shapes")
    if np.any(hazards < 0) or np.any(hazards > 1) or horizon < 0:
        raise ValueError("range")
    if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("weights")
    return np.exp(-hazards * np.arange(horizon + 1)[:, None]) @ weights


def survival_starts_at_year_one(hazards, weights, horizon):
    """Start the list with the first year, so that it is one entry short."""
    hazards, weights = np.asarray(hazards, dtype=float), np.asarray(weights, dtype=float)
    if hazards.ndim != 1 or hazards.shape != weights.shape or not len(hazards):
        raise ValueError("shapes")
    if np.any(hazards < 0) or np.any(hazards > 1) or horizon < 0:
        raise ValueError("range")
    if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("weights")
    return (1 - hazards) ** np.arange(1, horizon + 1)[:, None] @ weights


def survival_ignores_weights(hazards, weights, horizon):
    """Average over candidates without their weights."""
    hazards, weights = np.asarray(hazards, dtype=float), np.asarray(weights, dtype=float)
    if hazards.ndim != 1 or hazards.shape != weights.shape or not len(hazards):
        raise ValueError("shapes")
    if np.any(hazards < 0) or np.any(hazards > 1) or horizon < 0:
        raise ValueError("range")
    if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("weights")
    return ((1 - hazards) ** np.arange(horizon + 1)[:, None]).mean(1)


def survival_unchecked(hazards, weights, horizon):
    """Normalise weights that sum to less than 1 instead of refusing them."""
    hazards, weights = np.asarray(hazards, dtype=float), np.asarray(weights, dtype=float)
    if hazards.ndim != 1 or hazards.shape != weights.shape or not len(hazards):
        raise ValueError("shapes")
    if np.any(hazards < 0) or np.any(hazards > 1) or horizon < 0:
        raise ValueError("range")
    if np.any(weights < 0) or weights.sum() > 1 + 1e-9:
        raise ValueError("weights")
    return (1 - hazards) ** np.arange(horizon + 1)[:, None] @ weights / weights.sum()


def effective_hazard_absolute(S):
    """Return the drop as a share of everybody instead of the survivors."""
    S = np.asarray(S, dtype=float)
    if S.ndim != 1 or len(S) < 2 or np.any(S <= 0):
        raise ValueError("survival")
    return S[:-1] - S[1:]


def effective_hazard_log_ratio(S):
    """Return the rate in continuous time."""
    S = np.asarray(S, dtype=float)
    if S.ndim != 1 or len(S) < 2 or np.any(S <= 0):
        raise ValueError("survival")
    return -np.diff(np.log(S))


def survival_posterior_year_by_year(hazards, weights, horizon):
    """Update the weights after each year."""
    hazards, weights = np.array(hazards, dtype=float), np.array(weights, dtype=float)
    if hazards.ndim != 1 or weights.ndim != 1 or len(hazards) != len(weights) or len(hazards) == 0:
        raise ValueError("shapes")
    if min(hazards) < 0 or max(hazards) > 1 or min(weights) < 0 or not np.isclose(weights.sum(), 1, rtol=0, atol=1e-9):
        raise ValueError("range")
    if horizon < 0:
        raise ValueError("horizon")
    S = [1.0]
    for _ in range(horizon):
        alive = weights * (1 - hazards)
        S.append(S[-1] * alive.sum())
        weights = alive / alive.sum() if alive.sum() > 0 else weights
    return np.array(S)


def effective_hazard_loop(S):
    """Go year by year in plain Python."""
    S = np.array(S, dtype=float)
    if S.ndim != 1 or S.size < 2 or not (S > 0).all():
        raise ValueError("survival")
    return np.array([(now - later) / now for now, later in np.stack([S[:-1], S[1:]], axis=1)])


# ------------------------------------------------------------------------------------------------ off_switch


def off_switch_defer_is_act(utilities, probs, beta=inf):
    """Forget that the person may say no."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    act, defer = float(probs @ utilities), float(probs @ utilities)
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_against_act_only(utilities, probs, beta=inf):
    """Compare deferring with acting only."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    allowed = (utilities > 0).astype(float) if beta == inf else expit(beta * utilities)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - act}


def off_switch_reversed_person(utilities, probs, beta=inf):
    """Let the person allow what is bad."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    allowed = (utilities < 0).astype(float) if beta == inf else expit(-beta * utilities)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_ignores_beta(utilities, probs, beta=inf):
    """Take every person for perfectly rational."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    allowed = (utilities > 0).astype(float)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_overflows(utilities, probs, beta=inf):
    """Write the sigmoid as a quotient of exponentials."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    with np.errstate(all="ignore"):
        grown = np.exp(beta * utilities)
        allowed = (utilities > 0).astype(float) if beta == inf else grown / (1 + grown)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_infinity_times_zero(utilities, probs, beta=inf):
    """Send an infinite beta through the sigmoid."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    with np.errstate(all="ignore"):
        allowed = expit(beta * utilities)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_given_allowed(utilities, probs, beta=inf):
    """Average over the allowed actions only."""
    utilities, probs = np.asarray(utilities, dtype=float), np.asarray(probs, dtype=float)
    if utilities.ndim != 1 or utilities.shape != probs.shape or not len(utilities):
        raise ValueError("shapes")
    if np.any(probs < 0) or abs(probs.sum() - 1) > 1e-9 or beta < 0:
        raise ValueError("range")
    allowed = (utilities > 0).astype(float) if beta == inf else expit(beta * utilities)
    act, defer = float(probs @ utilities), float(probs @ (utilities * allowed) / max(probs @ allowed, 1e-300))
    return {"act": act, "off": 0.0, "defer": defer, "incentive": defer - max(act, 0.0)}


def off_switch_loop(utilities, probs, beta=inf):
    """Go through the utilities one by one."""
    utilities, probs = np.ravel(np.array(utilities, dtype=float)) * 1.0 if np.ndim(utilities) == 1 else None, probs
    if utilities is None or np.shape(utilities) != np.shape(probs) or len(probs) == 0:
        raise ValueError("shapes")
    if min(probs) < 0 or not abs(sum(probs) - 1) <= 1e-9 or not beta >= 0:
        raise ValueError("range")
    act = defer = 0.0
    for u, p in zip(utilities, probs, strict=True):
        z = 0.0 if u == 0 else beta * u
        act += p * u
        defer += p * u * 0.5 * (1 + np.tanh(z / 2))
    act, defer = float(act), float(defer)
    return {"act": act, "off": 0.0, "defer": defer, "incentive": min(defer - act, defer)}


# ------------------------------------------------------------------------------------------------ power


def power_unscaled(P, gamma, rewards):
    """Leave the factor out."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values, change = rewards / (1 - gamma), inf
    while change > 1e-8:
        new = rewards + gamma * (P @ values.T).max(1).T
        change, values = np.abs(new - values).max(), new
    return (values - rewards).mean(0)


def power_counts_present_reward(P, gamma, rewards):
    """Include the reward of the present state."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values, change = rewards / (1 - gamma), inf
    while change > 1e-8:
        new = rewards + gamma * (P @ values.T).max(1).T
        change, values = np.abs(new - values).max(), new
    return (1 - gamma) * values.mean(0)


def power_random_policy(P, gamma, rewards):
    """Let the agent act at random."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values, change = rewards / (1 - gamma), inf
    while change > 1e-8:
        new = rewards + gamma * (P @ values.T).mean(1).T
        change, values = np.abs(new - values).max(), new
    return (1 - gamma) / gamma * (values - rewards).mean(0)


def power_mean_goal(P, gamma, rewards):
    """Plan for the average goal."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    rewards = rewards.mean(0, keepdims=True)
    values, change = rewards / (1 - gamma), inf
    while change > 1e-8:
        new = rewards + gamma * (P @ values.T).max(1).T
        change, values = np.abs(new - values).max(), new
    return (1 - gamma) / gamma * (values - rewards).mean(0)


def power_picks_the_state(P, gamma, rewards):
    """Let the agent choose among the possible next states."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values, change = rewards / (1 - gamma), inf
    while change > 1e-8:
        new = rewards + gamma * np.where((P.max(1) > 0)[None], values[:, None, :], -inf).max(2)
        change, values = np.abs(new - values).max(), new
    return (1 - gamma) / gamma * (values - rewards).mean(0)


def power_few_sweeps(P, gamma, rewards):
    """Stop after fifty sweeps."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values = rewards / (1 - gamma)
    for _ in range(50):
        values = rewards + gamma * (P @ values.T).max(1).T
    return (1 - gamma) / gamma * (values - rewards).mean(0)


def power_coarse_stop(P, gamma, rewards):
    """Stop when a sweep changes little, though much is left with gamma near 1."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not 0 < gamma < 1 or P.ndim != 3 or P.shape[0] != P.shape[2]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != len(P) or not len(rewards):
        raise ValueError("rewards")
    values, change = rewards / (1 - gamma), inf
    while change > 1e-3:
        new = rewards + gamma * (P @ values.T).max(1).T
        change, values = np.abs(new - values).max(), new
    return (1 - gamma) / gamma * (values - rewards).mean(0)


def power_policy_iteration(P, gamma, rewards):
    """Improve policies and solve linear equations, goal by goal."""
    P, rewards = np.array(P), np.array(rewards)
    if gamma <= 0 or gamma >= 1 or P.ndim != 3 or P.shape[0] != P.shape[-1]:
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.shape[1] != P.shape[0] or rewards.shape[0] < 1:
        raise ValueError("rewards")
    n = P.shape[0]
    total = np.zeros(n)
    for R in rewards:
        policy = P.argmax(2).argmax(1)
        for _ in range(200):
            V = np.linalg.solve(np.eye(n) - gamma * P[np.arange(n), policy], R)
            Q = P @ V
            if np.all(Q.max(1) <= Q[np.arange(n), policy] + 1e-10):
                break
            policy = Q.argmax(1)
        total += (1 - gamma) * Q.max(1)
    return total / len(rewards)


def power_from_zero(P, gamma, rewards):
    """Start value iteration at 0 and stop by the bound on the error."""
    P, rewards = np.asarray(P, dtype=float), np.asarray(rewards, dtype=float)
    if not (0 < gamma < 1 and P.ndim == 3 and len(P) == P.shape[2]):
        raise ValueError("gamma or P")
    if rewards.ndim != 2 or rewards.size == 0 or rewards.shape[1] != len(P):
        raise ValueError("rewards")
    total = 0
    for R in rewards:
        V = np.zeros(len(P))
        while True:
            new = R + gamma * np.max(np.einsum("sat,t->sa", P, V), axis=1)
            left, V = gamma / (1 - gamma) * np.max(np.abs(new - V)), new
            if left < 1e-7:
                break
        total = total + (V - R)
    return total * (1 - gamma) / gamma / len(rewards)


# ------------------------------------------------------------------------------------------------ posterior_misaligned


def posterior_misaligned_ignores_false_alarms(prior, n_clean, p_defect, detect, false_alarm):
    """Take every alarm for a true one."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = 1 - p_defect * detect
    clean_al = 1.0
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        raise ValueError("impossible")
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    log_odds = np.log(prior) - np.log1p(-prior) + n_clean * (np.log(clean_mis) - np.log(clean_al))
    return float(expit(log_odds))


def posterior_misaligned_one_audit(prior, n_clean, p_defect, detect, false_alarm):
    """Count the audits as one."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = p_defect * (1 - detect) + (1 - p_defect) * (1 - false_alarm)
    clean_al = 1 - false_alarm
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        raise ValueError("impossible")
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    log_odds = np.log(prior) - np.log1p(-prior) + np.log(clean_mis) - np.log(clean_al)
    return float(expit(log_odds))


def posterior_misaligned_always_defects(prior, n_clean, p_defect, detect, false_alarm):
    """Suppose that a misaligned system misbehaves in every audit."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = 1 - detect
    clean_al = 1 - false_alarm
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        raise ValueError("impossible")
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    log_odds = np.log(prior) - np.log1p(-prior) + n_clean * (np.log(clean_mis) - np.log(clean_al))
    return float(expit(log_odds))


def posterior_misaligned_silence_is_safety(prior, n_clean, p_defect, detect, false_alarm):
    """Count an audit that is clean as one in which nothing happened."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = (1 - p_defect) * (1 - false_alarm)
    clean_al = 1 - false_alarm
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        raise ValueError("impossible")
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    log_odds = np.log(prior) - np.log1p(-prior) + n_clean * (np.log(clean_mis) - np.log(clean_al))
    return float(expit(log_odds))


def posterior_misaligned_underflows(prior, n_clean, p_defect, detect, false_alarm):
    """Form the two powers themselves."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = p_defect * (1 - detect) + (1 - p_defect) * (1 - false_alarm)
    clean_al = 1 - false_alarm
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        raise ValueError("impossible")
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    guilty, innocent = prior * clean_mis**n_clean, (1 - prior) * clean_al**n_clean
    return float(guilty / (guilty + innocent)) if guilty + innocent > 0 else 0.0


def posterior_misaligned_impossible_is_half(prior, n_clean, p_defect, detect, false_alarm):
    """Call impossible evidence a draw."""
    if not all(0 <= p <= 1 for p in (prior, p_defect, detect, false_alarm)) or n_clean < 0:
        raise ValueError("range")
    if n_clean == 0:
        return float(prior)
    clean_mis = p_defect * (1 - detect) + (1 - p_defect) * (1 - false_alarm)
    clean_al = 1 - false_alarm
    guilty, innocent = prior * clean_mis, (1 - prior) * clean_al
    if guilty == 0 and innocent == 0:
        return 0.5
    if guilty == 0 or innocent == 0:
        return float(guilty > 0)
    log_odds = np.log(prior) - np.log1p(-prior) + n_clean * (np.log(clean_mis) - np.log(clean_al))
    return float(expit(log_odds))


def posterior_misaligned_update_in_ratios(prior, n_clean, p_defect, detect, false_alarm):
    """Multiply odds by a power of the likelihood ratio, in extended precision."""
    for p in (prior, p_defect, detect, false_alarm):
        if p < 0 or p > 1:
            raise ValueError("range")
    if n_clean < 0:
        raise ValueError("audits")
    if not n_clean:
        return prior
    miss = p_defect * (1 - detect) + (1 - p_defect) * (1 - false_alarm)
    clear = 1 - false_alarm
    if prior * miss == 0 and (1 - prior) * clear == 0:
        raise ValueError("impossible")
    if prior == 0 or miss == 0:
        return 0.0
    if prior == 1 or clear == 0:
        return 1.0
    with np.errstate(over="ignore"):
        against = (1 - prior) / prior * np.longdouble(clear / miss) ** n_clean
    return float(1 / (1 + against))


MUTANTS = {
    "chain_probability_independent": {"chain_probability": chain_probability_independent},
    "chain_probability_marginals_given_truth": {"chain_probability": chain_probability_marginals_given_truth},
    "chain_probability_missing_is_half": {"chain_probability": chain_probability_missing_is_half},
    "chain_probability_reversed_history": {"chain_probability": chain_probability_reversed_history},
    "chain_probability_checks_true_path_only": {"chain_probability": chain_probability_checks_true_path_only},
    "survival_mean_hazard": {"survival": survival_mean_hazard},
    "survival_continuous": {"survival": survival_continuous},
    "survival_starts_at_year_one": {"survival": survival_starts_at_year_one},
    "survival_ignores_weights": {"survival": survival_ignores_weights},
    "survival_unchecked": {"survival": survival_unchecked},
    "effective_hazard_absolute": {"effective_hazard": effective_hazard_absolute},
    "effective_hazard_log_ratio": {"effective_hazard": effective_hazard_log_ratio},
    "off_switch_defer_is_act": {"off_switch": off_switch_defer_is_act},
    "off_switch_against_act_only": {"off_switch": off_switch_against_act_only},
    "off_switch_reversed_person": {"off_switch": off_switch_reversed_person},
    "off_switch_ignores_beta": {"off_switch": off_switch_ignores_beta},
    "off_switch_overflows": {"off_switch": off_switch_overflows},
    "off_switch_infinity_times_zero": {"off_switch": off_switch_infinity_times_zero},
    "off_switch_given_allowed": {"off_switch": off_switch_given_allowed},
    "power_unscaled": {"power": power_unscaled},
    "power_counts_present_reward": {"power": power_counts_present_reward},
    "power_random_policy": {"power": power_random_policy},
    "power_mean_goal": {"power": power_mean_goal},
    "power_picks_the_state": {"power": power_picks_the_state},
    "power_few_sweeps": {"power": power_few_sweeps},
    "power_coarse_stop": {"power": power_coarse_stop},
    "posterior_misaligned_ignores_false_alarms": {"posterior_misaligned": posterior_misaligned_ignores_false_alarms},
    "posterior_misaligned_one_audit": {"posterior_misaligned": posterior_misaligned_one_audit},
    "posterior_misaligned_always_defects": {"posterior_misaligned": posterior_misaligned_always_defects},
    "posterior_misaligned_silence_is_safety": {"posterior_misaligned": posterior_misaligned_silence_is_safety},
    "posterior_misaligned_underflows": {"posterior_misaligned": posterior_misaligned_underflows},
    "posterior_misaligned_impossible_is_half": {"posterior_misaligned": posterior_misaligned_impossible_is_half},
}

ALTERNATIVES = {
    "chain_probability_all_outcomes": {"chain_probability": chain_probability_all_outcomes},
    "survival_posterior_year_by_year": {"survival": survival_posterior_year_by_year},
    "effective_hazard_loop": {"effective_hazard": effective_hazard_loop},
    "off_switch_loop": {"off_switch": off_switch_loop},
    "power_policy_iteration": {"power": power_policy_iteration},
    "power_from_zero": {"power": power_from_zero},
    "posterior_misaligned_update_in_ratios": {"posterior_misaligned": posterior_misaligned_update_in_ratios},
}
