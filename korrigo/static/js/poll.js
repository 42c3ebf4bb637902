// A background job and how far it is: <korrigo-job url="/jobs/…">. Short polling, because an open stream would hold a
// thread of the server. Never a bar without a count, never full before the end.

import { element } from "./elements.js";
import { words } from "./words.js";

const RUNNING_MS = 1000;
const HIDDEN_MS = 5000;
const LONGEST_MS = 30_000;
/** The time left is said once there are this many seconds of data. */
const LEARN_S = 5;
const OVER = new Set(["done", "dead", "cancelled"]);

/**
 * Asks a job's URL until it is over; only what has changed is read (ETag).
 *
 * @param {string} url
 * @param {(job: object) => void} onChange
 * @returns {() => void} stops
 */
export function pollJob(url, onChange) {
  const stop = new AbortController();
  let etag = "";
  let failures = 0;

  async function once() {
    const headers = { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) };
    const response = await fetch(url, { headers, credentials: "same-origin", signal: stop.signal });
    if (response.status === 304) return false;
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    etag = response.headers.get("ETag") ?? "";
    const job = await response.json();
    onChange(job);
    return OVER.has(job.state);
  }

  async function loop() {
    while (!stop.signal.aborted) {
      try {
        if (await once()) return;
        failures = 0;
      } catch {
        failures += 1; // The network, or a restart: ask again, more slowly.
      }
      await pause(Math.min(LONGEST_MS, (document.hidden ? HIDDEN_MS : RUNNING_MS) * 2 ** failures), stop.signal);
    }
  }
  loop();
  return () => stop.abort();
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    const look = () => !document.hidden && done();
    const timer = setTimeout(done, ms);
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** The counts of a job in words: "48 of 480 pages", and the time left once it can be told. */
export function progressWords(job, now = Date.now()) {
  if (job.state === "queued") return words("job.queued");
  if (job.state === "dead") return job.message || words("job.dead");
  if (job.state === "cancelled") return words("job.cancelled");
  if (job.state === "done") return job.total ? words("job.counted", { done: job.total, unit: unit(job, job.total) }) : words("job.done");
  if (!job.total) return job.message || words("job.running");
  const counted = words("job.count", { done: job.done, total: job.total, unit: unit(job, job.total) });
  const seconds = job.started ? (now - Date.parse(job.started)) / 1000 : 0;
  if (seconds < LEARN_S || !job.done || job.done >= job.total) return counted;
  const left = Math.round((seconds / job.done) * (job.total - job.done));
  return `${counted} · ${left < 60 ? words("job.seconds", { n: left || 1 }) : words("job.minutes", { n: Math.round(left / 60) })}`;
}

/** A unit that the shell knows is said in the reader's language. */
function unit(job, n) {
  const said = words(`unit.${job.unit}`, { n });
  return said.startsWith("unit.") ? job.unit : said;
}

/**
 * `<korrigo-job url [reload] [next]>`: a bar with counts. At the end it fires `korrigo:job-end` (bubbles), and loads the page
 * again (`reload`) or goes on to another (`next`) when the job was done.
 */
export class JobProgress extends HTMLElement {
  #stop;

  connectedCallback() {
    if (!this.bar) this.#build();
    this.#stop = pollJob(this.getAttribute("url"), (job) => this.show(job));
  }

  disconnectedCallback() {
    this.#stop?.();
  }

  /** Paints a job. */
  show(job) {
    this.dataset.state = job.state;
    this.text.textContent = progressWords(job);
    if (job.state === "done") {
      this.bar.max = this.bar.value = 1;
    } else if (job.state === "running" && !job.total) {
      this.bar.removeAttribute("value");
    } else {
      this.bar.max = job.total || 1;
      // The last step is the end itself: a full bar must mean that it is over.
      this.bar.value = Math.min(job.done, (job.total || 1) * 0.99);
    }
    this.bar.className = job.state === "done" ? "bar" : job.state === "dead" ? "bar bar-bad" : "bar bar-accent";
    if (OVER.has(job.state)) this.#end(job);
  }

  #build() {
    this.classList.add("job");
    this.bar = element("progress.bar", { max: 1, value: 0, "aria-label": this.getAttribute("label") ?? words("job.progress") });
    this.text = element("span");
    this.replaceChildren(this.bar, element("p.job-line", {}, this.text));
  }

  #end(job) {
    this.text.setAttribute("role", job.state === "dead" ? "alert" : "status");
    this.dispatchEvent(new CustomEvent("korrigo:job-end", { bubbles: true, detail: job }));
    if (job.state !== "done") return;
    if (this.hasAttribute("next")) location.assign(this.getAttribute("next"));
    else if (this.hasAttribute("reload")) location.reload();
  }
}

customElements.define("korrigo-job", JobProgress);
