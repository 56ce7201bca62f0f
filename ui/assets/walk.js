// A picture on its way through a trained network. All numbers came with the data; the browser only moves along them.
// Called by Streamlit once when the component appears and again with new data, as more pictures have been answered for.

const PHOTO = 0, FEATURES = 1; // the first stages of every walk; then come those of the circuit, and last the answer
const GROWING = 600; // milliseconds that the bars of an answer take to their length
const TRAIL = 9; // states that a sphere shows behind the arrow

let pace = "normal"; // of all walks that are looked at in this tab

// Whoever passes by is told the whole in four sentences; whoever asks for a slow walk gets every stage at length.
const toldAt = (pace, walk) => timed(pace === "slow" ? walk.full : walk.brief, pace);

const shown = new WeakMap(); // the element that Streamlit gives us -> what is in it

export default function ({ data, parentElement }) {
  if (!shown.has(parentElement)) shown.set(parentElement, makeWalk(parentElement.querySelector(".walk")));
  shown.get(parentElement).take(data);
  return () => { shown.get(parentElement)?.end(); shown.delete(parentElement); };
}

function makeWalk(root) {
  const find = (selector) => root.querySelector(selector);
  const slider = find("input"), play = find(".play"), chosen = find(".pace");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let data, walks = [], next = null, number = 0, time = 0, wanted = !still.matches, inView = true, frame = 0, before = 0, painted = -1;

  const stages = () => walks[number].stages;
  const total = () => (walks.length ? stages()[stages().length - 1].end : 1);
  const answerAt = () => stages()[stages().length - 1].begin;
  const place = () => placeAt(stages(), time);

  function take(given) {
    data = given;
    const news = data.walks.map((walk) => ({
      ...walk, path: shorts(walk.path), features: bytes(walk.features), stages: toldAt(pace, walk),
    }));
    const here = walks.length ? news.findIndex(({ id }) => id === walks[number].id) : 0;
    if (here >= 0 || !news.length) {
      const first = !walks.length;
      [walks, next, number] = [news, null, Math.max(0, here)];
      if (first && walks.length) time = wanted ? 0 : total();
    } else next = news; // other pictures: the one on screen is shown to its end
    painted = -1;
    root.classList.toggle("compact", Boolean(data.compact));
    makeBars();
    show();
    turn();
  }

  // -- time --
  function turn() {
    cancelAnimationFrame(frame);
    frame = before = 0;
    if (wanted && inView && walks.length) frame = requestAnimationFrame(step);
  }

  function step(now) {
    if (before) time += Math.min(now - before, 100); // whoever comes back to a tab goes on where they were
    before = now;
    if (time >= total()) go(1, false);
    show();
    frame = requestAnimationFrame(step);
  }

  function go(by, answered) {
    if (next) [walks, next, number] = [next, null, by > 0 ? -1 : 0];
    number = (number + by + walks.length) % walks.length;
    time = answered ? total() : 0;
    painted = -1;
  }

  play.onclick = () => {
    wanted = !wanted;
    if (wanted && time >= total()) time = 0;
    show();
    turn();
  };
  const other = (by) => () => { go(by, !wanted); show(); say(); };
  find(".back").onclick = other(-1);
  find(".on").onclick = other(1);
  chosen.value = pace;
  chosen.onchange = () => {
    const before = walks.length ? place() : null, stage = before && stages()[before.number];
    const share = before ? (time - stage.begin) / (stage.end - stage.begin) : 0;
    pace = chosen.value;
    for (const each of [...walks, ...(next ?? [])]) each.stages = toldAt(pace, each);
    if (before) time = timeAt(stages(), before, share);
    show();
  };
  slider.oninput = () => { wanted = false; time = slider.value / 1000 * total(); turn(); show(); say(); };

  // -- what is seen --
  function show() {
    const walk = walks[number], now = walk ? place() : null;
    play.textContent = wanted ? "❚❚ Pause" : "▶ Play";
    for (const each of [play, find(".back"), find(".on"), chosen, slider]) each.disabled = !walk;
    find(".place").textContent = walk ? `Picture ${number + 1} of ${data.total}` : "";
    setText(find(".when"), walk ? walk.when : "");
    slider.value = walk ? Math.round(time / total() * 1000) : 0;
    if (walk && painted !== number) paintPicture(walk);
    paintFeatures(walk, now);
    paintCircuit(walk, now);
    paintAnswer(walk);
    setText(find(".words"), walk ? words(walk, now) : data.waiting);
    slider.setAttribute("aria-valuetext", find(".words").textContent);
  }

  // Whoever has paused reads what each column of gates did, and the rest at length; in motion there is no time for more
  // than a stage's sentence.
  function words(walk, { number: stage, column, answered }) {
    const { from, to, said } = stages()[stage];
    if (wanted) return said;
    if (from === to) return walk.full[answered ? walk.full.length - 1 : stage].said;
    return walk.columns[Math.min(to - 1, Math.floor(column))];
  }

  function say() { find(".words").setAttribute("aria-live", "polite"); } // only for whoever moves it by hand

  function paintPicture(walk) {
    const photo = find("img");
    photo.src = walk.photo;
    photo.alt = `${walk.drawn ? "A drawing" : "A photo"} of ${walk.truth}`;
    photo.hidden = false;
    find("figcaption").textContent = walk.drawn ? "drawn" : "photo";
    painted = number;
  }

  function paintFeatures(walk, now) {
    const view = sheet(find(".features canvas")), { pen, width, height, ink } = view;
    const count = walk ? walk.features.length : 0;
    setText(find(".features p"), walk ? `${count.toLocaleString("en")} features` : "features");
    if (!count || !width) return;
    const across = Math.ceil(Math.sqrt(count * width / height)), down = Math.ceil(count / across);
    const share = now.number === PHOTO ? 0 : now.number === FEATURES ? now.moved : 1;
    pen.fillStyle = ink;
    for (let k = 0; k < count * share; k++) {
      pen.globalAlpha = walk.features[k] / 255 * 0.95;
      pen.fillRect((k % across) * width / across, Math.floor(k / across) * height / down, width / across - 0.5, height / down - 0.5);
    }
  }

  function paintCircuit(walk, now) {
    const column = walk ? now.column : 0, gates = find(".circuit"), balls = find(".spheres");
    if (gates.clientWidth) circuit(sheet(gates), data.circuit, now ? now.lit : -1);
    gates.setAttribute("aria-label", `The circuit: ${data.circuit.wires} qubits, ${data.circuit.columns - 1} columns of gates.`);
    if (balls.clientWidth) paintSpheres(sheet(balls), walk, Math.floor(column * data.parts), Boolean(now?.answered));
    const states = walk ? walk.expectations.map((value, wire) => `qubit ${wire} ${signed(value)}`).join(", ") : "";
    balls.setAttribute("aria-label", `One Bloch sphere a qubit. After the circuit: ${states}.`);
  }

  function paintSpheres(view, walk, row, measured) {
    const { wires } = data.circuit, each = view.width / wires;
    const radius = Math.min(each / 2 - 6, (view.height - (each < 100 ? 34 : 58)) / 2);
    for (let wire = 0; wire < wires; wire++) {
      const x = (wire + 0.5) * each, y = radius + (each < 100 ? 4 : 18);
      const point = (at) => [0, 1, 2].map((axis) => (walk ? walk.path[(at * wires + wire) * 3 + axis] / FULL_SCALE : +(axis === 2)));
      const trail = walk ? [...Array(TRAIL).keys()].map((k) => row - TRAIL + 1 + k).filter((at) => at >= 0).map(point) : [];
      sphere(view, x, y, radius, point(row), trail, data.state, each >= 100);
      view.pen.fillStyle = view.ink;
      view.pen.font = `${measured ? "600 " : ""}${each < 100 ? 11 : 13}px ${view.font}`;
      const value = walk ? signed(point(row)[2]) : "1.00";
      view.pen.fillText(each < 100 ? `q${wire} ${value}` : `q${wire}   ⟨Z⟩ ${value}`, x, view.height - 9);
    }
  }

  function makeBars() {
    if (find(".bars").childElementCount === data.classes.length) return;
    find(".bars").replaceChildren(...data.classes.map((name, label) => {
      const entry = document.createElement("div"), track = document.createElement("i"), bar = document.createElement("b");
      bar.style.background = data.colours[label % data.colours.length];
      track.append(bar);
      entry.append(Object.assign(document.createElement("span"), { textContent: name }), document.createElement("span"), track);
      return entry;
    }));
  }

  function paintAnswer(walk) {
    const since = walk ? time - answerAt() : -1, share = Math.min(1, Math.max(0, since / GROWING));
    [...find(".bars").children].forEach((entry, label) => {
      const sure = walk ? walk.probabilities[label] : 0;
      entry.querySelector("b").style.width = `${sure * share * 100}%`;
      setText(entry.children[1], since >= 0 ? `${Math.round(sure * 100)}%` : "");
    });
    const right = walk && walk.label === walk.truth;
    setText(find(".verdict b"), since < 0 ? "…" : `${right ? "✓" : "✗"} ${walk.label}`);
    setText(find(".verdict small"), since < 0 ? "" : right ? "right" : `wrong: these are ${walk.truth}`);
  }

  function setText(element, text) { if (element.textContent !== text) element.textContent = text; }

  // -- around --
  const resized = new ResizeObserver(() => data && show());
  [find(".circuit"), find(".spheres")].forEach((each) => resized.observe(each));
  const watched = new IntersectionObserver(([entry]) => { inView = entry.isIntersecting; if (data) turn(); });
  watched.observe(root);
  const calmer = () => { if (still.matches) { wanted = false; time = total(); } if (data) { show(); turn(); } };
  still.addEventListener("change", calmer);
  const dark = window.matchMedia("(prefers-color-scheme: dark)"), repaint = () => setTimeout(() => data && show(), 300);
  dark.addEventListener("change", repaint);
  return { take, end() {
    cancelAnimationFrame(frame);
    resized.disconnect();
    watched.disconnect();
    still.removeEventListener("change", calmer);
    dark.removeEventListener("change", repaint);
  } };
}
