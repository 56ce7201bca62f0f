// The moving circuit: its gates light up column by column while the arrow of every qubit turns.

const COLUMN_MS = 420; // that a column of gates takes; a whole circuit takes no longer than LONGEST_MS
const LONGEST_MS = 14000;
const TRAIL = 9; // states that a sphere shows behind its arrow
const NARROW = 100; // CSS pixels of a sphere, below which its words are short

function makeCircuitView(root, data) {
  const find = (selector) => root.querySelector(selector), slider = find("input"), play = find("button");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  root.style.setProperty("--wires", data.wires);
  let path = [], answer = null, at = 0, playing = false, before = 0; // `at`: columns of gates that have acted

  function take(given, live) {
    answer = given;
    path = blochPath(data, given.stage_angles);
    playing = !live && !still.matches;
    at = playing ? 0 : data.steps.length;
    go();
  }

  function go() {
    before = 0;
    show();
    if (playing) requestAnimationFrame(step);
  }

  function step(now) {
    if (!playing) return;
    const each = Math.min(COLUMN_MS, LONGEST_MS / data.steps.length);
    at = Math.min(data.steps.length, at + Math.min(100, before ? now - before : 0) / each);
    before = now;
    playing = at < data.steps.length;
    show();
    if (playing) requestAnimationFrame(step);
  }

  function show() {
    const done = at >= data.steps.length;
    play.textContent = playing ? "❚❚ Pause" : done ? "▶ Once more" : "▶ Play";
    slider.value = 1000 * at / data.steps.length;
    slider.setAttribute("aria-valuetext", wordsAt());
    find(".words").textContent = wordsAt();
    circuit(sheet(find(".gates")), data, done ? Infinity : Math.floor(at) + 0.5);
    paintSpheres(sheet(find(".spheres")), Math.min(path.length - 1, Math.floor(at * data.parts)), done);
  }

  function wordsAt() {
    if (!answer) return data.words.waiting;
    if (at >= data.steps.length) return "Measured: every qubit leaves one number, from −1 to 1, and a last small layer weighs them.";
    const { title } = data.sections.findLast(({ first }) => first <= at) ?? data.sections[0];
    return data.words[title] ?? `${title[0].toUpperCase()}${title.slice(1)}: gates join the qubits and turn them by trained angles.`;
  }

  function paintSpheres(view, row, measured) {
    const each = view.width / data.wires, narrow = each < NARROW;
    const radius = Math.min(each / 2 - 4, (view.height - (narrow ? 26 : 52)) / 2);
    for (let wire = 0; wire < data.wires; wire++) {
      const x = (wire + 0.5) * each, trail = path.slice(Math.max(0, row - TRAIL), row + 1).map((vectors) => vectors[wire]);
      const vector = path[row]?.[wire] ?? [0, 0, 1];
      sphere(view, x, radius + (narrow ? 4 : 18), radius, vector, trail, data.state, !narrow);
      view.pen.fillStyle = view.ink;
      view.pen.font = `${measured ? "600 " : ""}${narrow ? 11 : 13}px ${view.font}`;
      view.pen.fillText(`q${wire}  ${signed(vector[2])}`, x, view.height - 8);
    }
  }

  play.onclick = () => {
    if (!playing && at >= data.steps.length) at = 0;
    playing = !playing;
    go();
  };
  slider.oninput = () => { playing = false; at = slider.value / 1000 * data.steps.length; show(); };
  new ResizeObserver(show).observe(root);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
  return { take };
}
