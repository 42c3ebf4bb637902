// The way of an edit: kept on this device first, then sent, and only then forgotten.
// Nothing is dropped on any failure; whatever is sent twice is harmless, because the server knows the op's id.

import { Ledger } from "./ledger.js";

const FLUSH_AFTER = 300; // ms since the last edit
const FLUSH_WITHIN = 2000; // ms since the first unsent edit
const FIRST_RETRY = 1000;
const LAST_RETRY = 30000;
const SESSION_POLL = 5000;
const KEEPALIVE_LIMIT = 60000; // characters; browsers refuse more than 64 KiB to a page that goes away

/**
 * Keeps a ledger in step with the server.
 *
 * Events: `state` (the save chip has something new to say), `targets` with `{copy, keys}` (values to repaint),
 * `proposals` with `{copy, proposals}` (what graders said of these edits, by question; null: nothing any more),
 * `blocked` with `{copy, why}` (the server takes no more edits of this copy), `session` with `{verdict}`.
 */
export class Sync extends EventTarget {
  /** Copies that the server takes no edits of, with the reason; their ops stay on the device. */
  blocked = new Map();
  #store;
  #connection;
  #opsUrl;
  #timer = 0;
  #oldestEdit = 0;
  #flying = false;
  #retry = FIRST_RETRY;
  #phase = "loading";
  #oneByOne = false;

  /** @param {{store, connection, me, tab: string, opsUrl: (copy: string) => string}} options */
  constructor({ store, connection, me, tab, opsUrl }) {
    super();
    this.#store = store;
    this.#connection = connection;
    this.#opsUrl = opsUrl;
    this.me = me;
    this.tab = tab;
    this.keeps = true;
    this.foreign = 0;
    this.ledger = new Ledger({ write: (change) => this.#keep(change), me, tab });
    /** Resolves when the last edit is on the device. */
    this.kept = Promise.resolve();
  }

  /** Reads the store and begins to send what earlier pages left, except the ops of tabs still at work. */
  async start(tabs) {
    try {
      await this.#store.open();
      const ops = await this.#store.all();
      const mine = ops.filter((op) => op.user === this.me.id);
      this.foreign = ops.length - mine.length;
      const living = mine.length ? await tabs.others() : new Set();
      this.ledger.adopt(mine.filter((op) => !living.has(op.tab)));
    } catch {
      this.keeps = false;
    }
    this.#phase = "idle";
    addEventListener("online", () => this.flush());
    addEventListener("focus", () => this.#awake());
    addEventListener("pagehide", () => this.flush());
    addEventListener("beforeunload", (event) => !this.keeps && this.unsent && event.preventDefault());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.flush() : this.#awake()));
    this.#tell();
    this.flush();
  }

  get unsent() {
    return this.ledger.counts().unsent;
  }

  /** What the save chip says: `{phase, n}`. */
  get state() {
    const { unsent, conflicts, refused } = this.ledger.counts();
    if (this.#phase === "loading") return { phase: "loading", n: 0 };
    if (!this.keeps) return { phase: "nospace", n: unsent };
    if (this.#phase === "session" && unsent) return { phase: "session", n: unsent };
    if (conflicts || refused) return { phase: "check", n: conflicts + refused };
    if (!unsent) return { phase: "saved", n: 0 };
    return { phase: ["offline", "server"].includes(this.#phase) ? this.#phase : "saving", n: unsent };
  }

  /** Records one gesture: a list of `[target, value]` of one copy. */
  edit(copy, changes) {
    this.kept = Promise.all(changes.map(([key, value]) => this.ledger.edit(copy, key, value)));
    this.#oldestEdit ||= Date.now();
    if (this.#phase === "idle") {
      this.#schedule(Math.min(FLUSH_AFTER, Math.max(0, this.#oldestEdit + FLUSH_WITHIN - Date.now())));
    }
    this.#tell();
  }

  resolve(copy, key, keepMine) {
    this.ledger.resolve(copy, key, keepMine);
    this.#emit("targets", { copy, keys: [key] });
    this.#tell();
    this.flush();
  }

  dismiss(copy, key) {
    this.ledger.dismiss(copy, key);
    this.#tell();
  }

  /** A request was refused for want of a session: finds out, and says so. */
  async checkSession() {
    const verdict = await this.#connection.check().catch(() => "alive");
    if (verdict === "over" || verdict === "other") this.#sessionOver(verdict);
  }

  /** Sends what is ready, one request at a time, until nothing is left or something fails. */
  async flush() {
    if (this.#flying || this.#phase === "loading" || this.#phase === "session") return;
    this.#flying = true;
    clearTimeout(this.#timer);
    this.#oldestEdit = 0;
    try {
      let batch;
      while ((batch = this.ledger.ready(this.blocked, this.#oneByOne ? 1 : undefined))) {
        if (!(await this.#send(batch))) break;
      }
      if (!batch) this.#oneByOne = false;
    } finally {
      this.#flying = false;
      this.#tell();
    }
  }

  /** Sends one batch. Returns whether to go on with the next. */
  async #send({ copy, ops }) {
    for (const op of ops) op.sent = true;
    const body = { ops: ops.map(({ id, target, value, base }) => ({ id, target, value, base })) };
    const keepalive = JSON.stringify(body).length < KEEPALIVE_LIMIT;
    let response;
    try {
      response = await this.#connection.post(this.#opsUrl(copy), body, { keepalive });
      if (response.ok) return this.#settle(copy, ops, await response.json());
    } catch {
      return this.#later("offline");
    }
    return this.#refusal(response, copy, ops);
  }

  #settle(copy, ops, { results, proposals = {} }) {
    this.#phase = "idle";
    this.#retry = FIRST_RETRY;
    const events = this.ledger.settle(copy, ops, results);
    if (events.length) this.#emit("targets", { copy, keys: events.map((event) => event.key) });
    if (Object.keys(proposals).length) this.#emit("proposals", { copy, proposals });
    this.#tell();
    // An op without an answer would be sent again at once, for ever.
    const answered = ops.every((op) => results.some((result) => result.id === op.id));
    return answered || this.#later("server");
  }

  /** An answer to the whole request that is not success: everything stays on the device. */
  async #refusal(response, copy, ops) {
    const { status } = response;
    if (status === 401 || status === 403) return this.#unauthorised(copy, status);
    if ([404, 409, 410, 423].includes(status)) {
      const answer = await response.json().catch(() => ({}));
      return this.#block(copy, { status, why: answer.why ?? answer.detail ?? null });
    }
    if (status === 400 || status === 413 || status === 422) {
      if (ops.length > 1) return (this.#oneByOne = true);
      const [op] = ops;
      return this.#settle(copy, ops, { results: [{ id: op.id, status: "invalid", why: null }] });
    }
    return this.#later("server");
  }

  async #unauthorised(copy, status) {
    let verdict;
    try {
      verdict = await this.#connection.check();
    } catch {
      return this.#later("offline");
    }
    if (verdict === "renewed") return true;
    if (verdict === "alive") return status === 403 ? this.#block(copy, { status, why: null }) : this.#later("server");
    this.#sessionOver(verdict);
    return false;
  }

  #sessionOver(verdict) {
    this.#phase = "session";
    this.#emit("session", { verdict });
    this.#pollSession();
    this.#tell();
  }

  #block(copy, reason) {
    this.blocked.set(copy, reason);
    this.#emit("blocked", { copy, ...reason });
    return true;
  }

  #pollSession() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#awake(), SESSION_POLL);
  }

  /** The person is back at this page: perhaps from signing in elsewhere. */
  async #awake() {
    if (this.#phase !== "session") return this.flush();
    const verdict = await this.#connection.check().catch(() => "over");
    if (this.#phase !== "session") return;
    if (verdict !== "alive" && verdict !== "renewed") return this.#pollSession();
    this.#phase = "idle";
    this.#emit("session", { verdict: "alive" });
    this.flush();
  }

  #later(phase) {
    this.#phase = phase;
    this.#schedule(this.#retry * (0.8 + 0.4 * Math.random()));
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
    return false;
  }

  #schedule(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), delay);
  }

  #keep(change) {
    return this.#store.write(change).catch(() => {
      this.keeps = false;
      this.#tell();
    });
  }

  #tell() {
    this.#emit("state", this.state);
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
