"""Charts of lines and points as files, drawn without a browser: values -> `Chart` -> `scene` -> SVG or PNG.

The charts on pages are Plotly's, which needs a browser to become a file. To draw another chart as a file, give its
values as a `Chart`; a new kind of mark is an entry in `scene.SYMBOLS`.
"""
