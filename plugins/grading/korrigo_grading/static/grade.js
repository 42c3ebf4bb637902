// The grading screen: puts its parts together and moves from copy to copy.

import { readWords } from "korrigo/words.js";

import { watchSaving } from "./chip.js";
import { Connection } from "./connection.js";
import { FlagForm } from "./flag.js";
import { listenToPointers } from "./gestures.js";
import { opaqueId } from "./ids.js";
import { Lease } from "./lease.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel.js";
import { showPluginTools } from "./plugintools.js";
import { Prefetch } from "./prefetch.js";
import { Queue } from "./queue.js";
import { Remarks } from "./remarks.js";
import { Selection } from "./selection.js";
import { wordsOf } from "./shapes.js";
import { bindShortcuts } from "./shortcuts.js";
import { OpStore } from "./store.js";
import { Sync } from "./sync.js";
import { Tabs } from "./tabs.js";
import { writeOn } from "./texteditor.js";
import { Thumbs } from "./thumbs.js";
import { Tools } from "./tools.js";
import { Viewer } from "./viewer.js";
import { Workbench } from "./workbench.js";

const byId = (id) => document.getElementById(id);
const boot = JSON.parse(byId("boot").textContent);
const t = readWords("messages");
const labels = new Map(boot.questions.map(({ id, label }) => [id, label]));
const labelOf = (id) => labels.get(id);
const copyUrl = (copy) => `/grading/copies/${encodeURIComponent(copy)}`;

// A reload is the same tab to the lease, but another page to the store of ops.
const token = (sessionStorage["korrigo.tab"] ||= opaqueId());
const connection = new Connection({ me: boot.me, sessionUrl: boot.urls.session ?? "/session" });
const sync = new Sync({
  store: new OpStore(), connection, me: boot.me, tab: opaqueId(), opsUrl: (copy) => `${copyUrl(copy)}/ops`,
});
const bench = new Workbench(sync);
const lease = new Lease({ connection, token, url: (copy) => `${copyUrl(copy)}/lease` });
const tabs = new Tabs(sync.tab, (copy) => copy === bench.doc?.id && lease.renew());
const prefetch = new Prefetch({ connection, url: copyUrl });
const queue = new Queue(boot.queue, {
  current: boot.copy.id, connection, url: boot.urls.queue, settled: () => sync.unsent === 0,
});

const view = byId("view");
const viewer = new Viewer(view, { bench, t, describe });
const tools = new Tools(byId("tools"));
const selection = new Selection({ bench, viewer, onEdit: rewrite });
const panel = new Panel({
  title: byId("title"), name: byId("name"), total: byId("total"), outOf: byId("out-of"), scheme: byId("scheme"),
  appreciation: byId("appreciation"), flag: byId("flagged"), flagText: byId("flag-text"), done: byId("finished"),
  announce: byId("announce"),
}, {
  questions: boot.questions, total: boot.exam.total, bench, t,
  onPin: (criterion) => tools.take("remark", criterion),
});
const thumbs = new Thumbs(byId("thumbs"), { viewer, bench, t });
new Remarks({ list: byId("remarks"), count: byId("remarks-count") }, { bench, viewer, t, labelOf });
const notices = new Notices(byId("notices"), { bench, sync, lease, t, labelOf });
const flag = new FlagForm(byId("flag-form"), { bench });
watchSaving(byId("save"), sync, t);

// ---- What one can do ------------------------------------------------------------------------------

const acts = {
  next: async () => go(await queue.next(bench.doc.id)),
  previous: () => go(queue.previous(bench.doc.id), { quiet: true }),
  nextOpen: async () => go(await queue.nextOpen(bench.doc.id)),
  done: finish,
  reopen: () => setDone(false),
  flag: () => flag.open(),
  undo: () => bench.undo(),
  redo: () => bench.redo(),
  "zoom.in": () => viewer.zoomIn(),
  "zoom.out": () => viewer.zoomOut(),
  "zoom.fit": () => viewer.fit(),
  keep: () => tools.toggleKeep(),
  finger: () => tools.toggleFinger(),
  pen: () => tools.nextPen(),
  pages: () => byId("thumbs").querySelector("[aria-current], button")?.focus(),
  focusMode: () => byId("main").toggleAttribute("data-focus"),
  send: () => sync.flush(),
  leave,
};
document.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
bindShortcuts({ panel, viewer, bench, tools, selection, acts, t });
showPluginTools(byId("tools"), () => ({
  copy: bench.doc, question: panel.current, put: (page, value) => bench.put(page, value),
}));
listenToPointers({
  bench, viewer, tools, selection, question: () => panel.current, writeText,
  onPen: () => (byId("pen-mode").hidden = false),
});

/** Escape leaves the innermost thing: a field, the selection, the tool, the focus mode. */
function leave(event) {
  const field = event.target.closest?.("input, textarea");
  if (field) return field.blur();
  if (selection.key) return selection.choose(null);
  if (tools.name !== "select") return tools.take("select");
  return byId("main").removeAttribute("data-focus");
}

function finish() {
  document.activeElement?.blur();
  if (bench.readonly) return acts.nextOpen();
  if (sync.ledger.counts(bench.doc.id).conflicts) {
    byId("announce").textContent = t("done.conflict");
    return byId("notices").querySelector("button")?.focus();
  }
  const { missing } = panel;
  if (!missing.length) return finishAnyway();
  const questions = missing.map(({ label }) => label).join(", ");
  return notices.ask("missing", t("done.missing", { n: missing.length, questions }), [
    [t("done.go"), () => panel.focus(missing[0].id)],
    [t("done.anyway"), finishAnyway],
  ]);
}

function finishAnyway() {
  setDone(true);
  return acts.nextOpen();
}

function setDone(done) {
  bench.edit([["done", done]]);
  queue.note(bench.doc.id, done, { mine: true });
}

// ---- Text on the page -----------------------------------------------------------------------------

async function writeText(sheet, at) {
  const q = panel.current;
  const words = await writeOn(sheet, { ...at, label: t("text.new") });
  if (words) bench.put(sheet.page.n, { k: "text", q, ...at, t: words });
  tools.used();
}

async function rewrite(key) {
  const value = bench.value(key);
  if (value?.k !== "text" || bench.readonly) return;
  const sheet = viewer.sheet(value.page);
  sheet.draw(key, null);
  const words = await writeOn(sheet, { ...value, text: value.t, label: t("text.change") });
  if (words === value.t) sheet.draw(key, value);
  else bench.edit([[key, words ? { ...value, t: words } : null]]);
}

function describe(value) {
  const kind = t(`annot.${value.k}`);
  const words = value.k === "stamp" ? value.t : wordsOf(value);
  return [kind, labelOf(value.q), words].filter(Boolean).join(", ");
}

// ---- From copy to copy ----------------------------------------------------------------------------

let wanted = null;

/** Shows another copy; the last one asked for wins. */
async function go(copy, { quiet = false } = {}) {
  if (!copy) return quiet || notices.ask("end", t("queue.end", { done: queue.done, total: queue.total }), []);
  const started = performance.now();
  wanted = copy;
  sync.flush();
  let fetched;
  try {
    fetched = await prefetch.take(copy);
  } catch (error) {
    if (error.status === 401 || error.status === 403) sync.checkSession();
    return notices.ask("unreachable", t("copy.unreachable"), [[t("retry"), () => go(copy)]]);
  }
  if (wanted !== copy) return null;
  show(fetched.doc, fetched.images);
  measure(started);
  return revalidate(copy);
}

function show(doc, images) {
  bench.open(doc);
  viewer.open(images);
  thumbs.mark();
  queue.note(doc.id, bench.value("done") === true);
  history.replaceState(null, "", `?copy=${encodeURIComponent(doc.id)}`);
  const blocked = sync.blocked.get(doc.id);
  if (blocked) forbidBlocked(blocked);
  lease.hold(doc.id);
  expectNext(doc.id);
}

async function expectNext(copy) {
  const likely = () => [queue.expected(copy), ...[1, -1, 2].map((offset) => queue.around(copy, offset))];
  prefetch.expect(likely());
  if (await queue.lookAhead(copy) && bench.doc.id === copy) prefetch.expect(likely());
}

/** What is on screen may have been fetched minutes ago: what is newer and not being edited here is taken in. */
async function revalidate(copy) {
  try {
    const doc = await connection.get(copyUrl(copy));
    if (bench.doc.id === copy) bench.refresh(doc);
  } catch {
    // Offline: the document at hand and the revisions are enough to work on.
  }
}

/** Key to painted copy, for those who measure: `performance.getEntriesByName("korrigo:next-copy")`. */
function measure(started) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => performance.measure("korrigo:next-copy", { start: started });
    port2.postMessage(null);
  });
}

// ---- What others do -------------------------------------------------------------------------------

function forbidBlocked({ status, why }) {
  bench.forbid("blocked", why ?? t(status === 404 || status === 410 ? "copy.gone" : "copy.closed"));
}

function span(since) {
  const start = typeof since === "number" ? Date.now() - since * 1000 : Date.parse(since);
  const minutes = Math.max(1, Math.round((Date.now() - start) / 60000)) || 1;
  const unit = { style: "unit", unit: "minute", unitDisplay: "long" };
  return new Intl.NumberFormat(document.documentElement.lang || "en", unit).format(minutes);
}

lease.addEventListener("lease", ({ detail: holder }) => {
  if (!holder) return bench.forbid("lease", null);
  const mine = holder.by === boot.me.name || holder.by === boot.me.id;
  const key = mine ? "lock.mine" : holder.lost ? "lock.lost" : "lock.other";
  return bench.forbid("lease", t(key, { name: holder.by, time: span(holder.since) }));
});
lease.addEventListener("taken", ({ detail: copy }) => tabs.tellTaken(copy));
sync.addEventListener("blocked", ({ detail }) => detail.copy === bench.doc.id && forbidBlocked(detail));
sync.addEventListener("session", ({ detail: { verdict } }) => {
  byId("session-link").href = boot.urls.signin ?? "/signin";
  byId("session").hidden = verdict === "alive";
  byId("session-text").textContent = t(verdict === "other" ? "session.other" : "session.over");
});
bench.addEventListener("rights", () => {
  byId("main").toggleAttribute("data-readonly", Boolean(bench.readonly));
  for (const button of document.querySelectorAll("#tools [data-tool]:not([data-tool=select])")) {
    button.disabled = Boolean(bench.readonly);
  }
});
bench.addEventListener("overtaken", () => notices.ask("overtaken", t("undo.overtaken"), []));
for (const name of ["open", "rights", "change"]) {
  bench.addEventListener(name, () => {
    byId("undo").disabled = Boolean(bench.readonly) || !bench.history.canUndo;
    byId("redo").disabled = Boolean(bench.readonly) || !bench.history.canRedo;
  });
}
tools.addEventListener("tool", paintTool);
queue.addEventListener("progress", () => {
  byId("progress").max = queue.total;
  byId("progress").value = queue.done;
  byId("progress-text").textContent = `${queue.done}/${queue.total}`;
});

function paintTool() {
  view.dataset.tool = tools.name;
  selection.reachable = tools.name === "select";
}

/** What happens here, for scripts of other plugins (`on(…)` of korrigo/api.js). */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`korrigo:${name}`, { detail }));
bench.addEventListener("open", () => tell("copy-shown", { copy: bench.doc.id }));
bench.addEventListener("change", ({ detail }) => tell("op", { copy: bench.doc.id, targets: detail.keys }));
sync.addEventListener("state", ({ detail }) => tell("save-state", detail));
panel.addEventListener("question", ({ detail }) => tell("question", { copy: bench.doc.id, question: detail }));

// ---- Start ----------------------------------------------------------------------------------------

paintTool();
await sync.start(tabs);
show(boot.copy, []);
if (sync.foreign) notices.ask("foreign", t("save.foreign", { n: sync.foreign }), []);
document.documentElement.dataset.ready = "grade";
