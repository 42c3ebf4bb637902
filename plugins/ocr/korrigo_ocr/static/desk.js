// The identification desk: a name on each copy, one key a copy.

import { element } from "korrigo/elements.js";
import { send } from "korrigo/http.js";
import { readWords } from "korrigo/words.js";

import { Chooser } from "./chooser.js";
import { compare } from "./compare.js";
import { Copies, decided } from "./copies.js";
import { Decisions } from "./decisions.js";
import { deskKeys } from "./deskkeys.js";
import { Roster } from "./roster.js";
import { Scan } from "./scan.js";
import { SheetMode } from "./sheetmode.js";

const UNDO_FOR = 10000; // ms during which the last decision stays in sight

const byId = (id) => document.getElementById(id);
const boot = JSON.parse(byId("boot").textContent);
const t = readWords("messages");
const roster = new Roster(boot.students);
const copies = new Copies(boot.copies);
const decisions = new Decisions({ copies, urls: boot.urls });
const scan = new Scan({ crop: byId("crop"), page: byId("page"), number: byId("page-number") }, { t });
const chooser = new Chooser({ input: byId("search"), list: byId("candidates") }, { roster, copies, t });
const sheet = new SheetMode(
  { box: byId("sheet"), grid: byId("sheet-grid"), button: byId("sheet-accept") }, { copies, roster, t });

let current = null;
let undoTimer = 0;
let adding = false; // a pupil is being added in another window

const nameOf = (id) => {
  const student = roster.get(id);
  return student ? `${student.last} ${student.first}` : "";
};

// ---- Showing --------------------------------------------------------------------------------------

function show(copy) {
  current = copy;
  byId("desk").dataset.state = "copy";
  scan.open(copy);
  chooser.open(copy);
  const strays = copy.strays.length ? element("p.note.note-warn", {}, t("read.strays", { pages: copy.strays.join(", ") })) : "";
  byId("read").replaceChildren(copy.read ? t("read", { text: copy.read }) : t("read.nothing"), strays);
  byId("copy-title").textContent = copy.title;
  say(null);
  paintState();
  paintNeighbours();
  focusSearch();
  const next = copies.nextOpen(copy);
  scan.expect([next, next && copies.nextOpen(next)]);
}

function focusSearch() {
  chooser.input.focus({ preventScroll: true });
}

function paintState() {
  const state = current.unknown ? t("state.unknown") : current.student ? nameOf(current.student) : t("state.open");
  byId("copy-state").textContent = state;
  byId("copy-state").className = decided(current) ? "chip chip-good" : "chip";
  byId("take-back").hidden = !decided(current);
}

function paintNeighbours() {
  for (const [id, offset] of [["before", -1], ["after", 1]]) {
    const copy = copies.beside(current, offset);
    const button = byId(id);
    button.disabled = !copy;
    button.querySelector("span").textContent = copy
      ? [copy.title, copy.unknown ? t("state.unknown") : nameOf(copy.student)].filter(Boolean).join(" · ") : "";
  }
}

function paintProgress() {
  const { done, total } = copies.progress;
  const minutes = copies.minutesLeft;
  byId("progress").max = total;
  byId("progress").value = done;
  byId("progress-text").textContent = [t("progress", { done, total }), minutes && t("progress.left", { n: minutes })]
    .filter(Boolean).join(" · ");
  const sure = sheet.sure.length;
  byId("sheet-open").hidden = sure === 0;
  byId("sheet-open").firstChild.textContent = t("sheet.open", { n: sure });
}

/** All copies are decided: what is left are the pupils without a copy and the copies without a name. */
function finish() {
  byId("desk").dataset.state = "end";
  const lines = (items) => items.map((text) => element("li", {}, text));
  const without = roster.all.filter((student) => !copies.bearer(student.id));
  const unknown = copies.all.filter((copy) => copy.unknown);
  byId("end-students").replaceChildren(...lines(without.map(({ last, first, class_name: group }) =>
    [`${last} ${first}`, group].filter(Boolean).join(" · "))));
  byId("end-students-title").textContent = t("end.students", { n: without.length });
  byId("end-copies").replaceChildren(...lines(unknown.map((copy) => copy.title)));
  byId("end-copies-title").textContent = t("end.copies", { n: unknown.length });
  byId("end").focus();
}

/** The line under the list: what stands in the way, with a way out. */
function say(text, label = null, act = null) {
  const button = label && element("button.btn.btn-small", {}, label);
  button?.addEventListener("click", act);
  byId("notice").hidden = !text;
  byId("notice").replaceChildren(...[text && element("p", {}, text), button].filter(Boolean));
}

// ---- Deciding -------------------------------------------------------------------------------------

function accept(student) {
  const bearer = copies.bearer(student, current.id);
  if (bearer) {
    const text = t("taken.by", { name: nameOf(student), copy: bearer.title });
    return say(text, t("compare"), () => settle(student, bearer));
  }
  return decide({ student });
}

function decide(decision) {
  const copy = current;
  decisions.decide(copy, decision);
  copies.tick();
  const words = decision.unknown ? t("state.unknown") : nameOf(decision.student);
  remember(t("decided", { copy: copy.title, name: words }));
  moveOn(copy, words);
}

function moveOn(copy, words) {
  const next = copies.nextOpen(copy);
  const spoken = [t("decided", { copy: copy.title, name: words }), next?.title];
  byId("announce").textContent = spoken.filter(Boolean).join(" ");
  if (next) show(next);
  else finish();
}

/** The last decision stays in sight, with its undo. */
function remember(text) {
  clearTimeout(undoTimer);
  byId("last").hidden = false;
  byId("last-text").textContent = text;
  undoTimer = setTimeout(() => (byId("last").hidden = true), UNDO_FOR);
}

function undo() {
  const copy = decisions.undo();
  if (!copy) return;
  byId("last").hidden = true;
  byId("announce").textContent = t("undone", { copy: copy.title });
  show(copy);
}

/** The decision on the copy in sight is taken back, whatever was decided since. */
function takeBack() {
  if (!decided(current)) return;
  decisions.decide(current, { student: null });
  const words = t("undone", { copy: current.title });
  byId("announce").textContent = words;
  remember(words);
  show(current);
}

/** Pupils are added where lists of pupils are; coming back, the desk knows them. */
function addPupil() {
  if (!boot.urls.add) return;
  adding = true;
  window.open(boot.urls.add, "_blank");
}

async function readPupils() {
  if (!adding) return;
  adding = false;
  const { students } = await send(boot.urls.pupils);
  roster.replace(students);
  chooser.paint();
}

/** One name, two copies: the person looks at both. */
async function settle(student, bearer) {
  const here = current;
  const answer = await compare({ student: roster.get(student), here, there: bearer, t });
  if (answer === "here" || answer === "neither") decisions.decide(bearer, { student: null });
  if (answer === "here") decide({ student });
  else if (answer) moveOn(here, t("state.open"));
  else focusSearch();
}

const acts = {
  accept: () => chooser.choose(),
  skip: () => {
    const next = copies.beside(current, 1);
    if (next) show(next);
  },
  back: () => {
    const previous = copies.beside(current, -1);
    if (previous) show(previous);
  },
  unknown: () => decide({ unknown: true }),
  undo,
  take_back: takeBack,
  add: addPupil,
  review: () => show(copies.all[0]),
  "page.next": () => scan.turn(1),
  "page.previous": () => scan.turn(-1),
  "sheet.open": () => {
    byId("desk").dataset.state = "sheet";
    sheet.open();
  },
  "sheet.close": () => sheet.close(),
};

// ---- Listening ------------------------------------------------------------------------------------

addEventListener("focus", readPupils);
document.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
deskKeys({ chooser, sheet, acts, state: () => byId("desk").dataset.state });
chooser.addEventListener("choose", ({ detail }) => accept(detail.student));

copies.addEventListener("change", ({ detail: copy }) => {
  paintProgress();
  if (copy === current) paintState();
  if (current && byId("desk").dataset.state === "copy") paintNeighbours();
});
decisions.addEventListener("state", ({ detail: { waiting, offline } }) => {
  const chip = byId("save");
  chip.className = waiting ? (offline ? "chip chip-warn" : "chip") : "chip chip-good";
  chip.textContent = t(waiting ? (offline ? "save.offline" : "save.saving") : "save.saved", { n: waiting });
});
decisions.addEventListener("refused", ({ detail: { copy, takenBy } }) => {
  show(copies.get(copy));
  if (takenBy) say(t("refused.taken", { copy: takenBy.title ?? `n° ${takenBy.serial}` }));
  else say(t("refused.changed"));
});
decisions.addEventListener("failed", ({ detail: { copy } }) => {
  show(copies.get(copy));
  say(t("failed"), t("reload"), () => location.reload());
});
sheet.addEventListener("accept", ({ detail: { pairs, out } }) => {
  for (const [copy, student] of pairs) decisions.decide(copy, { student });
  for (const copy of out) {
    if (copy.student) decisions.decide(copy, { student: null });
    copies.put({ id: copy.id, verdict: "review" });
  }
  if (pairs.length) remember(t("sheet.accepted", { n: pairs.length }));
});
sheet.addEventListener("close", start);

function start() {
  paintProgress();
  const open = copies.nextOpen(null);
  if (open) show(open);
  else if (copies.all.length) finish();
  else byId("desk").dataset.state = "empty";
}

byId("save").textContent = t("save.saved");
byId("add-pupil").hidden = !boot.urls.add;
start();
document.documentElement.dataset.ready = "desk";
