// The ways a picture comes in: chosen, dropped anywhere on the page, pasted, or one of the examples.

function watchForPictures(root, take) {
  const input = root.querySelector("input[type=file]"), page = document.documentElement;
  input.onchange = () => { take([...input.files]); input.value = ""; };
  let inside = 0; // a drag enters and leaves every element on its way
  const over = (by) => { inside = Math.max(0, inside + by); page.classList.toggle("dropping", inside > 0); };
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-inside);
    take([...event.dataTransfer.files]);
  });
  addEventListener("paste", ({ clipboardData }) => take([...clipboardData.files]));
}

function showExamples(place, examples, take) {
  place.parentElement.hidden = !examples.length;
  place.replaceChildren(...examples.map(({ name, jpeg }, number) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const picture = Object.assign(new Image(), { src: `data:image/jpeg;base64,${jpeg}`, alt: `Example ${number + 1}: ${name}` });
    button.append(picture);
    button.onclick = () => take([new File([bytesOf(jpeg)], name)]);
    return button;
  }));
}
