// Pictures into one class: chosen, dropped, a whole folder, pasted, or a zip. What sends them is in send.js, and goes on
// while another page of the app is looked at. Called by Streamlit when the component appears and again with new data.

const TELL_EVERY = 4_000; // ms between two words to the server that there is something new: each redraws the page
const SAY_EVERY = 10_000; // ms between two words to a screen reader
const SHOWN_NAMES = 8; // of files with the same reason

const boxes = new WeakMap(); // the element that Streamlit gives us -> what is in it
const pasting = (window.qtlPasting ??= { box: null, boxes: new Set() }); // which of several boxes a paste is for

export default function ({ data, parentElement, setTriggerValue }) {
  if (!boxes.has(parentElement)) boxes.set(parentElement, new Box(parentElement.querySelector(".collect")));
  const box = boxes.get(parentElement);
  box.update(data, setTriggerValue);
  return () => { box.leave(); boxes.delete(parentElement); };
}

class Box {
  constructor(root) {
    Object.assign(this, { root, told: 0, arrived: 0, saidAt: 0, timer: 0, depth: 0 });
    this.drop = this.find(".drop");
    this.hear = (sender) => this.show(sender);
    this.listenToWays();
    this.listenToDrops();
    this.find(".stop").onclick = () => (this.sender.isSending ? this.sender.stop() : this.sender.goOn());
    for (const how of ["own", "one", "leave"]) this.find(`.question .${how}`).onclick = () => this.answerQuestion(how);
    this.find(".dismiss").onclick = () => { forgetCutOff(this.key); this.find(".before").hidden = true; };
    pasting.boxes.add(this);
    for (const kind of ["pointerenter", "focusin", "pointerdown"]) root.addEventListener(kind, () => { pasting.box = this; });
    listenToPastes();
  }

  find(selector) { return this.root.querySelector(selector); }

  update(data, trigger) {
    Object.assign(this, { data, trigger });
    const key = `${data.dataset}/${data.classId}`;
    if (this.key !== key) {
      this.sender?.listeners.delete(this.hear);
      this.key = key;
      this.sender = senderOf(key, data);
      this.arrived = this.sender.added; // what came before this page was drawn is on it
      this.sender.listeners.add(this.hear);
      this.showCutOff();
    }
    this.sender.target = data;
    const coarse = matchMedia("(pointer: coarse)").matches;
    this.find(".folder").hidden = coarse || !("webkitdirectory" in document.createElement("input"));
    this.find(".paste").hidden = coarse || !navigator.clipboard?.read;
    this.find(".hint").replaceChildren(coarse ? "Add pictures" : "Drop pictures, a folder or a zip here", small(data.note));
    this.drop.setAttribute("aria-label", `Add pictures to ${data.name}`);
    this.find(".files").setAttribute("aria-label", `Choose pictures for ${data.name}`);
    this.find(".folder").setAttribute("aria-label", `Choose a folder of pictures for ${data.name}`);
    this.find(".paste").setAttribute("aria-label", `Paste a picture into ${data.name}`);
    this.show(this.sender);
  }

  leave() {
    this.sender?.listeners.delete(this.hear);
    clearTimeout(this.timer);
    pasting.boxes.delete(this);
    if (pasting.box === this) pasting.box = null;
  }

  listenToWays() {
    const some = this.find(".some"), all = this.find(".all");
    this.find(".files").onclick = () => some.click();
    this.find(".folder").onclick = () => all.click();
    some.onchange = () => this.take(some, "file");
    all.onchange = () => this.take(all, "folder");
    this.find(".paste").onclick = () => this.readClipboard();
  }

  take(input, origin) {
    this.add([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name, origin })));
    input.value = ""; // so that the same files can be chosen again
  }

  add(items) {
    this.find(".before").hidden = true;
    if (!items.length) return this.tell("There are no files in it.", true);
    const folders = new Set(items.map(({ name }) => name.slice(0, name.lastIndexOf("/") + 1)));
    if (folders.size > 1 && !this.data.token) this.askOfFolder(items);
    else this.sender.add(items);
  }

  // A folder with folders in it may be of several classes: the server says what its names tell, before any file is sent.
  async askOfFolder(items) {
    this.tell("Looking at the folder …", true);
    try {
      const plan = await this.planFolder(items);
      if (!plan.ask) return this.sender.add(items);
      this.sender.question = { items, plan };
      this.showQuestion();
      this.tell("Nothing of the folder is sent yet: say where its pictures belong.", true);
    } catch (error) { this.tell(error.message || "The server does not answer. Choose the folder again.", true, true); }
  }

  planFolder(items, make = "") {
    const { dataset, classId } = this.data, name = items.find((item) => item.name.includes("/")).name.split("/")[0];
    const address = `own/${dataset}/${classId}/folder?${new URLSearchParams({ name, make })}`;
    return this.sender.ask(address, { method: "POST", body: JSON.stringify(items.map((item) => item.name)) });
  }

  showQuestion() {
    const box = this.find(".question"), found = this.sender.question;
    box.hidden = !found;
    if (!found) return;
    box.querySelector("p").textContent = found.plan.sentence;
    box.querySelector("ul").replaceChildren(...found.plan.notes.map((note) => {
      const line = document.createElement("li");
      line.textContent = note;
      return line;
    }));
    box.querySelector(".own").hidden = !found.plan.classes.length;
    box.querySelector(".one").textContent = `All into ${this.data.name}`;
  }

  async answerQuestion(how) {
    const { items } = this.sender.question ?? {};
    this.sender.question = null;
    this.showQuestion();
    if (!items || how === "leave") return this.tell("Nothing of the folder was sent.", true);
    if (how === "one") return this.sender.add(items);
    try {
      const { ids, places } = await this.planFolder(items, "1");
      this.sender.add(items.map((item, at) => {
        const [place, part] = places[at];
        return typeof place === "string" ? { ...item, reason: place } : { ...item, classId: ids[place], part };
      }));
    } catch (error) { this.tell(error.message || "The server does not answer. Choose the folder again.", true, true); }
  }

  listenToDrops() {
    const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const over = (change) => { this.depth = Math.max(0, this.depth + change); this.drop.classList.toggle("over", this.depth > 0); };
    this.drop.ondragenter = (event) => { if (isFiles(event)) { event.preventDefault(); over(1); } };
    this.drop.ondragleave = () => over(-1);
    this.drop.ondragover = (event) => { if (isFiles(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } };
    this.drop.ondrop = async (event) => {
      event.preventDefault();
      over(-this.depth);
      this.add(await droppedFiles(event.dataTransfer));
    };
  }

  async readClipboard() {
    try {
      const found = [];
      for (const item of await navigator.clipboard.read()) {
        const kind = item.types.find((type) => type.startsWith("image/"));
        if (kind) found.push(await item.getType(kind));
      }
      if (found.length) this.paste(found);
      else this.tell("There is no picture in the clipboard. Copy one, then paste.", true);
    } catch { this.tell("The browser does not let pages read the clipboard: press Ctrl+V (on a Mac ⌘V) here.", true); }
  }

  paste(blobs) {
    const named = (blob, at) => blob.name && blob.name !== "image.png" ? blob.name : `pasted ${stamp(at)}.${blob.type.split("/")[1] || "png"}`;
    this.add(blobs.map((blob, at) => ({ file: blob, name: named(blob, at), origin: "paste" })));
  }

  // All that is seen, from what the sender says of itself.
  show(sender) {
    const isThere = sender.total > 0, isOver = isThere && !sender.left;
    this.find(".state").hidden = !isThere;
    this.find(".row").hidden = isOver;
    this.find("progress").value = sender.bytes ? sender.sent / sender.bytes : Number(isOver);
    this.find("progress").setAttribute("aria-label", `Sending to ${this.data.name}`);
    this.find(".stop").textContent = sender.isSending ? "Stop" : "Go on";
    if (isThere) this.tell(words(sender), isOver || Boolean(sender.problem) || sender.stopped || sender.lost, Boolean(sender.problem));
    this.showSkipped(sender);
    this.showQuestion();
    this.tellServer(sender);
    // The time left is said anew while nothing else happens.
    clearTimeout(this.timer);
    if (sender.isSending) this.timer = setTimeout(() => this.show(sender), 1_000);
  }

  tell(text, now = false, isProblem = false) {
    this.find(".state").hidden = false;
    if (!this.sender.total) this.find(".row").hidden = true;
    const told = this.find(".told"), said = this.find(".said");
    told.textContent = text;
    told.classList.toggle("problem", isProblem);
    if (said.textContent === text || (!now && performance.now() - this.saidAt < SAY_EVERY)) return;
    this.saidAt = performance.now();
    said.textContent = text;
  }

  showSkipped(sender) {
    const box = this.find(".skipped"), total = [...sender.skipped.values()].reduce((sum, each) => sum + each.count, 0);
    box.hidden = !total;
    if (box.dataset.total === String(total)) return;
    box.dataset.total = total;
    box.querySelector("summary").textContent = `${number(total)} not added: see why`;
    box.querySelector("ul").replaceChildren(...[...sender.skipped].map(([reason, { names, count }]) => {
      const line = document.createElement("li"), further = count - SHOWN_NAMES;
      const shown = names.slice(0, SHOWN_NAMES).join(", ") + (further > 0 ? ` and ${number(further)} more` : "");
      line.append(reason, small(shown));
      return line;
    }));
  }

  showCutOff() {
    const found = this.sender.total ? null : cutOff(this.key), box = this.find(".before");
    box.hidden = !found;
    if (!found) return;
    box.querySelector("p").textContent = `${number(found.left)} of ${number(found.total)} files were not sent when this page was closed. `
      + "Choose them again: those that arrived are here, and are not added twice.";
  }

  // Now and then, and at the end.
  tellServer(sender) {
    if (sender.archives.length) this.trigger("archive", sender.archives.shift());
    const isNew = sender.added > this.arrived || (sender.added < this.arrived && sender.added > 0);
    if (!isNew || (sender.left && !sender.problem && performance.now() - this.told < TELL_EVERY)) return;
    Object.assign(this, { told: performance.now(), arrived: sender.added });
    this.trigger("arrived", sender.added);
  }
}

function words(sender) {
  const { added, done, total, left } = sender;
  const came = `${number(added)} added`, others = done - added - sender.archivesDone;
  const rest = others > 0 ? `, ${number(others)} not` : "";
  if (sender.problem) return `${sender.problem} ${came}${rest}; ${number(left)} wait here.`;
  if (sender.stopped) return `Stopped: ${came}${rest}; ${number(left)} wait here.`;
  if (sender.lost) return `No connection: it goes on by itself when there is one. ${came} of ${number(total)}.`;
  if (!left) return others > 0 || added ? `Done: ${came}${rest}.` : "Done: the zip is there.";
  return `${number(done)} of ${number(total)} · ${timeLeft(sender.secondsLeft)}`;
}

function timeLeft(seconds) {
  if (seconds === null) return "on their way";
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min left` : `${Math.round(seconds / 3_600)} h left`;
}

function small(text) {
  const made = document.createElement("small");
  made.textContent = text;
  return made;
}

const number = (value) => value.toLocaleString("en-US");
const stamp = (at) => new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".") + (at ? ` ${at + 1}` : "");

// One listener for all boxes: a paste goes to the one that was pointed at last, or to the only one.
function listenToPastes() {
  if (pasting.listens) return;
  pasting.listens = true;
  document.addEventListener("paste", (event) => {
    const typing = event.composedPath()[0]?.closest?.("input:not([type=file]), textarea, [contenteditable]");
    const box = pasting.box ?? (pasting.boxes.size === 1 ? [...pasting.boxes][0] : null);
    const files = [...(event.clipboardData?.files ?? [])];
    if (typing || !box || !files.length) return;
    event.preventDefault();
    box.paste(files);
  });
}
