"""Which elements a composition names, as far as it is written as a formula."""

from __future__ import annotations

import re

_TABLE = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb "
    "Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U"
)
SYMBOLS = frozenset(_TABLE.split())
"""The chemical elements, by symbol."""

_ELEMENT = re.compile("|".join(sorted(SYMBOLS, key=len, reverse=True)))
_FORMULA = re.compile(rf"(?:{_ELEMENT.pattern}|[XM]|[\d./+]|[xyzδ])+")
_BETWEEN = re.compile(r"[\s|:;,()\[\]{}~·–-]+")


def elements_of(composition: str) -> frozenset[str]:
    """Return the elements of all formulas in `composition`; words between them do not count.

    Parameters
    ----------
    composition : str
        Such as ``"Li1+xAlxTi2-x(PO4)3"`` or ``"LLZO | ZnO(ALD) | Li"``; X and M stand for any
        halogen and metal and name none.

    Examples
    --------
    >>> sorted(elements_of("Li1+xAlxTi2-x(PO4)3"))
    ['Al', 'Li', 'O', 'P', 'Ti']
    >>> sorted(elements_of("LLZO | ZnO(ALD) | Li"))
    ['Li', 'O', 'Zn']
    """
    words = [word for word in _BETWEEN.split(composition) if _FORMULA.fullmatch(word)]
    return frozenset(symbol for word in words for symbol in _ELEMENT.findall(word))
