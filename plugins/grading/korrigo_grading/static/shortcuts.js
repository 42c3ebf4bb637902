// Every key of the grading screen, in the order in which help prints them.
// Letters are printed letters, digits are physical keys ("code:Digit1"): on AZERTY the digit row gives & é " '.

import { Keys } from "korrigo/keys.js";

const TOOLS = [
  ["v", "select"], ["s", "pen"], ["h", "hi"], ["t", "text"], ["j", "right"], ["f", "wrong"], ["d", "half"],
  ["i", "query"], ["e", "box"], ["l", "line"], ["g", "erase"],
];

const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/**
 * Adds the screen's shortcuts to the shell's registry, which runs them and prints the help.
 * What is run may return false: the key then keeps its usual meaning.
 *
 * @param {object} desk  {panel, viewer, bench, tools, selection, acts, t}
 */
export function bindShortcuts({ panel, viewer, bench, tools, selection, acts, t }) {
  const keys = new Keys("screen");
  let group = "";
  const add = (specs, label, run, options = {}) => keys.add(specs, label ? t(label) : "", run, { group, ...options });
  const onButton = (event) => event.target.closest("button, a, summary, [role=button]");
  const unlessButton = (run) => (event) => (onButton(event) ? false : run(event));
  const card = (act) => () => panel.card?.[act]();

  group = t("keys.score");
  range(9, (index) => add([`code:Digit${index + 1}`, `code:Shift+Digit${index + 1}`], index ? null : "keys.criterion",
    // A question without criteria is scored with the digits themselves.
    () => (panel.card.question.criteria.length ? panel.card.toggle(index) : panel.card.enterScore(String(index + 1))),
    { show: "1 … 9" }));
  range(10, (digit) => add(`code:Numpad${digit}`, digit ? null : "keys.keypad",
    () => panel.card.enterScore(String(digit)), { show: t("keys.keypad.show") }));
  add("p", "keys.box", () => panel.card.enterScore());
  add("m", "keys.full", card("full"));
  add("x", "keys.zero", card("zero"));
  add("a", "keys.nt", card("notAttempted"));
  add("r", "keys.remove", card("remove"));
  add("shift+a", "keys.accept", () => panel.card.accept() && panel.step(1), { show: "Shift A" });
  add("k", "keys.note", () => panel.card.note.focus());
  add("shift+f", "keys.flag", acts.flag, { show: "Shift F" });

  group = t("keys.move");
  add("arrowdown", "keys.question.next", () => selection.move(0, 1) || panel.step(1), { show: "↓" });
  add("arrowup", "keys.question.previous", () => selection.move(0, -1) || panel.step(-1), { show: "↑" });
  const onward = unlessButton(() => panel.step(1));
  add("enter", null, (event) => (event.target.closest("[data-target]") ? selection.edit() : onward(event)));
  add("shift+enter", null, unlessButton(() => panel.step(-1)));
  add("n", "keys.copy.next", acts.next);
  add("b", "keys.copy.previous", acts.previous);
  add("u", "keys.copy.open", acts.nextOpen);
  add("ctrl+enter", "keys.done", acts.done, { show: "Ctrl ↵", field: true });
  add("space", "keys.down", unlessButton(() => viewer.scrollScreen(1)), { show: t("keys.space") });
  add("shift+space", "keys.up", unlessButton(() => viewer.scrollScreen(-1)),
    { show: `Shift ${t("keys.space")}` });
  add("pagedown", "keys.page.next", () => viewer.stepPage(1), { show: t("keys.pagedown") });
  add("pageup", "keys.page.previous", () => viewer.stepPage(-1), { show: t("keys.pageup") });
  add("home", "keys.start", () => viewer.scrollToEnd(false), { show: t("keys.home") });
  add("end", "keys.end", () => viewer.scrollToEnd(true), { show: t("keys.endkey") });
  add("o", "keys.pages", acts.pages);

  group = t("keys.draw");
  for (const [letter, name] of TOOLS) add(letter, `tool.${name}`, () => tools.take(name));
  add("w", "keys.pen", () => tools.nextPen());
  add("q", "keys.keep", () => tools.toggleKeep());
  add(["delete", "backspace"], "keys.delete", () => selection.remove(), { show: t("keys.del") });
  add("arrowleft", "keys.nudge", () => selection.move(-1, 0), { show: "← ↑ → ↓" });
  add("arrowright", null, () => selection.move(1, 0));
  for (const [name, dx, dy] of [["left", -1, 0], ["right", 1, 0], ["up", 0, -1], ["down", 0, 1]]) {
    add(`shift+arrow${name}`, null, () => selection.move(dx, dy, true));
  }
  add("ctrl+d", "keys.duplicate", () => selection.duplicate(), { show: "Ctrl D" });
  add("ctrl+z", "undo", () => bench.undo(), { show: "Ctrl Z" });
  add(["ctrl+y", "ctrl+shift+z"], "redo", () => bench.redo(), { show: "Ctrl Y" });

  group = t("keys.screen");
  add(["+", "="], "zoom.in", () => viewer.zoomIn(), { show: "+" });
  add("-", "zoom.out", () => viewer.zoomOut(), { show: "−" });
  add("code:Digit0", "zoom.fit", () => viewer.fit(), { show: "0" });
  add("z", "keys.focus", acts.focusMode);
  add("ctrl+s", "keys.send", acts.send, { show: "Ctrl S", field: true });
  add("escape", "keys.leave", acts.leave, { show: t("keys.esc"), field: true });
  keys.listen();
}
