// The contact sheet: rows of copies, tiles of pages, acts by key, button or drag, each with an undo.

import { openDialog } from "korrigo/dialog.js";
import { element, icon } from "korrigo/elements.js";
import { HttpError, send } from "korrigo/http.js";
import { Keys } from "korrigo/keys.js";
import { toast } from "korrigo/toast.js";
import { readWords } from "korrigo/words.js";

const words = readWords("sheet-words");
const boot = JSON.parse(document.getElementById("boot").textContent);
const sheet = document.getElementById("sheet");

/** What the server said last, by copy; selection and undo are this tab's own. */
const state = {
  version: boot.version, copies: new Map(boot.copies.map((copy) => [copy.id, copy])), order: boot.copies.map(({ id }) => id),
  loose: boot.loose, pile: boot.pile, counts: boot.counts, selected: new Set(), last: null, undo: [], show: "all",
};

// ---- painting

function tile(side) {
  const marks = element("span.marks", {},
    side.header ? element("span.chip.chip-accent.chip-plain", {}, words("header")) : null,
    side.fate !== "copy" ? element("span.chip.chip-plain", {}, words(`fate.${side.fate}`)) : null);
  const label = side.position ? words("page", { n: side.position }) : words("scan", { n: side.page });
  return element("button.tile", {
    id: `side-${side.id}`, "data-side": side.id, "data-fate": side.fate, draggable: "true", role: "option",
    "aria-selected": String(state.selected.has(side.id)), "data-look": side.findings.length > 0, tabindex: "-1",
    "aria-label": `${label}, ${words("scan", { n: side.page })}`,
  }, element("img", { src: side.thumb, alt: "", loading: "lazy", width: 124, height: Math.round((124 * side.h) / side.w) }), marks, label);
}

function finding(found) {
  const acts = [["dismiss", "check"]];
  if (Object.keys(found.proposal).some((key) => ["turned", "fate", "cut", "cut_before"].includes(key))) acts.unshift(["accept", "lightbulb"]);
  return element("div.finding", {}, found.message, ...acts.map(([act, picture]) => element("button.btn.btn-small", {
    "data-finding": found.id, "data-do": act }, icon(picture), words(act))));
}

function row(copy) {
  const found = [...copy.findings, ...copy.sides.flatMap((side) => side.findings)];
  const pages = copy.sides.length;
  const odd = copy.expected && pages !== copy.expected ? element("span.chip.chip-warn", {}, words("expected", { n: pages, m: copy.expected })) : null;
  const valid = found.length || copy.state === "staging"
    ? element("button.btn.btn-small.push", { "data-valid": copy.id }, icon("check"), words("valid")) : null;
  return element("section.copy", { id: `copy-${copy.id}`, "data-copy": copy.id, "data-look": found.length > 0 },
    element("header", {}, element("b", {}, words("copy", { n: copy.serial })), element("span.muted.mono", {}, copy.code), odd, valid),
    element("div.tiles", { role: "listbox", "aria-multiselectable": "true", "aria-label": words("copy", { n: copy.serial }) }, ...copy.sides.map(tile)),
    ...found.map(finding));
}

function paint() {
  const shown = state.order.map((id) => state.copies.get(id))
    .filter((copy) => state.show === "all" || copy.findings.length || copy.sides.some((side) => side.findings.length));
  const rows = shown.map(row);
  if (state.loose.length) {
    rows.unshift(element("section.copy.copy-loose", { "data-loose": true }, element("header", {}, element("b", {}, words("loose"))),
      element("div.tiles", { role: "listbox", "aria-multiselectable": "true", "aria-label": words("loose") }, ...state.loose.map(tile)),
      ...state.loose.flatMap((side) => side.findings).map(finding)));
  }
  if (state.pile.length) {
    rows.unshift(element("section.copy.copy-pile", { "data-look": true }, element("header", {}, element("b", {}, words("pile"))), ...state.pile.map(finding)));
  }
  if (!rows.length && state.show === "look") rows.push(element("p.muted", {}, words("right")));
  sheet.replaceChildren(...rows);
  document.getElementById("counts").textContent = `${words("copies", { n: state.counts.copies })} · ${words("pages", { n: state.counts.sides })}`;
  document.getElementById("look").textContent = state.counts.look || "";
  select();
}

function select() {
  for (const node of sheet.querySelectorAll(".tile")) {
    const on = state.selected.has(node.dataset.side);
    node.setAttribute("aria-selected", String(on));
    node.tabIndex = node.dataset.side === state.last ? 0 : -1;
  }
  if (!sheet.querySelector(".tile[tabindex='0']")) sheet.querySelector(".tile")?.setAttribute("tabindex", "0");
  const n = state.selected.size;
  document.getElementById("selected").textContent = n ? words("selected", { n }) : "";
}

// ---- what is chosen

const tiles = () => [...sheet.querySelectorAll(".tile")];
const chosen = () => tiles().map((node) => node.dataset.side).filter((id) => state.selected.has(id));

function choose(id, { add = false, range = false } = {}) {
  if (!add && !range) state.selected.clear();
  if (range && state.last) {
    const ids = tiles().map((node) => node.dataset.side);
    const [a, b] = [ids.indexOf(state.last), ids.indexOf(id)].sort((x, y) => x - y);
    for (const between of ids.slice(a, b + 1)) state.selected.add(between);
  } else if (add && state.selected.has(id)) state.selected.delete(id);
  else state.selected.add(id);
  if (!range) state.last = id;
  select();
  document.getElementById(`side-${id}`)?.focus();
}

function step(by, range = false) {
  const ids = tiles().map((node) => node.dataset.side);
  const at = ids.indexOf(document.activeElement?.dataset?.side ?? state.last);
  const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
  if (next) choose(next, { range });
}

const sideOf = (id) => state.loose.find((side) => side.id === id) ?? [...state.copies.values()].flatMap(({ sides }) => sides).find((side) => side.id === id);

// ---- acts

function take(answer) {
  state.version = answer.version;
  state.loose = answer.loose;
  state.pile = answer.pile;
  state.counts = answer.counts;
  for (const id of answer.removed ?? []) state.copies.delete(id);
  for (const copy of answer.copies) state.copies.set(copy.id, copy);
  state.order = answer.order ?? answer.copies.map(({ id }) => id);
  const top = document.documentElement.scrollTop;
  paint();
  document.documentElement.scrollTop = top;
  if (state.last) document.getElementById(`side-${state.last}`)?.focus({ preventScroll: true });
}

async function act(kind, more = {}) {
  const sides = more.sides ?? (more.finding || more.copyOnly ? [] : chosen());
  if (!sides.length && !more.finding && !more.copy) return;
  try {
    const answer = await send(boot.urls.act, { json: { act: kind, sides, version: state.version, ...more, copyOnly: undefined } });
    take(answer);
    if (answer.undo) {
      state.undo.push(answer.undo);
      toast(words(`done.${kind}`), { undo });
    }
  } catch (error) {
    if (error instanceof HttpError && error.status === 412) {
      state.copies.clear();
      take(error.data);
      toast(words("stale"));
    } else toast(error.message, { bad: true });
  }
}

async function undo() {
  const token = state.undo.pop();
  if (!token) return;
  try {
    take(await send(boot.urls.undo, { json: { token } }));
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function move() {
  if (!state.selected.size) return;
  const input = element("input.field", { type: "number", min: "1", "aria-label": words("ask.copy"), placeholder: words("ask.copy") });
  const form = element("form.row", { method: "dialog" }, input, element("button.btn.btn-main", {}, words("act.move")));
  form.querySelector("button").type = "submit";
  const dialog = openDialog(words("act.move"), [form]);
  form.addEventListener("submit", () => {
    const copy = [...state.copies.values()].find(({ serial }) => serial === Number(input.value));
    if (!input.value || copy) act("move", copy ? { copy: copy.id } : {});
    dialog.close();
  });
  input.focus();
}

function large() {
  const side = sideOf(document.activeElement?.dataset?.side ?? state.last);
  if (side) openDialog(words("scan", { n: side.page }), [element("img", { src: side.large, alt: words("page", { n: side.position ?? side.page }) })], { className: "large" });
}

function blank() {
  const ids = chosen();
  if (ids.length) act("fate", { fate: ids.every((id) => sideOf(id).fate === "blank") ? "copy" : "blank" });
}

function nextProblem() {
  const all = [...sheet.querySelectorAll("[data-look]")];
  const at = all.findIndex((node) => node.contains(document.activeElement));
  const next = all.filter((node) => node.matches(".copy"))[0] && all[(at + 1) % all.length];
  next?.scrollIntoView({ block: "center" });
  (next?.matches(".tile") ? next : next?.querySelector(".tile"))?.focus();
}

const acts = {
  turn: () => act("turn", { by: 90 }), turnback: () => act("turn", { by: 270 }), cut: () => act("cut"), join: () => act("join"), blank, move,
  bin: () => act("fate", { fate: "discarded" }), undo, large, next: nextProblem,
};

// ---- wiring

sheet.addEventListener("click", (event) => {
  const { target } = event;
  const one = target.closest(".tile");
  if (one) return choose(one.dataset.side, { add: event.ctrlKey || event.metaKey, range: event.shiftKey });
  const button = target.closest("[data-finding]");
  if (button) return act(button.dataset.do, { finding: button.dataset.finding });
  const valid = target.closest("[data-valid]");
  if (valid) act("valid", { copy: valid.dataset.valid, sides: [] });
});
sheet.addEventListener("dblclick", (event) => event.target.closest(".tile") && large());
sheet.addEventListener("dragstart", (event) => {
  const id = event.target.closest(".tile")?.dataset.side;
  if (!id) return;
  if (!state.selected.has(id)) choose(id);
  event.dataTransfer.setData("text/plain", chosen().join(" "));
  event.dataTransfer.effectAllowed = "move";
});
sheet.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-copy]");
  for (const node of sheet.querySelectorAll("[data-over]")) node.toggleAttribute("data-over", node === over);
  if (over) {
    over.toggleAttribute("data-over", true);
    event.preventDefault();
  }
});
sheet.addEventListener("drop", (event) => {
  event.preventDefault();
  const copy = event.target.closest("[data-copy]")?.dataset.copy;
  const before = sideOf(event.target.closest(".tile")?.dataset.side ?? "");
  const sides = event.dataTransfer.getData("text/plain").split(" ").filter(Boolean);
  for (const node of sheet.querySelectorAll("[data-over]")) node.toggleAttribute("data-over", false);
  if (copy && sides.length) act("move", { sides, copy, position: before?.position ?? null });
});
document.querySelector(".sheetbar").addEventListener("click", ({ target }) => {
  const name = target.closest("[data-act]")?.dataset.act;
  if (name) acts[name]();
  const show = target.closest("[data-show]")?.dataset.show;
  if (show) {
    state.show = show;
    for (const node of document.querySelectorAll("[data-show]")) node.setAttribute("aria-pressed", String(node.dataset.show === show));
    paint();
  }
});

const keys = new Keys("pages");
keys.add("r", words("act.turn"), acts.turn);
keys.add("shift+r", words("act.turnback"), acts.turnback);
keys.add("x", words("act.cut"), acts.cut);
keys.add("j", words("act.join"), acts.join);
keys.add("b", words("act.blank"), acts.blank);
keys.add("m", words("act.move"), acts.move);
keys.add("delete", words("act.bin"), acts.bin);
keys.add("u", words("act.next"), acts.next);
keys.add("ctrl+z", words("act.undo"), acts.undo);
keys.add("enter", words("act.large"), (event) => (event.target.closest("button:not(.tile), a") ? false : large()));
keys.add("space", words("act.select"), (event) => {
    const id = event.target.closest?.(".tile")?.dataset.side;
    if (!id) return false;
    choose(id, { add: true });
    return true;
  });
keys.add("arrowright", "", () => step(1));
keys.add("arrowleft", "", () => step(-1));
keys.add("shift+arrowright", "", () => step(1, true));
keys.add("shift+arrowleft", "", () => step(-1, true));
keys.listen();
paint();
// A link to one page or copy (#side-…, #copy-…): what it names is only there now.
const asked = location.hash && document.getElementById(location.hash.slice(1));
if (asked) {
  asked.scrollIntoView({ block: "center" });
  (asked.matches(".tile") ? asked : asked.querySelector(".tile"))?.focus({ preventScroll: true });
}
document.documentElement.dataset.ready = "1";
