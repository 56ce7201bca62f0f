// A burst: pictures of one class while the button (or the space bar) is held, or after a countdown; or, where there is no
// camera to be had, by the phone's own camera app.

const EVERY_MS = 200; // five a second
const LONGER_SIDE = 640;
const SHOWN = 8; // of the last pictures
const MOST_WAITING = 150; // pictures of some 60 KB that are not sent yet: 9 MB
const pad = (number) => String(number).padStart(2, "0");

// What is taken goes by a sender of the window (send.js), which goes on when this is gone. `options` is what a sender takes
// (dataset, classId, base, token, mostBytes, tooLarge), with `name` and `origin`; `arrived` is told when all is there.
function makeBurst(root, arrived) {
  const find = (selector) => root.querySelector(selector), video = find("video"), hold = find(".hold"), said = find("output");
  const seen = { added: 0, refused: 0 }, sums = { added: 0, refused: 0 };
  let options = null, sender = null, group = "", taken = 0, ticking = 0, counting = 0, told = "", reason = "", taking = false;

  const lens = makeLens(root, { closing() { release(); stopCounting(); } });
  function open() { lens.open(); hold.focus({ preventScroll: true }); }

  // -- taking --
  async function take() {
    const mine = group, number = (taken += 1), blob = await grab(video, LONGER_SIDE);
    if (!blob) { taken -= 1; return; }
    if (!add(blob, `camera ${stamp()} ${String(number).padStart(3, "0")}.jpg`, mine)) { release(); return; }
    show(blob);
  }

  function add(blob, name, mine) {
    if (sender.left >= MOST_WAITING || sender.problem) { say(); return false; }
    sender.add([{ file: new File([blob], name, { type: blob.type }), name, origin: options.origin, group: mine }]);
    return true;
  }

  function press() {
    if (taking || counting || root.dataset.state !== "open") return;
    const seconds = Number(find(".timer").value);
    if (seconds) count(seconds); else begin();
  }

  function begin(most = Infinity) {
    group = `burst-${newUpload()}`;
    if (sender.problem) sender.goOn(); // somebody made room, or tries again
    taking = true;
    root.classList.add("taking");
    let left = most - 1;
    take();
    ticking = setInterval(() => { if (left <= 0) release(); else { left -= 1; take(); } }, EVERY_MS);
  }

  function release() {
    clearInterval(ticking);
    ticking = 0;
    if (taking) setTimeout(say, EVERY_MS); // the last picture is on its way by then
    taking = false;
    root.classList.remove("taking");
  }

  function count(seconds) {
    find(".count").textContent = seconds;
    said.textContent = `${seconds}`;
    root.classList.add("counting");
    counting = setTimeout(() => {
      if (seconds > 1) { count(seconds - 1); return; }
      stopCounting();
      begin(Number(find(".many").value));
    }, 1000);
  }

  function stopCounting() {
    clearTimeout(counting);
    counting = 0;
    root.classList.remove("counting");
  }

  // -- what is said --
  function show(blob) {
    const image = new Image();
    image.alt = "";
    image.onload = () => URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(blob);
    find(".strip").prepend(image);
    while (find(".strip").children.length > SHOWN) find(".strip").lastChild.remove();
  }

  // A sender counts anew when it had nothing left: what it says is added up here.
  function hear() {
    const refused = [...sender.skipped.values()].reduce((sum, each) => sum + each.count, 0);
    for (const [kind, now] of Object.entries({ added: sender.added, refused })) {
      sums[kind] += now >= seen[kind] ? now - seen[kind] : now;
      seen[kind] = now;
    }
    reason = [...sender.skipped.keys()].at(-1) ?? reason;
    say();
  }

  function say() {
    const { left, lost, problem } = sender, parts = [];
    if (sums.added) parts.push(`${sums.added} ${sums.added === 1 ? "picture is" : "pictures are"} in ${options.name}.`);
    if (problem) parts.push(problem);
    else if (left) parts.push(lost ? `${left} wait for the connection and go by themselves: leave this page open.` : `${left} on the way.`);
    if (left >= MOST_WAITING) parts.push("So many wait that no more are taken until some are there.");
    if (sums.refused) parts.push(`${sums.refused} not taken in: ${reason}`);
    const line = find(".line");
    line.textContent = parts.join(" ");
    const now = `${sums.added} ${sums.refused} ${problem}`;
    if (taking || (left && !problem) || now === told) return;
    told = now; // once a burst, not at each picture: a screen reader would never end
    said.textContent = line.textContent;
    arrived(sums.added);
  }

  function stamp() {
    const now = new Date();
    return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())} ${pad(now.getHours())}.${pad(now.getMinutes())}.${pad(now.getSeconds())}`;
  }

  async function addFiles(input) {
    const files = [...input.files];
    input.value = "";
    for (const [place, file] of files.entries()) {
      const blob = await shrunk(file, LONGER_SIDE);
      const name = blob === file ? file.name : `${file.name.replace(/\.[^.]*$/, "") || "picture"}.jpg`;
      while (!add(blob, `${stamp()} ${pad(place + 1)} ${name}`, "")) {
        if (sender.problem) return;
        await new Promise((done) => setTimeout(done, 500));
      }
      show(blob);
    }
  }

  // -- hands --
  find(".open").onclick = find(".again").onclick = open;
  find(".timer").onchange = () => root.classList.toggle("timed", find(".timer").value !== "0");
  for (const input of root.querySelectorAll("input[type=file]")) input.onchange = () => addFiles(input);
  hold.onpointerdown = (event) => {
    if (event.button) return;
    hold.setPointerCapture?.(event.pointerId); // a finger that slides off still holds
    press();
  };
  hold.onpointerup = hold.onpointercancel = hold.onlostpointercapture = release;
  hold.onclick = (event) => { if (event.detail === 0 && !taking) { press(); if (!counting) release(); } }; // a screen reader's press: one picture
  hold.oncontextmenu = (event) => event.preventDefault(); // a long press on a phone
  root.onkeydown = (event) => {
    if (event.key === "Escape") stopCounting();
    if (event.key !== " " || event.target.matches("select, input")) return;
    if (event.target !== hold && event.target.matches("button")) return; // the bar presses that button
    event.preventDefault();
    if (!event.repeat) press();
  };
  root.onkeyup = (event) => { if (event.key === " ") { if (event.target === hold) event.preventDefault(); release(); } };
  root.onfocusout = (event) => { if (!root.contains(event.relatedTarget)) release(); };
  const hidden = () => { if (document.hidden) { release(); stopCounting(); } };
  document.addEventListener("visibilitychange", hidden);

  function update(given) {
    options = given;
    for (const each of root.querySelectorAll(".label")) each.textContent = given.name;
    const key = `camera/${given.dataset}/${given.classId}`;
    if (sender?.key === key) { sender.target = given; return; }
    sender?.listeners.delete(hear);
    sender = senderOf(key, given);
    if (!sender.left) sender.clear();
    Object.assign(seen, { added: sender.added, refused: 0 });
    told = `${sums.added} ${sums.refused} `;
    sender.listeners.add(hear);
    say();
  }

  return {
    addFiles,
    update,
    end() {
      lens.close();
      sender?.listeners.delete(hear);
      document.removeEventListener("visibilitychange", hidden);
    },
  };
}
