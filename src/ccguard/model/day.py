"""Days, without a calendar module: the core has none."""

from __future__ import annotations

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def day_number(iso: str) -> int:
    """Days since the start of year 1 (proleptic Gregorian), so that two ISO dates can be subtracted."""
    year, month, day = (int(part) for part in iso.split("-"))
    before = year - 1
    leap_day = month > 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return before * 365 + before // 4 - before // 100 + before // 400 + _DAYS_BEFORE[month - 1] + day + leap_day
