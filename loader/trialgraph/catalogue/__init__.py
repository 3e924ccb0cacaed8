"""The trials of a store, as screening, the command line and the server need them."""

from trialgraph.catalogue.concepts import TrialsNaming, concepts_of, search_concepts, trials_naming
from trialgraph.catalogue.criteria import CriterionFilter, FoundCriteria, FoundCriterion, search_criteria
from trialgraph.catalogue.names import concept_called
from trialgraph.catalogue.screenables import MOST_KEPT, concepts_named, trials_to_screen
from trialgraph.catalogue.search import FacetValue, FoundTrials, Order, TrialFilter, search_trials
from trialgraph.catalogue.trials import (
    StaleCuration,
    TrialSummary,
    named_concepts,
    screenable_trial,
    screenable_trials,
    stale_curations,
    trial_facts,
    trial_summaries,
)

__all__ = [
    "MOST_KEPT",
    "CriterionFilter",
    "FacetValue",
    "FoundCriteria",
    "FoundCriterion",
    "FoundTrials",
    "Order",
    "StaleCuration",
    "TrialFilter",
    "TrialSummary",
    "TrialsNaming",
    "concept_called",
    "concepts_named",
    "concepts_of",
    "named_concepts",
    "screenable_trial",
    "screenable_trials",
    "search_concepts",
    "search_criteria",
    "search_trials",
    "stale_curations",
    "trial_facts",
    "trial_summaries",
    "trials_naming",
    "trials_to_screen",
]
