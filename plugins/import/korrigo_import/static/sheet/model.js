// The sheet as the server last described it: copies, their sides, what lies beside them, what to look at.

/** What a finding is called on a tile, when its kind has a word; "look" for the others. */
const KNOWN = ["upside_down", "duplicate", "foreign", "faint", "blurred", "blank", "missing_page", "extra_page", "header_missing", "reversed_copy", "unreadable"];

export class Sheet {
  copies = new Map();
  loose = new Map();
  rows = [];
  findings = [];
  #copyOf = new Map();

  constructor(boot) {
    this.take(boot);
  }

  /** Takes an answer of the server in. */
  take(answer) {
    if (answer.whole) {
      this.copies.clear();
      this.loose.clear();
    }
    for (const id of answer.removed ?? []) this.copies.delete(id);
    for (const id of answer.placed ?? []) this.loose.delete(id);
    for (const copy of answer.copies) this.copies.set(copy.id, copy);
    for (const side of answer.loose) this.loose.set(side.id, side);
    this.findings = answer.findings ?? this.findings;
    for (const [id, state] of answer.rows ?? []) this.copies.get(id).state = state;
    this.rows = answer.rows?.map(([id]) => this.copies.get(id)) ?? this.rows.map(({ id }) => this.copies.get(id)).filter(Boolean);
    this.version = answer.version;
    this.counts = answer.counts;
    this.busy = answer.busy;
    this.expected = answer.expected;
    this.#copyOf.clear();
    for (const copy of this.rows) for (const side of copy.sides) this.#copyOf.set(side.id, copy);
  }

  /** The copy that a side is in; undefined when in none. */
  copyOf(id) {
    return this.#copyOf.get(id);
  }

  side(id) {
    return this.loose.get(id) ?? this.copyOf(id)?.sides.find((side) => side.id === id);
  }

  /** The copy with a number. */
  numbered(serial) {
    return this.rows.find((copy) => copy.serial === serial);
  }

  /** Sides beside the copies, in the order of the scan. */
  get beside() {
    return [...this.loose.values()].sort((one, other) => one.n - other.n);
  }

  /** What is open about the whole pile. */
  get ofPile() {
    return this.findings.filter(({ side, copy }) => !side && !copy);
  }

  onSide(id) {
    return this.findings.filter((found) => found.side === id);
  }

  /** What is open about a copy or one of its sides. */
  inCopy(copy) {
    return this.findings.filter((found) => (found.side ? this.copyOf(found.side) === copy : found.copy === copy.id));
  }

  /** The number of pages is not the usual one. */
  odd(copy) {
    return Boolean(this.expected) && copy.sides.length !== this.expected;
  }

  /** Somebody should look at this copy. */
  look(copy) {
    return this.inCopy(copy).length > 0 || (copy.state === "staging" && this.odd(copy));
  }

  /** How many things there are to look at. */
  get looks() {
    return this.rows.filter((copy) => this.look(copy)).length + this.ofPile.length
      + this.findings.filter(({ side }) => side && !this.copyOf(side)).length;
  }

  /** The side before which a copy that has too many pages seems to end: a printed header stands there. */
  cutHere(copy) {
    if (!this.odd(copy) || copy.sides.length < this.expected || !["staging", "ready", "grading"].includes(copy.state)) return null;
    return copy.sides.slice(1).find((side) => side.header) ?? null;
  }

  /** The pages of a copy cannot be moved: it is finalised. */
  closed(copy) {
    return ["finalising", "graded", "failed"].includes(copy.state);
  }
}

/** The marks of a side: `[word, tone]`; "warn" asks to be looked at. */
export function marksOf(sheet, side) {
  const copy = sheet.copyOf(side.id);
  const marks = [];
  if (side.header) marks.push(["header", "accent"]);
  if (side.fate !== "copy") marks.push([`fate.${side.fate}`, "plain"]);
  if (side.turned) marks.push(["turned", "plain"]);
  for (const { kind } of sheet.onSide(side.id)) marks.push([KNOWN.includes(kind) ? `kind.${kind}` : "kind.look", "warn"]);
  if (copy && sheet.cutHere(copy) === side) marks.push(["cut.here", "warn"]);
  return marks;
}
