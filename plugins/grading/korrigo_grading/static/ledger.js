// What the server is known to hold of each target, and the ops that have not reached it yet.
//
// A target is the smallest thing that two people can disagree on: one score, one annotation, one note.
// Three rules keep work safe:
//   - revisions only go up: a document may be older than an answer already received (it was prefetched);
//   - an op that may have left is never altered: a later edit is a new op with a new id, and waits for its turn;
//   - what the server has not accepted stays in the store until the person has chosen.

import { opaqueId } from "./ids.js";
import { same } from "./values.js";

/** One target of one copy. */
class Target {
  rev = 0;
  value = null;
  by = null;
  at = null;
  /** Unsent ops, oldest first. Only the first may leave: the others wait for its revision. */
  ops = [];
  /** True while the server holds something else and the person has not chosen. */
  conflict = false;
  /** The op that validation refused, with the reason: `{op, why}`. */
  refused = null;

  /** What the screen shows: my unsent work, or else what the server holds. */
  get shown() {
    return this.ops.length ? this.ops.at(-1).value : this.value;
  }

  learn(entry) {
    if (entry && entry.rev > this.rev) {
      ({ rev: this.rev, value: this.value, by: this.by = null, at: this.at = null } = entry);
    }
  }
}

/**
 * All targets that this page has seen, by copy.
 * `write({put, remove})` keeps ops on the device; `me` and `tab` mark them as this person's, from this tab.
 */
export class Ledger {
  #copies = new Map();
  #write;
  #me;
  #tab;
  #latest = 0;

  constructor({ write, me, tab }) {
    this.#write = write;
    this.#me = me;
    this.#tab = tab;
  }

  target(copy, key) {
    if (!this.#copies.has(copy)) this.#copies.set(copy, new Map());
    const targets = this.#copies.get(copy);
    if (!targets.has(key)) targets.set(key, new Target());
    return targets.get(key);
  }

  /** What the screen shows for one target; null when there is nothing. */
  value(copy, key) {
    return this.#copies.get(copy)?.get(key)?.shown ?? null;
  }

  /** The `[key, target]` pairs of a copy. */
  targets(copy) {
    return [...(this.#copies.get(copy) ?? [])];
  }

  /** Takes a document's targets in; returns the keys whose shown value changed. */
  learn(copy, targets) {
    const changed = [];
    for (const [key, entry] of Object.entries(targets)) {
      const target = this.target(copy, key);
      const before = target.shown;
      target.learn(entry);
      if (!same(before, target.shown)) changed.push(key);
    }
    return changed;
  }

  /** Takes back ops that an earlier page left on this device. They may have left already: they are replayed as is. */
  adopt(ops) {
    for (const op of ops) {
      this.#latest = Math.max(this.#latest, op.at);
      this.target(op.copy, op.target).ops.push({ ...op, tab: this.#tab, sent: true });
    }
  }

  /** Records an edit and returns the promise of its being kept on the device. */
  edit(copy, key, value) {
    const target = this.target(copy, key);
    if (!target.conflict && !target.refused && same(target.shown, value)) return Promise.resolve();
    const remove = [];
    if (target.refused) remove.push(target.refused.op.id);
    target.refused = null;
    const last = target.ops.at(-1);
    const replaces = last && (!last.sent || target.conflict);
    if (replaces) remove.push(target.ops.pop().id);
    const op = this.#op(copy, key, value, replaces ? last.base : target.ops.length ? null : target.rev);
    target.ops.push(op);
    return this.#write({ put: [op], remove });
  }

  /** The ops that may leave now, of one copy, at most `limit`; copies in `blocked` stay. Null when none. */
  ready(blocked, limit = 200) {
    for (const [copy, targets] of this.#copies) {
      if (blocked.has(copy)) continue;
      const ops = [...targets.values()].filter((t) => t.ops.length && !t.conflict).map((t) => t.ops[0]);
      if (ops.length) return { copy, ops: ops.sort((a, b) => a.at - b.at).slice(0, limit) };
    }
    return null;
  }

  /**
   * Takes the server's answers to ops of one copy in.
   * Returns what happened to targets, beyond plain acceptance: `{kind: "remote"|"conflict"|"refused", key}`.
   */
  settle(copy, ops, results) {
    const events = [];
    const change = { put: [], remove: [] };
    for (const result of results) {
      const op = ops.find((sent) => sent.id === result.id);
      const target = op && this.target(copy, op.target);
      if (target?.ops[0]?.id !== op?.id) continue;
      const kind = this.#settleOne(target, op, result, change);
      if (kind) events.push({ kind, key: op.target });
    }
    this.#write(change);
    return events;
  }

  #settleOne(target, op, result, change) {
    if (result.status === "ok") {
      target.ops.shift();
      target.learn({ rev: result.rev, value: op.value, by: this.#me.name });
      target.learn(result.current);
      change.remove.push(op.id);
      this.#rebaseNext(target, result.rev, change);
      return result.current && !target.ops.length ? "remote" : null;
    }
    if (result.status === "invalid") {
      target.ops.shift();
      target.refused = { op, why: result.why };
      target.learn(result.current);
      this.#rebaseNext(target, op.base, change);
      return "refused";
    }
    target.learn(result.current);
    if (same(target.shown, target.value)) {
      // We meant the same thing after all.
      change.remove.push(...target.ops.splice(0).map((each) => each.id));
      return "remote";
    }
    if (op.target.startsWith("annot:") && this.#mine(target.by)) {
      // An annotation is its author's: this is one person on two devices, and the last hand wins.
      this.#restate(op.copy, op.target, target, change);
      return null;
    }
    target.conflict = true;
    return "conflict";
  }

  /** The choice in a conflict: my value becomes an op on the current revision, or is dropped. */
  resolve(copy, key, keepMine) {
    const target = this.target(copy, key);
    const change = { put: [], remove: [] };
    target.conflict = false;
    if (keepMine) this.#restate(copy, key, target, change);
    else change.remove.push(...target.ops.splice(0).map((op) => op.id));
    return this.#write(change);
  }

  /** Drops a refused value. */
  dismiss(copy, key) {
    const target = this.target(copy, key);
    const id = target.refused?.op.id;
    target.refused = null;
    return id ? this.#write({ remove: [id] }) : Promise.resolve();
  }

  /** How many targets wait, of all copies or of one: `{unsent, conflicts, refused}`. */
  counts(copy = null) {
    const found = { unsent: 0, conflicts: 0, refused: 0 };
    for (const [id, targets] of this.#copies) {
      if (copy !== null && id !== copy) continue;
      for (const target of targets.values()) {
        if (target.conflict) found.conflicts += 1;
        else if (target.ops.length) found.unsent += 1;
        if (target.refused) found.refused += 1;
      }
    }
    return found;
  }

  /** All ops that the server has not accepted, as plain values: what a person can take away in a file. */
  unsent() {
    const ops = [...this.#copies.values()].flatMap((targets) => [...targets.values()].flatMap((t) => t.ops));
    return ops.map(({ copy, target, value, at }) => ({ copy, target, value, at }));
  }

  #mine(by) {
    return by === this.#me.id || by === this.#me.name;
  }

  #op(copy, target, value, base) {
    // Later than all others, even within a millisecond or after the clock was set back: order matters.
    this.#latest = Math.max(Date.now(), this.#latest + 0.001);
    const [user, tab] = [this.#me.id, this.#tab];
    return { id: opaqueId(), copy, target, value, base, at: this.#latest, user, tab, sent: false };
  }

  #restate(copy, key, target, change) {
    const op = this.#op(copy, key, target.shown, target.rev);
    change.remove.push(...target.ops.map((each) => each.id));
    change.put.push(op);
    target.ops = [op];
  }

  #rebaseNext(target, base, change) {
    const next = target.ops[0];
    if (!next) return;
    next.base = base;
    change.put.push(next);
  }
}
