"""What the pages share: their set-up, the colours, the wording of errors, widgets and panels."""
