"""Wrong and alternative answers to `systems_view`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `minimal_cut_sets`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

from itertools import product

import numpy as np


def minimal_cut_sets(tree):
    """Stand for the notebook's own `minimal_cut_sets`."""


# ------------------------------------------------------------------------------------------------ minimal_cut_sets


def minimal_cut_sets_not_minimised(tree):
    """Keep cut sets that contain others."""

    def found(part):
        if isinstance(part, str):
            return {frozenset([part])}
        gate, inputs = part
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [found(one) for one in inputs]
        if gate == "OR":
            return set().union(*parts)
        return {frozenset().union(*chosen) for chosen in product(*parts)}

    return found(tree)


def minimal_cut_sets_gates_swapped(tree):
    """Return what prevents the accident (path sets): AND and OR change places."""

    def found(part):
        if isinstance(part, str):
            return {frozenset([part])}
        gate, inputs = part
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [found(one) for one in inputs]
        combined = [(one,) for each in parts for one in each] if gate == "AND" else product(*parts)
        sets = {frozenset().union(*chosen) for chosen in combined}
        return {one for one in sets if not any(other < one for other in sets)}

    return found(tree)


def minimal_cut_sets_minimised_below_only(tree):
    """Remove what is not minimal below a gate, but not what arises at it."""

    def least(sets):
        return {one for one in sets if not any(other < one for other in sets)}

    def found(part):
        if isinstance(part, str):
            return {frozenset([part])}
        gate, inputs = part
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [least(found(one)) for one in inputs]
        if gate == "OR":
            return set().union(*parts)
        return {frozenset().union(*chosen) for chosen in product(*parts)}

    return found(tree)


def minimal_cut_sets_largest(tree):
    """Keep the sets that are in no other instead of those that contain no other."""

    def found(part):
        if isinstance(part, str):
            return {frozenset([part])}
        gate, inputs = part
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [found(one) for one in inputs]
        combined = [(one,) for each in parts for one in each] if gate == "OR" else product(*parts)
        return {frozenset().union(*chosen) for chosen in combined}

    sets = found(tree)
    return {one for one in sets if not any(one < other for other in sets)}


def minimal_cut_sets_shared_cancels(tree):
    """Drop an event that two inputs of an AND have in common."""

    def found(branch):
        if isinstance(branch, str):
            return {frozenset([branch])}
        gate, inputs = branch
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [found(one) for one in inputs]
        sets = set().union(*parts)
        if gate == "AND":
            sets = {frozenset()}
            for part in parts:
                sets = {one ^ other for one in sets for other in part}
        return {one for one in sets if not any(other < one for other in sets)}

    return found(tree)


def minimal_cut_sets_smallest_only(tree):
    """Return only the cut sets with the fewest events."""

    def found(branch):
        if isinstance(branch, str):
            return {frozenset([branch])}
        gate, inputs = branch
        if gate not in {"AND", "OR"} or not inputs:
            raise ValueError("gate")
        parts = [found(one) for one in inputs]
        combined = [(one,) for each in parts for one in each] if gate == "OR" else product(*parts)
        sets = {frozenset().union(*chosen) for chosen in combined}
        return {one for one in sets if len(one) == min(map(len, sets))}

    return found(tree)


def minimal_cut_sets_checks_the_top_only(tree):
    """Check the gate at the top, but none below it."""

    def found(part):
        if isinstance(part, str):
            return {frozenset([part])}
        gate, inputs = part
        parts = [found(one) for one in inputs]
        combined = product(*parts) if gate == "AND" else [(one,) for each in parts for one in each]
        sets = {frozenset().union(*chosen) for chosen in combined}
        return {one for one in sets if not any(other < one for other in sets)}

    if not isinstance(tree, str) and (tree[0] not in {"AND", "OR"} or not tree[1]):
        raise ValueError("gate")
    return found(tree)


# ------------------------------------------------------------------------------------------------ top_probability


def top_probability_gate_by_gate(tree, p, *, cut_sets=None):
    """Multiply at every gate as if its inputs were independent."""

    def chance(branch):
        if isinstance(branch, str):
            if branch not in p or not 0 <= p[branch] <= 1:
                raise ValueError("probability")
            return float(p[branch])
        parts = [chance(one) for one in branch[1]]
        return float(np.prod(parts) if branch[0] == "AND" else 1 - np.prod([1 - part for part in parts]))

    return chance(tree)


def top_probability_sum_of_cuts(tree, p, *, cut_sets=None):
    """Add up the probabilities of the minimal cut sets (the rare-event approximation)."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    if not all(event in p and 0 <= p[event] <= 1 for event in names(tree)):
        raise ValueError("probability")
    return float(sum(np.prod([p[event] for event in cut]) for cut in (cut_sets or minimal_cut_sets)(tree)))


def top_probability_cut_bound(tree, p, *, cut_sets=None):
    """Take the cut sets for independent of each other: 1 - prod(1 - P(cut set))."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    if not all(event in p and 0 <= p[event] <= 1 for event in names(tree)):
        raise ValueError("probability")
    cuts = (cut_sets or minimal_cut_sets)(tree)
    return float(1 - np.prod([1 - np.prod([p[event] for event in cut]) for cut in cuts]))


def top_probability_two_terms(tree, p, *, cut_sets=None):
    """Stop inclusion and exclusion after the pairs of cut sets."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    if not all(event in p and 0 <= p[event] <= 1 for event in names(tree)):
        raise ValueError("probability")
    cuts = sorted((cut_sets or minimal_cut_sets)(tree), key=sorted)
    total = sum(np.prod([p[event] for event in cut]) for cut in cuts)
    for k, one in enumerate(cuts):
        total -= sum(np.prod([p[event] for event in one | other]) for other in cuts[:k])
    return float(min(max(total, 0), 1))


def top_probability_exactly_the_cut(tree, p, *, cut_sets=None):
    """Count only the states that are a minimal cut set and nothing more."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    events = sorted(names(tree))
    if not all(event in p and 0 <= p[event] <= 1 for event in events):
        raise ValueError("probability")
    total = 0.0
    for cut in (cut_sets or minimal_cut_sets)(tree):
        total += np.prod([p[event] if event in cut else 1 - p[event] for event in events])
    return float(total)


def top_probability_sampled(tree, p, *, cut_sets=None):
    """Simulate 100 000 states instead of adding up all of them."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    events = sorted(names(tree))
    if not all(event in p and 0 <= p[event] <= 1 for event in events):
        raise ValueError("probability")
    draws = np.random.default_rng(0).random((100_000, len(events)))
    happened = {event: draws[:, k] < p[event] for k, event in enumerate(events)}
    found = np.zeros(len(draws), dtype=bool)
    for cut in (cut_sets or minimal_cut_sets)(tree):
        found |= np.all([happened[event] for event in cut], axis=0)
    return float(found.mean())


def top_probability_overlooks_absorbed(tree, p, *, cut_sets=None):
    """Ask for the probabilities of those events only that are in a minimal cut set."""
    cuts = (cut_sets or minimal_cut_sets)(tree)
    events = sorted(set().union(*cuts))
    if not all(event in p and 0 <= p[event] <= 1 for event in events):
        raise ValueError("probability")
    total = 0.0
    for state in product([False, True], repeat=len(events)):
        happened = {event for event, happens in zip(events, state, strict=True) if happens}
        if any(cut <= happened for cut in cuts):
            total += np.prod([p[e] if e in happened else 1 - p[e] for e in events])
    return float(total)


# ------------------------------------------------------------------------------------------------ common_cause


def common_cause_ignores_beta(p, n, beta):
    """Multiply as if the layers were independent."""
    if not 0 <= p <= 1 or not 0 <= beta <= 1 or n < 1:
        raise ValueError("range")
    return float(p**n)


def common_cause_counts_shared_twice(p, n, beta):
    """Leave the whole of p to each layer and add the shock on top of it."""
    if not 0 <= p <= 1 or not 0 <= beta <= 1 or n < 1:
        raise ValueError("range")
    return float(beta * p + (1 - beta * p) * p**n)


def common_cause_first_order(p, n, beta):
    """Add the two causes without minding that both can happen."""
    if not 0 <= p <= 1 or not 0 <= beta <= 1 or n < 1:
        raise ValueError("range")
    return float(beta * p + ((1 - beta) * p) ** n)


def common_cause_cancels(p, n, beta):
    """Go through the probability that the defence holds, in which small numbers are lost."""
    if not 0 <= p <= 1 or not 0 <= beta <= 1 or n < 1:
        raise ValueError("range")
    return float(1 - (1 - beta * p) * (1 - ((1 - beta) * p) ** n))


def common_cause_lets_nan_pass(p, n, beta):
    """Check for values that are too small or too large, which NaN is not."""
    if p < 0 or p > 1 or beta < 0 or beta > 1 or n < 1:
        raise ValueError("range")
    return float(beta * p + (1 - beta * p) * ((1 - beta) * p) ** n)


# ------------------------------------------------------------------------------------------------ missing_feedback


def missing_feedback_direct_only(control, feedback):
    """Accept feedback only if it comes in one hop."""
    return {(u, v) for u, v in control if (v, u) not in set(feedback)}


def missing_feedback_no_direction(control, feedback):
    """Follow reports in both directions."""
    links = set(feedback) | {(to, one) for one, to in feedback}
    blind = set()
    for u, v in control:
        reached = {v}
        for _ in links:
            reached |= {to for one, to in links if one in reached}
        if u not in reached:
            blind.add((u, v))
    return blind


def missing_feedback_wrong_way(control, feedback):
    """Look for a path from the controller to the process."""
    blind = set()
    for u, v in control:
        reached = {u}
        for _ in feedback:
            reached |= {to for one, to in feedback if one in reached}
        if v not in reached:
            blind.add((u, v))
    return blind


def missing_feedback_counts_control(control, feedback):
    """Let instructions pass as reports."""
    links = set(feedback) | set(control)
    blind = set()
    for u, v in control:
        reached = {v}
        for _ in links:
            reached |= {to for one, to in links if one in reached}
        if u not in reached:
            blind.add((u, v))
    return blind


def missing_feedback_from_anybody(control, feedback):
    """Be content if the controller gets any report at all."""
    return {(u, v) for u, v in control if u not in {to for _, to in feedback}}


def missing_feedback_two_hops(control, feedback):
    """Follow reports over at most two hops."""
    blind = set()
    for u, v in control:
        once = {to for one, to in feedback if one == v}
        twice = once | {to for one, to in feedback if one in once}
        if u not in twice:
            blind.add((u, v))
    return blind


# ------------------------------------------------------------------------------------------------ cascade


def cascade_one_per_round(adj, load, capacity, first):
    """Fail the marked services one after the other, each in a round of its own."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first = len(load), [int(i) for i in first]
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if any(not 0 <= i < n for i in first):
        raise ValueError("index")
    alive, todo, rounds = np.ones(n, dtype=bool), sorted(set(first)), 0
    while todo:
        rounds += 1
        i = todo.pop(0)
        alive[i] = False
        heirs = adj[i] & alive
        if heirs.any():
            load[heirs] += load[i] / heirs.sum()
        todo += [int(j) for j in np.flatnonzero(alive & (load > capacity)) if j not in todo]
    return ~alive, rounds


def cascade_full_load_to_each(adj, load, capacity, first):
    """Hand the full load to every neighbour instead of equal parts of it."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first = len(load), np.asarray(first, dtype=int)
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        alive &= ~marked
        for i in np.flatnonzero(marked):
            load[adj[i] & alive] += load[i]
        marked = alive & (load > capacity)
    return ~alive, rounds


def cascade_fails_at_capacity(adj, load, capacity, first):
    """Fail services whose load is equal to their capacity."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first = len(load), np.asarray(first, dtype=int)
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        alive &= ~marked
        for i in np.flatnonzero(marked):
            heirs = adj[i] & alive
            load[heirs] += load[i] / max(heirs.sum(), 1)
        marked = alive & (load >= capacity)
    return ~alive, rounds


def cascade_sheds_to_the_dead(adj, load, capacity, first):
    """Divide by all neighbours, so that the share of the dead ones is lost."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first = len(load), np.asarray(first, dtype=int)
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        alive &= ~marked
        for i in np.flatnonzero(marked):
            load[adj[i] & alive] += load[i] / max(adj[i].sum(), 1)
        marked = alive & (load > capacity)
    return ~alive, rounds


def cascade_one_by_one_within_a_round(adj, load, capacity, first):
    """Let services that fail in the same round shed to each other, in the order of their indices."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first = len(load), np.asarray(first, dtype=int)
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        for i in np.flatnonzero(marked):
            alive[i] = False
            heirs = adj[i] & alive
            load[heirs] += load[i] / max(heirs.sum(), 1)
        marked = alive & (load > capacity)
    return ~alive, rounds


def cascade_sheds_first_load(adj, load, capacity, first):
    """Shed what a service carried at first and forget what it took over."""
    adj, load, capacity = np.asarray(adj, dtype=bool), np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    n, first, own = len(load), np.asarray(first, dtype=int), load.copy()
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        alive &= ~marked
        for i in np.flatnonzero(marked):
            heirs = adj[i] & alive
            load[heirs] += own[i] / max(heirs.sum(), 1)
        marked = alive & (load > capacity)
    return ~alive, rounds


def cascade_writes_into_load(adj, load, capacity, first):
    """Keep the books in the caller's own array."""
    adj, capacity = np.asarray(adj, dtype=bool), np.asarray(capacity, dtype=float)
    load = np.asarray(load, dtype=float)
    n, first = len(load), np.asarray(first, dtype=int)
    if adj.shape != (n, n) or capacity.shape != (n,) or not np.array_equal(adj, adj.T):
        raise ValueError("shape")
    if np.any((first < 0) | (first >= n)):
        raise ValueError("index")
    alive, marked, rounds = np.ones(n, dtype=bool), np.isin(np.arange(n), first), 0
    while marked.any():
        rounds += 1
        alive &= ~marked
        for i in np.flatnonzero(marked):
            heirs = adj[i] & alive
            load[heirs] += load[i] / max(heirs.sum(), 1)
        marked = alive & (load > capacity)
    return ~alive, rounds


# ------------------------------------------------------------------------------------------------ alternatives


def minimal_cut_sets_top_down(tree):
    """Replace gates inside growing rows, as MOCUS does, and minimise once at the end."""

    def check(part):
        if not isinstance(part, str):
            if part[0] not in ("AND", "OR") or len(part[1]) == 0:
                raise ValueError("a gate must be AND or OR and have inputs")
            for one in part[1]:
                check(one)

    check(tree)
    rows, done = [[tree]], []
    while rows:
        row = rows.pop()
        gate = next((k for k, part in enumerate(row) if not isinstance(part, str)), None)
        if gate is None:
            done.append(frozenset(row))
            continue
        rest, (kind, inputs) = row[:gate] + row[gate + 1 :], row[gate]
        rows += [rest + list(inputs)] if kind == "AND" else [[*rest, one] for one in inputs]
    minimal = []
    for one in sorted(set(done), key=len):
        if not any(other <= one for other in minimal):
            minimal.append(one)
    return set(minimal)


def minimal_cut_sets_truth_table(tree):
    """Try all states and keep those from which no event can be taken away."""
    names = []

    def check(part):
        if isinstance(part, str):
            names.append(part)
        elif part[0] not in ("AND", "OR") or not list(part[1]):
            raise ValueError("a gate must be AND or OR and have inputs")
        else:
            for one in part[1]:
                check(one)

    def happens(part, state):
        if isinstance(part, str):
            return part in state
        return (all if part[0] == "AND" else any)(happens(one, state) for one in part[1])

    check(tree)
    events, found = sorted(set(names)), set()
    for bits in product([0, 1], repeat=len(events)):
        state = frozenset(event for event, bit in zip(events, bits, strict=True) if bit)
        if happens(tree, state) and not any(happens(tree, state - {event}) for event in state):
            found.add(state)
    return found


def top_probability_by_conditioning(tree, p, *, cut_sets=None):
    """Decide one event after the other while evaluating the tree itself; no cut sets at all."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    events = sorted(names(tree))
    for event in events:
        if not (event in p and p[event] >= 0 and p[event] <= 1):
            raise ValueError(f"no probability for {event}")

    def happens(part, state):
        if isinstance(part, str):
            return state[part]
        outcomes = [happens(one, state) for one in part[1]]
        return all(outcomes) if part[0] == "AND" else any(outcomes)

    def total(k, state):
        if k == len(events):
            return 1.0 if happens(tree, state) else 0.0
        event = events[k]
        yes, no = (total(k + 1, {**state, event: outcome}) for outcome in (True, False))
        return p[event] * yes + (1 - p[event]) * no

    return float(total(0, {}))


def top_probability_disjoint_cuts(tree, p, *, cut_sets=None):
    """Take the cut sets one after the other, each only where none of those before it happens."""

    def names(part):
        return {part} if isinstance(part, str) else set().union(*map(names, part[1]))

    for event in names(tree):
        if event not in p or not 0 <= p[event] <= 1:
            raise ValueError(f"no probability for {event}")

    def any_of(cuts):
        # P(at least one of these sets happens)
        cuts = {one for one in cuts if not any(other < one for other in cuts)}
        if not cuts or frozenset() in cuts:
            return float(bool(cuts))
        event = min(min(cuts, key=sorted))
        with_it = any_of({cut - {event} for cut in cuts})
        return p[event] * with_it + (1 - p[event]) * any_of({cut for cut in cuts if event not in cut})

    return float(any_of(set((cut_sets or minimal_cut_sets)(tree))))


def top_probability_table(tree, p, *, cut_sets=None):
    """Weigh all states at once, one column per event."""

    def names(part):
        return [part] if isinstance(part, str) else [name for one in part[1] for name in names(one)]

    def column(part):
        if isinstance(part, str):
            return states[:, events.index(part)]
        columns = np.array([column(one) for one in part[1]])
        return columns.all(axis=0) if part[0] == "AND" else columns.any(axis=0)

    events = sorted(set(names(tree)))
    chances = np.array([p.get(event, np.nan) for event in events], dtype=float)
    if not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("every event of the tree needs a probability")
    states = (np.arange(2 ** len(events))[:, None] >> np.arange(len(events))) & 1 == 1
    return float(np.where(states, chances, 1 - chances).prod(axis=1) @ column(tree))


def common_cause_through_logarithms(p, n, beta):
    """Compute the two cases as powers of e."""
    if not (0 <= p <= 1 and 0 <= beta <= 1 and n >= 1):
        raise ValueError("p and beta lie in [0, 1], n is at least 1")
    alone = (1 - beta) * p
    own = float(np.exp(n * np.log(alone))) if alone > 0 else 0.0
    return float(own + beta * p * -np.expm1(n * np.log(alone))) if alone > 0 else float(beta * p)


def missing_feedback_matrix(control, feedback):
    """Close the matrix of reports under concatenation (Warshall)."""
    names = sorted({name for pair in control + feedback for name in pair})
    place = {name: k for k, name in enumerate(names)}
    reaches = np.zeros((len(names), len(names)), dtype=bool)
    for one, to in feedback:
        reaches[place[one], place[to]] = True
    for k in range(len(names)):
        reaches |= reaches[:, [k]] & reaches[[k]]
    return {(u, v) for u, v in control if not reaches[place[v], place[u]]}


def missing_feedback_from_the_controller(control, feedback):
    """Collect backwards who is heard by each controller, with a frozenset as the answer."""

    def heard_by(listener):
        voices = set()
        while True:
            more = {one for one, to in feedback if to == listener or to in voices}
            if more == voices:
                return voices
            voices = more

    return frozenset((u, v) for u, v in control if v not in heard_by(u))


def cascade_with_matrices(adj, load, capacity, first):
    """Distribute the load of a whole round by one product of matrices."""
    links = np.asarray(adj).astype(float)
    carried, limit = np.array(load, dtype=float), np.asarray(capacity, dtype=float)
    if links.ndim != 2 or links.shape[0] != links.shape[1] or (links != links.T).any():
        raise ValueError("adj")
    if carried.shape != links.shape[:1] or limit.shape != links.shape[:1]:
        raise ValueError("load or capacity")
    marked = np.zeros(len(carried), dtype=bool)
    for i in first:
        if i < 0 or i >= len(carried):
            raise ValueError("first")
        marked[i] = True
    failed, rounds = np.zeros(len(carried), dtype=bool), 0
    while marked.any():
        failed = failed | marked
        rounds = rounds + 1
        to = links * ~failed
        carried = carried + (marked * carried / np.maximum(to.sum(axis=1), 1)) @ to
        marked = ~failed & (carried > limit)
    return failed, rounds


def cascade_with_sets(adj, load, capacity, first):
    """Keep sets of indices and plain floats."""
    n = len(load)
    if np.shape(adj) != (n, n) or np.shape(capacity) != (n,) or not np.array_equal(adj, np.transpose(adj)):
        raise ValueError("shapes")
    wave = {int(i) for i in first}
    if any(i < 0 or i >= n for i in wave):
        raise ValueError("first")
    carried, living, rounds = [float(value) for value in load], set(range(n)), 0
    while wave:
        rounds += 1
        living -= wave
        for i in wave:
            heirs = [j for j in living if adj[i][j]]
            for j in heirs:
                carried[j] += carried[i] / len(heirs)
        wave = {j for j in living if carried[j] > capacity[j]}
    return np.array([i not in living for i in range(n)]), rounds


MUTANTS = {
    "minimal_cut_sets_not_minimised": {"minimal_cut_sets": minimal_cut_sets_not_minimised},
    "minimal_cut_sets_gates_swapped": {"minimal_cut_sets": minimal_cut_sets_gates_swapped},
    "minimal_cut_sets_minimised_below_only": {"minimal_cut_sets": minimal_cut_sets_minimised_below_only},
    "minimal_cut_sets_largest": {"minimal_cut_sets": minimal_cut_sets_largest},
    "minimal_cut_sets_shared_cancels": {"minimal_cut_sets": minimal_cut_sets_shared_cancels},
    "minimal_cut_sets_smallest_only": {"minimal_cut_sets": minimal_cut_sets_smallest_only},
    "minimal_cut_sets_checks_the_top_only": {"minimal_cut_sets": minimal_cut_sets_checks_the_top_only},
    "top_probability_gate_by_gate": {"top_probability": top_probability_gate_by_gate},
    "top_probability_sum_of_cuts": {"top_probability": top_probability_sum_of_cuts},
    "top_probability_cut_bound": {"top_probability": top_probability_cut_bound},
    "top_probability_two_terms": {"top_probability": top_probability_two_terms},
    "top_probability_exactly_the_cut": {"top_probability": top_probability_exactly_the_cut},
    "top_probability_sampled": {"top_probability": top_probability_sampled},
    "top_probability_overlooks_absorbed": {"top_probability": top_probability_overlooks_absorbed},
    "common_cause_ignores_beta": {"common_cause": common_cause_ignores_beta},
    "common_cause_counts_shared_twice": {"common_cause": common_cause_counts_shared_twice},
    "common_cause_first_order": {"common_cause": common_cause_first_order},
    "common_cause_cancels": {"common_cause": common_cause_cancels},
    "common_cause_lets_nan_pass": {"common_cause": common_cause_lets_nan_pass},
    "missing_feedback_direct_only": {"missing_feedback": missing_feedback_direct_only},
    "missing_feedback_no_direction": {"missing_feedback": missing_feedback_no_direction},
    "missing_feedback_wrong_way": {"missing_feedback": missing_feedback_wrong_way},
    "missing_feedback_counts_control": {"missing_feedback": missing_feedback_counts_control},
    "missing_feedback_from_anybody": {"missing_feedback": missing_feedback_from_anybody},
    "missing_feedback_two_hops": {"missing_feedback": missing_feedback_two_hops},
    "cascade_one_per_round": {"cascade": cascade_one_per_round},
    "cascade_full_load_to_each": {"cascade": cascade_full_load_to_each},
    "cascade_fails_at_capacity": {"cascade": cascade_fails_at_capacity},
    "cascade_sheds_to_the_dead": {"cascade": cascade_sheds_to_the_dead},
    "cascade_one_by_one_within_a_round": {"cascade": cascade_one_by_one_within_a_round},
    "cascade_sheds_first_load": {"cascade": cascade_sheds_first_load},
    "cascade_writes_into_load": {"cascade": cascade_writes_into_load},
}

ALTERNATIVES = {
    "minimal_cut_sets_top_down": {"minimal_cut_sets": minimal_cut_sets_top_down},
    "minimal_cut_sets_truth_table": {"minimal_cut_sets": minimal_cut_sets_truth_table},
    "top_probability_by_conditioning": {"top_probability": top_probability_by_conditioning},
    "top_probability_disjoint_cuts": {"top_probability": top_probability_disjoint_cuts},
    "top_probability_table": {"top_probability": top_probability_table},
    "common_cause_through_logarithms": {"common_cause": common_cause_through_logarithms},
    "missing_feedback_matrix": {"missing_feedback": missing_feedback_matrix},
    "missing_feedback_from_the_controller": {"missing_feedback": missing_feedback_from_the_controller},
    "cascade_with_matrices": {"cascade": cascade_with_matrices},
    "cascade_with_sets": {"cascade": cascade_with_sets},
}
