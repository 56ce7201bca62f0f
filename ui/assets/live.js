// Live answers: small frames go to the server one after another, when it says that the next one may come, and the bars
// slide to what comes back. A tap holds a picture, which the page then explains in full.

const SHORT_SIDE = 256; // what the image networks cut their square from
const HELD_SIDE = 640;
const LOST_MS = 2000; // between two tries while the line is down
const SAY_MS = 4000; // a screen reader hears of a change at most so often
const MEASURED = 10; // answers that the pace is read from

const boxes = new WeakMap(); // the element that Streamlit gives us -> what is in it

export default function ({ data, parentElement, setTriggerValue }) {
  let box = boxes.get(parentElement);
  if (!box) {
    box = { tell: () => {} };
    box.live = makeLive(parentElement.querySelector(".live"), (picture) => box.tell(picture));
    boxes.set(parentElement, box);
  }
  box.tell = (picture) => setTriggerValue("held", picture);
  box.live.update(data);
  return () => { box.live.end(); boxes.delete(parentElement); };
}

function makeLive(root, held) {
  const find = (selector) => root.querySelector(selector), video = find("video"), said = find("output"), me = newUpload();
  let options = null, timer = 0, asking = false, gone = "", spoken = "", spokenAt = 0, times = [], keeping = false, ended = false;

  const lens = makeLens(root, { shown() { next(0); }, closing() { clearTimeout(timer); timer = 0; } });
  function open() { times = []; lens.open(); }

  // -- frames --
  function next(wait) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  }

  async function ask() {
    if (asking || ended || gone || root.dataset.state !== "open") return;
    const frame = document.hidden ? null : await grab(video, SHORT_SIDE, "shorter");
    if (!frame) { next(200); return; }
    asking = true;
    const run = options.run, began = performance.now();
    let answer = null, status = 0;
    try {
      const sent = await fetch(routeAddress(`own/answer/${encodeURIComponent(run)}?temperature=${options.temperature}`, options.base), {
        method: "POST", body: frame, headers: { "X-Qtl-Client": me, "Content-Type": "image/jpeg" },
      });
      status = sent.status;
      answer = await sent.json();
    } catch { /* no connection, or something in between that answers no JSON */ }
    asking = false;
    if (ended || root.dataset.state !== "open") return;
    if (run !== options.run) { next(0); return; } // another run answers now
    take(answer, status, performance.now() - began);
  }

  function take(answer, status, took) {
    if (!answer) { doubt(""); tell("The server cannot be reached. The bars go on when it is back."); next(LOST_MS); return; }
    if (answer.error) {
      if (status === 404) gone = answer.error;
      doubt("");
      tell(answer.error);
      if (!gone) next(answer.wait_ms ?? LOST_MS);
      return;
    }
    move(answer);
    const now = performance.now();
    times = [...times, now].slice(-MEASURED);
    const rate = times.length > 2 ? ((times.length - 1) * 1000) / (times.at(-1) - times[0]) : 0;
    const pace = rate ? `${rate.toFixed(1)} answers a second, each after ${Math.round(took)} ms.` : "";
    const many = answer.watchers > 1 ? ` ${answer.watchers} watch.` : "";
    tell(`${pace}${many}`);
    next(answer.wait_ms);
  }

  // -- bars --
  function draw() {
    find(".bars").replaceChildren(...options.classes.map(({ name, colour }) => {
      const line = document.createElement("li"), track = document.createElement("span"), bar = document.createElement("i");
      const parts = ["name", "share"].map((kind) => Object.assign(document.createElement("span"), { className: kind }));
      parts[0].textContent = parts[0].title = name; // as text: a name may be anything
      track.className = "track";
      bar.style.background = colour;
      track.append(bar);
      line.append(...parts, track);
      return line;
    }));
  }

  function move(answer) {
    const top = answer.shares.indexOf(Math.max(...answer.shares));
    [...find(".bars").children].forEach((line, place) => {
      const share = answer.shares[place] ?? 0;
      line.className = place === top ? "top" : "";
      line.querySelector("i").style.transform = `scaleX(${share})`;
      line.querySelector(".share").textContent = `${Math.round(share * 100)}%`;
    });
    doubt(answer.doubt, answer.why);
    say(`${answer.doubt ? `${answer.doubt} ` : ""}${options.classes[top]?.name}, ${Math.round(answer.shares[top] * 100)} percent.`, `${top} ${answer.doubt}`);
  }

  function doubt(words, why = "") {
    const box = find(".doubt");
    root.classList.toggle("doubted", Boolean(words));
    box.hidden = !(words || why);
    const text = words ? `⚠ ${words} ${why}` : why;
    if (box.textContent !== text) box.textContent = text;
  }

  function tell(words) { if (find(".state").textContent !== words) find(".state").textContent = words; }

  function say(words, kind) { // what is new, and not each figure that moves
    const now = performance.now();
    if (kind === spoken || now - spokenAt < SAY_MS) return;
    spoken = kind;
    spokenAt = now;
    said.textContent = words;
  }

  // -- holding --
  async function keep(source) {
    if (keeping || !options.holds) return;
    keeping = true;
    const blob = source ? await shrunk(source, HELD_SIDE) : await grab(video, HELD_SIDE);
    keeping = false;
    if (!blob) return;
    const reader = new FileReader();
    reader.onload = () => { said.textContent = find(".kept").textContent; find(".kept").hidden = false; held({ id: newUpload(), picture: reader.result.split(",")[1] }); };
    reader.readAsDataURL(blob);
  }

  find(".open").onclick = find(".again").onclick = open;
  find(".keep").onclick = find(".frame").onclick = () => keep(null);
  find("input").onchange = ({ target }) => { if (target.files[0]) keep(target.files[0]); target.value = ""; };

  function update(given) {
    const before = options;
    options = given;
    root.classList.toggle("holds", given.holds);
    if (JSON.stringify(before?.classes) !== JSON.stringify(given.classes)) draw();
    if (before && before.run !== given.run) { // another run answers: the bars go on with it
      gone = "";
      times = [];
      tell("Getting the run ready…");
      if (root.dataset.state === "open") next(0);
    }
  }
  return { update, end() { ended = true; lens.close(); } };
}
