// Sends files to the app's own routes (ui/shell/routes), a few at a time, and goes on after a lost connection. A sender
// belongs to the window and not to a page of the app, so it goes on sending while one looks at another page.

const AT_ONCE = 3; // of all senders of this window: browsers open six connections to a server, and pages need some
const PIECE = 8 * 2 ** 20; // bytes of an archive that travel together
const SMALLEST_PIECE = 2 ** 18; // where something in front of the server lets no larger one through
const STOPPED_ON_THE_WAY = "What stands in front of this server lets no file of this size through. Send a smaller one, or ask who runs it.";
const FIRST_PAUSE = 1_000, LONGEST_PAUSE = 15_000; // ms between two tries after a lost connection
const KEPT_NAMES = 2_000; // of files that were not added; the others are counted

const shared = (window.qtlSending ??= { senders: new Map(), under_way: 0 });

function newUpload() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The sender of a class, made when it is first asked for.
function senderOf(key, target) {
  if (!shared.senders.has(key)) shared.senders.set(key, new Sender(key, target));
  const sender = shared.senders.get(key);
  sender.target = target;
  return sender;
}

class Sender {
  // target: {dataset, classId, base, token, mostBytes, tooLarge}
  constructor(key, target) {
    Object.assign(this, { key, target, listeners: new Set(), wakers: new Set(), archives: [], record: `qtl-sending:${key}` });
    this.clear();
    window.addEventListener("online", () => this.wake());
    window.addEventListener("beforeunload", (event) => { if (this.isSending) event.preventDefault(); });
    window.addEventListener("pagehide", () => this.remember(true));
  }

  clear() {
    Object.assign(this, {
      queue: [], active: new Map(), total: 0, done: 0, archivesDone: 0, added: 0, bytes: 0, sent: 0, problem: "", lost: false,
      stopped: false, skipped: new Map(), began: 0, count: null, version: (this.version ?? 0) + 1,
    });
  }

  get isSending() { return !this.stopped && !this.problem && this.queue.length + this.active.size > 0; }
  get left() { return this.queue.length + this.active.size; }

  // Seconds that the rest will take, from what was sent so far; null until enough was.
  get secondsLeft() {
    const passed = (performance.now() - this.began) / 1000;
    return passed < 2 || !this.sent || this.lost ? null : ((this.bytes - this.sent) / this.sent) * passed;
  }

  // items: {file, name, origin, group, classId, part, reason}; what needs no sending to be known is skipped here.
  add(items) {
    if (!this.left) this.clear();
    Object.assign(this, { stopped: false, problem: "" });
    if (!this.began) this.began = performance.now();
    for (const item of items) {
      this.total += 1;
      const reason = item.reason ?? this.reasonAgainst(item);
      if (reason) { this.done += 1; this.skip(item.name, reason); continue; }
      this.bytes += item.file.size;
      this.queue.push({ ...item, upload: newUpload(), tries: 0, isArchive: isArchive(item.file) });
    }
    this.tell();
    pump();
  }

  reasonAgainst({ file, name }) {
    if (isArchive(file)) return "";
    if (/(^|\/)(__MACOSX|\.[^/]*)(\/|$)|(^|\/)(Thumbs\.db|desktop\.ini)$/i.test(name)) return "A file of the system's own, no picture.";
    if (/^(video|audio)\//.test(file.type)) return "It is a video or sound, not a picture.";
    return file.size > this.target.mostBytes ? this.target.tooLarge : "";
  }

  skip(name, reason) {
    const found = this.skipped.get(reason) ?? { names: [], count: 0 };
    found.count += 1;
    if (found.names.length < KEPT_NAMES) found.names.push(name);
    this.skipped.set(reason, found);
  }

  // At once: what is on its way is cut off, and stays to be sent.
  stop() {
    this.stopped = true;
    for (const each of this.active.values()) each.abort();
    this.wake();
    this.tell();
  }

  wake() {
    for (const resolve of this.wakers) resolve();
    this.wakers.clear();
  }

  goOn() {
    Object.assign(this, { stopped: false, problem: "", lost: false });
    // The time left is that of the rest.
    Object.assign(this, { began: performance.now(), bytes: this.bytes - this.sent, sent: 0 });
    this.tell();
    pump();
  }

  async run(item) {
    const cut = new AbortController();
    this.active.set(item, cut);
    shared.under_way += 1;
    try {
      await (item.isArchive ? this.sendArchive(item, cut.signal) : this.sendPicture(item, cut.signal));
      this.lost = false;
    } catch (error) {
      if (!cut.signal.aborted) await this.take(error, item);
      this.queue.unshift(item);
    } finally {
      this.active.delete(item);
      shared.under_way -= 1;
      this.remember();
      this.tell();
      pump();
    }
  }

  // What a request ended with: to be tried again after a while, or the end of all.
  async take(error, item) {
    if (error.isFinal) { this.problem = error.message; return; }
    this.lost = !error.isBusy;
    this.tell();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** item.tries++);
    await new Promise((resolve) => { this.wakers.add(resolve); setTimeout(resolve, pause); });
  }

  async sendPicture(item, signal) {
    const { dataset } = this.target, classId = item.classId ?? this.target.classId;
    const query = new URLSearchParams({ name: item.name, origin: item.origin, upload: item.upload });
    if (item.part) query.set("part", item.part);
    if (item.group) query.set("group", item.group);
    const body = await readable(item.file);
    if (!body) return this.finish(item, { added: false, reason: "The browser cannot read it any more: it was moved, or is a folder." });
    try {
      this.finish(item, await this.ask(`own/${dataset}/${classId}/pictures?${query}`, { method: "PUT", body, signal }));
    } catch (error) {
      if (!error.isStoppedOnTheWay) throw error;
      this.finish(item, { added: false, reason: STOPPED_ON_THE_WAY });
    }
  }

  async sendArchive(item, signal) {
    const address = `own/archives/${item.upload}`, total = item.file.size;
    let { received } = await this.ask(address, { signal });
    item.counted ??= 0;
    while (received < total) {
      const { dataset, classId } = this.target; // so that the page finds it again, also after a reload
      const query = new URLSearchParams({ offset: received, total, name: item.file.name, dataset, class: classId });
      item.piece ??= PIECE;
      const body = item.file.slice(received, received + item.piece);
      try {
        ({ received } = await this.ask(`${address}?${query}`, { method: "PUT", body, signal }));
      } catch (error) {
        if (!error.isStoppedOnTheWay || item.piece <= SMALLEST_PIECE) throw error;
        item.piece /= 2;
        continue;
      }
      this.sent += received - item.counted;
      item.counted = received;
      item.tries = 0;
      this.lost = false;
      this.tell();
    }
    this.archives.push(item.upload);
    this.archivesDone += 1;
    this.done += 1;
  }

  async ask(path, options) {
    const headers = { "Content-Type": "application/octet-stream" };
    if (this.target.token) headers["X-Qtl-Token"] = this.target.token;
    const answer = await fetch(routeAddress(path, this.target.base), { ...options, headers, credentials: "same-origin", cache: "no-store" });
    const content = await answer.json().catch(() => null);
    if (answer.ok && content) return content;
    const isStoppedOnTheWay = answer.status === 413 && !content; // a proxy's: this server says why
    const isFinal = isStoppedOnTheWay || Boolean(content?.error && !content.again); // else a proxy's, or a server that starts
    const words = isStoppedOnTheWay ? STOPPED_ON_THE_WAY : content?.error ?? "";
    throw Object.assign(new Error(words), { isFinal, isStoppedOnTheWay, isBusy: Boolean(content?.again) });
  }

  finish(item, { added, reason, count }) {
    this.done += 1;
    this.sent += item.file.size;
    this.count = count ?? this.count;
    if (added) this.added += 1; else this.skip(item.name, reason);
  }

  tell() {
    this.version += 1;
    for (const listener of this.listeners) listener(this);
  }

  // What is on its way, for whoever comes back after the tab was closed or reloaded (`now`).
  remember(now = false) {
    if (!now && this.left && performance.now() - (this.remembered ?? 0) < 1_000) return;
    this.remembered = performance.now();
    try {
      if (this.left) localStorage.setItem(this.record, JSON.stringify({ total: this.total, left: this.left, at: now ? 0 : Date.now() }));
      else localStorage.removeItem(this.record);
    } catch { /* a browser that keeps nothing */ }
  }
}

// What a tab that is gone could not send, or null. A tab that sends writes its record at every file; one that was killed
// or lost its connection long ago is taken for gone.
function cutOff(key) {
  try {
    const found = JSON.parse(localStorage.getItem(`qtl-sending:${key}`) ?? "null");
    return found && Date.now() - found.at > 60_000 ? found : null;
  } catch { return null; }
}

function forgetCutOff(key) {
  try { localStorage.removeItem(`qtl-sending:${key}`); } catch { /* as above */ }
}

// Gives each sender its turn, again and again while there is room; one whose connection is lost tries with one file.
function pump() {
  for (let began = true; began;) {
    began = false;
    for (const sender of shared.senders.values()) {
      if (shared.under_way >= AT_ONCE) return;
      if (!sender.isSending || !sender.queue.length) continue;
      if ((sender.lost || sender.queue[0].isArchive) && sender.active.size) continue;
      sender.run(sender.queue.shift());
      began = true;
    }
  }
}

const isArchive = (file) => /zip/.test(file.type) || /\.zip$/i.test(file.name);

// A file that was moved or changed since it was chosen cannot be read, which looks like a lost connection: so it is looked at first.
async function readable(file) {
  try { await file.slice(0, 1).arrayBuffer(); return file; } catch { return null; }
}

// All files of what was dropped: also those in folders. Entries have to be asked for at once, before anything is awaited.
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.kind === "file" && item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name, origin: "file" }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry, path, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) found.push({ file, name: path + file.name, origin: path ? "folder" : "file" });
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a hundred at a time, until there are none
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return;
    for (const each of some) await walk(each, `${path}${entry.name}/`, found);
  }
}
