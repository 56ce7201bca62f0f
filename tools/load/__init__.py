"""A hard day: many visitors at once, most of them a light client that speaks Streamlit's own protocol.

Traffic goes to 127.0.0.1 alone, and ends after a stated time. `python -m tools.load` says what there is.
"""
