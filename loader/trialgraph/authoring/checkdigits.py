"""Check digits, by which a slip of the pen in a code shows."""

import re

__all__ = ["has_right_check_digit"]

_NUMBERED = re.compile(r"\d+-\d")


def has_right_check_digit(system: str, code: str) -> bool:
    """Return whether a code ends in its own check digit; true for codes that have none.

    Args:
        system: Local name of the code system: ``SNOMEDCT`` (Verhoeff) and ``LOINC`` (Luhn) have one.
        code: The code.
    Source: SNOMED CT Technical Implementation Guide, 5.6; LOINC Users' Guide, appendix on check digits.
    """
    if system == "SNOMEDCT" and code.isdigit():
        return _verhoeff(code)
    if system == "LOINC" and _NUMBERED.fullmatch(code):
        number, _, digit = code.partition("-")
        return _luhn(number) == int(digit)
    return True


def _luhn(digits: str) -> int:
    """Return the check digit that LOINC appends (Luhn, modulus 10)."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def _verhoeff(code: str) -> bool:
    """Return whether a SNOMED CT identifier ends in its own check digit (Verhoeff)."""
    permutation = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    while len(permutation) < 8:
        permutation.append([permutation[-1][digit] for digit in permutation[1]])
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _dihedral(check, permutation[place % 8][int(digit)])
    return check == 0


def _dihedral(one: int, other: int) -> int:
    """Return the product in the group of symmetries of the pentagon, on which Verhoeff's digit rests."""
    if one < 5:
        return (one + other) % 5 if other < 5 else 5 + (one + other - 5) % 5
    return 5 + (one - 5 - other) % 5 if other < 5 else (one - other) % 5
