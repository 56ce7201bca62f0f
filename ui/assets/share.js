// The link to copy. Only the browser knows under which name it reaches the server, so the address is put together here.
// Called by Streamlit once when the component appears and again with another query.

const boxes = new WeakMap(); // the element that Streamlit gives us -> what is in it

export default function ({ data, parentElement }) {
  if (!boxes.has(parentElement)) boxes.set(parentElement, makeBox(parentElement.querySelector(".share")));
  boxes.get(parentElement)(data);
  return () => { boxes.delete(parentElement); };
}

function makeBox(root) {
  const field = root.querySelector("input"), button = root.querySelector("button"), said = root.querySelector("output");
  field.onfocus = () => field.select();
  button.onclick = async () => {
    const copied = await copy(field);
    said.textContent = copied ? "Copied." : "This browser does not let pages copy: the link is marked, copy it from the field.";
  };
  return (data) => {
    const link = window.location.origin + window.location.pathname + (data.query ? `?${data.query}` : "");
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
