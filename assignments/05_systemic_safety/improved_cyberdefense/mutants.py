"""Wrong and alternative answers to `improved_cyberdefense`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

# ruff: noqa: C901 - wrong scanners are as long as the right one

import ast
from math import nan

import numpy as np

# ------------------------------------------------------------------------------------------------ alert_precision


def alert_precision_is_tpr(tpr, fpr, base_rate):
    """Return the probability of an alert given an attack."""
    if not all(0 <= value <= 1 for value in (tpr, fpr, base_rate)):
        raise ValueError(f"rates lie in [0, 1], not {tpr}, {fpr}, {base_rate}")
    real = base_rate * tpr
    alerts = real + (1 - base_rate) * fpr
    return float(tpr) if alerts > 0 else nan


def alert_precision_ignores_base_rate(tpr, fpr, base_rate):
    """Take attacks to be as common as harmless events."""
    if not all(0 <= value <= 1 for value in (tpr, fpr, base_rate)):
        raise ValueError(f"rates lie in [0, 1], not {tpr}, {fpr}, {base_rate}")
    real = tpr
    alerts = real + fpr
    return float(real / alerts) if alerts > 0 else nan


def alert_precision_zero_without_alerts(tpr, fpr, base_rate):
    """Return 0 where there are no alerts."""
    if not all(0 <= value <= 1 for value in (tpr, fpr, base_rate)):
        raise ValueError(f"rates lie in [0, 1], not {tpr}, {fpr}, {base_rate}")
    real = base_rate * tpr
    alerts = real + (1 - base_rate) * fpr
    return float(real / alerts) if alerts > 0 else 0.0


def alert_precision_unchecked(tpr, fpr, base_rate):
    """Let nan pass as a rate."""
    if any(value < 0 or value > 1 for value in (tpr, fpr, base_rate)):
        raise ValueError(f"rates lie in [0, 1], not {tpr}, {fpr}, {base_rate}")
    real = base_rate * tpr
    alerts = real + (1 - base_rate) * fpr
    return float(real / alerts) if alerts > 0 else nan


def alert_precision_odds(tpr, fpr, base_rate):
    """Work with odds and likelihood ratios."""
    rates = np.array([tpr, fpr, base_rate], dtype=float)
    if not np.all((rates >= 0) & (rates <= 1)):
        raise ValueError("rates")
    real, false = float(tpr * base_rate), float(fpr - base_rate * fpr)
    if real == 0:
        return nan if false == 0 else 0.0
    return 1 / (1 + false / real)


# ------------------------------------------------------------------------------------------------ threshold_at_fpr


def threshold_at_fpr_quantile(benign, max_fpr):
    """Interpolate a quantile between the scores."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    return float(np.quantile(scores, 1 - max_fpr))


def threshold_at_fpr_maximum(benign, max_fpr):
    """Allow no false alarm, whatever was asked for."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    return float(scores.max())


def threshold_at_fpr_one_too_low(benign, max_fpr):
    """Allow one false alarm too many."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    ordered = np.sort(scores)[::-1]
    return float(ordered[min(int(max_fpr * len(scores) + 1e-9) + 1, len(scores) - 1)])


def threshold_at_fpr_low_tail(benign, max_fpr):
    """Raise alarms on the lowest scores."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    return float(np.sort(scores)[int(max_fpr * len(scores) + 1e-9)])


def threshold_at_fpr_counts_equal(benign, max_fpr):
    """Count scores at the threshold as alerts."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    candidates, counts = np.unique(scores, return_counts=True)
    above = len(scores) - counts.cumsum() + counts
    return float(np.append(candidates[above / len(scores) <= max_fpr], candidates[-1])[0])


def threshold_at_fpr_rounds_product(benign, max_fpr):
    """Round the product of share and number down, so that 0.29 of 100 are 28."""
    scores = np.asarray(benign, dtype=float)
    if scores.ndim != 1 or not len(scores) or not 0 <= max_fpr < 1:
        raise ValueError("need at least one score and 0 <= max_fpr < 1")
    return float(np.sort(scores)[::-1][int(max_fpr * len(scores))])


def threshold_at_fpr_sorted_list(benign, max_fpr):
    """Count exactly how many may lie above, in a sorted list."""
    ordered = sorted(float(score) for score in benign)
    if not ordered or not 0 <= max_fpr < 1:
        raise ValueError("input")
    allowed = max(k for k in range(len(ordered)) if k / len(ordered) <= max_fpr)
    return ordered[len(ordered) - 1 - allowed]


# ------------------------------------------------------------------------------------------------ fit_profile


def fit_profile_joins_traces(traces, n):
    """Join the traces before cutting tuples."""
    if n < 1:
        raise ValueError(f"tuples have at least one call, not {n}")
    joined = [call for trace in traces for call in trace]
    return {tuple(joined[i : i + n]) for i in range(len(joined) - n + 1)}


def fit_profile_skips(traces, n):
    """Cut tuples that do not overlap."""
    if n < 1:
        raise ValueError(f"tuples have at least one call, not {n}")
    return {tuple(trace[i : i + n]) for trace in traces for i in range(0, len(trace) - n + 1, n)}


def fit_profile_shifted_copies(traces, n):
    """Zip shifted copies of each trace."""
    if n < 1:
        raise ValueError("n")
    found = set()
    for trace in traces:
        found.update(zip(*(list(trace)[k:] for k in range(n)), strict=False))
    return found


# ------------------------------------------------------------------------------------------------ locality_scores


def locality_scores_misses_last_window(traces, profile, n, frame=20):
    """Forget the last window, and the only one of a short trace."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) not in profile for i in range(len(trace) - n + 1)]
        if unknown:
            width = min(frame, len(unknown))
            scores[k] = np.append(np.convolve(unknown, np.ones(width), "valid")[:-1], 0.0).max() / width
    return scores


def locality_scores_windows_side_by_side(traces, profile, n, frame=20):
    """Put windows side by side instead of letting them overlap."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) not in profile for i in range(len(trace) - n + 1)]
        if unknown:
            width = min(frame, len(unknown))
            scores[k] = max(sum(unknown[i : i + width]) for i in range(0, len(unknown) - width + 1, width)) / width
    return scores


def locality_scores_whole_trace(traces, profile, n, frame=20):
    """Return the share of unknown tuples in the whole trace."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) not in profile for i in range(len(trace) - n + 1)]
        if unknown:
            scores[k] = np.mean(unknown)
    return scores


def locality_scores_counts_known(traces, profile, n, frame=20):
    """Count the known tuples."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) in profile for i in range(len(trace) - n + 1)]
        if unknown:
            width = min(frame, len(unknown))
            scores[k] = np.convolve(unknown, np.ones(width), "valid").max() / width
    return scores


def locality_scores_not_divided(traces, profile, n, frame=20):
    """Return counts instead of shares."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) not in profile for i in range(len(trace) - n + 1)]
        if unknown:
            width = min(frame, len(unknown))
            scores[k] = np.convolve(unknown, np.ones(width), "valid").max()
    return scores


def locality_scores_divides_by_frame(traces, profile, n, frame=20):
    """Divide by the frame also where a trace has fewer tuples."""
    if n < 1 or frame < 1:
        raise ValueError(f"n and frame must be at least 1, not {n} and {frame}")
    scores = np.zeros(len(traces))
    for k, trace in enumerate(traces):
        unknown = [tuple(trace[i : i + n]) not in profile for i in range(len(trace) - n + 1)]
        if unknown:
            width = min(frame, len(unknown))
            scores[k] = np.convolve(unknown, np.ones(width), "valid").max() / frame
    return scores


def locality_scores_running_sum(traces, profile, n, frame=20):
    """Take differences of running sums."""
    if n < 1 or frame < 1:
        raise ValueError("n, frame")
    known, worst = frozenset(profile), []
    for trace in traces:
        calls = [int(call) for call in trace]
        sums = [0]
        for i in range(len(calls) - n + 1):
            sums.append(sums[-1] + (tuple(calls[i : i + n]) not in known))
        width = min(frame, len(sums) - 1)
        worst.append(max(b - a for a, b in zip(sums, sums[width:], strict=False)) / width if width else 0.0)
    return np.array(worst, dtype=np.float64)


# ------------------------------------------------------------------------------------------------ fuzz


def fuzz_without_feedback(target, seeds, budget, rng):
    """Keep nothing, so that only the seeds are changed."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        coverage |= branches
        if crash is not None:
            crashes.setdefault(crash, message)
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_keeps_everything(target, seeds, budget, rng):
    """Keep every input."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        if run >= len(seeds):
            kept.append(message)
        coverage |= branches
        if crash is not None:
            crashes.setdefault(crash, message)
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_random_inputs(target, seeds, budget, rng):
    """Try random bytes instead of changed inputs."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else rng.bytes(int(rng.integers(4, 16)))
        branches, crash = target(message)
        if run >= len(seeds) and not branches <= coverage:
            kept.append(message)
        coverage |= branches
        if crash is not None:
            crashes.setdefault(crash, message)
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_seeds_on_top_of_budget(target, seeds, budget, rng):
    """Run the seeds in addition to the budget."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget + len(seeds)):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        if run >= len(seeds) and not branches <= coverage:
            kept.append(message)
        coverage |= branches
        if crash is not None:
            crashes.setdefault(crash, message)
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_last_crash(target, seeds, budget, rng):
    """Report the last input that hit a bug."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        if run >= len(seeds) and not branches <= coverage:
            kept.append(message)
        coverage |= branches
        if crash is not None:
            crashes[crash] = message
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_ignores_crashed_runs(target, seeds, budget, rng):
    """Leave the branches of crashed runs out of the coverage."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        if run >= len(seeds) and not branches <= coverage:
            kept.append(message)
        if crash is not None:
            crashes.setdefault(crash, message)
        else:
            coverage |= branches
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_own_randomness(target, seeds, budget, rng):
    """Take randomness from a generator of its own."""
    if not len(seeds) or budget < 1:
        raise ValueError(f"need seeds and a budget, not {len(seeds)} and {budget}")
    rng = np.random.default_rng()

    def changed(parent: bytes) -> bytes:
        child = bytearray(parent)
        for _ in range(rng.integers(1, 4)):
            operation, value = rng.integers(4), int(rng.integers(256))
            if operation == 0 or not child:
                child.insert(int(rng.integers(len(child) + 1)), value)
            elif operation == 1:
                del child[int(rng.integers(len(child)))]
            else:
                child[int(rng.integers(len(child)))] = value
        return bytes(child)

    kept, coverage, crashes = list(seeds), set(), {}
    for run in range(budget):
        message = seeds[run] if run < len(seeds) else changed(kept[int(rng.integers(len(kept)))])
        branches, crash = target(message)
        if run >= len(seeds) and not branches <= coverage:
            kept.append(message)
        coverage |= branches
        if crash is not None:
            crashes.setdefault(crash, message)
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


def fuzz_prefers_recent(target, seeds, budget, rng):
    """Choose recent inputs more often and change one byte at a time."""
    if len(seeds) == 0 or budget < 1:
        raise ValueError("input")
    queue, seen, found, calls = [], frozenset(), {}, 0

    def run(message):
        nonlocal seen, calls
        calls += 1
        branches, crash = target(message)
        fresh = bool(branches - seen)
        seen = seen | branches
        if crash is not None and crash not in found:
            found[crash] = message
        return fresh

    for message in seeds[:budget]:
        run(message)
        queue.append(message)
    while calls < budget:
        recent = rng.random() < 0.3
        parent = queue[-1] if recent else queue[rng.integers(len(queue))]
        place, value, kind = int(rng.integers(len(parent) + 1)), rng.bytes(1), rng.random()
        if kind < 0.2:
            child = parent[:place] + value + parent[place:]
        elif kind < 0.35:
            child = parent[:place] + parent[place + 1 :]
        else:
            child = parent[:place] + value + parent[place + 1 :]
        if run(child):
            queue.append(child)
    return {"crashes": found, "coverage": seen, "executions": calls}


def fuzz_one_branch_one_input(target, seeds, budget, rng):
    """Choose a branch first, then the latest input that was the first to reach it."""
    if not seeds or budget < 1:
        raise ValueError("input")
    first, coverage, crashes = {}, set(), {}
    for run in range(budget):
        if run < len(seeds):
            message = seeds[run]
        else:
            pool = list(first.values()) + list(seeds)
            child = list(pool[int(rng.integers(len(pool)))])
            for _ in range(1 + int(rng.random() < 0.4)):
                if child and rng.random() < 0.75:
                    child[int(rng.integers(len(child)))] = int(rng.integers(256))
                elif rng.random() < 0.6 or not child:
                    child.insert(int(rng.integers(len(child) + 1)), int(rng.integers(256)))
                else:
                    child.pop(int(rng.integers(len(child))))
            message = bytes(child)
        branches, crash = target(message)
        for branch in sorted(branches - coverage):
            first[branch] = message
        coverage = coverage.union(branches)
        if crash and crash not in crashes:
            crashes[crash] = message
    return {"crashes": crashes, "coverage": frozenset(coverage), "executions": budget}


# ------------------------------------------------------------------------------------------------ find_injection


def find_injection_flags_names(source):
    """Take every name without a known value for dangerous."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, dynamic)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return put_together([kind(left, names), kind(right, names)])
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            self.assign([node.target], kind(ast.BinOp(node.target, node.op, node.value), self.names))

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_fstrings_only(source):
    """Look at f-strings only."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            self.assign([node.target], kind(ast.BinOp(node.target, node.op, node.value), self.names))

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_arguments_only(source):
    """Look at the argument of the call only, never at names."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return put_together([kind(left, names), kind(right, names)])
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)

        def visit_AnnAssign(self, node):
            self.generic_visit(node)

        def visit_AugAssign(self, node):
            self.generic_visit(node)

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_never_clears(source):
    """Keep a name dangerous once it was."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return put_together([kind(left, names), kind(right, names)])
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = dynamic if self.names.get(target.id) == dynamic else value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            self.assign([node.target], kind(ast.BinOp(node.target, node.op, node.value), self.names))

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_flags_literal_sums(source):
    """Take every sum and every formatted text for dangerous, constants too."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod()):
                return dynamic
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            self.assign([node.target], kind(ast.BinOp(node.target, node.op, node.value), self.names))

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_one_scope(source):
    """Share names between functions."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return put_together([kind(left, names), kind(right, names)])
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside = self.names
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            self.assign([node.target], kind(ast.BinOp(node.target, node.op, node.value), self.names))

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_ignores_growth(source):
    """Overlook +=."""
    constant, unknown, dynamic = "constant", "unknown", "dynamic"

    def put_together(parts, otherwise=dynamic):
        return constant if all(part == constant for part in parts) else otherwise

    def kind(node, names):
        match node:
            case ast.Constant():
                return constant
            case ast.Name(id=name):
                return names.get(name, unknown)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return put_together([kind(part, names) for part in parts], unknown)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return put_together([kind(left, names), kind(right, names)])
            case ast.JoinedStr(values=parts):
                return put_together([kind(part, names) for part in parts])
            case ast.FormattedValue(value=value):
                return kind(value, names)
            case ast.Call(
                func=ast.Attribute(attr="format" | "join" | "replace", value=text), args=args, keywords=named
            ):
                return put_together([kind(part, names) for part in (text, *args, *(word.value for word in named))])
        return unknown

    class Scanner(ast.NodeVisitor):
        def __init__(self):
            self.names, self.lines = {}, set()

        def visit_FunctionDef(self, node):
            outside, self.names = self.names, {}
            self.generic_visit(node)
            self.names = outside

        def visit_AsyncFunctionDef(self, node):
            self.visit_FunctionDef(node)

        def assign(self, targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    self.names[target.id] = value

        def visit_Assign(self, node):
            self.generic_visit(node)
            self.assign(node.targets, kind(node.value, self.names))

        def visit_AnnAssign(self, node):
            self.generic_visit(node)
            if node.value:
                self.assign([node.target], kind(node.value, self.names))

        def visit_AugAssign(self, node):
            self.generic_visit(node)

        def visit_Call(self, node):
            self.generic_visit(node)
            is_execute = isinstance(node.func, ast.Attribute) and node.func.attr == "execute"
            if is_execute and node.args and kind(node.args[0], self.names) == dynamic:
                self.lines.add(node.lineno)

    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ValueError(f"not Python: {problem}") from problem
    scanner = Scanner()
    scanner.visit(tree)
    return sorted(scanner.lines)


def find_injection_explicit_walk(source):
    """Walk through statements and expressions by hand, with numbers for the kinds."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        raise ValueError("source") from None
    lines = []

    def mixed(parts, names):
        return 2 * any(level(part, names) for part in parts)

    def level(e, names):
        if isinstance(e, ast.Constant):
            return 0
        if isinstance(e, ast.Name):
            return names.get(e.id, 1)
        if isinstance(e, (ast.Tuple, ast.List)):
            return int(any(level(part, names) for part in e.elts))
        if isinstance(e, ast.BinOp) and isinstance(e.op, (ast.Add, ast.Mod)):
            return mixed((e.left, e.right), names)
        if isinstance(e, ast.JoinedStr):
            return mixed([part.value for part in e.values if isinstance(part, ast.FormattedValue)], names)
        if (
            isinstance(e, ast.Call)
            and isinstance(e.func, ast.Attribute)
            and e.func.attr in ("format", "join", "replace")
        ):
            return mixed([e.func.value, *e.args, *[k.value for k in e.keywords]], names)
        return 1

    def calls(e, names):
        for node in ast.walk(e):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            if is_call and node.func.attr == "execute" and level(node.args[0], names) == 2:
                lines.append(node.lineno)

    def block(statements, names):
        for s in statements:
            if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)):
                block(s.body, {})
                continue
            for _, value in ast.iter_fields(s):
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, ast.ExceptHandler):
                        block(part.body, names)
                    elif isinstance(part, ast.stmt):
                        block([part], names)
                    elif isinstance(part, ast.AST):
                        calls(part, names)
            if isinstance(s, (ast.Assign, ast.AnnAssign)) and s.value is not None:
                new = level(s.value, names)
                names.update(
                    {
                        t.id: new
                        for t in (s.targets if isinstance(s, ast.Assign) else [s.target])
                        if isinstance(t, ast.Name)
                    }
                )
            elif isinstance(s, ast.AugAssign) and isinstance(s.target, ast.Name):
                names[s.target.id] = 2 * bool(level(s.target, names) or level(s.value, names))

    block(tree.body, {})
    return sorted(set(lines))


MUTANTS = {
    "alert_precision_is_tpr": {"alert_precision": alert_precision_is_tpr},
    "alert_precision_ignores_base_rate": {"alert_precision": alert_precision_ignores_base_rate},
    "alert_precision_zero_without_alerts": {"alert_precision": alert_precision_zero_without_alerts},
    "alert_precision_unchecked": {"alert_precision": alert_precision_unchecked},
    "threshold_at_fpr_quantile": {"threshold_at_fpr": threshold_at_fpr_quantile},
    "threshold_at_fpr_maximum": {"threshold_at_fpr": threshold_at_fpr_maximum},
    "threshold_at_fpr_one_too_low": {"threshold_at_fpr": threshold_at_fpr_one_too_low},
    "threshold_at_fpr_low_tail": {"threshold_at_fpr": threshold_at_fpr_low_tail},
    "threshold_at_fpr_counts_equal": {"threshold_at_fpr": threshold_at_fpr_counts_equal},
    "threshold_at_fpr_rounds_product": {"threshold_at_fpr": threshold_at_fpr_rounds_product},
    "fit_profile_joins_traces": {"fit_profile": fit_profile_joins_traces},
    "fit_profile_skips": {"fit_profile": fit_profile_skips},
    "locality_scores_misses_last_window": {"locality_scores": locality_scores_misses_last_window},
    "locality_scores_windows_side_by_side": {"locality_scores": locality_scores_windows_side_by_side},
    "locality_scores_whole_trace": {"locality_scores": locality_scores_whole_trace},
    "locality_scores_counts_known": {"locality_scores": locality_scores_counts_known},
    "locality_scores_not_divided": {"locality_scores": locality_scores_not_divided},
    "locality_scores_divides_by_frame": {"locality_scores": locality_scores_divides_by_frame},
    "fuzz_without_feedback": {"fuzz": fuzz_without_feedback},
    "fuzz_keeps_everything": {"fuzz": fuzz_keeps_everything},
    "fuzz_random_inputs": {"fuzz": fuzz_random_inputs},
    "fuzz_seeds_on_top_of_budget": {"fuzz": fuzz_seeds_on_top_of_budget},
    "fuzz_last_crash": {"fuzz": fuzz_last_crash},
    "fuzz_ignores_crashed_runs": {"fuzz": fuzz_ignores_crashed_runs},
    "fuzz_own_randomness": {"fuzz": fuzz_own_randomness},
    "find_injection_flags_names": {"find_injection": find_injection_flags_names},
    "find_injection_fstrings_only": {"find_injection": find_injection_fstrings_only},
    "find_injection_arguments_only": {"find_injection": find_injection_arguments_only},
    "find_injection_never_clears": {"find_injection": find_injection_never_clears},
    "find_injection_flags_literal_sums": {"find_injection": find_injection_flags_literal_sums},
    "find_injection_one_scope": {"find_injection": find_injection_one_scope},
    "find_injection_ignores_growth": {"find_injection": find_injection_ignores_growth},
}

ALTERNATIVES = {
    "alert_precision_odds": {"alert_precision": alert_precision_odds},
    "threshold_at_fpr_sorted_list": {"threshold_at_fpr": threshold_at_fpr_sorted_list},
    "fit_profile_shifted_copies": {"fit_profile": fit_profile_shifted_copies},
    "locality_scores_running_sum": {"locality_scores": locality_scores_running_sum},
    "fuzz_prefers_recent": {"fuzz": fuzz_prefers_recent},
    "fuzz_one_branch_one_input": {"fuzz": fuzz_one_branch_one_input},
    "find_injection_explicit_walk": {"find_injection": find_injection_explicit_walk},
}
