"""The network: settings make one list of gates, simulators run it, and the head trains around it."""
