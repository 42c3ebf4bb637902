// The names to choose from: a combobox over a list. With an empty box the list is what was read on the copy;
// with words in it, the pupils who match. Names that another copy bears are greyed and last.

import { element } from "korrigo/elements.js";

const SURE = 0.95;
const PROBABLE = 0.7;
const SHOWN = 8;

/** Confidence in words: people judge "probable" better than 74 %. */
export const confidenceKey = (confidence) =>
  confidence >= SURE ? "sure" : confidence >= PROBABLE ? "probable" : "weak";

/** The box and its list, for the copy in hand. Event `choose` with `{student}`. */
export class Chooser extends EventTarget {
  copy = null;
  #options = [];
  #active = 0;

  /** @param {{input: HTMLInputElement, list: HTMLElement}} parts  @param {{roster, copies, t}} options */
  constructor({ input, list }, { roster, copies, t }) {
    super();
    Object.assign(this, { input, list, roster, copies, t });
    input.addEventListener("input", () => this.paint());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.index));
    });
    // The pointer must not take the focus out of the box: letters go on searching.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get searching() {
    return this.input.value.trim() !== "";
  }

  open(copy) {
    this.copy = copy;
    this.clear();
  }

  clear() {
    this.input.value = "";
    this.paint();
  }

  /** The nth name (from 0), or the one in hand. Returns false when there is none. */
  choose(index = this.#active) {
    const option = this.#options[index];
    if (!option) return false;
    this.dispatchEvent(new CustomEvent("choose", { detail: { student: option.student.id } }));
    return true;
  }

  move(step) {
    if (!this.#options.length) return;
    this.#active = (this.#active + step + this.#options.length) % this.#options.length;
    this.#mark();
  }

  paint() {
    this.#options = this.searching ? this.#found() : this.#proposed();
    this.#active = 0;
    this.list.replaceChildren(...this.#options.map((option, index) => this.#line(option, index)));
    if (!this.#options.length) {
      const why = this.t(this.searching ? "search.none" : "propose.none");
      this.list.append(element("p.muted", { role: "presentation" }, why));
    }
    this.#mark();
  }

  #proposed() {
    const { candidates, student } = this.copy;
    const proposals = candidates.map((candidate) => this.#option(candidate.student, candidate.confidence));
    // The name that the copy already has is the first proposal, even when the reader did not think of it.
    const known = !student || candidates.some((candidate) => candidate.student === student);
    if (!known) proposals.unshift(this.#option(student));
    return this.#freeFirst(proposals.filter((option) => option.student));
  }

  #found() {
    const confidence = new Map(this.copy.candidates.map((each) => [each.student, each.confidence]));
    return this.#freeFirst(this.roster.search(this.input.value).map(({ id }) => this.#option(id, confidence.get(id))));
  }

  #option(id, confidence = null) {
    return { student: this.roster.get(id), confidence, bearer: this.copies.bearer(id, this.copy.id) };
  }

  #freeFirst(options) {
    return [...options.filter(({ bearer }) => !bearer), ...options.filter(({ bearer }) => bearer)].slice(0, SHOWN);
  }

  #line({ student, confidence, bearer }, index) {
    const details = [student.class_name, student.birth, student.number].filter(Boolean).join(" · ");
    return element("div.cand", {
      role: "option", id: `option-${index}`, "data-index": index, "aria-selected": "false",
      "data-taken": Boolean(bearer), "data-own": student.id === this.copy.student,
    },
    this.searching || index > 4 ? element("span") : element("kbd", {}, String(index + 1)),
    element("span.cand-name", {}, element("b", {}, student.last), ` ${student.first}`, element("small", {}, details)),
    bearer ? element("span.chip.chip-warn", {}, this.t("taken", { copy: bearer.title }))
      : confidence === null ? null : this.#confidence(confidence));
  }

  #confidence(confidence) {
    const key = confidenceKey(confidence);
    const kind = { sure: "chip-good", probable: "chip-plain", weak: "chip-plain" }[key];
    const percent = element("span.num", {}, `${Math.round(confidence * 100)} %`);
    return element("span.cand-sure", {}, element(`span.chip.${kind}`, {}, this.t(`confidence.${key}`)), percent);
  }

  #mark() {
    const lines = [...this.list.querySelectorAll("[role=option]")];
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === this.#active)));
    const active = lines[this.#active];
    if (active) this.input.setAttribute("aria-activedescendant", active.id);
    else this.input.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }
}
