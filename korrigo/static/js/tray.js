// The jobs of this person in the top bar: bars while they run, failures until they are put away.

import { element, icon } from "./elements.js";
import { send } from "./http.js";
import { progressWords } from "./poll.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const RUNNING_MS = 2000;
const IDLE_MS = 20_000;
const HIDDEN_MS = 60_000;

class JobsTray extends HTMLElement {
  #timer = 0;
  #known = new Map();

  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    this.badge = this.querySelector(".badge");
    this.addEventListener("click", (event) => this.#act(event));
    this.querySelector("details").addEventListener("toggle", () => this.look());
    // A page that has just started a job says so: no need to wait.
    document.addEventListener("korrigo:job-started", () => this.look());
    this.look();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async look() {
    clearTimeout(this.#timer);
    let wait = IDLE_MS;
    try {
      const { jobs } = await send(this.getAttribute("url"));
      this.#paint(jobs);
      if (jobs.some(({ state }) => state !== "dead")) wait = RUNNING_MS;
    } catch {
      wait = HIDDEN_MS; // No network or no session: the screens say so; the tray only waits.
    }
    this.#timer = setTimeout(() => this.look(), document.hidden ? HIDDEN_MS : wait);
  }

  #paint(jobs) {
    const failed = jobs.filter(({ state }) => state === "dead");
    const alive = jobs.length - failed.length;
    this.badge.hidden = !jobs.length;
    this.badge.textContent = failed.length ? "!" : String(alive);
    this.badge.classList.toggle("badge-bad", failed.length > 0);
    this.querySelector("summary").setAttribute("aria-label",
      words("tray.label", { running: alive, failed: failed.length }));
    for (const job of failed) {
      if (this.#known.has(job.id) && this.#known.get(job.id) !== "dead") {
        toast(words("tray.failed", { title: job.title, why: job.message }), { bad: true });
      }
    }
    this.#known = new Map(jobs.map(({ id, state }) => [id, state]));
    if (this.list.contains(document.activeElement)) return; // Nobody likes a button that moves away.
    this.list.replaceChildren(...(jobs.length ? jobs.map(item) : [element("p.empty.muted", {}, words("tray.none"))]));
  }

  async #act(event) {
    const button = event.target.closest("[data-job-act]");
    if (!button) return;
    button.disabled = true;
    try {
      await send(button.dataset.url, { method: "POST" });
    } catch (error) {
      toast(error.message, { bad: true });
    }
    button.blur();
    this.look();
  }
}

function item(job) {
  const bar = element("progress.bar", { "aria-label": job.title, max: job.total || 1 });
  bar.classList.add(job.state === "dead" ? "bar-bad" : "bar-accent");
  if (job.total || job.state !== "running") bar.value = Math.min(job.done, (job.total || 1) * 0.99);
  const acts = job.state === "dead" ? [act(job, "retry", "retry"), act(job, "forget", "cross")] : [act(job, "cancel", "cross")];
  return element("div.tray-item", { "data-state": job.state },
    element("div.row.between", {}, element("b", {}, job.title), element("span.row", {}, ...acts)),
    job.state === "dead" ? null : bar,
    element("span.muted.num", {}, progressWords(job)));
}

function act(job, what, picture) {
  const label = words(`tray.${what}`);
  return element("button.btn.btn-small.btn-icon", {
    "data-job-act": what, "data-url": `${job.url}/${what}`, "aria-label": `${label}: ${job.title}`, title: label,
  }, icon(picture));
}

customElements.define("korrigo-tray", JobsTray);
