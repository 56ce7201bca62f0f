// The numbers that are asked about: a field and a slider for each column, and of two columns the plane, which the
// network itself paints, row by row.

const GRID = 64; // numbers along each axis of the plane
const DIGITS = 4; // of a number that a slider or the plane gives

// `tell` hears which fields hold no number, and for which one the answer is therefore.
function makeFields(place, columns, changed, tell) {
  const values = columns.map(({ start }) => start);
  let said = "";
  const rows = columns.map(({ name, low, high }, at) => {
    const row = document.createElement("div"), label = document.createElement("label");
    const [box, slider] = ["number", "range"].map((type) => Object.assign(document.createElement("input"), { type, step: "any", disabled: true }));
    Object.assign(slider, { min: low, max: high });
    slider.setAttribute("aria-label", name);
    label.append(name, box);
    row.append(label, slider);
    box.oninput = () => {
      box.ariaInvalid = String(!Number.isFinite(box.valueAsNumber));
      if (Number.isFinite(box.valueAsNumber)) set(at, box.valueAsNumber, box);
      sayGaps();
    };
    slider.oninput = () => set(at, Number(slider.valueAsNumber.toPrecision(DIGITS)), slider);
    place.append(row);
    return [box, slider];
  });
  function set(at, value, from) {
    values[at] = value;
    for (const input of rows[at]) {
      if (input === from) continue;
      input.value = value;
      input.ariaInvalid = "false";
    }
    sayGaps();
    changed(values);
  }
  function sayGaps() {
    const gaps = columns.flatMap(({ name }, at) => (rows[at][0].ariaInvalid === "true" ? `${name}, so that ${values[at]} still counts` : []));
    const words = gaps.length ? `No number stands in ${gaps.join(", and in ")}.` : "";
    if (words !== said) tell(words, gaps.length > 0);
    said = words;
  }
  values.forEach((value, at) => set(at, value));
  return { set: (given) => given.forEach((value, at) => set(at, value)), values };
}

function makePlane(root, { columns, points }, answerTo, picked) {
  const canvas = root.querySelector("canvas"), surface = Object.assign(document.createElement("canvas"), { width: GRID, height: GRID });
  const [across, up] = columns, at = ({ low, high }, share) => low + (high - low) * share, share = ({ low, high }, value) => (value - low) / (high - low);
  let point = columns.map(({ start }) => start);
  root.hidden = false;
  root.querySelector("figcaption").textContent = `Across: ${across.name}, ${across.low} to ${across.high}. Up: ${up.name}, ${up.low} to ${up.high}. Press or drag to ask.`;

  async function paint() {
    for (let line = 0; line < GRID; line++) {
      const rows = [...Array(GRID).keys()].map((column) => [at(across, (column + 0.5) / GRID), at(up, 1 - (line + 0.5) / GRID)]);
      const { probabilities } = await answerTo(rows), count = RUN.classes.length, image = new ImageData(GRID, 1);
      for (let column = 0; column < GRID; column++) image.data.set(colourOf(probabilities.slice(column * count, (column + 1) * count)), 4 * column);
      surface.getContext("2d").putImageData(image, 0, line);
      show();
    }
  }

  function show() {
    const side = canvas.clientWidth * devicePixelRatio, pen = canvas.getContext("2d"), unit = side / 100;
    canvas.width = canvas.height = side;
    pen.drawImage(surface, 0, 0, side, side);
    const ring = ([x, y], size, fill, ink) => {
      pen.beginPath();
      pen.arc(share(across, x) * side, (1 - share(up, y)) * side, size * unit, 0, 2 * Math.PI);
      Object.assign(pen, { fillStyle: fill, strokeStyle: ink, lineWidth: 0.6 * unit });
      pen.fill();
      pen.stroke();
    };
    const { color, backgroundColor } = getComputedStyle(canvas);
    for (const [x, y, label] of points) ring([x, y], 0.8, RUN.colours[label % RUN.colours.length], backgroundColor);
    ring(point, 2.4, backgroundColor, color);
  }

  const take = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect(), inside = (value) => Math.max(0, Math.min(1, value));
    const shares = [inside((clientX - box.left) / box.width), inside(1 - (clientY - box.top) / box.height)];
    picked(columns.map((column, axis) => Number(at(column, shares[axis]).toPrecision(DIGITS))));
  };
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); take(event); };
  canvas.onpointermove = (event) => { if (canvas.hasPointerCapture(event.pointerId)) take(event); };
  new ResizeObserver(show).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  return { paint, move: (values) => { point = values; show(); } };
}

// The class's colour, the fainter the less sure.
function colourOf(shares) {
  const top = shares.indexOf(Math.max(...shares)), hex = RUN.colours[top % RUN.colours.length], even = 1 / shares.length;
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).concat(30 + 150 * (shares[top] - even) / (1 - even));
}
