// The contact sheet: rows of copies, tiles of pages, acts by key, button or drag, each with an undo.

import { openDialog } from "korrigo/dialog.js";
import { element } from "korrigo/elements.js";
import { Keys } from "korrigo/keys.js";
import { toast } from "korrigo/toast.js";
import { readWords } from "korrigo/words.js";
import { Acts } from "./sheet/acts.js";
import { dragAndDrop } from "./sheet/drag.js";
import { openLarge } from "./sheet/large.js";
import { Sheet } from "./sheet/model.js";
import { Selection } from "./sheet/selection.js";
import { Tiles } from "./sheet/tiles.js";

const byId = (id) => document.getElementById(id);
const words = readWords("sheet-words");
const boot = JSON.parse(byId("boot").textContent);
const root = byId("sheet");
const sheet = new Sheet(boot);
const tiles = new Tiles(root, sheet, words);
const selection = new Selection(root);
const acts = new Acts(sheet, boot, words);
const carried = new Set();

// ---- the page around the tiles

function paint() {
  const inside = root.contains(document.activeElement) || document.activeElement === document.body;
  const before = selection.tiles.findIndex(({ dataset }) => dataset.side === selection.at);
  tiles.paint();
  if (selection.at && !selection.tile(selection.at)) selection.at = selection.tiles[Math.min(before, selection.tiles.length - 1)]?.dataset.side ?? null;
  const held = document.querySelector("dialog[open]");
  if (selection.at && inside && !held && before >= 0) selection.focus(selection.at, { scroll: false });
  else selection.paint();
  for (const id of carried) if (!sheet.side(id)) carried.delete(id);
  for (const tile of selection.tiles) tile.toggleAttribute("data-carried", carried.has(tile.dataset.side));
  const { counts } = sheet;
  const looks = sheet.looks;
  byId("counts").textContent = `${words("copies", { n: counts.copies })} · ${words("pages", { n: counts.sides })}`;
  for (const [id, n] of Object.entries({ look: looks, blank: counts.blank, bin: counts.discarded, aside: counts.duplicate + counts.foreign + counts.waiting })) {
    byId(`n-${id}`).textContent = n || "";
  }
  byId("empty").hidden = counts.sides > 0;
  byId("reading").hidden = !sheet.busy;
  byId("right").hidden = sheet.busy || looks > 0 || !counts.copies;
  const even = sheet.expected && sheet.rows.every((copy) => !sheet.odd(copy));
  byId("right-text").textContent = `${even ? words("right.even", { n: counts.copies, m: sheet.expected }) : words("right.some", { n: counts.copies })} ${words("right")}`;
  byId("nothing").hidden = root.children.length > 0 || !counts.sides;
  byId("nothing").textContent = words(`nothing.${tiles.show}`);
}

function showChosen() {
  const n = selection.chosen.size;
  byId("selected").textContent = carried.size ? words("carried", { n: carried.size }) : n ? words("selected", { n }) : "";
  const idle = !selection.ids.length;
  for (const button of document.querySelectorAll(".selbar [data-act]")) {
    const off = { undo: !acts.undoable.length, redo: !acts.redoable.length }[button.dataset.act] ?? idle;
    button.setAttribute("aria-disabled", String(off));
  }
}

function show(name) {
  tiles.show = name;
  for (const node of document.querySelectorAll("[data-show]")) node.setAttribute("aria-pressed", String(node.dataset.show === name));
  selection.clear();
  paint();
}

const nameOf = (id) => selection.tile(id)?.getAttribute("aria-label") ?? words("scan", { n: sheet.side(id)?.page });

// ---- acts on what is chosen

const chosenCopy = () => sheet.copyOf(selection.ids[0]);

/** An act on the chosen pages; afterwards nothing is chosen, but for acts that one repeats. */
async function onChosen(kind, more = {}, { keep = false } = {}) {
  const sides = selection.ids;
  if (!sides.length) return;
  if ((await acts.act(kind, { sides, ...more })) && !keep) selection.clear();
}

const turn = (by) => onChosen("turn", { by }, { keep: true });
const bin = (sides) => acts.act("fate", { sides, fate: "discarded" });

function blank() {
  const sides = selection.ids.map((id) => sheet.side(id));
  return onChosen("fate", { fate: sides.every(({ fate }) => fate === "blank") ? "copy" : "blank" }, { keep: true });
}

/** What the page with the focus, else its copy, is proposed to become. */
function accept() {
  const copy = chosenCopy();
  const found = [...selection.ids.flatMap((id) => sheet.onSide(id)), ...(copy ? sheet.inCopy(copy) : [])].find(({ does }) => does);
  const cut = copy && sheet.cutHere(copy);
  if (found) return acts.act("accept", { finding: found.id });
  if (cut) return acts.act("cut", { sides: [cut.id] });
  toast(words("accept.none"));
}

function valid(id = chosenCopy()?.id) {
  if (id) return acts.act("valid", { copy: id });
}

function move() {
  const sides = selection.ids;
  if (!sides.length) return;
  const input = element("input.field.field-num", { id: "move-to", inputmode: "numeric", autocomplete: "off", "aria-describedby": "move-why" });
  const why = element("p.hint", { id: "move-why", role: "status" }, words("ask.hint"));
  const submit = element("button.btn.btn-main", {}, words("act.move.do"));
  submit.type = "submit";
  const form = element("form.form", { method: "dialog" },
    element("div.control", {}, element("label", { for: "move-to" }, words("ask.copy")), input, why), submit);
  const dialog = openDialog(words("selected", { n: sides.length }), [form]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const copy = sheet.numbered(Number(input.value));
    if (input.value.trim() && !copy) {
      why.textContent = words("ask.unknown", { n: input.value });
      input.setAttribute("aria-invalid", "true");
      return input.select();
    }
    dialog.close();
    onChosen("move", { sides, copy: copy?.id ?? null });
  });
  input.focus();
}

/** One place to the left or right inside the copy, all chosen pages together. */
function shift(by) {
  const copy = chosenCopy();
  const mine = selection.ids.filter((id) => sheet.copyOf(id) === copy);
  if (!copy || !mine.length) return;
  const rest = copy.sides.filter(({ id }) => !mine.includes(id));
  const first = copy.sides.findIndex(({ id }) => mine.includes(id));
  const place = Math.max(0, Math.min(rest.length, first + by));
  const already = copy.sides.slice(place, place + mine.length).every(({ id }) => mine.includes(id));
  if (!already) return acts.act("move", { sides: mine, copy: copy.id, position: rest[place]?.position ?? null });
}

function carry() {
  carried.clear();
  for (const id of selection.ids) carried.add(id);
  selection.clear();
  paint();
}

async function drop() {
  const copy = sheet.copyOf(selection.at);
  if (!carried.size) return toast(words("carry.none"));
  if (!copy) return toast(words("carry.nowhere"));
  const sides = [...carried];
  carried.clear();
  await acts.act("move", { sides, copy: copy.id, position: sheet.side(selection.at).position });
  paint();
}

function all() {
  const row = selection.tile(selection.at)?.closest(".copy");
  const inRow = row ? [...row.querySelectorAll(".tile")].map(({ dataset }) => dataset.side) : [];
  const whole = inRow.length && inRow.every((id) => selection.chosen.has(id)) && selection.chosen.size === inRow.length;
  selection.set(whole || !row ? selection.tiles.map(({ dataset }) => dataset.side) : inRow);
}

function nextProblem() {
  const rows = [...root.querySelectorAll(".copy[data-look], .copy-loose:has(.tile[data-look])")];
  if (!rows.length) return toast(words("right"));
  const here = selection.tile(selection.at);
  const inView = (row) => row.querySelector(".tile[data-look]") ?? row.querySelector(".tile") ?? row.querySelector("button");
  const next = rows.find((row) => here && here.compareDocumentPosition(inView(row)) & Node.DOCUMENT_POSITION_FOLLOWING) ?? rows[0];
  const target = inView(next);
  next.scrollIntoView({ block: "center" });
  if (target.dataset.side) selection.only(target.dataset.side);
  else target.focus({ preventScroll: true });
}

function large() {
  const id = selection.at ?? selection.ids[0];
  if (!id) return;
  selection.focus(id, { scroll: false });
  openLarge({
    id: () => selection.at, side: (side) => sheet.side(side), name: nameOf, words, step: (by) => selection.step(by, false), closed: () => selection.focus(selection.at),
    keys: { r: () => turn(90), "Shift+r": () => turn(270), b: blank, x: () => onChosen("cut"), delete: () => onChosen("fate", { fate: "discarded" }), a: accept, v: () => valid() },
  });
}

const run = {
  turn: () => turn(90), turnback: () => turn(270), cut: () => onChosen("cut"), join: () => onChosen("join"), blank, move, bin: () => onChosen("fate", { fate: "discarded" }),
  undo: () => acts.undo(), redo: () => acts.redo(), large, next: nextProblem, accept, valid: () => valid(),
};

// ---- wiring

root.addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
  const id = target.closest(".tile")?.dataset.side;
  if (id) return shiftKey ? selection.extend(id) : ctrlKey || metaKey ? selection.toggle(id) : selection.only(id);
  const { finding, do: act, valid: copy, cut, retry } = target.closest("button")?.dataset ?? {};
  if (finding) acts.act(act, { finding });
  else if (copy) valid(copy);
  else if (cut) acts.act("cut", { sides: [cut] });
  else if (retry) {
    tiles.retry(retry);
    selection.focus(retry);
  }
});
root.addEventListener("dblclick", ({ target }) => target.closest(".tile") && large());
root.addEventListener("focusin", ({ target }) => {
  const id = target.dataset.side;
  if (id && id !== selection.at) selection.focus(id);
});
root.addEventListener("painted", () => selection.paint());
for (const bar of document.querySelectorAll(".sheetbar, .selbar")) {
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.show) show(button.dataset.show);
    else if (button?.dataset.act && button.getAttribute("aria-disabled") !== "true") run[button.dataset.act]();
  });
}

// A toolbar is one stop of Tab; arrows move inside.
const toolbar = document.querySelector(".selbar [role=toolbar]");
const tools = [...toolbar.querySelectorAll("button")];
tools.forEach((button, place) => (button.tabIndex = place ? -1 : 0));
toolbar.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const next = tools[(tools.indexOf(document.activeElement) + by + tools.length) % tools.length];
  for (const button of tools) button.tabIndex = button === next ? 0 : -1;
  next.focus();
});

dragAndDrop(root, selection, {
  move: async (sides, copy, position) => (await acts.act("move", { sides, copy, position })) && selection.clear(),
  bin: async (sides) => (await bin(sides)) && selection.clear(),
  position: (id) => sheet.side(id).position,
});
acts.addEventListener("changed", paint);
acts.addEventListener("changed", showChosen);
selection.addEventListener("change", showChosen);

const keys = new Keys("pages");
const group = { moving: { group: words("keys.moving") }, acting: { group: words("keys.acting") }, looking: { group: words("keys.looking") } };
const onTile = (act) => (event) => (event.target.closest("button, a, summary") ? false : act());
for (const [name, way, word] of [["arrowright", () => selection.step(1, false), "right"], ["arrowleft", () => selection.step(-1, false), "left"],
  ["arrowdown", () => selection.line(1, false), "down"], ["arrowup", () => selection.line(-1, false), "up"]]) keys.add(name, words(`keys.${word}`), onTile(way), group.moving);
for (const [name, way] of [["arrowright", () => selection.step(1, true)], ["arrowleft", () => selection.step(-1, true)], ["arrowdown", () => selection.line(1, true)],
  ["arrowup", () => selection.line(-1, true)]]) keys.add(`shift+${name}`, name === "arrowright" ? words("keys.extend") : "", onTile(way), group.moving);
keys.add("space", words("act.select"), onTile(() => selection.at && selection.toggle(selection.at)), group.moving);
keys.add("escape", words("act.clear"), () => {
  carried.clear();
  selection.clear();
  paint();
}, group.moving);
keys.add("ctrl+a", words("act.all"), all, group.moving);
keys.add("enter", words("act.large"), onTile(large), group.moving);
keys.add("u", words("act.next"), nextProblem, group.looking);
keys.add("a", words("act.accept"), accept, group.looking);
keys.add("v", words("valid"), () => valid(), group.looking);
keys.add("r", words("act.turn"), run.turn, group.acting);
keys.add("shift+r", words("act.turnback"), run.turnback, group.acting);
keys.add("x", words("act.cut"), run.cut, group.acting);
keys.add("j", words("act.join"), run.join, group.acting);
keys.add("b", words("act.blank"), blank, group.acting);
keys.add("m", words("act.move"), move, group.acting);
keys.add("ctrl+shift+arrowleft", words("act.left"), () => shift(-1), group.acting);
keys.add("ctrl+shift+arrowright", words("act.right"), () => shift(1), group.acting);
keys.add("ctrl+x", words("act.carry"), carry, group.acting);
keys.add("ctrl+v", words("act.drop"), drop, group.acting);
keys.add("delete", words("act.bin"), run.bin, group.acting);
keys.add("ctrl+z", words("act.undo"), run.undo, group.acting);
keys.add(["ctrl+y", "ctrl+shift+z"], words("act.redo"), run.redo, group.acting);
keys.listen();
paint();
// A link to one page or copy (#side-…, #copy-…): what it names is only there now.
const asked = location.hash && document.getElementById(location.hash.slice(1));
if (asked) {
  asked.scrollIntoView({ block: "center" });
  (asked.matches(".tile") ? asked : asked.querySelector(".tile"))?.focus({ preventScroll: true });
}
showChosen();
acts.poll();
document.documentElement.dataset.ready = "1";
