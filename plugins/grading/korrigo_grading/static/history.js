// Undo and redo: one gesture is one step, however many targets it touches.

import { same } from "./values.js";

const LIMIT = 200;

/** The steps of one copy, in memory: lists of `{key, before, after}`. */
export class History {
  #done = [];
  #undone = [];

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  record(step) {
    this.#done.push(step);
    if (this.#done.length > LIMIT) this.#done.shift();
    this.#undone = [];
  }

  /**
   * The changes that take the last step back, or null when there is none.
   * Throws `Overtaken` when somebody has written since on one of its targets: their work is not undone.
   *
   * @param {(key: string) => unknown} valueOf  what the screen shows now
   */
  undo(valueOf) {
    return this.#turn(this.#done, this.#undone, "before", "after", valueOf);
  }

  /** The changes that do the last undone step again; like `undo`. */
  redo(valueOf) {
    return this.#turn(this.#undone, this.#done, "after", "before", valueOf);
  }

  #turn(from, to, wanted, expected, valueOf) {
    const step = from.pop();
    if (!step) return null;
    const overtaken = step.filter((change) => !same(valueOf(change.key), change[expected]));
    if (overtaken.length) throw new Overtaken(overtaken.map((change) => change.key));
    to.push(step);
    return step.map((change) => [change.key, change[wanted]]);
  }
}

/** A step cannot be turned back: its targets have changed since. The step is forgotten. */
export class Overtaken extends Error {
  constructor(keys) {
    super(`Changed since: ${keys.join(", ")}`);
    this.keys = keys;
  }
}
