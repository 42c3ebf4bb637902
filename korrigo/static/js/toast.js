// Short messages at the bottom of the page, with an act that takes back what was done.

import { element } from "./elements.js";
import { words } from "./words.js";

const SECONDS = 10;

/**
 * Shows a message; a screen reader says it.
 *
 * @param {string} text
 * @param {{undo?: () => unknown, act?: [string, () => unknown], bad?: boolean, seconds?: number}} options
 *   `undo` is an act labelled "Undo"; 0 seconds: it stays until it is closed or another one comes
 * @returns {() => void} closes it
 */
export function toast(text, { undo, act = undo && [words("undo"), undo], bad = false, seconds = bad ? 0 : SECONDS } = {}) {
  const region = document.getElementById("toasts");
  const shown = element(bad ? "div.toast.toast-bad" : "div.toast", {}, element("span", {}, text));
  let timer = 0;
  const close = () => {
    clearTimeout(timer);
    shown.remove();
  };
  const start = () => {
    clearTimeout(timer);
    if (seconds) timer = setTimeout(close, seconds * 1000);
  };
  if (act) {
    const [label, run] = act;
    const button = element("button.btn.btn-small", {}, label);
    button.addEventListener("click", () => {
      close();
      run();
    });
    shown.append(button);
  }
  if (!seconds) {
    const button = element("button.btn.btn-small.btn-quiet", { "aria-label": words("close") }, "×");
    button.addEventListener("click", close);
    shown.append(button);
  }
  // Who reads it, or is about to press its button, has all the time (WCAG 2.2.1).
  shown.addEventListener("pointerenter", () => clearTimeout(timer));
  shown.addEventListener("focusin", () => clearTimeout(timer));
  shown.addEventListener("pointerleave", start);
  shown.addEventListener("focusout", start);
  region.replaceChildren(shown);
  start();
  return close;
}
