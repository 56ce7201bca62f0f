// Marks what scrolls sideways within the page, so that the style sheet can say so: a reader sees no scroll bar on a phone.
// `data-sideways` stands on the box itself, or around a table whose cells are painted (Streamlit's data frame).
{
  const BOXES = '.st-key-circuit_scroll, .st-key-journey_circuit, [class*="sideways_"], .stMain pre, .stMain .katex-display';
  const LEAST = 24;  // pixels: a circuit's margin beyond its last gate is nothing to scroll to
  const wide = (box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + LEAST;
  const mark = (box, is) => { if (box && is !== box.hasAttribute("data-sideways")) box.toggleAttribute("data-sideways", is); };
  const look = () => {
    if (document.hidden) return;
    for (const box of document.querySelectorAll(BOXES)) mark(box, wide(box));
    for (const table of document.querySelectorAll(".stMain table")) mark(table.parentElement, wide(table.parentElement));
    for (const cells of document.querySelectorAll('[data-testid="stDataFrame"] .dvn-scroller')) {
      mark(cells.closest('[data-testid="stFullScreenFrame"]'), wide(cells));
    }
  };
  clearInterval(window.sidewaysLook);  // the script is run again on each page
  window.sidewaysLook = setInterval(look, 700);
  look();
}
