// Small things that several parts of the panel are made of.

import { element } from "korrigo/elements.js";

/** A button with what it does. `classes`: ".btn.btn-small" or "". */
export function button(classes, attributes, onClick, ...children) {
  const made = element(`button${classes}`, attributes, ...children);
  made.addEventListener("click", onClick);
  return made;
}

/** A key as it is printed in help and on buttons. */
export const key = (text) => element("kbd", {}, text);
