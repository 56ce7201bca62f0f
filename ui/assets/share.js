// The link to copy, and its QR code. Where the server knows no better address, the one that this browser used is taken.
// Called by Streamlit once when the component appears and again with another query.

const boxes = new WeakMap(); // the element that Streamlit gives us -> what is in it

export default function ({ data, parentElement }) {
  if (!boxes.has(parentElement)) boxes.set(parentElement, makeBox(parentElement.querySelector(".share")));
  boxes.get(parentElement)(data);
  return () => { boxes.delete(parentElement); };
}

function makeBox(root) {
  const field = root.querySelector("input"), said = root.querySelector("output");
  const figure = root.querySelector("figure"), image = root.querySelector("img"), large = root.querySelector(".large");
  field.onfocus = () => field.select();
  root.querySelector(".copy").onclick = async () => {
    const copied = await copy(field);
    said.textContent = copied ? "Copied." : "This browser does not let pages copy: the link is marked, copy it from the field.";
  };
  large.onclick = () => image.requestFullscreen();
  large.hidden = !image.requestFullscreen; // a phone's browser may have none
  image.onclick = () => { if (document.fullscreenElement) document.exitFullscreen(); };
  return (data) => {
    figure.hidden = !data.qr;
    if (data.qr && image.src !== data.qr) image.src = data.qr;
    const link = data.link || (data.origin || window.location.origin) + window.location.pathname + (data.query ? `?${data.query}` : "");
    if (field.value === link) return;
    field.value = link;
    said.textContent = "";
  };
}

// Browsers offer the clipboard to pages of this machine and to https alone; a class room's http gets the older way.
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.setSelectionRange(0, field.value.length);
    return document.execCommand("copy");
  }
}
