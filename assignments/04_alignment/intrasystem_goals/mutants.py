"""Wrong and alternative answers to `intrasystem_goals`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `induced_effort`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np


def induced_effort(w, C):
    """Stand for the notebook's own `induced_effort`, which the functions below name."""


# ------------------------------------------------------------------------------------------------ difference_rewards


def difference_rewards_team(G, actions, defaults):
    """Pay everybody for the change from a system in which all agents take their defaults."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    return np.full(len(actions), G(actions) - G(defaults))


def difference_rewards_global(G, actions, defaults):
    """Pay everybody the value of the whole system."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    return np.full(len(actions), float(G(actions)))


def difference_rewards_sign(G, actions, defaults):
    """Subtract the value with the agent from the value without it."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    value = G(actions)
    return np.array([G([*actions[:i], d, *actions[i + 1 :]]) - value for i, d in enumerate(defaults)])


def difference_rewards_one_default(G, actions, defaults):
    """Use the first agent's default for everybody."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    value = G(actions)
    rewards = [value - G([*actions[:i], defaults[0], *actions[i + 1 :]]) for i in range(len(actions))]
    return np.where(np.array(actions) == np.array(defaults), 0.0, rewards)


def difference_rewards_forgets(G, actions, defaults):
    """Leave every agent at its default when the next one's turn comes."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    value, rewards = G(actions), np.zeros(len(actions))
    for i, default in enumerate(defaults):
        actions[i] = default
        rewards[i] = value - G(actions)
    return rewards


def difference_rewards_asks_often(G, actions, defaults):
    """Ask for the values once to see what changes and once more to subtract."""
    actions, defaults = np.asarray(actions).tolist(), np.asarray(defaults).tolist()
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    rewards = np.zeros(len(actions))
    for i, default in enumerate(defaults):
        without = [*actions[:i], default, *actions[i + 1 :]]
        if G(without) != G(actions):
            rewards[i] = G(actions) - G(without)
    return rewards


def difference_rewards_whole_numbers(G, actions, defaults):
    """Store rewards in an array of the actions' type before the conversion to floats."""
    actions, defaults = np.array(actions), np.array(defaults)
    if len(actions) != len(defaults):
        raise ValueError("lengths")
    rewards, value = np.zeros_like(actions), G(actions)
    for i, default in enumerate(defaults):
        without = actions.copy()
        without[i] = default
        rewards[i] = value - G(without)
    return rewards.astype(float)


# ------------------------------------------------------------------------------------------------ factoredness


def factoredness_ties_agree(local, G, n_agents, n_actions, n_samples, rng):
    """Count a reward that does not change as agreement."""
    agreed = []
    for _ in range(n_samples):
        before = rng.integers(n_actions, size=n_agents)
        agent, after = int(rng.integers(n_agents)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, n_actions)) % n_actions
        gain = G(after) - G(before)
        if abs(gain) >= 1e-12:
            agreed.append((local(after)[agent] - local(before)[agent]) * gain >= 0)
    if not agreed:
        raise ValueError("no change")
    return float(np.mean(agreed))


def factoredness_keeps_no_change(local, G, n_agents, n_actions, n_samples, rng):
    """Divide by the number of all draws, those without effect on the system included."""
    agreed, moved = 0, 0
    for _ in range(n_samples):
        before = rng.integers(n_actions, size=n_agents)
        agent, after = int(rng.integers(n_agents)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, n_actions)) % n_actions
        gain = G(after) - G(before)
        moved += abs(gain) >= 1e-12
        agreed += abs(gain) >= 1e-12 and (local(after)[agent] - local(before)[agent]) * gain > 0
    if not moved:
        raise ValueError("no change")
    return float(agreed / n_samples)


def factoredness_sum_of_rewards(local, G, n_agents, n_actions, n_samples, rng):
    """Compare with the sum of all agents' rewards instead of the mover's own."""
    agreed = []
    for _ in range(n_samples):
        before = rng.integers(n_actions, size=n_agents)
        agent, after = int(rng.integers(n_agents)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, n_actions)) % n_actions
        gain = G(after) - G(before)
        if abs(gain) >= 1e-12:
            agreed.append((np.sum(local(after)) - np.sum(local(before))) * gain > 0)
    if not agreed:
        raise ValueError("no change")
    return float(np.mean(agreed))


def factoredness_all_move(local, G, n_agents, n_actions, n_samples, rng):
    """Let all agents change their actions at once."""
    agreed = []
    for _ in range(n_samples):
        before = rng.integers(n_actions, size=n_agents)
        agent, after = int(rng.integers(n_agents)), rng.integers(n_actions, size=n_agents)
        gain = G(after) - G(before)
        if abs(gain) >= 1e-12:
            agreed.append((local(after)[agent] - local(before)[agent]) * gain > 0)
    if not agreed:
        raise ValueError("no change")
    return float(np.mean(agreed))


def factoredness_rounding_counts(local, G, n_agents, n_actions, n_samples, rng):
    """Take rounding errors of the system's value for changes."""
    agreed = []
    for _ in range(n_samples):
        before = rng.integers(n_actions, size=n_agents)
        agent, after = int(rng.integers(n_agents)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, n_actions)) % n_actions
        gain = G(after) - G(before)
        if gain != 0:
            agreed.append((local(after)[agent] - local(before)[agent]) * gain > 0)
    if not agreed:
        raise ValueError("no change")
    return float(np.mean(agreed))


def factoredness_one_joint_action(local, G, n_agents, n_actions, n_samples, rng):
    """Make all changes from one joint action that is drawn once."""
    agreed, before = [], rng.integers(n_actions, size=n_agents)
    for _ in range(n_samples):
        agent, after = int(rng.integers(n_agents)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, n_actions)) % n_actions
        gain = G(after) - G(before)
        if abs(gain) >= 1e-12:
            agreed.append((local(after)[agent] - local(before)[agent]) * gain > 0)
    if not agreed:
        raise ValueError("no change")
    return float(np.mean(agreed))


# ------------------------------------------------------------------------------------------------ best_response


def best_response_simultaneous(local, start, n_actions, max_sweeps=100):
    """Let all agents respond to the state at the beginning of the sweep."""
    state = np.asarray(start).tolist()
    for _ in range(max_sweeps):
        new = list(state)
        for i in range(len(state)):
            options = [local((*state[:i], action, *state[i + 1 :]))[i] for action in range(n_actions)]
            best = int(np.argmax(options))
            if options[best] > options[state[i]] + 1e-12:
                new[i] = best
        if new == state:
            return tuple(state), True
        state = new
    return tuple(state), False


def best_response_one_sweep(local, start, n_actions, max_sweeps=100):
    """Stop after one sweep and call it converged."""
    state = np.asarray(start).tolist()
    for i in range(len(state)):
        options = [local((*state[:i], action, *state[i + 1 :]))[i] for action in range(n_actions)]
        best = int(np.argmax(options))
        if options[best] > options[state[i]] + 1e-12:
            state[i] = best
    return tuple(state), True


def best_response_moves_on_ties(local, start, n_actions, max_sweeps=100):
    """Move to the first best action even if the present one is as good."""
    state = np.asarray(start).tolist()
    for _ in range(max_sweeps):
        before = list(state)
        for i in range(len(state)):
            options = [local((*state[:i], action, *state[i + 1 :]))[i] for action in range(n_actions)]
            state[i] = int(np.argmax(options))
        if state == before:
            return tuple(state), True
    return tuple(state), False


def best_response_any_improvement(local, start, n_actions, max_sweeps=100):
    """Move to the first action that is better, not to the best one."""
    state = np.asarray(start).tolist()
    for _ in range(max_sweeps):
        moved = False
        for i in range(len(state)):
            options = [local((*state[:i], action, *state[i + 1 :]))[i] for action in range(n_actions)]
            better = [action for action in range(n_actions) if options[action] > options[state[i]] + 1e-12]
            if better:
                state[i], moved = better[0], True
        if not moved:
            return tuple(state), True
    return tuple(state), False


def best_response_optimistic_flag(local, start, n_actions, max_sweeps=100):
    """Report convergence also when the permitted sweeps ran out."""
    state = np.asarray(start).tolist()
    for _ in range(max_sweeps):
        moved = False
        for i in range(len(state)):
            options = [local((*state[:i], action, *state[i + 1 :]))[i] for action in range(n_actions)]
            best = int(np.argmax(options))
            if options[best] > options[state[i]] + 1e-12:
                state[i], moved = best, True
        if not moved:
            break
    return tuple(state), True


# ------------------------------------------------------------------------------------------------ shaped_reward


def shaped_reward_undiscounted(r, phi, s, s_next, gamma, terminal):
    """Leave out the discount of the potential ahead."""
    phi = np.asarray(phi, dtype=float)
    ahead = np.where(np.asarray(terminal, dtype=bool), 0.0, phi[np.asarray(s_next)])
    return np.asarray(r, dtype=float) + ahead - phi[np.asarray(s)]


def shaped_reward_bonus(r, phi, s, s_next, gamma, terminal):
    """Pay for the potential reached and charge nothing for the one left."""
    phi = np.asarray(phi, dtype=float)
    ahead = np.where(np.asarray(terminal, dtype=bool), 0.0, gamma * phi[np.asarray(s_next)])
    return np.asarray(r, dtype=float) + ahead + np.zeros(np.shape(s))


def shaped_reward_terminal_kept(r, phi, s, s_next, gamma, terminal):
    """Pay for the potential of a terminal state as well."""
    phi = np.asarray(phi, dtype=float)
    ahead = gamma * phi[np.asarray(s_next)] + np.zeros(np.shape(terminal))
    return np.asarray(r, dtype=float) + ahead - phi[np.asarray(s)]


def shaped_reward_sign(r, phi, s, s_next, gamma, terminal):
    """Charge for climbing and pay for descending."""
    phi = np.asarray(phi, dtype=float)
    ahead = np.where(np.asarray(terminal, dtype=bool), 0.0, gamma * phi[np.asarray(s_next)])
    return np.asarray(r, dtype=float) - ahead + phi[np.asarray(s)]


def shaped_reward_nothing_at_the_end(r, phi, s, s_next, gamma, terminal):
    """Leave the reward of the last step alone altogether."""
    phi = np.asarray(phi, dtype=float)
    hint = gamma * phi[np.asarray(s_next)] - phi[np.asarray(s)]
    return np.asarray(r, dtype=float) + np.where(np.asarray(terminal, dtype=bool), 0.0, hint)


# ------------------------------------------------------------------------------------------------ induced_effort


def induced_effort_multiplies(w, C):
    """Multiply by the costs instead of solving for the effort."""
    w, C = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if w.ndim != 1 or C.shape != (len(w), len(w)):
        raise ValueError("shapes")
    if not np.allclose(C, C.T) or np.linalg.eigvalsh(C).min() <= 0:
        raise ValueError("not positive definite")
    return C @ w


def induced_effort_clipped(w, C):
    """Allow no negative effort."""
    w, C = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if w.ndim != 1 or C.shape != (len(w), len(w)):
        raise ValueError("shapes")
    if not np.allclose(C, C.T) or np.linalg.eigvalsh(C).min() <= 0:
        raise ValueError("not positive definite")
    return np.maximum(np.linalg.solve(C, w), 0)


def induced_effort_task_by_task(w, C):
    """Choose each effort as if the tasks did not touch each other."""
    w, C = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if w.ndim != 1 or C.shape != (len(w), len(w)):
        raise ValueError("shapes")
    if not np.allclose(C, C.T) or np.linalg.eigvalsh(C).min() <= 0:
        raise ValueError("not positive definite")
    return w / np.diag(C)


def induced_effort_determinant(w, C):
    """Take a positive determinant for positive definiteness."""
    w, C = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if w.ndim != 1 or C.shape != (len(w), len(w)):
        raise ValueError("shapes")
    if not np.allclose(C, C.T) or np.linalg.det(C) <= 0:
        raise ValueError("not positive definite")
    return np.linalg.solve(C, w)


def induced_effort_no_check(w, C):
    """Solve without looking at the costs."""
    return np.linalg.solve(np.asarray(C, dtype=float), np.asarray(w, dtype=float))


# ------------------------------------------------------------------------------------------------ best_incentives


def best_incentives_face_value(b, C, measured, *, effort=None):
    """Pay each measured task what it is worth."""
    b, measured = np.asarray(b, dtype=float), np.asarray(measured, dtype=bool)
    if b.shape != measured.shape:
        raise ValueError("lengths")
    return np.where(measured, b, 0.0)


def best_incentives_wrong_block(b, C, measured, *, effort=None):
    """Invert the measured tasks' block of the costs instead of taking that block of the inverse."""
    b, C, measured = np.asarray(b, dtype=float), np.asarray(C, dtype=float), np.asarray(measured, dtype=bool)
    if b.shape != measured.shape:
        raise ValueError("lengths")
    w = np.zeros(len(b))
    w[measured] = C[np.ix_(measured, measured)] @ np.linalg.solve(C, b)[measured]
    return w


def best_incentives_ignores_measured(b, C, measured, *, effort=None):
    """Pay for all tasks as soon as one is measured."""
    b, measured = np.asarray(b, dtype=float), np.asarray(measured, dtype=bool)
    if b.shape != measured.shape:
        raise ValueError("lengths")
    return b * measured.any()


def best_incentives_never_a_fine(b, C, measured, *, effort=None):
    """Set negative pay to zero."""
    effort = effort or induced_effort
    b, measured = np.asarray(b, dtype=float), np.asarray(measured, dtype=bool)
    if b.shape != measured.shape:
        raise ValueError("lengths")
    inverse = np.column_stack([effort(unit, C) for unit in np.eye(len(b))])
    w = np.zeros(len(b))
    w[measured] = np.linalg.solve(inverse[np.ix_(measured, measured)], (inverse @ b)[measured])
    return np.maximum(w, 0)


# ------------------------------------------------------------------------------------------------ other right answers


def difference_rewards_in_place(G, actions, defaults):
    """Change one entry of a copied array, ask, and change it back; the value is asked for every agent again."""
    actions, defaults = np.array(actions), np.asarray(defaults)
    if actions.shape != defaults.shape:
        raise ValueError("lengths")
    rewards = np.empty(len(actions))
    for i in range(len(actions)):
        kept, with_agent = int(actions[i]), G(actions)
        actions[i] = defaults[i]
        rewards[i] = with_agent - G(actions)
        actions[i] = kept
    return rewards


def factoredness_redraws(local, G, n_agents, n_actions, n_samples, rng):
    """Draw everything first, new actions until they differ, and compare signs afterwards."""
    joint = rng.integers(0, n_actions, (n_samples, n_agents))
    agents = rng.choice(n_agents, n_samples)
    signs = []
    for before, agent in zip(joint, agents, strict=True):
        action = before[agent]
        while action == before[agent]:
            action = rng.choice(n_actions)
        after = [*before[:agent].tolist(), int(action), *before[agent + 1 :].tolist()]
        gain = G(after) - G(before.tolist())
        if abs(gain) < 1e-12:
            continue
        change = local(after)[agent] - local(before.tolist())[agent]
        signs.append(np.sign(change) == np.sign(gain))
    if len(signs) == 0:
        raise ValueError("nothing to measure")
    return sum(signs) / len(signs)


def best_response_with_arrays(local, start, n_actions, max_sweeps=100):
    """Keep the joint action in an array and remember who moved in a sweep."""
    z = np.array(start, dtype=int)
    for _ in range(max_sweeps):
        movers = 0
        for i in range(len(z)):
            present, options = int(z[i]), np.zeros(n_actions)
            for action in range(n_actions):
                z[i] = action
                options[action] = local(z.copy())[i]
            improves = options.max() > options[present] + 1e-12
            z[i] = np.flatnonzero(options == options.max())[0] if improves else present
            movers += int(improves)
        if movers == 0:
            break
    return tuple(int(action) for action in z), movers == 0


def shaped_reward_masked(r, phi, s, s_next, gamma, terminal):
    """Multiply the potential ahead by the steps that go on."""
    phi = np.array(phi, dtype=np.float64)
    goes_on = 1.0 - np.array(terminal, dtype=np.float64)
    return np.add(r, gamma * np.take(phi, s_next) * goes_on - np.take(phi, s))


def induced_effort_cholesky(w, C):
    """Factorise the costs, which shows whether they are positive definite, and divide twice by the factor."""
    w, C = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if w.ndim != 1 or C.shape != (len(w), len(w)) or np.abs(C - C.T).max() > 1e-9:
        raise ValueError("shapes or symmetry")
    try:
        L = np.linalg.cholesky(C)
    except np.linalg.LinAlgError:
        raise ValueError("not positive definite") from None
    return np.linalg.solve(L.T, np.linalg.solve(L, w))


def best_incentives_eliminates(b, C, measured, *, effort=None):
    """Subtract from each task's worth what it takes away from tasks that are not measured."""
    b, C, seen = np.asarray(b, dtype=float), np.asarray(C, dtype=float), np.asarray(measured, dtype=bool)
    if len(b) != len(seen):
        raise ValueError("lengths")
    w = np.zeros(len(b))
    w[seen] = b[seen] - C[seen][:, ~seen] @ np.linalg.solve(C[~seen][:, ~seen], b[~seen])
    return w


def best_incentives_projects(b, C, measured, *, effort=None):
    """Find the effort nearest to the ideal one, in the norm of the costs, among those that pay can bring about."""
    effort = effort or induced_effort
    b, C = np.asarray(b, dtype=float), np.asarray(C, dtype=float)
    if len(b) != len(measured):
        raise ValueError("lengths")
    w, tasks = np.zeros(len(b)), [j for j, flag in enumerate(measured) if flag]
    if tasks:
        root = np.linalg.cholesky(C).T
        reachable = np.column_stack([effort(np.eye(len(b))[j], C) for j in tasks])
        w[tasks] = np.linalg.lstsq(root @ reachable, root @ effort(b, C), rcond=None)[0]
    return w


MUTANTS = {
    "difference_rewards_team": {"difference_rewards": difference_rewards_team},
    "difference_rewards_global": {"difference_rewards": difference_rewards_global},
    "difference_rewards_sign": {"difference_rewards": difference_rewards_sign},
    "difference_rewards_one_default": {"difference_rewards": difference_rewards_one_default},
    "difference_rewards_forgets": {"difference_rewards": difference_rewards_forgets},
    "difference_rewards_asks_often": {"difference_rewards": difference_rewards_asks_often},
    "difference_rewards_whole_numbers": {"difference_rewards": difference_rewards_whole_numbers},
    "factoredness_ties_agree": {"factoredness": factoredness_ties_agree},
    "factoredness_keeps_no_change": {"factoredness": factoredness_keeps_no_change},
    "factoredness_sum_of_rewards": {"factoredness": factoredness_sum_of_rewards},
    "factoredness_all_move": {"factoredness": factoredness_all_move},
    "factoredness_rounding_counts": {"factoredness": factoredness_rounding_counts},
    "factoredness_one_joint_action": {"factoredness": factoredness_one_joint_action},
    "best_response_simultaneous": {"best_response": best_response_simultaneous},
    "best_response_one_sweep": {"best_response": best_response_one_sweep},
    "best_response_moves_on_ties": {"best_response": best_response_moves_on_ties},
    "best_response_any_improvement": {"best_response": best_response_any_improvement},
    "best_response_optimistic_flag": {"best_response": best_response_optimistic_flag},
    "shaped_reward_undiscounted": {"shaped_reward": shaped_reward_undiscounted},
    "shaped_reward_bonus": {"shaped_reward": shaped_reward_bonus},
    "shaped_reward_terminal_kept": {"shaped_reward": shaped_reward_terminal_kept},
    "shaped_reward_sign": {"shaped_reward": shaped_reward_sign},
    "shaped_reward_nothing_at_the_end": {"shaped_reward": shaped_reward_nothing_at_the_end},
    "induced_effort_multiplies": {"induced_effort": induced_effort_multiplies},
    "induced_effort_clipped": {"induced_effort": induced_effort_clipped},
    "induced_effort_task_by_task": {"induced_effort": induced_effort_task_by_task},
    "induced_effort_determinant": {"induced_effort": induced_effort_determinant},
    "induced_effort_no_check": {"induced_effort": induced_effort_no_check},
    "best_incentives_face_value": {"best_incentives": best_incentives_face_value},
    "best_incentives_wrong_block": {"best_incentives": best_incentives_wrong_block},
    "best_incentives_ignores_measured": {"best_incentives": best_incentives_ignores_measured},
    "best_incentives_never_a_fine": {"best_incentives": best_incentives_never_a_fine},
}

ALTERNATIVES = {
    "difference_rewards_in_place": {"difference_rewards": difference_rewards_in_place},
    "factoredness_redraws": {"factoredness": factoredness_redraws},
    "best_response_with_arrays": {"best_response": best_response_with_arrays},
    "shaped_reward_masked": {"shaped_reward": shaped_reward_masked},
    "induced_effort_cholesky": {"induced_effort": induced_effort_cholesky},
    "best_incentives_eliminates": {"best_incentives": best_incentives_eliminates},
    "best_incentives_projects": {"best_incentives": best_incentives_projects},
}
