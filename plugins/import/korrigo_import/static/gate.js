// The findings of the scan gate: one key accepts, one dismisses, one goes on; every decision can be taken back.

import { openDialog } from "korrigo/dialog.js";
import { element, icon } from "korrigo/elements.js";
import { HttpError, send } from "korrigo/http.js";
import { Keys } from "korrigo/keys.js";
import { toast } from "korrigo/toast.js";
import { readWords } from "korrigo/words.js";

const words = readWords("gate-words");
const boot = JSON.parse(document.getElementById("boot").textContent);
const list = document.getElementById("findings");
/** What the server said last; `undo` holds the decisions of this tab, `unfolded` which lists are open. */
const state = { version: boot.version, findings: boot.findings, undo: [], unfolded: new Set(), busy: false };

const is = (...states) => (finding) => states.includes(finding.state);
const find = (id) => state.findings.find((finding) => finding.id === id);

// ---- painting

function place(found) {
  const parts = [];
  if (found.copy) parts.push(words("copy", { n: found.copy }));
  if (found.page) parts.push(words("page", { n: found.page }));
  if (found.scan) parts.push([words("scan", { n: found.scan }), found.half].filter(Boolean).join(", "));
  else if (!found.copy) parts.push(words("whole"));
  if (found.file) parts.push(found.file);
  return parts.join(" · ");
}

function row(found) {
  const open = found.state === "open";
  const thumb = found.thumb && element("button.thumb", { "data-do": "large", "aria-label": words("key.large"), tabindex: "-1" },
    element("img", { src: found.thumb, alt: "", loading: "lazy", width: 96, height: 88 }));
  const how = open ? words("sure", { sure: found.sure }) : found.by ? words("by", { state: words(found.state), name: found.by }) : found.did ? words("did", { did: found.did }) : "";
  const accept = found.proposal ? words("accept.do", { what: found.proposal }) : words("accept");
  const dismiss = words(found.of_copy ? "dismiss.copy" : found.proposal ? "dismiss.do" : "dismiss");
  const acts = [
    open && !found.of_copy && button("accept", "check", accept, "A"),
    open && button("dismiss", found.of_copy ? "done" : "cross", dismiss, "D"),
    !open && found.undo && button("undo", "undo", words("undo")),
    element("a.btn.btn-small.btn-quiet", { href: found.url, title: words("see") }, icon("pages", "i i-small"), words("see")),
  ];
  return element("article.found", { id: `finding-${found.id}`, "data-finding": found.id, "data-state": found.state, tabindex: open ? "-1" : null, "aria-label": `${found.title}, ${place(found)}` },
    thumb || element("span"),
    element("div.what", {}, element("p", {}, found.message), element("p.small.muted", {}, place(found)), how && element("p.small.muted", {}, how)),
    element("div.acts", {}, ...acts));
}

const button = (act, picture, text, key) => element("button.btn.btn-small", { "data-do": act }, icon(picture, "i i-small"), text, key && element("kbd", { "aria-hidden": "true" }, key));

/** Findings by kind, kinds in the order in which they first come. */
function kinds(findings, everything) {
  const groups = Map.groupBy ? Map.groupBy(findings, ({ kind }) => kind) : findings.reduce((all, found) => all.set(found.kind, [...(all.get(found.kind) ?? []), found]), new Map());
  return [...groups].map(([kind, of]) => {
    const sure = everything ? of.filter(({ certain }) => certain).length : 0;
    return element("section.kind", { "data-kind": kind },
      element("header", {}, element("h3", {}, of[0].title), element("span.chip.chip-plain.num", {}, String(of.length)),
        sure > 1 && element("button.btn.btn-small.push", { "data-all": kind }, icon("check", "i i-small"), words("all", { n: sure }))),
      ...of.map(row));
  });
}

/** A list that is folded: its rows are made when somebody unfolds it. */
function folded(name, findings) {
  if (!findings.length) return null;
  const box = element("details.card", { "data-fold": name, open: state.unfolded.has(name) }, element("summary", {}, `${words(name)} · ${findings.length}`));
  const fill = () => box.open && box.children.length === 1 && box.append(...kinds(findings, false));
  box.addEventListener("toggle", () => {
    state.unfolded[box.open ? "add" : "delete"](name);
    fill();
  });
  fill();
  return box;
}

function paint() {
  state.findings.sort((a, b) => a.order - b.order);
  const open = state.findings.filter(is("open"));
  list.replaceChildren(
    element("h2", {}, words("open"), " ", element("span.chip.chip-plain.num", {}, String(open.length))),
    ...(open.length ? [element("p.hint", {}, words("hint")), ...kinds(open, true)] : [element("p.note.note-good", {}, icon("done"), element("span", {}, words("none")))]),
    ...[folded("decided", state.findings.filter(is("accepted", "dismissed"))), folded("applied", state.findings.filter(is("applied")))].filter(Boolean));
  rows()[0]?.setAttribute("tabindex", "0");
}

// ---- where one is

const rows = () => [...list.querySelectorAll(".found[data-state=open]")];

function go(to) {
  if (!to) return list.focus({ preventScroll: true });
  for (const one of rows()) one.tabIndex = one === to ? 0 : -1;
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

const current = () => document.activeElement?.closest?.(".found") ?? null;

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(at < 0 ? all[0] : all[(at + by + all.length) % all.length]);
}

list.addEventListener("focusin", ({ target }) => {
  for (const one of list.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
  target.closest(".found")?.setAttribute("aria-current", "true");
});

// ---- decisions

/** Take over an answer: everything, or all but what the program has settled by itself. */
function take(answer) {
  const told = new Set(answer.findings.map(({ id }) => id));
  state.version = answer.version;
  state.findings = [...(answer.whole ? [] : state.findings.filter((found) => found.state === "applied" && !told.has(found.id))), ...answer.findings];
  const reason = document.getElementById("reason")?.value;
  for (const part of ["figures", "signing"]) document.getElementById(part).innerHTML = answer[part];
  if (reason && document.getElementById("reason")) document.getElementById("reason").value = reason;
  paint();
}

/** Ask for something and show what came of it; one thing at a time, for each builds on the version before. */
async function ask(url, json) {
  if (state.busy) return null;
  state.busy = true;
  try {
    const answer = await send(url, { json });
    take(answer);
    return answer;
  } catch (error) {
    if (error instanceof HttpError && error.status === 412) {
      take(error.data);
      toast(words("stale"));
    } else toast(error.message, { bad: true });
    return null;
  } finally {
    state.busy = false;
  }
}

async function decide(act, found) {
  if (found?.state !== "open" || (act === "accept" && found.of_copy)) return;
  const all = rows();
  const at = all.findIndex((one) => one.dataset.finding === found.id);
  const next = [...all.slice(at + 1), ...all.slice(0, at)].map((one) => one.dataset.finding);
  const asked = found.of_copy ? { act: "valid", copy: found.of_copy } : { act, finding: found.id };
  const answer = await ask(boot.urls.act, { ...asked, version: state.version });
  if (answer) said(`done.${act}`, answer.undo);
  const here = answer ? next.find((id) => find(id)?.state === "open") : found.id;
  go(here && document.getElementById(`finding-${here}`));
}

async function acceptAll(kind) {
  const answer = await ask(boot.urls.act, { act: "accept_all", kind, version: state.version });
  if (answer) said("done.accept", answer.undo);
  go(rows()[0]);
}

function said(what, tokens) {
  if (tokens.length) state.undo.push(tokens);
  toast(words(what), tokens.length ? { undo: () => takeBack(tokens) } : {});
}

async function takeBack(tokens) {
  if (!tokens) return;
  const before = new Set(rows().map((one) => one.dataset.finding));
  if (!(await ask(boot.urls.undo, { tokens }))) return;
  state.undo = state.undo.filter((other) => other !== tokens && !other.some((token) => tokens.includes(token)));
  toast(words("done.undo"));
  go(rows().find((one) => !before.has(one.dataset.finding)) ?? rows()[0]);
}

function large(found) {
  if (found?.large) openDialog(place(found), [element("img", { src: found.large, alt: words("picture", { copy: found.copy ?? "–", page: words("scan", { n: found.scan }) }) })], { className: "large" });
}

// ---- wiring

list.addEventListener("click", ({ target }) => {
  const all = target.closest("[data-all]");
  if (all) return acceptAll(all.dataset.all);
  const act = target.closest("[data-do]")?.dataset.do;
  const found = find(target.closest(".found")?.dataset.finding);
  if (act === "large") large(found);
  else if (act === "undo") takeBack([found.undo]);
  else if (act) decide(act, found);
  else if (!target.closest("a")) {
    const one = target.closest(".found[data-state=open]");
    if (one) go(one);
  }
});

const here = () => find(current()?.dataset.finding);
const keys = new Keys("gate");
keys.add("a", words("key.accept"), () => decide("accept", here()));
keys.add("d", words("key.dismiss"), () => decide("dismiss", here()));
keys.add(["u", "j", "arrowdown"], words("key.next"), () => step(1));
keys.add(["k", "arrowup"], words("key.previous"), () => step(-1));
keys.add("enter", words("key.large"), (event) => (event.target.closest("button, a, summary") ? false : large(here())));
keys.add("p", words("key.see"), () => here() && location.assign(here().url));
keys.add("ctrl+z", words("key.undo"), () => takeBack(state.undo.at(-1)));
keys.listen();
paint();
document.documentElement.dataset.ready = "1";
