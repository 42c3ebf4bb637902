// One name, two copies: both headers side by side, three ways out.

import { showDialog } from "korrigo/dialog.js";
import { element } from "korrigo/elements.js";

/**
 * Opens the dialog.
 *
 * @param {{student, here, there, t}} options  the pupil's name and the two copies
 * @returns {Promise<"here"|"there"|"neither"|null>} who bears the name; null: closed without an answer
 */
export function compare({ student, here, there, t }) {
  return new Promise((resolve) => {
    const answer = (value) => () => dialog.close(value);
    const column = (copy, value, digit) => {
      const words = t("compare.this", { copy: copy.title });
      const button = element("button.btn.btn-main", {}, words, " ", element("kbd", {}, digit));
      button.addEventListener("click", answer(value));
      return element("figure.compare-copy", {},
        element("figcaption", {}, copy.title),
        copy.crop ? element("img", { src: copy.crop, alt: t("crop.alt", { copy: copy.title }) }) : null, button);
    };
    const neither = element("button.btn", {}, t("compare.neither"), " ", element("kbd", {}, "3"));
    const close = element("button.btn.btn-quiet", {}, t("compare.close"), " ", element("kbd", {}, t("key.escape")));
    neither.addEventListener("click", answer("neither"));
    close.addEventListener("click", answer(""));

    const dialog = element("dialog.compare", { "aria-labelledby": "compare-title" },
      element("h2", { id: "compare-title" }, t("compare.title", { name: `${student.last} ${student.first}` })),
      element("div.compare-copies", {}, column(here, "here", "1"), column(there, "there", "2")),
      element("div.row", {}, neither, close));
    dialog.addEventListener("keydown", (event) => {
      const value = { Digit1: "here", Digit2: "there", Digit3: "neither" }[event.code];
      if (value) dialog.close(value);
      event.stopPropagation();
    });
    showDialog(dialog, () => resolve(dialog.returnValue || null));
  });
}
