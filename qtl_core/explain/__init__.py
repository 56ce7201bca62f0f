"""Why a run answers as it does: heat maps, counterfactuals, neighbours, gate importance, the decision map."""
