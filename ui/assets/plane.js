// The plane of the pictures' angles: one epoch of a map on a canvas; for whatever shows a map (`ui/results/decision_map_view.py` packs it).

const FAINTEST = 0.06, DEEPEST = 0.55; // opacity of the surface where the class is open, and where it is certain

// -- data --
function unpacked(data) {
  return {
    labels: bytes(data.labels), validation: bytes(data.validation), said: bytes(data.predicted), sure: bytes(data.sure),
    places: new Int16Array(bytes(data.places).buffer), winners: bytes(data.winners), surface: bytes(data.surface),
  };
}

// Mistakes first, each group in the order of the files.
function inOrder(data, frames, frame) {
  const wrong = (picture) => frames.said[frame * data.count + picture] !== frames.labels[picture];
  return [...Array(data.count).keys()].sort((one, other) => wrong(other) - wrong(one) || one - other);
}

// Where a picture lies, in CSS pixels of a square plane; between two epochs it glides from one place to the other.
function place(frames, count, at, picture, size) {
  const early = Math.floor(at), late = Math.ceil(at), share = at - early;
  const of = (frame, axis) => frames.places[2 * (frame * count + picture) + axis] / 32767;
  const between = (axis) => of(early, axis) * (1 - share) + of(late, axis) * share;
  return [(1 + between(0)) * size / 2, (1 - between(1)) * size / 2];
}

// -- drawing --
function draw(canvas, data, frames, at, chosen) {
  const size = canvas.clientWidth, density = window.devicePixelRatio || 1, frame = Math.round(at);
  if (!size) return; // in a tab that is not open
  canvas.width = canvas.height = Math.round(size * density);
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.imageSmoothingQuality = "high";
  if (!data.bare) paintSurface(pen, data, frames, at, size);
  const paper = getComputedStyle(canvas).getPropertyValue("--st-background-color") || "white";
  const wrong = (picture) => frames.said[frame * data.count + picture] !== frames.labels[picture];
  const pictures = [...Array(data.count).keys()];
  const spot = (picture) => place(frames, data.count, at, picture, size);
  const rank = (picture) => 2 * wrong(picture) + frames.validation[picture]; // what matters most lies on top
  for (const picture of pictures.sort((one, other) => rank(one) - rank(other))) {
    if (wrong(picture)) cross(pen, spot(picture), data.wrong, paper);
    dot(pen, spot(picture), frames.validation[picture] ? 5 : 3, data.colours[frames.labels[picture]], paper);
  }
  if (chosen >= 0) ring(pen, spot(chosen), getComputedStyle(canvas).color);
}

// Between two epochs one surface fades into the other where the map says so, as its few epochs are shown slowly.
function paintSurface(pen, data, frames, at, size) {
  const share = data.fades ? at - Math.floor(at) : 0;
  const layers = share ? [[Math.floor(at), 1 - share], [Math.ceil(at), share]] : [[Math.round(at), 1]];
  for (const [frame, strength] of layers) {
    pen.globalAlpha = strength;
    pen.drawImage(surface(data, frames, frame), 0, 0, size, size);
  }
  pen.globalAlpha = 1;
}

function surface(data, frames, frame) {
  const side = data.grid, small = document.createElement("canvas"), inks = data.colours.map(rgb);
  small.width = small.height = side;
  const pen = small.getContext("2d"), image = pen.createImageData(side, side), open = 1 / data.classes.length;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const from = (frame * side + i) * side + j, to = 4 * ((side - 1 - j) * side + i); // the second angle grows upwards
      const sure = Math.max(0, (frames.surface[from] / 255 - open) / (1 - open));
      image.data.set(inks[frames.winners[from]], to);
      image.data[to + 3] = 255 * (FAINTEST + (DEEPEST - FAINTEST) * sure);
    }
  }
  pen.putImageData(image, 0, 0);
  return small;
}

function rgb(colour) { return [1, 3, 5].map((first) => parseInt(colour.slice(first, first + 2), 16)); }

function dot(pen, [x, y], radius, colour, paper) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.strokeStyle = paper;
  pen.lineWidth = 1.2;
  pen.fill();
  pen.stroke();
}

// Arms that stand out from behind the dot, which keeps the colour of its true class.
function cross(pen, [x, y], colour, paper) {
  for (const [width, ink] of [[5, paper], [2.4, colour]]) {
    pen.beginPath();
    for (const side of [-1, 1]) { pen.moveTo(x - 8, y - 8 * side); pen.lineTo(x + 8, y + 8 * side); }
    pen.lineWidth = width;
    pen.strokeStyle = ink;
    pen.stroke();
  }
}

function ring(pen, [x, y], colour) {
  pen.beginPath();
  pen.arc(x, y, 10, 0, 2 * Math.PI);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.stroke();
}
