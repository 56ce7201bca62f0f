// Show mode: scene after scene over the whole window, round after round, until somebody touches it. Rounds come from the
// server when they are ready; while none comes, or the server is gone, the last one is shown again. Nothing accumulates:
// one round is held at a time, and one that waits for the scenes to come round.

const SECONDS = { train: 14, replay: 12, circuit: 12 }; // at least; a scene goes on until its words have been read
const MOVES = { train: 0.6, replay: 0.85, circuit: 0.85 }; // of a scene's time; then it stands still
const NO_NEWS_MS = 300000; // a server that has nothing new for so long has lost this page: it is loaded again
const LOOK_MS = 30000;
const LEAVE_MS = 2500; // after a touch: longer than the server needs, if there is one
const JITTER = 12; // pixels that a pointer may move by itself, as on a stand that is bumped into
const TRAIL_LENGTH = 9;

const stages = new WeakMap(); // the element that Streamlit gives us -> the show in it

export default function ({ data, parentElement, setTriggerValue }) {
  if (!stages.has(parentElement)) stages.set(parentElement, makeShow(parentElement.querySelector(".show")));
  const show = stages.get(parentElement);
  show.take(data, () => setTriggerValue("left", true));
  return () => { show.end(); stages.delete(parentElement); };
}

function makeShow(root) {
  const find = (selector) => root.querySelector(selector), board = find(".stage"), square = find(".plane");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let round = null, waiting = null, scenes = [], stages = [], scene = 0, began = 0, frame = 0, heard = Date.now(), tell = () => {};
  let photo = new Image(), leaving = 0, lock = null, last = null;

  function take(given, told) {
    tell = told;
    heard = Date.now();
    if (given.id === round?.id || given.id === waiting?.id) {
      if (!round || given.id !== round.id || given.walks.length === round.walks.length) return;
    }
    waiting = given;
    if (!round?.walks.length) adopt();
    if (!frame) frame = requestAnimationFrame(step);
  }

  function adopt() {
    round = unpackedRound(waiting);
    waiting = null;
    scenes = [...(round.run ? ["train"] : []), ...(round.map ? ["replay"] : []), ...round.walks.map((_, k) => `walk ${k}`)];
    scenes.push("circuit");
    start(0);
  }

  function start(number) {
    if (number >= scenes.length && waiting) { adopt(); return; }
    scene = number % scenes.length;
    began = performance.now();
    const walk = walkOf(scenes[scene]);
    if (walk) stages = timed(walk.brief, "normal");
    if (walk) photo.src = walk.photo;
    find(".marks").replaceChildren(...scenes.map((_, k) => {
      return Object.assign(document.createElement("i"), { className: k === scene ? "here" : "" });
    }));
    square.hidden = scenes[scene] !== "replay";
    board.hidden = !square.hidden;
  }

  const kindOf = (name) => name.split(" ")[0], walkOf = (name) => round.walks[Number(name.split(" ")[1] ?? -1)];

  function step(now) {
    frame = requestAnimationFrame(step);
    const name = scenes[scene], kind = kindOf(name), since = Math.max(0, now - began), total = sceneMs(kind);
    if (since >= total) start(scene + 1);
    else play(kind, walkOf(name), still.matches ? total : since, total);
  }

  function sceneMs(kind) {
    if (kind === "walk") return stages[stages.length - 1].end;
    if (kind === "train") return Math.max(SECONDS.train * 1000, dwellMs(learnsWords()) / MOVES.train + dwellMs(learntWords()));
    return Math.max(SECONDS[kind] * 1000, dwellMs(kind === "replay" ? mapWords() : circuitWords()));
  }

  // -- scenes --
  function play(kind, walk, since, total) {
    const share = Math.min(1, since / total / (MOVES[kind] ?? 1));
    if (kind === "train") playTraining(share);
    if (kind === "replay") playReplay(share);
    if (kind === "walk") playWalk(walk, since);
    if (kind === "circuit") playCircuit(share);
  }

  // Words stay for their reading time; what changes from epoch to epoch is a counter of its own.
  function say(title, words, count = "") {
    if (find(".count").textContent !== count) find(".count").textContent = count;
    if (find("h2").textContent !== title) find("h2").textContent = title;
    if (find(".words").textContent === words) return;
    find(".words").textContent = words;
    for (const each of [board, square]) each.setAttribute("aria-label", `${title}. ${words}`);
  }

  const epochWords = (done, epochs) => `epoch ${done} of ${epochs}`;

  const learnsWords = () => `The curves show how many of ${round.run.total} ${round.run.noun} it gets right that it never learns from.`;

  function learntWords() {
    const { run } = round;
    return `Trained just now with seed ${run.seed}, from ${run.learnt} ${run.noun}${run.drawn ? " drawn by this app" : ""}: ` +
      `${run.right[run.best - 1]} of ${run.total} others right. The training itself took ${Math.max(0.01, run.seconds)} s.`;
  }

  function playTraining(share) {
    const { run } = round, epochs = run.right.length, at = Math.max(1, share * epochs), done = Math.min(epochs, Math.floor(at));
    curves(sheet(board), run, at);
    say("It learns", share < 1 ? learnsWords() : learntWords(),
      `${epochWords(done, epochs)}: ${run.right[done - 1]} of ${run.total} right`);
  }

  const mapWords = () => `The circuit decides by where its angles put each picture: ${round.map.classes.join(" or ")}; a cross is a mistake.`;

  function playReplay(share) {
    const { map } = round, epochs = map.epochs.length, at = share * (epochs - 1);
    draw(square, map, round.frames, still.matches ? Math.round(at) : at, -1);
    say("Every point is a picture", mapWords(), map.said[Math.round(at)]);
  }

  function playWalk(walk, since) {
    const view = sheet(board), now = placeAt(stages, since), places = walkPlaces(view);
    paintPhoto(view, walk, places.photo);
    paintFeatures(view, walk, places.features, now.number === 0 ? 0 : now.number === 1 ? now.moved : 1);
    within(view, places.circuit, (part) => circuit(part, round.circuit, now.lit));
    within(view, places.spheres, (part) => paintSpheres(part, walk, Math.floor(now.column * round.parts)));
    paintAnswer(view, walk, places.answer, now.answered ? now.moved : 0);
    say("It answers", stages[now.number].said, walk.when);
  }

  const circuitWords = () => (round.run
    ? `Every hand is an angle that training may turn: ${round.run.turned}`
    : "Every line is a qubit, every box a gate that turns it; it is read from left to right.");

  function playCircuit(share) {
    const view = sheet(board), { run } = round, columns = round.circuit.columns;
    const narrow = view.width < view.height, height = view.height * (narrow ? 0.5 : 0.8), top = (view.height - height) / 2;
    const epoch = run ? Math.min(run.right.length - 1, Math.floor(share * run.right.length)) : 0;
    within(view, [0, top, view.width, height], (part) => {
      circuit(part, round.circuit, run ? columns : share * (columns + 1), 22, run ? (index) => angle(run, epoch, index) : null);
    });
    say("Its quantum circuit, simulated", circuitWords(), run ? epochWords(epoch + 1, run.right.length) : "");
  }

  const angle = (run, epoch, index) => run.angles[epoch * (run.angles.length / run.right.length) + index];

  // -- parts of the picture's way --
  function walkPlaces({ width, height }) { // [left, top, width, height] of every part
    if (width < height) {
      const side = Math.min(width * 0.42, height * 0.26);
      return { photo: [0, 0, side, side], answer: [side + 16, 0, width - side - 16, side], features: [0, side + 10, width, height * 0.07],
        circuit: [0, side + height * 0.1, width, height * 0.36], spheres: [0, side + height * 0.48, width, height - side - height * 0.48] };
    }
    const side = Math.min(width * 0.22, height * 0.56), right = width * 0.2, middle = width - side - right - width * 0.04;
    const left = side + width * 0.02;
    return { photo: [0, 0, side, side], features: [0, side + 14, side, height - side - 14], circuit: [left, 0, middle, height * 0.54],
      spheres: [left, height * 0.56, middle, height * 0.44], answer: [width - right, height * 0.1, right, height * 0.8] };
  }

  function within(view, [left, top, width, height], paint) {
    view.pen.save();
    view.pen.translate(left, top);
    paint({ ...view, width, height });
    view.pen.restore();
  }

  function paintPhoto({ pen, ink, font }, walk, [x, y, side]) {
    if (photo.complete && photo.naturalWidth) pen.drawImage(photo, x, y, side, side);
    pen.globalAlpha = 0.9;
    pen.fillStyle = "#FAF8F4";
    pen.fillRect(x + 8, y + 8, 62, 24);
    pen.globalAlpha = 1;
    pen.fillStyle = "#20242E";
    pen.font = `14px ${font}`;
    pen.fillText(walk.drawn ? "drawn" : "photo", x + 39, y + 20);
    pen.fillStyle = ink;
  }

  function paintFeatures({ pen, ink }, walk, [x, y, width, height], share) {
    const count = walk.features.length, across = Math.ceil(Math.sqrt(count * width / height)), down = Math.ceil(count / across);
    pen.fillStyle = ink;
    for (let k = 0; k < count * share; k++) {
      pen.globalAlpha = walk.features[k] / 255 * 0.95;
      pen.fillRect(x + (k % across) * width / across, y + Math.floor(k / across) * height / down, width / across - 0.5, height / down - 0.5);
    }
    pen.globalAlpha = 1;
  }

  function paintSpheres(view, walk, row) {
    const { wires } = round.circuit, each = view.width / wires, radius = Math.min(each / 2 - 6, (view.height - 56) / 2);
    for (let wire = 0; wire < wires; wire++) {
      const point = (at) => [0, 1, 2].map((axis) => walk.path[(at * wires + wire) * 3 + axis] / FULL_SCALE);
      const trail = [...Array(TRAIL_LENGTH).keys()].map((k) => row - TRAIL_LENGTH + 1 + k).filter((at) => at >= 0).map(point);
      const x = (wire + 0.5) * each;
      sphere(view, x, radius + 18, radius, point(row), trail, round.state);
      view.pen.fillStyle = view.ink;
      view.pen.font = `${Math.max(12, Math.min(22, radius / 4))}px ${view.font}`;
      view.pen.fillText(signed(point(row)[2]), x, 2 * radius + 44);
    }
  }

  function paintAnswer({ pen, ink, font }, walk, [x, y, width, height], share) {
    const size = Math.max(16, Math.min(width / 8, height / 8)), right = walk.label === walk.truth;
    pen.textAlign = "left";
    pen.fillStyle = ink;
    pen.font = `650 ${size * 1.5}px ${font}`;
    pen.fillText(share ? `${right ? "✓" : "✗"} ${walk.label}` : "…", x, y + size);
    pen.font = `${size * 0.8}px ${font}`;
    if (share && !right) pen.fillText(`wrong: these are ${walk.truth}`, x, y + size * 2.4, width);
    const each = Math.min(size * 2.6, (height - size * 3.2) / round.classes.length);
    round.classes.forEach((name, label) => {
      const top = y + size * 3.4 + label * each;
      pen.font = `${Math.min(size, each * 0.5)}px ${font}`;
      pen.fillStyle = ink;
      pen.fillText(share ? `${name}  ${Math.round(walk.probabilities[label] * 100)}%` : name, x, top, width);
      pen.globalAlpha = 0.14;
      pen.fillRect(x, top + each * 0.3, width, each * 0.22);
      pen.globalAlpha = 1;
      pen.fillStyle = round.colours[label % round.colours.length];
      pen.fillRect(x, top + each * 0.3, width * walk.probabilities[label] * share, each * 0.22);
    });
    pen.textAlign = "center";
  }

  // -- back to normal --
  function leave(event) {
    if (leaving) return;
    event.preventDefault();
    event.stopPropagation();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    tell();
    leaving = setTimeout(() => location.replace(location.pathname), LEAVE_MS); // the server is gone, or slow
  }

  function moved(event) {
    last ??= [event.screenX, event.screenY];
    if (Math.hypot(event.screenX - last[0], event.screenY - last[1]) > JITTER * 20) leave(event);
  }

  const exits = ["pointerdown", "keydown", "wheel", "touchstart"];
  exits.forEach((name) => window.addEventListener(name, leave, { capture: true, passive: false }));
  window.addEventListener("pointermove", moved, { capture: true });

  // -- steady for days --
  const watch = setInterval(() => {
    if (Date.now() - heard < NO_NEWS_MS) return;
    fetch(routeAddress("_stcore/health", round?.base), { cache: "no-store" }).then((answer) => { if (answer.ok) location.reload(); }).catch(() => {});
  }, LOOK_MS);
  const awake = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").then((held) => { lock = held; }).catch(() => {});
  };
  document.addEventListener("visibilitychange", awake);
  awake();
  document.documentElement.requestFullscreen?.().catch(() => {}); // only allowed just after a click, as on the link to here
  root.focus({ preventScroll: true });

  return { take, end() {
    cancelAnimationFrame(frame);
    clearInterval(watch);
    clearTimeout(leaving);
    exits.forEach((name) => window.removeEventListener(name, leave, { capture: true }));
    window.removeEventListener("pointermove", moved, { capture: true });
    document.removeEventListener("visibilitychange", awake);
    lock?.release().catch(() => {});
    photo.src = "";
  } };
}

function unpackedRound(data) {
  const walks = data.walks.map((walk) => ({ ...walk, path: shorts(walk.path), features: bytes(walk.features) }));
  const run = data.run && { ...data.run, angles: floats(data.run.weights), weights: "" };
  return { ...data, walks, run, frames: data.map ? unpacked(data.map) : null };
}

// Accuracy and loss of both kinds of pictures, as far as they have come; each curve is named at its end.
function curves(view, run, at) {
  const gap = view.height * 0.08, half = (view.height - gap) / 2;
  const most = Math.max(...run.training.loss, ...run.validation.loss), epochs = run.right.length;
  const least = Math.min(0.5, ...run.training.accuracy, ...run.validation.accuracy);
  panel(view, 0, half, "Right", epochs, at, run, "accuracy", (value) => (value - least) / (1 - least), [`${Math.round(least * 100)}%`, "100%"]);
  panel(view, half + gap, half, "Loss", epochs, at, run, "loss", (value) => value / most, ["0", most.toFixed(1)]);
}

function panel({ pen, width, ink, font }, top, height, title, epochs, at, run, figure, scaled, [low, high]) {
  const left = 70, right = 130, size = Math.max(13, Math.min(24, height / 12)), x = (epoch) => left + (epoch - 1) / (epochs - 1 || 1) * (width - left - right);
  const y = (value) => top + height - size - scaled(value) * (height - 2 * size);
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = 1;
  pen.font = `${size}px ${font}`;
  pen.textAlign = "right";
  pen.fillText(high, left - 12, top + size);
  pen.fillText(low, left - 12, top + height - size);
  pen.textAlign = "left";
  pen.fillText(title, left, top + size * 0.2 + size / 2);
  pen.globalAlpha = 0.3;
  line(pen, [[left, top + height - size], [width - right, top + height - size]]);
  pen.globalAlpha = 1;
  for (const [name, { colour, ...figures }] of [["training", run.training], ["validation", run.validation]]) {
    const done = Math.floor(at), rest = at - done, values = figures[figure], points = [];
    for (let epoch = 1; epoch <= Math.min(done, epochs); epoch++) points.push([x(epoch), y(values[epoch - 1])]);
    if (done < epochs) points.push([x(at), y(values[done - 1] * (1 - rest) + values[done] * rest)]);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 3;
    line(pen, points);
    const [endX, endY] = points[points.length - 1];
    pen.beginPath(); pen.arc(endX, endY, 5, 0, 2 * Math.PI); pen.fill();
    const lift = (figure === "accuracy") === (name === "training") ? -0.6 : 0.6; // so that names of close curves stay apart
    pen.fillText(name, endX + 12, endY + size * lift);
  }
  pen.textAlign = "center";
}
