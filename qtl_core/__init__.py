"""Quantum transfer learning without a browser: everything the studio's pages show is computed here."""
