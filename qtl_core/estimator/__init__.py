"""The network as an estimator of scikit-learn's; pictures become features on their way in."""
