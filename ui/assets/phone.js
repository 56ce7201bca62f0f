// The page that a phone opens by a QR code: what the code is for, and pictures into that class. The code stands behind the
// # of the address, which no server and no log is told; it goes along in a header.

const LOOK_MS = 20000; // whether the code still holds
const find = (selector) => document.querySelector(selector);
const token = decodeURIComponent(location.hash.slice(1));
const burst = makeBurst(find(".camera"), look);

// An input of the page stands for those in the camera's box, which shows its own only where there is no camera.
for (const input of document.querySelectorAll(".files input")) input.onchange = () => burst.addFiles(input);
if (!navigator.mediaDevices?.getUserMedia) { // plain http in a class room: the phone's own camera app does it
  find(".camera .open").hidden = true;
  find(".plain").hidden = false;
} else {
  find(".shoot").classList.remove("main");
}
window.addEventListener("hashchange", () => location.reload());
const looking = setInterval(look, LOOK_MS);
look();

async function look() {
  let told = null;
  try {
    told = await (await fetch("own/phone", { headers: { "X-Qtl-Token": token }, cache: "no-store" })).json();
  } catch { /* no connection: what stands there stays, and the pictures wait */ }
  if (told?.over) over(told.error);
  else if (told?.error) find(".status").textContent = told.error;
  else if (told) show(told);
}

function show({ dataset, class_id: classId, set_name, class_name: name, colour, minutes, count, most_bytes: mostBytes }) {
  const heading = find("h1"), dot = document.createElement("i");
  dot.style.background = colour;
  heading.replaceChildren(dot, name); // as text: a name may be anything
  find(".set").textContent = `Pictures for ${set_name}`;
  document.title = `${name} · ${set_name}`;
  find(".status").textContent = `${count} ${count === 1 ? "picture" : "pictures"} so far. The code is good for another ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
  burst.update({ dataset, classId, name, token, mostBytes, base: "", origin: "phone", tooLarge: "It is larger than what is kept of one picture." });
  find(".add").hidden = false;
}

function over(reason) {
  clearInterval(looking);
  find("main").classList.add("over");
  find(".add").hidden = true;
  find(".status").textContent = reason;
  burst.end();
}
