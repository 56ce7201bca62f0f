"""What a run is worth: metrics, calibration, pictures unlike the training ones, the spread over seeds, diagnosis."""
