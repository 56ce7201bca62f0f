// The circuit on its way, simulated here: every qubit's Bloch vector after each part of each column of gates. A gate is
// a turn about an axis, by an angle of its own or by one of the picture's; or a CNOT, which is done by degrees as a turn
// by half a circle between what it leaves and what it turns round.

function blochPath({ wires, steps, parts }, angles) {
  let state = startOf(wires);
  const rows = [blochVectors(state, wires)];
  for (const step of steps) {
    const before = state;
    for (let part = 1; part <= parts; part++) {
      state = { re: before.re.slice(), im: before.im.slice() };
      for (const gate of step) act(state, wires, gate, part / parts, angles);
      rows.push(blochVectors(state, wires));
    }
  }
  return rows;
}

function startOf(wires) {
  const re = new Float64Array(2 ** wires);
  re[0] = 1;
  return { re, im: new Float64Array(2 ** wires) };
}

function act(state, wires, gate, share, angles) {
  if (gate.wires.length === 2) {
    const [control, target] = gate.wires.map((wire) => 2 ** (wires - 1 - wire)); // wire 0 is the highest bit
    turnPairs(state, target, control, halfTurned(share));
    return;
  }
  const angle = gate.feature === undefined ? gate.angle : angles[gate.feature];
  turnPairs(state, 2 ** (wires - 1 - gate.wires[0]), 0, turned(gate.axis, share * angle));
}

// A matrix is its four numbers row by row, each real and imaginary: cos I - i sin (axis · sigma).
function turned([x, y, z], angle) {
  const cos = Math.cos(angle / 2), sin = Math.sin(angle / 2);
  return [cos, -sin * z, -sin * y, -sin * x, sin * y, -sin * x, cos, sin * z];
}

function halfTurned(share) { // (I + X) / 2 + exp(i pi share) (I - X) / 2
  const re = Math.cos(Math.PI * share) / 2, im = Math.sin(Math.PI * share) / 2;
  return [0.5 + re, im, 0.5 - re, -im, 0.5 - re, -im, 0.5 + re, im];
}

function turnPairs({ re, im }, bit, control, [ar, ai, br, bi, cr, ci, dr, di]) {
  for (let low = 0; low < re.length; low++) {
    if (low & bit || (low & control) !== control) continue;
    const high = low | bit, xr = re[low], xi = im[low], yr = re[high], yi = im[high];
    re[low] = ar * xr - ai * xi + br * yr - bi * yi;
    im[low] = ar * xi + ai * xr + br * yi + bi * yr;
    re[high] = cr * xr - ci * xi + dr * yr - di * yi;
    im[high] = cr * xi + ci * xr + dr * yi + di * yr;
  }
}

function blochVectors({ re, im }, wires) {
  return [...Array(wires).keys()].map((wire) => {
    const bit = 2 ** (wires - 1 - wire), vector = [0, 0, 0];
    for (let low = 0; low < re.length; low++) {
      if (low & bit) continue;
      const high = low | bit;
      vector[0] += 2 * (re[low] * re[high] + im[low] * im[high]);
      vector[1] += 2 * (re[low] * im[high] - im[low] * re[high]);
      vector[2] += re[low] ** 2 + im[low] ** 2 - re[high] ** 2 - im[high] ** 2;
    }
    return vector;
  });
}
