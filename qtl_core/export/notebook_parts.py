"""Cells of a run's notebook that are the same for every run: charts without a library, and what answers."""

from __future__ import annotations

FAILING = '''
def fail(sentence):
    """Ends a cell with one sentence."""
    raise RuntimeError(" ".join(sentence.split()).replace("--weights", "WEIGHTS"))
'''

CHART = '''\
from IPython.display import HTML, SVG, display

COLOURS = ("#3b6fd4", "#d2691e")  # training, validation


def chart(title, series):
    """Draws numbers, one an epoch, as lines."""
    known = [value for values in series.values() for value in values if value is not None]
    low, high, count = min(known), max(known), max(map(len, series.values()))
    across = lambda place: 60 + 500 * place / max(count - 1, 1)
    down = lambda value: 190 - 160 * (value - low) / ((high - low) or 1)
    parts = [f'<text x="60" y="18" font-weight="bold">{title}</text>']
    for value in (low, high):
        parts.append(f'<text x="52" y="{down(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for number, (name, values) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{across(at):.1f},{down(v):.1f}" for at, v in enumerate(values) if v is not None)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="570" y="{40 + 20 * number}" fill="{colour}">{name}</text>')
    ends = f'<text x="60" y="210">epoch 1</text><text x="560" y="210" text-anchor="end">{count}</text>'
    style = 'width="680" font-family="sans-serif" font-size="13" style="background: white"'
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 220" {style}>'
    return SVG(f'{frame}{"".join(parts)}{ends}</svg>')
'''

CURVES = """\
display(chart("Loss", {"training": [row[1] for row in HISTORY], "validation": [row[3] for row in HISTORY]}))
display(chart("Accuracy", {"training": [row[2] for row in HISTORY], "validation": [row[4] for row in HISTORY]}))"""

CONFUSION = '''\
import html


def confusion(counts):
    """Draws how many of every class (rows) were taken for which (columns)."""
    names = [html.escape(name) for name in CLASSES]
    head = "".join(f"<th>{name}</th>" for name in names)
    body = ""
    for name, row in zip(names, counts):
        shades = [f"rgba(59, 111, 212, {0.6 * count / (sum(row) or 1):.2f})" for count in row]
        cells = "".join(f'<td style="background: {shade}">{count}</td>' for shade, count in zip(shades, row))
        body += f"<tr><th>{name}</th>{cells}</tr>"
    return HTML(f"<table><tr><th>is, and was taken for</th>{head}</tr>{body}</table>")


for part, counts in CONFUSIONS.items():
    print(f"{part}: {sum(row[at] for at, row in enumerate(counts))} of {sum(map(sum, counts))} right")
    display(confusion(counts))'''

DRAWING = """\
angles, weights = [0.0] * WIDTH, array("q_params").double()
print(qml.draw(circuit, decimals=2, max_length=120)(angles, weights))"""

CHECK = '''\
@torch.no_grad()
def shares(features):
    """Returns the probability of every class, of features a row."""
    return Head().to(features.dtype).eval()(features).softmax(dim=1)


features = torch.linspace(-1, 1, 2 * FEATURES, dtype=torch.{kind}).reshape(2, FEATURES)
apart = (shares(features) - torch.tensor(SAID)).abs().max().item()
print(f"The largest difference from the app's answers is {{apart:.1e}}.")
assert apart < 1e-5'''

NAMED_WEIGHTS = "WEIGHTS = None  # in place of None the name of the file, in quotes"
OTHER_WEIGHTS = "WEIGHTS = None  # or the name of a file, where the image network's weights are not to be fetched"

ASKING = '''\
ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def chosen():
    """Returns picture files: Colab asks for them; elsewhere they are those that lie beside this notebook."""
    try:
        from google.colab import files
    except ImportError:
        return sorted(each for each in pathlib.Path().iterdir() if each.suffix.lower() in ENDINGS)
    return [pathlib.Path(name) for name in files.upload()]


run, answers = Run(WEIGHTS), {}
for file in chosen():
    try:
        answers[file.name] = run.predict(file)
    except UnreadablePicture as error:
        print(f"{file.name}: {error}")
        continue
    with opened(file) as stream:
        image = read_picture(stream)
    image.thumbnail((160, 160))
    display(image)
    print(file.name, ", ".join(f"{name} {share:.3f}" for name, share in answers[file.name].items()))
if not answers:
    print("There is no picture yet: put some beside this notebook, and run this cell again.")
answers'''

ASKING_NUMBERS = """\
ROWS = [[0.0] * FEATURES]  # your own rows, a number for each of COLUMNS
answers = [dict(zip(CLASSES, row)) for row in shares(torch.tensor(ROWS, dtype=torch.float64)).tolist()]
answers"""
