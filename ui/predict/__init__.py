"""The Predict page: ask a trained run about pictures of one's own, and see how each answer came about."""
