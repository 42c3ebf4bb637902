// The keys of the desk. Any letter searches, so no letter is a shortcut; digits are those of the physical row
// (AZERTY gives & é " ' ( there), and the keypad's go into the box: that is how one searches a number.

/** @param {{chooser, sheet, acts, state: () => string}} desk */
export function deskKeys({ chooser, sheet, acts, state }) {
  /** Keys of the empty box. */
  const bare = {
    ArrowRight: acts.skip,
    ArrowLeft: acts.back,
    Digit0: acts.unknown,
    Delete: acts.take_back,
    Backspace: acts.take_back,
    Space: acts["page.next"],
    ...Object.fromEntries([1, 2, 3, 4, 5].map((digit) => [`Digit${digit}`, () => chooser.choose(digit - 1)])),
  };

  function inBox(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return chooser.move(event.key === "ArrowDown" ? 1 : -1);
    if (event.key === "Enter") return chooser.choose();
    if (event.key === "Escape") return chooser.clear();
    if (chooser.searching) return false;
    if (event.code === "Space" && event.shiftKey) return acts["page.previous"]();
    if (event.key === "+") return acts.add();
    // Ctrl, Alt and Meta belong to the browser.
    const act = event.shiftKey && event.code.startsWith("Arrow") ? null : bare[event.code];
    return act ? act() : false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const { target } = event;
    const modified = event.ctrlKey || event.metaKey;
    if (modified && event.key.toLowerCase() === "z" && !(target === chooser.input && chooser.searching)) {
      event.preventDefault();
      acts.undo();
    } else if (state() === "sheet") {
      if (modified && event.key === "Enter") sheet.accept();
      else if (event.key === "Escape") sheet.close();
    } else if (!modified && !event.altKey && state() === "copy") {
      if (target === chooser.input) {
        if (inBox(event) !== false) event.preventDefault();
      } else if (/^[\p{L}\p{N}]$/u.test(event.key) && !target.closest("input, select, textarea")) {
        // A letter typed anywhere goes on in the box: the focus moves before the letter lands.
        chooser.input.focus({ preventScroll: true });
      }
    }
  });
}
