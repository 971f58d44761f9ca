"""Print numbers. This is the only place where points are rounded, and only for the eye or for another tool's file."""

POINT_DECIMALS = 5
_EXACT_BELOW = 1e15


def rounded(value: float, *, decimals: int = POINT_DECIMALS) -> int | float:
    """Return `value` rounded, as an int where nothing is lost: files then hold 25, not 25.0, and never -0."""
    short = round(value, decimals)
    return int(short) if short.is_integer() and abs(short) < _EXACT_BELOW else short


def points_text(value: float, *, decimals: int = POINT_DECIMALS) -> str:
    """Return points with at most `decimals` decimals and no trailing zeros: `2.5`, `25`, never `-0`."""
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent_text(share: float) -> str:
    """Return a share in [0, 1] as percent with at most one decimal: `68 %`. Only a full share reads 100 %."""
    percent = round(100 * share, 1)
    if share < 1:
        percent = min(percent, 99.9)
    return f"{points_text(percent, decimals=1)} %"


def value_text(value: float) -> str:
    """Return a measured value with four significant digits."""
    return f"{value:.4g}"
