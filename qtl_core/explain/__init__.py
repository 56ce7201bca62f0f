"""Explanations of a run's answers: heat maps, counterfactuals, neighbours, gate importance, the decision map."""
