// What a program proposes for a question: shown as such until a person accepts it or gives another score.

import { element, icon } from "korrigo/elements.js";

import { button, key } from "./elements.js";
import { opaqueId } from "./ids.js";
import { showPoints } from "./score.js";

/** A line under the criteria: points, how sure, why, and a button. */
export class ProposalStrip {
  #question;
  #bench;
  #t;

  constructor(question, { bench, t }) {
    this.#question = question;
    this.#bench = bench;
    this.#t = t;
    this.words = element("span");
    this.reason = element("small");
    this.button = button(".btn.btn-small", { "aria-keyshortcuts": "Shift+A" }, () => this.accept(),
      t("proposal.accept"), key("⇧ A"));
    this.box = element("div.proposal", { role: "note", hidden: true },
      icon("lightbulb"), element("p", {}, this.words, this.reason), this.button);
  }

  get #proposal() {
    return this.#bench.proposal(this.#question.id);
  }

  get #score() {
    return this.#bench.value(`score:${this.#question.id}`);
  }

  /** One gesture, one undo step: the score, and the grader's marks on the page. */
  accept() {
    const found = this.#proposal;
    if (!found || found.points === null || this.#score === found.points) return false;
    const q = this.#question.id;
    const marks = found.marks.map((mark) => [`annot:${opaqueId()}`, { ...mark, q }]);
    this.#bench.edit([[`score:${q}`, found.points], ...marks]);
    return true;
  }

  paint() {
    const found = this.#proposal;
    this.box.hidden = !found;
    if (!found) return;
    const { points, confidence, reason } = found;
    const accepted = points !== null && this.#score === points;
    const sure = Math.round(confidence * 100);
    this.words.textContent = points === null ? this.#t("proposal.none") : this.#t(
      accepted ? "proposal.accepted" : "proposal", { points: showPoints(points), n: sure });
    this.reason.textContent = reason;
    this.button.hidden = points === null || accepted;
    this.box.toggleAttribute("data-accepted", accepted);
  }

  set readonly(on) {
    this.button.disabled = on;
  }
}
