"""The parts that pages share: their set-up, the colours, the wording of errors, widgets and panels."""
