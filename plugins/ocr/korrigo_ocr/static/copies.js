// The copies of the desk: who has which name, which come next, how long it will take.

const RECENT = 20; // decisions that the estimate is made from
const LONGEST = 60000; // ms: a longer pause was not spent on a copy

/** Whether a copy needs no more thought. */
export const decided = (copy) => Boolean(copy.student || copy.unknown);

/** Copies in scan order. Event `change`: one of them is not what it was. */
export class Copies extends EventTarget {
  #copies;
  #times = [];

  constructor(copies) {
    super();
    this.#copies = copies;
  }

  get all() {
    return this.#copies;
  }

  get(id) {
    return this.#copies.find((copy) => copy.id === id);
  }

  /** Takes the newest state of a copy in. */
  put(fresh) {
    const copy = this.get(fresh.id);
    if (!copy) return;
    Object.assign(copy, fresh);
    this.dispatchEvent(new CustomEvent("change", { detail: copy }));
  }

  /** The copy that already bears a pupil's name, other than `except`. */
  bearer(student, except = null) {
    return this.#copies.find((copy) => copy.student === student && copy.id !== except) ?? null;
  }

  /** The copy `offset` places after this one, whatever its state. */
  beside(copy, offset) {
    return this.#copies[this.#copies.indexOf(copy) + offset] ?? null;
  }

  /** The next copy without a decision after this one, then from the start; null when all are decided. */
  nextOpen(copy) {
    const at = this.#copies.indexOf(copy) + 1;
    return [...this.#copies.slice(at), ...this.#copies.slice(0, at)].find((each) => !decided(each) && each !== copy)
      ?? (copy && !decided(copy) ? copy : null);
  }

  get progress() {
    return { done: this.#copies.filter(decided).length, total: this.#copies.length };
  }

  /** A decision was just taken: the estimate follows. */
  tick(now = Date.now()) {
    this.#times.push(now);
    if (this.#times.length > RECENT + 1) this.#times.shift();
  }

  /** Minutes left at the pace of the last decisions; null before there are five. */
  get minutesLeft() {
    if (this.#times.length < 6) return null;
    const gaps = this.#times.slice(1).map((time, index) => Math.min(time - this.#times[index], LONGEST));
    const pace = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const { done, total } = this.progress;
    return Math.ceil((pace * (total - done)) / 60000);
  }
}
