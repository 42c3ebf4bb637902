// Decisions on their way to the server: the screen moves on at once, they follow one after the other.

import { HttpError, SessionOver, send } from "korrigo/http.js";

const FIRST_RETRY = 1000;
const LAST_RETRY = 30000;

/**
 * Sends decisions and takes them back.
 *
 * Events: `state` with `{waiting, offline}`; `refused` with `{copy, takenBy}` (takenBy null: the copy had changed
 * meanwhile); `failed` with `{copy, status}`.
 */
export class Decisions extends EventTarget {
  #queue = [];
  #flying = false;
  #offline = false;
  #retry = FIRST_RETRY;
  #timer = 0;
  #taken = [];

  /** @param {{copies, urls: {decide: string, undo: string}}} options  urls with "{copy}" */
  constructor({ copies, urls }) {
    super();
    this.copies = copies;
    this.urls = urls;
    addEventListener("online", () => this.#flush());
    document.addEventListener("korrigo:session-back", () => this.#flush());
    addEventListener("beforeunload", (event) => this.#queue.length && event.preventDefault());
  }

  get canUndo() {
    return this.#taken.length > 0;
  }

  /** Gives a copy a pupil, "unknown", or (`{student: null}`) nothing. */
  decide(copy, { student = null, unknown = false }) {
    const before = { id: copy.id, student: copy.student, unknown: copy.unknown, automatic: copy.automatic };
    const decision = { copy: copy.id, before, student, unknown, undo: null };
    this.#taken.push(decision);
    this.copies.put({ id: copy.id, student, unknown, automatic: false });
    this.#add({ decision, kind: "decide" });
    return decision;
  }

  /** Takes the last decision back; returns its copy, or null when there is none. */
  undo() {
    const decision = this.#taken.pop();
    if (!decision) return null;
    this.copies.put(decision.before);
    this.#add({ decision, kind: "undo" });
    return this.copies.get(decision.copy);
  }

  #add(job) {
    this.#queue.push(job);
    this.#tell();
    this.#flush();
  }

  async #flush() {
    if (this.#flying) return;
    clearTimeout(this.#timer);
    this.#flying = true;
    while (this.#queue.length && (await this.#send(this.#queue[0]))) this.#queue.shift();
    this.#flying = false;
    this.#tell();
  }

  /** Sends one job. Returns whether it is settled, well or badly; false: it is tried again later. */
  async #send({ decision, kind }) {
    if (kind === "undo" && !decision.undo) return true; // it was never accepted: nothing to take back
    const { version } = this.copies.get(decision.copy);
    const body = kind === "undo" ? { undo: decision.undo, version }
      : { student: decision.student, version, ...(decision.unknown && { unknown: true }) };
    let answer;
    try {
      answer = await send(this.urls[kind].replace("{copy}", encodeURIComponent(decision.copy)), { json: body });
      decision.undo = answer?.undo ?? null;
    } catch (error) {
      // Without network or session, or while the server is down, decisions wait.
      if (!(error instanceof HttpError) || error instanceof SessionOver || error.status >= 500) return this.#later();
      answer = error.data;
      this.#refuse(decision, error.status, answer);
    }
    this.#offline = false;
    this.#retry = FIRST_RETRY;
    this.#settle(decision, answer?.copy);
    return true;
  }

  /** The server's copy is the truth, unless a later decision on it is still on its way. */
  #settle(decision, fresh) {
    if (!fresh) return;
    const later = this.#queue.slice(1).some((job) => job.decision.copy === decision.copy);
    this.copies.put(later ? { id: fresh.id, version: fresh.version } : fresh);
  }

  #refuse(decision, status, answer) {
    this.#taken = this.#taken.filter((each) => each !== decision);
    if (!answer?.copy) this.copies.put(decision.before);
    const name = status === 409 ? "refused" : "failed";
    const detail = { copy: decision.copy, takenBy: answer?.taken_by ?? null, status };
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #later() {
    this.#offline = true;
    this.#timer = setTimeout(() => this.#flush(), this.#retry);
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
    return false;
  }

  #tell() {
    const detail = { waiting: this.#queue.length, offline: this.#offline };
    this.dispatchEvent(new CustomEvent("state", { detail }));
  }
}
