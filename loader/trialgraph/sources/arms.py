"""Arms and their interventions: a page states their tie on one side, the registry's model on both."""

from __future__ import annotations

from typing import Any

__all__ = ["tie_arms"]


def tie_arms(study: dict[str, Any]) -> None:
    """Complete the tie between ``armGroups`` and ``interventions``, in place.

    An arm that is only named by an intervention becomes an arm group. ``interventionNames`` take the
    registry's form ``Drug: name`` where the type is stated; ``armGroupLabels`` follow from them.
    """
    module = study.get("protocolSection", {}).get("armsInterventionsModule", {})
    interventions = module.get("interventions", [])
    arms = {arm["label"]: arm for arm in module.get("armGroups", []) if "label" in arm}
    for intervention in interventions:
        for label in intervention.get("armGroupLabels", []):
            if label not in arms:
                arms[label] = {"label": label}
                module.setdefault("armGroups", []).append(arms[label])
            _add(arms[label], "interventionNames", intervention.get("name", ""))
    for arm in arms.values():
        names = arm.pop("interventionNames", [])
        for name in names:
            named = [each for each in interventions if each.get("name") == name]
            for intervention in named:
                _add(arm, "interventionNames", _typed(intervention))
                _add(intervention, "armGroupLabels", arm["label"])
            if not named:
                _add(arm, "interventionNames", name)


def _typed(intervention: dict[str, Any]) -> str:
    kind = intervention.get("type")
    name: str = intervention.get("name", "")
    return f"{kind.replace('_', ' ').title()}: {name}" if kind else name


def _add(record: dict[str, Any], key: str, value: str) -> None:
    values = record.setdefault(key, [])
    if value not in values:
        values.append(value)
