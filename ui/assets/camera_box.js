// The camera beside a class, as a component: Streamlit calls this once when it appears and again with new data.

const boxes = new WeakMap(); // the element that Streamlit gives us -> the burst in it

export default function ({ data, parentElement, setTriggerValue }) {
  let box = boxes.get(parentElement);
  if (!box) {
    box = { tell: () => {} };
    box.burst = makeBurst(parentElement.querySelector(".camera"), (count) => box.tell(count));
    boxes.set(parentElement, box);
  }
  box.tell = (count) => setTriggerValue("arrived", count);
  box.burst.update(data);
  return () => { box.burst.end(); boxes.delete(parentElement); };
}
