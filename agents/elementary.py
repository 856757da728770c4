"""Logarithm, normal quantile, power and sum from + - * / alone, so that every machine gives the same bits."""

from typing import Any

import numpy as np

from agents.compiled import rule

Array = np.ndarray[Any, Any]

LOG_2 = 0.6931471805599453
ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
MANTISSA_SIZE = np.int64(52)
INTEGER_BITS = np.int64(0x4330000000000000)
INTEGER_ORIGIN, OFFSET = 4503599627370496.0, np.int64(2048)


@rule
def log(x: float) -> float:
    """Return the natural logarithm of a normal number above 0 (error under 1e-15 of the larger of it and 1).

    Source: x = m * 2**k with m from the root of 1/2 to that of 2, taken from the bits; log m is
    2 artanh((m - 1) / (m + 1)), as a series in pairs (Estrin's scheme).
    """
    bits = np.float64(x).view(np.int64)
    power = (bits - ROOT_HALF_BITS) >> MANTISSA_SIZE
    m = np.int64(bits - (power << MANTISSA_SIZE)).view(np.float64)
    k = np.int64((power + OFFSET) | INTEGER_BITS).view(np.float64) - (INTEGER_ORIGIN + 2048.0)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    low = (1.0 + z * (1 / 3)) + z2 * (1 / 5 + z * (1 / 7))
    high = (1 / 9 + z * (1 / 11)) + z2 * (1 / 13 + z * (1 / 15))
    series = low + z4 * (high + z4 * (1 / 17 + z * (1 / 19)))
    return k * LOG_2 + 2.0 * s * series


@rule
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile of p, strictly between 0 and 1 (relative error under 1.2e-9).

    Source: P. J. Acklam's rational approximation (2003).
    """
    if p > 0.97575:
        return -normal_quantile_tail(1.0 - p)
    if p < 0.02425:
        return normal_quantile_tail(p)
    q = p - 0.5
    r = q * q
    top = ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02
    top = (top * r - 3.066479806614716e01) * r + 2.506628277459239e00
    low = ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01
    low = (low * r - 1.328068155288572e01) * r + 1.0
    return q * top / low


@rule
def normal_quantile_tail(p: float) -> float:
    """Return the standard normal quantile of p under 0.02425. Source: as ``normal_quantile``."""
    q = np.sqrt(-2.0 * log(p))
    top = ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q - 2.549732539343734e00
    top = (top * q + 4.374664141464968e00) * q + 2.938163982698783e00
    low = ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q + 3.754408661907416e00
    return top / (low * q + 1.0)


@rule
def sum_in_order(values: Array) -> float:
    """Return the sum of numbers in their order; a library may sum in another."""
    result = 0.0
    for place in range(values.size):
        result += values[place]
    return result


@rule
def power(number: float, times: int) -> float:
    """Return a number to a whole power, 0 or more, by squaring."""
    result = 1.0
    while times > 0:
        if times % 2 == 1:
            result *= number
        number *= number
        times //= 2
    return result
