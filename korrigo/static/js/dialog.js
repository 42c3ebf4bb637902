// Dialogs: made when they are needed, the focus goes in and comes back. The help of a page is one of them.

import { element, icon } from "./elements.js";
import { listed, singleKeys } from "./keys.js";
import { words } from "./words.js";

/**
 * Opens a modal dialog with a title and a button that closes it. Escape closes it too.
 *
 * @param {string} title
 * @param {(Node|string)[]} content
 * @param {{className?: string, onClose?: () => void}} options
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, { className = "", onClose } = {}) {
  const close = element("button.btn.btn-icon.btn-quiet", { "aria-label": words("close") }, icon("cross"));
  const heading = element("h2", { id: "dialog-title" }, title);
  const dialog = element("dialog", { "aria-labelledby": "dialog-title", class: className || null },
    element("header", {}, heading, close), ...content);
  close.addEventListener("click", () => dialog.close());
  // A click beside the dialog is a click on its backdrop.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  showDialog(dialog, onClose);
  return dialog;
}

/**
 * Shows a modal dialog, and removes it once it is closed.
 *
 * The browser gives the focus back when it closes the dialog; the event comes later, when the reader may be elsewhere.
 *
 * @param {HTMLDialogElement} dialog
 * @param {() => void} [onClose]
 */
export function showDialog(dialog, onClose) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) before?.focus?.({ preventScroll: true });
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Every shortcut of this page, with a box that searches and the switch for single letters. */
export function openHelp() {
  const search = element("input.field", { type: "search", "aria-label": words("help.search"), placeholder: words("help.search") });
  const list = element("div.keys");
  const box = element("input", { type: "checkbox" });
  box.checked = singleKeys.on;
  box.addEventListener("change", () => (singleKeys.on = box.checked));
  const single = element("label.check", {}, box, element("span", {}, words("help.single")));
  const paint = () => list.replaceChildren(...entries(search.value.trim().toLowerCase()));
  search.addEventListener("input", paint);
  paint();
  openDialog(words("help.title"), [search, list, single]);
  search.focus();
}

function entries(wanted) {
  const made = [];
  let group = null;
  const all = listed().filter(({ label, show }) => `${label} ${show}`.toLowerCase().includes(wanted));
  for (const entry of all) {
    const title = entry.group || words(entry.scope === "shell" ? "help.everywhere" : "help.here");
    if (title !== group) made.push(element("h3", {}, (group = title)));
    made.push(element("div", {}, element("span", {}, entry.label), element("kbd", {}, entry.show)));
  }
  return made.length ? made : [element("p.muted", {}, words("help.none"))];
}
