// Where pupils write their names: fields are drawn on a header, tried on six copies, and every copy is read by them.

import { element } from "korrigo/elements.js";
import { send } from "korrigo/http.js";
import { Keys } from "korrigo/keys.js";
import { pollJob, progressWords } from "korrigo/poll.js";
import { toast } from "korrigo/toast.js";
import { readWords } from "korrigo/words.js";
import { WIDTH, Zones } from "korrigo/zones.js";

const words = readWords("fields-words");
const boot = JSON.parse(document.getElementById("boot").textContent);
const part = (id) => document.getElementById(id);
const zones = new Zones(part("stage"), boot.labels);
const state = { form: boot.forms.length ? 0 : null, busy: false };
const SIDES = ["x", "y", "width", "height"];

// ---- the list of fields

const rows = Object.fromEntries(zones.names.map((name, place) => {
  const numbers = SIDES.map((side) => element("input.field", { type: "number", min: "0", step: "1", "aria-label": words(`side.${side}`, { name: boot.labels[name] }), "data-side": side }));
  const away = element("button.btn.btn-small.btn-quiet", { "aria-label": words("away", { name: boot.labels[name] }) }, "×");
  const pick = element("button.btn.btn-small", { "data-pick": name }, element("kbd", {}, String(place + 1)), boot.labels[name]);
  const row = element("li", { "data-field": name }, pick, away, element("span.numbers", {}, ...numbers));
  pick.addEventListener("click", () => choose(name));
  away.addEventListener("click", () => zones.set(name, null));
  row.addEventListener("change", () => {
    const box = numbers.map((input) => Number(input.value) || 0);
    zones.set(name, box);
  });
  return [name, { row, numbers, away }];
}));
part("fields").append(...Object.values(rows).map(({ row }) => row));

function paint() {
  for (const [name, { row, numbers, away }] of Object.entries(rows)) {
    const box = zones.boxes[name];
    row.toggleAttribute("data-drawn", Boolean(box));
    row.toggleAttribute("data-current", name === zones.current);
    numbers.forEach((input, side) => (input.value = box ? Math.round(box[side]) : ""));
    away.disabled = !box;
  }
  part("hint").textContent = words(zones.boxes[zones.current] ? "hint.drawn" : "hint.draw", { name: boot.labels[zones.current] });
  for (const id of ["try", "save"]) part(id).disabled = state.busy || !Object.keys(zones.boxes).length;
  part("again").disabled = state.busy;
}

function choose(name) {
  zones.choose(name);
  zones.focus(name);
  paint();
}

zones.addEventListener("change", () => {
  part("tried").replaceChildren();
  paint();
});
zones.addEventListener("choose", paint);

// ---- the header that one draws on

async function show(form) {
  state.form = form;
  const found = form === null ? { picture: boot.sample.picture, boxes: {} } : boot.forms[form];
  await zones.show(found.picture, found.boxes);
  for (const button of document.querySelectorAll("[data-form]")) button.setAttribute("aria-pressed", String(button.dataset.form === String(form ?? "")));
  part("tried").replaceChildren();
  paint();
}

for (const button of document.querySelectorAll("[data-form]")) {
  button.addEventListener("click", () => show(button.dataset.form === "" ? null : Number(button.dataset.form)));
}

// ---- trying and saving

/** Sends the fields; the job, once it is over. */
async function ask(url, boxes) {
  state.busy = true;
  paint();
  try {
    const { job } = await send(url, { json: { form: state.form, boxes } });
    return await new Promise((resolve) => pollJob(job, (now) => {
      part("doing").textContent = progressWords(now);
      if (["done", "dead", "cancelled"].includes(now.state)) resolve(now);
    }));
  } catch (error) {
    toast(error.message, { bad: true });
    return null;
  } finally {
    state.busy = false;
    part("doing").textContent = "";
    paint();
  }
}

function tried({ side, boxes, texts }) {
  const image = element("img", { src: boot.sample.picture.replace(boot.sample.side, side), alt: words("header"), loading: "lazy" });
  const figure = element("figure.tried", {}, element("div.tried-picture", {}, image),
    element("figcaption", {}, ...zones.names.filter((name) => name in boxes).map((name) =>
      element("span", {}, element("b", {}, boot.labels[name]), " ", texts[name] || element("em.muted", {}, words(name in texts || !Object.keys(texts).length ? "nothing" : "unread"))))));
  image.addEventListener("load", () => {
    const height = (WIDTH * image.naturalHeight) / image.naturalWidth;
    image.parentElement.append(...Object.values(boxes).map(([x, y, wide, high]) => {
      const box = element("span.tried-box", {});
      Object.assign(box.style, { left: `${x / 10}%`, width: `${wide / 10}%`, top: `${(100 * y) / height}%`, height: `${(100 * high) / height}%` });
      return box;
    }));
  });
  return figure;
}

async function tryOut() {
  const job = await ask(boot.urls.try, zones.boxes);
  if (job?.state !== "done") return job && toast(job.message || words("failed"), { bad: true });
  part("tried").replaceChildren(element("h2", { tabindex: "-1" }, words("tried", { n: job.result.headers.length })), element("div.tried-all", {}, ...job.result.headers.map(tried)));
  part("tried").querySelector("h2").focus();
}

async function save(boxes) {
  const job = await ask(boot.urls.save, boxes);
  if (job?.state === "done") location.assign(boot.urls.desk);
  else if (job) toast(job.message || words("failed"), { bad: true });
}

part("try").addEventListener("click", tryOut);
part("save").addEventListener("click", () => save(zones.boxes));
part("again").addEventListener("click", () => save({}));

const keys = new Keys("fields");
zones.names.forEach((name, place) => keys.add([`code:Digit${place + 1}`, String(place + 1)], boot.labels[name], () => choose(name), { show: String(place + 1) }));
keys.add("t", words("key.try"), () => part("try").click());
keys.add("ctrl+z", words("key.undo"), () => zones.undo());
keys.add("arrowleft", words("key.move"), () => false, { hint: true, show: "← ↑ → ↓" });
keys.add("r", words("key.resize"), () => false, { hint: true, show: "R" });
keys.add("delete", words("key.away"), () => false, { hint: true, show: words("key.delete") });
keys.listen();
await show(state.form);
document.documentElement.dataset.ready = "1";
