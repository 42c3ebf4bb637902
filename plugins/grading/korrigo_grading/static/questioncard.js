// One question of the scheme in the panel: its score, its criteria, its note to the pupil.

import { element, icon } from "korrigo/elements.js";

import { button, key } from "./elements.js";
import { bindText } from "./fields.js";
import { ProposalStrip } from "./proposal.js";
import { criteriaScore, digitOf, NOT_ATTEMPTED, readScore, scoreOfCriteria, showPoints } from "./score.js";

/** A parent of the scheme: a heading with the sum of its questions. */
export class HeadingCard {
  constructor(question, maximum) {
    this.sum = element("output", {}, "–");
    this.box = element("div.q-parent", { "data-depth": question.depth },
      element("h2", {}, heading(question)), outOf(maximum), this.sum);
  }

  paint(sum) {
    this.sum.textContent = showPoints(sum);
  }
}

/** A leaf of the scheme, which has a score. Only the current one is open. */
export class QuestionCard {
  #bench;
  #t;

  /** @param {object} question  of the boot document  @param {{bench, t, onFocus, onSet, onPin}} options */
  constructor(question, { bench, t, onFocus, onSet, onPin }) {
    this.question = question;
    this.#bench = bench;
    this.#t = t;
    this.onSet = onSet;
    this.score = element("output", { id: `score-${question.id}` }, "–");
    this.head = button(".q-head", { id: `q-${question.id}`, "aria-expanded": "false" }, onFocus,
      heading(question), outOf(question.max),
      question.bonus ? element("span.q-bonus", {}, t("bonus")) : null, this.score);
    this.criteria = question.criteria.map((criterion, index) => this.#criterion(criterion, index, onPin));
    this.field = element("input.field", {
      inputmode: "decimal", autocomplete: "off", "aria-label": t("score.of", { question: question.label }),
      "aria-describedby": `problem-${question.id}`,
    });
    this.problem = element("p.problem", { id: `problem-${question.id}`, role: "alert", hidden: true });
    this.note = element("textarea.field", {
      rows: 2, "aria-label": t("note.of", { question: question.label }), placeholder: t("note"),
    });
    this.noteTarget = bindText(this.note, bench, `note:${question.id}`);
    this.answer = element("input.field", { autocomplete: "off", maxlength: 4000 });
    this.answerTarget = bindText(this.answer, bench, `answer:${question.id}`);
    this.proposal = new ProposalStrip(question, { bench, t });
    this.body = element("div.q-body", { hidden: true },
      question.criteria.length ? element("div.crit", { role: "group", "aria-label": t("criteria") },
        ...this.criteria.map(({ row }) => row)) : null,
      question.typed ? element("label.answer", {}, t("answer"), this.answer) : null,
      this.proposal.box, this.#pad(), this.problem, this.note);
    this.box = element("section.q",
      { "data-q": question.id, "data-depth": question.depth, "aria-labelledby": `q-${question.id}` },
      this.head, this.body);
    this.#listen();
  }

  #criterion(criterion, index, onPin) {
    const points = Number(criterion.points ?? 0);
    const toggle = button("", { "aria-pressed": "false" }, () => this.toggle(index),
      index < 9 ? key(String(index + 1)) : null, element("span", {}, criterion.text),
      points ? element("span.pts", {}, `${points > 0 ? "+" : ""}${showPoints(points)}`) : null);
    const label = this.#t("remark.pin", { text: criterion.text });
    const pinned = { question: this.question.id, ref: criterion.id, t: criterion.text, n: index + 1 };
    const pin = button(".pin", { "aria-label": label, title: label }, () => onPin(pinned), icon("comment"));
    return { toggle, pin, row: element("div.crit-row", {}, toggle, pin) };
  }

  #pad() {
    const act = (name, letter, run) => button(".btn.btn-small", { "aria-keyshortcuts": letter }, run,
      this.#t(name), key(letter));
    this.buttons = [
      act("score.full", "M", () => this.full()), act("score.zero", "X", () => this.zero()),
      act("score.nt", "A", () => this.notAttempted()), act("score.remove", "R", () => this.remove()),
    ];
    return element("div.pad", {},
      element("label.pad-score", {}, this.field, element("span", {}, `/ ${showPoints(this.question.max)}`), key("P")),
      element("div.pad-acts", {}, ...this.buttons));
  }

  #listen() {
    this.field.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const digit = digitOf(event);
      if (digit && event.key !== digit) {
        event.preventDefault();
        this.#insert(digit);
      } else if (event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        if (this.#take()) this.onSet();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.#restore();
        this.field.blur();
      }
    });
    this.field.addEventListener("focus", () => this.field.select());
    this.field.addEventListener("change", () => this.#take());
  }

  #insert(text) {
    const { field } = this;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  }

  /** Reads the box. Returns whether it held something acceptable; otherwise says what is wrong. */
  #take() {
    const { value, problem, values } = readScore(this.field.value, this.question);
    this.#say(problem ? this.#t(problem, values) : null);
    if (problem) return false;
    if (value !== this.#value) this.set(value);
    return true;
  }

  #say(problem) {
    this.problem.hidden = !problem;
    this.problem.textContent = problem ?? "";
    this.field.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** The box says what the score is; what was typed is given up. */
  #restore() {
    this.field.value = this.#value === null ? "" : showPoints(this.#value);
    this.#say(null);
  }

  get #value() {
    return this.#bench.value(`score:${this.question.id}`);
  }

  get #applied() {
    return this.#bench.value(`crit:${this.question.id}`) ?? [];
  }

  /** Sets the score by hand. Criteria that make the score are taken away with it: one gesture. */
  set(value) {
    const changes = [[`score:${this.question.id}`, value]];
    if (criteriaScore(this.question) && this.#applied.length) changes.unshift([`crit:${this.question.id}`, null]);
    this.#bench.edit(changes);
  }

  full() {
    this.set(Number(this.question.max));
  }

  zero() {
    this.set(0);
  }

  notAttempted() {
    this.set(NOT_ATTEMPTED);
  }

  remove() {
    this.set(null);
  }

  /** Applies a criterion or takes it away, and the score follows. Returns false when there is none such. */
  toggle(index) {
    const criterion = this.question.criteria[index];
    if (!criterion) return false;
    const applied = new Set(this.#applied);
    if (!applied.delete(criterion.id)) applied.add(criterion.id);
    const ids = this.question.criteria.map(({ id }) => id).filter((id) => applied.has(id));
    const changes = [[`crit:${this.question.id}`, ids.length ? ids : null]];
    if (criteriaScore(this.question)) {
      changes.push([`score:${this.question.id}`, ids.length ? scoreOfCriteria(this.question, ids) : null]);
    }
    this.#bench.edit(changes);
    return true;
  }

  /** Makes a score of what the grader proposes. Returns false when there is nothing to accept. */
  accept() {
    return this.proposal.accept();
  }

  /** Goes into the score box; with a digit typed on the keypad it replaces what was there. */
  enterScore(text = null) {
    this.field.focus();
    if (text !== null) {
      this.field.value = text;
      this.field.setSelectionRange(text.length, text.length);
    }
  }

  open(on) {
    this.box.toggleAttribute("data-on", on);
    this.body.hidden = !on;
    this.head.setAttribute("aria-expanded", String(on));
  }

  /** Paints every cell from the targets alone: nothing of the last copy may stay. */
  paint() {
    const value = this.#value;
    this.score.textContent = showPoints(value);
    this.score.toggleAttribute("data-none", value === null);
    if (document.activeElement !== this.field) this.#restore();
    const applied = this.#applied;
    this.question.criteria.forEach(({ id }, index) => {
      this.criteria[index].toggle.setAttribute("aria-pressed", String(applied.includes(id)));
    });
    this.noteTarget.paint();
    this.answerTarget.paint();
    this.proposal.paint();
    this.box.toggleAttribute("data-noted", Boolean(this.note.value));
  }

  /** Read-only copies are looked at, not typed into. */
  set readonly(on) {
    this.field.readOnly = on;
    this.note.readOnly = this.answer.readOnly = on;
    this.proposal.readonly = on;
    for (const { toggle, pin } of this.criteria) toggle.disabled = pin.disabled = on;
    for (const each of this.buttons) each.disabled = on;
  }
}

const heading = ({ label, title }) => element("span.q-name", {}, element("b", {}, label), title ? ` ${title}` : "");
const outOf = (maximum) => element("small", {}, `/${showPoints(maximum)}`);
