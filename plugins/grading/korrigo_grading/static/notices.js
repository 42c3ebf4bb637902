// Lines at the top of the panel: never modal, the rest of the screen stays usable.
// What stands there is computed from the state each time, so a notice cannot outlive its cause.

import { element } from "korrigo/elements.js";

import { button } from "./elements.js";
import { showPoints } from "./score.js";

/** Read-only reasons, conflicts, refusals, missing scores. */
export class Notices {
  /** @param {HTMLElement} place  @param {{bench, sync, lease, t, labelOf, paint: Function}} options */
  constructor(place, { bench, sync, lease, t, labelOf }) {
    Object.assign(this, { place, bench, sync, lease, t, labelOf });
    this.temporary = null;
    for (const name of ["open", "change", "rights"]) bench.addEventListener(name, () => this.paint());
    bench.addEventListener("open", () => this.dismissTemporary());
  }

  paint() {
    const shown = [this.#readonly(), ...this.#disputes(), this.temporary].filter(Boolean);
    const signature = shown.map((each) => each.dataset.of + each.textContent).join("|");
    if (signature === this.signature) return;
    this.signature = signature;
    this.place.replaceChildren(...shown);
  }

  /** Shows a line until it is answered or another copy is opened. */
  ask(kind, text, choices) {
    this.temporary = this.#line("note-warn", kind, text, choices.map(([label, act]) => [label, () => {
      this.dismissTemporary();
      act();
    }]));
    this.paint();
  }

  dismissTemporary() {
    this.temporary = null;
    this.paint();
  }

  #readonly() {
    if (!this.bench.readonly) return null;
    const [source, reason] = this.bench.readonly;
    const choices = source === "lease" ? [[this.t("lock.take"), () => this.lease.take()]]
      : source === "blocked" && this.sync.ledger.counts(this.bench.doc.id).unsent
        ? [[this.t("save.download"), () => this.#download()]] : [];
    return this.#line("note-warn", `readonly-${source}`, reason, choices);
  }

  #disputes() {
    const copy = this.bench.doc.id;
    return this.bench.targets().flatMap(([key, target]) => {
      const what = this.#nameOf(key);
      if (target.conflict) {
        const mine = this.#show(key, target.shown);
        const theirs = this.#show(key, target.value);
        const text = this.t("conflict", { what, mine, by: this.#person(target.by), theirs });
        return [this.#line("note-bad", key, text, [
          [this.t("conflict.mine", { v: mine }), () => this.sync.resolve(copy, key, true)],
          [this.t("conflict.theirs", { v: theirs }), () => this.sync.resolve(copy, key, false)],
        ])];
      }
      if (!target.refused) return [];
      const { op, why } = target.refused;
      const text = this.t("refused", { what, value: this.#show(key, op.value), why: why ?? this.t("refused.why") });
      return [this.#line("note-bad", key, text, [[this.t("refused.drop"), () => {
        this.sync.dismiss(copy, key);
        this.paint();
      }]])];
    });
  }

  #line(kind, of, text, choices) {
    const label = element("p", {}, text);
    const role = kind === "note-bad" ? "alertdialog" : "status";
    return element(`div.note.${kind}`, { role, "aria-label": text, "data-of": of }, label,
      choices.length ? element("div.row", {}, ...choices.map(([name, act]) =>
        button(".btn.btn-small", {}, act, name))) : null);
  }

  /** A name as the server gives it; an identifier says nothing to anybody. */
  #person(by) {
    return !by || /^[0-9a-f]{24,}$/.test(by) ? this.t("somebody") : by;
  }

  #nameOf(key) {
    const [kind, id] = key.split(":");
    return this.t(`target.${kind}`, { question: this.labelOf(id) ?? "" });
  }

  #show(key, value) {
    if (value === null) return this.t("nothing");
    if (key.startsWith("score:")) return showPoints(value);
    if (key.startsWith("crit:")) return this.t("criteria.n", { n: value.length });
    if (key.startsWith("annot:")) return value.t ?? this.t(`annot.${value.k}`);
    if (typeof value === "boolean") return this.t(value ? "yes" : "no");
    return String(value).length > 60 ? `${String(value).slice(0, 60)}…` : String(value);
  }

  /** The person's own way out: what could not be sent, as a file. */
  #download() {
    const blob = new Blob([JSON.stringify(this.sync.ledger.unsent(), null, 1)], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(blob), download: "korrigo-unsent.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
