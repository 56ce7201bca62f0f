"""The Studies page: ask, watch the answer form, look at every run behind it."""
