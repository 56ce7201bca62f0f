// A class's pictures, of which any number are selected: only rows on screen are in the page, so 5,000 scroll as 50 do.
// Called by Streamlit once when the component appears and again with new data. Tells Python { kind, ids, to }.

const EDGE = 88, GAP = 6, SPARE = 3; // CSS pixels of a tile's least edge and between two; rows drawn beyond the view
const galleries = new WeakMap(); // the element that Streamlit gives us -> its gallery

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  if (!galleries.has(root)) galleries.set(root, makeGallery(root));
  const gallery = galleries.get(root);
  gallery.tell = (action) => setTriggerValue("action", action);
  gallery.show(data);
  return () => { gallery.end(); galleries.delete(root); };
}

function makeGallery(root) {
  const view = root.querySelector(".view"), space = root.querySelector(".space"), said = root.querySelector("output");
  const all = root.querySelector(".all"), remove = root.querySelector(".remove");
  const move = root.querySelector(".move"), part = root.querySelector(".part");
  const drawn = new Map(), chosen = new Set(); // index -> tile; identifiers
  let pictures = [], base = "", fixed = false, columns = 1, edge = EDGE, last = 0, waiting = 0;
  const gallery = { show, end: () => watcher.disconnect(), tell: () => {} };
  const watcher = new ResizeObserver(() => { layOut(); draw(); });
  watcher.observe(view);

  view.onscroll = () => { if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); }); };
  all.onclick = () => {
    if (chosen.size === pictures.length) chosen.clear();
    else for (const picture of pictures) chosen.add(picture.id);
    mark();
  };
  remove.onclick = () => act("remove");
  move.onchange = () => { act("move", Number(move.value)); move.value = ""; };
  part.onchange = () => { act("part", part.value); part.value = ""; };
  space.onkeydown = (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    if (event.key in steps) {
      focus(Math.min(pictures.length - 1, Math.max(0, last + steps[event.key])), event.shiftKey);
    } else if (event.key === "Delete" && !fixed) remove.click();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) all.click();
    else return;
    event.preventDefault();
  };

  function show(data) {
    base = new URL(data.base, document.baseURI).href;
    pictures = data.pictures.map(([id, sha, name, where]) => ({ id, sha, name, where }));
    fixed = data.fixed;
    root.toggleAttribute("data-fixed", fixed);
    const there = new Set(pictures.map((picture) => picture.id));
    for (const id of chosen) if (!there.has(id)) chosen.delete(id);
    last = Math.min(last, Math.max(0, pictures.length - 1));
    offer(move, "Move to …", data.classes);
    offer(part, "Use for …", data.parts);
    for (const tile of drawn.values()) tile.remove();
    drawn.clear();
    layOut();
    draw();
    mark();
  }

  function layOut() {
    const width = view.clientWidth || root.clientWidth || 320;
    columns = Math.max(2, Math.floor((width + GAP) / (EDGE + GAP)));
    edge = (width - GAP * (columns - 1)) / columns;
    const height = Math.ceil(pictures.length / columns) * (edge + GAP);
    space.style.height = `${height}px`;
    view.style.height = `${Math.max(edge, height)}px`; // up to the style sheet's limit: from there on it scrolls
    for (const [index, tile] of drawn) place(tile, index);
  }

  function draw() {
    const row = edge + GAP, first = Math.max(0, Math.floor(view.scrollTop / row) - SPARE) * columns;
    const end = Math.min(pictures.length, (Math.ceil((view.scrollTop + view.clientHeight) / row) + SPARE) * columns);
    for (const [index, tile] of drawn) if (index < first || index >= end) { tile.remove(); drawn.delete(index); }
    for (let index = first; index < end; index++) if (!drawn.has(index)) drawn.set(index, makeTile(index));
  }

  function makeTile(index) {
    const picture = pictures[index], tile = document.createElement("button"), image = new Image();
    tile.type = "button";
    tile.className = "tile";
    tile.title = picture.name; // names come from a person's files: they go in as text, never as markup
    tile.setAttribute("aria-label", `${picture.name}${picture.where ? `, ${picture.where}` : ""}`);
    image.alt = "";
    image.decoding = "async";
    image.onerror = () => { const word = document.createElement("span"); word.className = "said"; word.textContent = picture.name; image.replaceWith(word); };
    image.src = `${base}${picture.sha}.jpg`;
    tile.append(image);
    if (picture.where) {
      const where = document.createElement("b");
      where.textContent = picture.where;
      tile.append(where);
    }
    tile.onclick = (event) => { if (!fixed) choose(index, event.shiftKey); };
    place(tile, index);
    look(tile, index);
    space.append(tile);
    return tile;
  }

  function place(tile, index) {
    tile.style.cssText = `width:${edge}px;height:${edge}px;left:${(index % columns) * (edge + GAP)}px;` +
      `top:${Math.floor(index / columns) * (edge + GAP)}px`;
  }

  function look(tile, index) {
    tile.setAttribute("aria-pressed", chosen.has(pictures[index].id));
    tile.tabIndex = index === last ? 0 : -1;
  }

  function choose(index, range) {
    const id = pictures[index].id, from = range ? Math.min(last, index) : index, to = range ? Math.max(last, index) : index;
    if (range) for (let each = from; each <= to; each++) chosen.add(pictures[each].id);
    else if (chosen.has(id)) chosen.delete(id);
    else chosen.add(id);
    last = index;
    mark();
  }

  function focus(index, range) {
    if (range && !fixed) choose(index, true);
    last = index;
    const top = Math.floor(index / columns) * (edge + GAP);
    if (top < view.scrollTop) view.scrollTop = top;
    if (top + edge > view.scrollTop + view.clientHeight) view.scrollTop = top + edge - view.clientHeight;
    draw();
    mark();
    drawn.get(index)?.focus({ preventScroll: true });
  }

  function mark() {
    for (const [index, tile] of drawn) look(tile, index);
    const none = chosen.size === 0;
    said.textContent = fixed ? "" : none ? "Click pictures to select them; Shift-click selects all between." : `${chosen.size} selected`;
    for (const each of [remove, move, part]) each.disabled = none;
    all.textContent = pictures.length && chosen.size === pictures.length ? "Select none" : "Select all";
    all.disabled = pictures.length === 0;
  }

  function act(kind, to = null) {
    if (!chosen.size) return;
    gallery.tell({ kind, ids: [...chosen], to });
    chosen.clear();
    mark();
  }

  return gallery;
}

function offer(select, title, options) {
  const first = new Option(title, "");
  select.replaceChildren(first, ...options.map(([value, words]) => new Option(words, value)));
  select.hidden = options.length === 0;
}
