// Ctrl+K: go anywhere, do anything, by typing. What it offers is what the page offers: links and shortcuts.

import { showDialog } from "./dialog.js";
import { element, icon } from "./elements.js";
import { listed } from "./keys.js";
import { words } from "./words.js";

const PLACES = ".top a[href], .menu-list a[href], .tabs a[href], a[data-palette]";
const MOST = 40;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function places() {
  const found = new Map();
  for (const link of document.querySelectorAll(PLACES)) {
    const label = (link.dataset.palette || link.textContent).trim();
    if (label && !found.has(link.href)) found.set(link.href, { label, picture: "right", run: () => location.assign(link.href) });
  }
  return [...found.values()];
}

function acts() {
  return listed().filter(({ show }) => show !== "?")
    .map((entry) => ({ label: entry.label, hint: entry.show, picture: "keys", run: () => entry.run(new KeyboardEvent("keydown")) }));
}

/** Opens the palette. */
export function openPalette() {
  const all = [...places(), ...acts()].map((entry) => ({ ...entry, folded: fold(entry.label) }));
  const input = element("input.field", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    autocomplete: "off", spellcheck: "false", "aria-label": words("palette.label"), placeholder: words("palette.label"),
  });
  const list = element("div.palette-list", { id: "palette-list", role: "listbox", "aria-label": words("palette.label") });
  const dialog = element("dialog.palette", { "aria-label": words("palette.label") }, input, list);
  let shown = [];
  let at = 0;

  function paint() {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    shown = all.filter(({ folded }) => wanted.every((word) => folded.includes(word))).slice(0, MOST);
    at = Math.min(at, Math.max(0, shown.length - 1));
    list.replaceChildren(...shown.map((entry, index) => element("div.palette-item", {
      role: "option", id: `palette-${index}`, "aria-selected": String(index === at), "data-index": index,
    }, icon(entry.picture), entry.label, entry.hint ? element("small", {}, element("kbd", {}, entry.hint)) : null)));
    if (!shown.length) list.append(element("p.muted.palette-item", {}, words("palette.none")));
    input.setAttribute("aria-activedescendant", shown.length ? `palette-${at}` : "");
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const entry = shown[index];
    if (!entry) return;
    dialog.close();
    entry.run();
  }

  input.addEventListener("input", () => {
    at = 0;
    paint();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      at = (at + step + shown.length) % shown.length;
      paint();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(at);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    const item = event.target.closest("[data-index]");
    return item && choose(Number(item.dataset.index));
  });
  showDialog(dialog);
  paint();
  input.focus();
}
