// Whether a picture is unlike what the network learnt from: as qtl_core/evaluation/ood.py does, in which all is explained.

const BLANK_STEP = 0.5; // mean step between neighbouring pixels, of 255

// What the training pictures look like to the image network: rows of small whole numbers, each with its own scale.
function referenceOf({ scales }, rows) {
  return { scales, rows: new Int8Array(rows.buffer), width: rows.length / scales.length };
}

// The mean distance to the nearest training pictures: 0 is alike, 1 has nothing in common.
function distanceTo({ scales, rows, width }, features) {
  const direction = directionOf(features);
  const cosines = scales.map((scale, row) => {
    let sum = 0;
    for (let k = 0, at = row * width; k < width; k++, at++) sum += rows[at] * direction[k];
    return sum * scale;
  });
  const nearest = cosines.sort((one, other) => other - one).slice(0, RUN.doubt.neighbours);
  return 1 - nearest.reduce((sum, each) => sum + each, 0) / nearest.length;
}

function directionOf(features) {
  const roots = features.map((value) => Math.sign(value) * Math.sqrt(Math.abs(value)));
  const length = Math.hypot(...roots) || 1;
  return roots.map((root) => root / length);
}

function isBlank(view, side) {
  const line = side * 3, middle = (step, inside) => {
    let sum = 0, count = 0;
    for (let k = 0; k + step < view.length; k++) if (inside(k)) { sum += Math.abs(view[k + step] - view[k]); count++; }
    return sum / count;
  };
  return (middle(line, () => true) + middle(3, (k) => k % line < line - 3)) / 2 < BLANK_STEP;
}

// What there is against an answer, in a sentence; "" where nothing is.
function doubtWords({ blank, distance }) {
  if (blank) return RUN.doubt.blank;
  if (distance === null || distance <= RUN.doubt.limit) return "";
  return RUN.doubt.unlike.replace("{distance}", distance.toFixed(3));
}
