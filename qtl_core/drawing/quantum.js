// What every animated picture, of the app and of a published page, draws qubits and gates with; put before the code of each component.
// A view is a pen, the reader's ink and paper, and what is drawn is given in CSS pixels.

const READABLE = 17; // CSS pixels of a gate's side, for letters in it
const LEGEND = 15; // CSS pixels of the line that stands in for them
const LEGEND_WORDS = { superposition: "to halfway", embedding: "by input", "trained rotation": "trained" };
const SMALLEST = 40; // CSS pixels of a side, to draw a circuit on

// A canvas as sharp as the screen: its pen in CSS pixels, its size, and the reader's colours.
function sheet(canvas) {
  const width = canvas.clientWidth, height = canvas.clientHeight, density = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * density)) canvas.width = Math.round(width * density);
  if (canvas.height !== Math.round(height * density)) canvas.height = Math.round(height * density);
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const paper = style.getPropertyValue("--st-background-color").trim() || "#FAF8F4";
  return { pen, width, height, ink: style.color, paper, font: style.fontFamily };
}

// Where a point of the unit ball is seen: [right, up]. `quantum_script.py` puts the two axes before this file.
function seen(point) {
  const along = (axis) => axis.reduce((sum, share, number) => sum + share * point[number], 0);
  return [along(SPHERE_RIGHT), along(SPHERE_UP)];
}

// A Bloch sphere: its outline, equator and axis, the way that the state has come, and the state as an arrow.
function sphere(view, cx, cy, radius, vector, trail, colour, names = true) {
  if (radius < 1) return;
  const { pen, ink, font } = view, at = (point) => {
    const [right, up] = seen(point);
    return [cx + radius * right, cy - radius * up];
  };
  pen.lineWidth = 1;
  pen.strokeStyle = ink;
  pen.fillStyle = ink;
  pen.globalAlpha = 0.05;
  pen.beginPath(); pen.arc(cx, cy, radius, 0, 2 * Math.PI); pen.fill();
  pen.globalAlpha = 0.45;
  pen.beginPath(); pen.arc(cx, cy, radius, 0, 2 * Math.PI); pen.stroke();
  pen.globalAlpha = 0.25;
  line(pen, [...Array(49).keys()].map((k) => at([Math.cos(k * Math.PI / 24), Math.sin(k * Math.PI / 24), 0])));
  pen.setLineDash([2, 3]);
  line(pen, [at([0, 0, 1]), at([0, 0, -1])]);
  pen.setLineDash([]);
  pen.strokeStyle = colour;
  trail.forEach((point, number) => {
    if (!number) return;
    pen.globalAlpha = 0.55 * number / trail.length;
    pen.lineWidth = 2;
    line(pen, [at(trail[number - 1]), at(point)]);
  });
  pen.globalAlpha = 1;
  pen.lineWidth = Math.max(2, radius / 18);
  const tip = at(vector), head = Math.max(3, radius / 10);
  line(pen, [[cx, cy], tip]);
  pen.fillStyle = colour;
  pen.beginPath(); pen.arc(...tip, head, 0, 2 * Math.PI); pen.fill();
  if (!names) return;
  pen.fillStyle = ink;
  pen.font = `${Math.max(10, Math.min(13, radius / 4))}px ${font}`;
  pen.fillText("0", cx, cy - radius - 9);
  pen.fillText("1", cx, cy + radius + 9);
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], number) => (number ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

// The circuit on a grid; gates that have acted stand out. `at` counts columns: 2.5 is in the middle of the third.
// With `angleOf`, a trained gate has a hand at its angle in place of its name.
function circuit(view, { wires, columns, boxes, sections, palette }, at, top = 22, angleOf = null) {
  const { pen, width, ink, font } = view, left = 22;
  const cell = (width - left - 6) / columns, isSmall = cell * 0.84 < READABLE && !angleOf, height = view.height - (isSmall ? LEGEND : 0);
  if (width < SMALLEST || height < SMALLEST) return; // a page that is being left has no room any more
  const row = (height - top) / wires;
  const side = Math.min(cell * 0.84, row * 0.78, Math.max(34, height / 12)), x = (column) => left + (column + 0.5) * cell;
  const y = (wire) => top + (wire + 0.5) * row;
  if (at >= 0 && at < columns) {
    pen.fillStyle = ink;
    pen.globalAlpha = 0.09;
    pen.fillRect(x(at - 0.5) - cell * 0.5, top - 2, cell, height - top);
  }
  pen.globalAlpha = 0.4;
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  for (let wire = 0; wire < wires; wire++) line(pen, [[left - 4, y(wire)], [width - 4, y(wire)]]);
  pen.globalAlpha = 0.75;
  pen.fillStyle = ink;
  pen.font = `11px ${font}`;
  for (let wire = 0; wire < wires; wire++) pen.fillText(`q${wire}`, 9, y(wire));
  titles(pen, sections, x, cell, top);
  for (const box of boxes) {
    const hand = angleOf && box.weight !== undefined ? angleOf(box.weight) : null;
    gate(view, box, x(box.column), y, side, palette[box.family], at > box.column ? 1 : 0.32, hand);
  }
  pen.globalAlpha = 1;
  if (isSmall) legend(view, boxes, palette);
}

// What the colours are, where gates are too small for their letters.
function legend({ pen, width, height, ink, font }, boxes, palette) {
  const kinds = boxes.filter(({ family }, number) => boxes.findIndex((box) => box.family === family) === number);
  const words = kinds.map(({ label, family }) => [label, LEGEND_WORDS[family] ?? ""].join(" ").trim());
  pen.font = `10.5px ${font}`;
  pen.textAlign = "left";
  const sizes = words.map((each) => 12 + pen.measureText(each).width), gap = (width - sizes.reduce((sum, each) => sum + each, 0)) / words.length;
  const y = height - LEGEND / 2 + 1;
  let x = Math.max(0, gap / 2);
  kinds.forEach(({ family }, number) => {
    pen.fillStyle = palette[family];
    pen.fillRect(x, y - 4, 8, 8);
    pen.strokeStyle = pen.fillStyle = ink;
    pen.strokeRect(x, y - 4, 8, 8);
    pen.fillText(words[number], x + 12, y);
    x += sizes[number] + Math.max(4, gap);
  });
  pen.textAlign = "center";
}

function titles(pen, sections, x, cell, top) {
  for (const { title, first, columns } of sections) {
    const middle = x(first + (columns - 1) / 2), room = columns * cell;
    const short = title.replace("layer ", ""), words = [title, short].find((each) => pen.measureText(each).width < room);
    if (words) pen.fillText(words, middle, top / 2 - 1);
    pen.fillRect(x(first + columns - 1) + cell / 2, top / 2, 0.5, 6);
  }
}

function gate({ pen, paper, ink, font }, { wires, label, family }, x, y, side, colour, strength, hand) {
  if (wires.length === 2) {
    const [control, target] = wires.map(y), disc = side * 0.3;
    pen.globalAlpha = strength;
    pen.strokeStyle = ink;
    pen.lineWidth = 1.5;
    line(pen, [[x, control], [x, target]]);
    for (const [middle, radius] of [[control, disc * 0.5], [target, disc]]) {
      pen.beginPath(); pen.arc(x, middle, radius, 0, 2 * Math.PI);
      pen.globalAlpha = 1;
      pen.fillStyle = paper;  // hides the wire, which would run through a pale disc
      pen.fill();
      pen.globalAlpha = strength;
      pen.fillStyle = colour;
      pen.fill(); pen.stroke();
    }
    pen.globalAlpha = Math.max(strength, 0.7);
    pen.strokeStyle = "#FFFFFF";
    line(pen, [[x - disc * 0.7, target], [x + disc * 0.7, target]]);
    line(pen, [[x, target - disc * 0.7], [x, target + disc * 0.7]]);
    return;
  }
  const middle = y(wires[0]);
  pen.globalAlpha = 1;
  pen.fillStyle = paper;
  rounded(pen, x, middle, side);
  pen.fill();
  pen.globalAlpha = strength;
  pen.fillStyle = colour;
  pen.fill();
  pen.globalAlpha = 0.5;
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.stroke();
  if (hand !== null) {
    pen.globalAlpha = 1;
    pen.strokeStyle = "#20242E";
    pen.lineWidth = Math.max(1.5, side / 12);
    line(pen, [[x, middle], [x + Math.sin(hand) * side * 0.42, middle - Math.cos(hand) * side * 0.42]]);
    return;
  }
  if (side < READABLE) return; // too small to be read
  pen.globalAlpha = 1;
  pen.fillStyle = strength < 1 ? ink : family === "measurement" ? "#FFFFFF" : "#20242E";
  pen.font = `${side * 0.4}px ${font}`;
  pen.fillText(label, x, middle + 0.5);
}

function rounded(pen, x, y, side) {
  pen.beginPath();
  pen.roundRect(x - side / 2, y - side / 2, side, side, Math.min(4, side / 5));
}

// A number with a true minus sign.
function signed(value) { return (value < 0 ? "−" : "") + Math.abs(value).toFixed(2); }
