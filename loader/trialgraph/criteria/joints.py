"""How the members of a list are joined: what one adds to the one before, and what a comma means."""

from __future__ import annotations

from trialgraph.criteria.segments import Segment

__all__ = ["befalls", "lacks_too", "resolved_joints"]

_BEFELL = frozenset({"have", "has", "had", "have had", "has had", "experienced", "experience", "developed"})
_BEING = _BEFELL | {"is", "are", "was", "were", "who", "who has", "who have"}


def befalls(segment: Segment) -> bool:
    """Whether a member tells what came with the one before ("had X and has developed Y", "X, with Y")."""
    came_of_it = segment.joint == "and" and not segment.after_comma and segment.chunks[0].form in _BEFELL
    return came_of_it or (segment.joint == "," and segment.chunks[0].form == "with")


def lacks_too(segment: Segment) -> bool:
    """Whether a member says what those barred lack as well ("surgery in 2 weeks and has not recovered")."""
    opening = next((chunk for chunk in segment.chunks if chunk.form not in _BEING), segment.chunks[0])
    return segment.joint == "and" and not segment.after_comma and "negation" in opening.classes


def resolved_joints(joints: list[str], default: str, *, exclusion: bool) -> list[str]:
    """Let a comma mean the next conjunction to its right; a list of exclusions offers alternatives."""
    resolved = []
    meaning = default
    for joint in reversed(joints):
        if joint in ("and", "or"):
            meaning = joint
            if joint == "and" and exclusion:
                meaning = "or"
        elif joint in (";", ""):
            resolved.append(default)
            continue
        resolved.append(meaning if joint != "/" else default)
    return resolved[::-1]
