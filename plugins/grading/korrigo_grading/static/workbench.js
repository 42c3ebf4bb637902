// The copy at hand: what it shows, what is done to it, and whether it may be touched.

import { History, Overtaken } from "./history.js";
import { opaqueId } from "./ids.js";
import { same } from "./values.js";

/**
 * Events: `open` (another copy is on the bench), `change` with `{keys}` (values to paint),
 * `rights` (read-only or not any more), `overtaken` (an undo was refused).
 */
export class Workbench extends EventTarget {
  doc = null;
  #sync;
  #histories = new Map();
  #reasons = new Map();

  constructor(sync) {
    super();
    this.#sync = sync;
    sync.addEventListener("targets", ({ detail }) => {
      if (detail.copy === this.doc?.id) this.#emit("change", { keys: detail.keys });
    });
    sync.addEventListener("proposals", ({ detail }) => {
      if (detail.copy === this.doc?.id) this.#propose({ ...this.doc.proposals, ...detail.proposals });
    });
  }

  /** The undo steps of this copy: they are still there when one comes back to it. */
  get history() {
    const { id } = this.doc;
    if (!this.#histories.has(id)) this.#histories.set(id, new History());
    return this.#histories.get(id);
  }

  /** Why nothing may be changed, as `[source, reason]`; null when it may. */
  get readonly() {
    return this.#reasons.entries().next().value ?? null;
  }

  /** Forbids changes for a reason, or (reason null) takes this source's reason away. */
  forbid(source, reason) {
    if (reason === null) this.#reasons.delete(source);
    else this.#reasons.set(source, reason);
    this.#emit("rights");
  }

  /** Puts a copy on the bench. Its unsent work, of this page or an earlier one, lies over the document. */
  open(doc) {
    this.doc = doc;
    this.#reasons.clear();
    this.#sync.ledger.learn(doc.id, doc.targets);
    if (doc.readonly) this.#reasons.set("copy", doc.readonly);
    this.#emit("open");
    this.#emit("rights");
  }

  /** Takes a newer document of the copy on the bench in. */
  refresh(doc) {
    if (doc.id !== this.doc.id) return;
    const keys = this.#sync.ledger.learn(doc.id, doc.targets);
    if (keys.length) this.#emit("change", { keys });
    if (!same(doc.proposals, this.doc.proposals)) this.#propose(doc.proposals);
    this.forbid("copy", doc.readonly ?? null);
  }

  /** What a grader proposes for a question: `{points, confidence, reason, marks}`, points null when it cannot; or null. */
  proposal(question) {
    return this.doc.proposals[question] ?? null;
  }

  #propose(proposals) {
    this.doc.proposals = proposals;
    this.#emit("change", { keys: [] });
  }

  /** What the screen shows for a target; null when nothing. */
  value(key) {
    return this.#sync.ledger.value(this.doc.id, key);
  }

  /** The `[key, value]` pairs of a kind of target ("annot:", "score:"), without those that are null. */
  entries(prefix) {
    return this.#sync.ledger
      .targets(this.doc.id)
      .filter(([key, target]) => key.startsWith(prefix) && target.shown !== null)
      .map(([key, target]) => [key, target.shown]);
  }

  /** The ledger's targets of this copy, with their conflicts and refusals. */
  targets() {
    return this.#sync.ledger.targets(this.doc.id);
  }

  /**
   * One gesture: a list of `[key, value]`, one undo step.
   * @param {{record?: boolean}} options  record false: text while it is typed; the field records it when left
   */
  edit(changes, { record = true } = {}) {
    if (this.readonly) return;
    const step = changes.map(([key, after]) => ({ key, before: this.value(key), after }));
    if (record) this.history.record(step);
    this.#apply(changes);
  }

  /** Adds an annotation to a page; returns its key. It says its side: the page may be elsewhere when it arrives. */
  put(page, value) {
    const key = `annot:${opaqueId()}`;
    this.edit([[key, { ...value, page, side: this.doc.pages[page].side }]]);
    return key;
  }

  /** Records as one step what was typed since a field was entered. */
  record(key, before) {
    this.history.record([{ key, before, after: this.value(key) }]);
    this.#emit("change", { keys: [] });
  }

  undo() {
    this.#turn("undo");
  }

  redo() {
    this.#turn("redo");
  }

  #turn(way) {
    if (this.readonly) return;
    try {
      const changes = this.history[way]((key) => this.value(key));
      if (changes) this.#apply(changes);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      this.#emit("overtaken");
    }
  }

  #apply(changes) {
    this.#sync.edit(this.doc.id, changes);
    this.#emit("change", { keys: changes.map(([key]) => key) });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
