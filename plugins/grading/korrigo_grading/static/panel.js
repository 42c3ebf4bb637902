// The panel beside the pages: total, questions, appreciation, flag.

import { bindText } from "./fields.js";
import { HeadingCard, QuestionCard } from "./questioncard.js";
import { maximaOfParents, showPoints, totals } from "./score.js";

/** Paints the copy's scheme and moves through its questions. Event `question`: another one is in hand. */
export class Panel extends EventTarget {
  current = null;
  #bench;
  #cards = new Map();
  #headings = new Map();

  /**
   * @param {object} parts  elements of the page: {title, total, scheme, appreciation, flag, flagText, done, announce}
   * @param {{questions: object[], total: number, bench, t, onPin}} options
   */
  constructor(parts, { questions, total, bench, t, onPin }) {
    super();
    this.parts = parts;
    this.questions = questions;
    this.t = t;
    this.#bench = bench;
    const maxima = maximaOfParents(questions);
    for (const question of questions) {
      if (question.leaf) {
        const onFocus = () => this.focus(question.id);
        const onSet = () => this.#scored(question);
        this.#cards.set(question.id, new QuestionCard(question, { bench, t, onFocus, onSet, onPin }));
      } else this.#headings.set(question.id, new HeadingCard(question, maxima.get(question.id)));
    }
    this.leaves = [...this.#cards.keys()];
    parts.scheme.replaceChildren(...questions.map(({ id }) => (this.#cards.get(id) ?? this.#headings.get(id)).box));
    parts.outOf.textContent = `/${showPoints(total)}`;
    this.appreciation = bindText(parts.appreciation, bench, "appreciation");
    bench.addEventListener("open", () => this.#open());
    bench.addEventListener("change", () => this.paint());
    bench.addEventListener("rights", () => this.#rights());
  }

  /** The card of the question in hand. */
  get card() {
    return this.#cards.get(this.current);
  }

  /** Leaves without a score, in order. */
  get missing() {
    return totals(this.questions, (id) => this.#bench.value(`score:${id}`)).missing;
  }

  #open() {
    this.parts.title.textContent = this.#bench.doc.title;
    this.parts.name.textContent = this.#bench.doc.name ?? "";
    document.title = document.title.replace(/^.*?( — |$)/, `${this.#bench.doc.title}$1`);
    this.paint();
    this.focus(this.missing[0]?.id ?? this.leaves[0]);
    this.parts.scheme.parentElement.scrollTo(0, 0);
  }

  /** Opens a question's card and closes the one before. */
  focus(id) {
    if (!this.#cards.has(id)) return;
    this.card?.open(false);
    this.current = id;
    this.card.open(true);
    this.card.box.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("question", { detail: id }));
  }

  /** The next (1) or previous (-1) question. Returns false at either end. */
  step(direction) {
    const id = this.leaves[this.leaves.indexOf(this.current) + direction];
    if (!id) return false;
    this.focus(id);
    return true;
  }

  #scored(question) {
    this.parts.announce.textContent = `${question.label} : ${this.#cards.get(question.id).score.textContent}`;
    this.card.field.blur();
    this.step(1);
  }

  paint() {
    const { total, sums } = totals(this.questions, (id) => this.#bench.value(`score:${id}`));
    for (const card of this.#cards.values()) card.paint();
    for (const [id, heading] of this.#headings) heading.paint(sums.get(id));
    this.parts.total.textContent = showPoints(total);
    this.parts.total.toggleAttribute("data-none", total === null);
    this.appreciation.paint();
    const flag = this.#bench.value("flag");
    this.parts.flag.hidden = !flag;
    this.parts.flagText.textContent = flag ?? "";
    this.parts.done.hidden = this.#bench.value("done") !== true;
  }

  #rights() {
    const readonly = Boolean(this.#bench.readonly);
    for (const card of this.#cards.values()) card.readonly = readonly;
    this.parts.appreciation.readOnly = readonly;
  }
}
