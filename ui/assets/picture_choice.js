// A grid of pictures of which one is chosen. Called by Streamlit once when the component appears and again with new data.

const NARROW = 640; // CSS pixels: below it Streamlit puts columns under each other

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".choice");
  root.replaceChildren(...data.tiles.map((tile) => button(tile, tile.id === data.chosen, () => {
    for (const each of root.children) each.setAttribute("aria-pressed", each.dataset.id === tile.id);
    setTriggerValue("chosen", tile.id);
    if (window.innerWidth < NARROW) document.querySelector(`.st-key-${data.opens}`)?.scrollIntoView({ block: "start" });
  })));
  return () => {};
}

// Names come from a person's files: they go in as text, never as markup.
function button(tile, isChosen, choose) {
  const made = document.createElement("button"), picture = new Image();
  made.type = "button";
  made.dataset.id = tile.id;
  made.title = tile.said;
  made.setAttribute("aria-pressed", isChosen);
  picture.src = tile.picture;
  picture.alt = "";
  const caption = document.createElement("span"), dot = document.createElement("i"), note = document.createElement("small");
  dot.style.background = tile.colour;
  caption.append(dot, tile.caption);
  note.textContent = tile.note;
  made.append(picture, caption, note);
  if (tile.tag) {
    const tag = document.createElement("b");
    tag.textContent = tile.tag;
    made.append(tag);
  }
  made.onclick = choose;
  return made;
}
