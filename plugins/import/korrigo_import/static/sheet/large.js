// The large view of one page: arrows lead to the next, + and − make it larger and smaller.

import { openDialog } from "korrigo/dialog.js";
import { element, icon } from "korrigo/elements.js";

const SCALES = [1, 1.5, 2, 3];

/**
 * @param {{id: () => string, step: (by: number) => void, side: (id: string) => object, name: (id: string) => string,
 *   keys: Record<string, () => unknown>, words: Function}} sheet
 */
export function openLarge(sheet) {
  const { words } = sheet;
  let scale = 0;
  const picture = element("img", {});
  const frame = element("div.large-frame", { tabindex: "0", role: "group", "aria-label": words("act.large") }, picture);
  const button = (name, label, run) => {
    const made = element("button.btn.btn-icon", { "aria-label": label, title: label }, icon(name));
    made.addEventListener("click", run);
    return made;
  };
  const bar = element("div.row", {}, button("prev", words("large.previous"), () => step(-1)), button("next", words("large.next"), () => step(1)),
    button("minus", words("large.smaller"), () => zoom(-1)), button("plus", words("large.larger"), () => zoom(1)));

  const show = () => {
    const side = sheet.side(sheet.id());
    picture.src = side.thumb.replace("/thumb.", scale < 2 ? "/work." : "/zoom.");
    picture.alt = sheet.name(side.id);
    picture.style.width = `${100 * SCALES[scale]}%`;
    dialog.querySelector("h2").textContent = sheet.name(side.id);
  };
  const step = (by) => {
    sheet.step(by);
    show();
    frame.scrollTo(0, 0);
  };
  const zoom = (by) => {
    scale = Math.min(SCALES.length - 1, Math.max(0, scale + by));
    show();
  };

  const dialog = openDialog("", [bar, frame], { className: "large", onClose: () => sheet.closed() });
  const keys = { ArrowRight: () => step(1), ArrowLeft: () => step(-1), "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), "−": () => zoom(-1) };
  dialog.addEventListener("keydown", async (event) => {
    const known = keys[event.key];
    const act = sheet.keys[`${event.shiftKey ? "Shift+" : ""}${event.key.toLowerCase()}`];
    if (event.ctrlKey || event.altKey || event.metaKey || !(known || act)) return;
    event.preventDefault();
    if (known) return known();
    await act();
    if (sheet.side(sheet.id())) show();
    else dialog.close();
  });
  show();
  frame.focus();
}
