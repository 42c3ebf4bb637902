// Text is written on the page itself, at its final size.

import { LINE_HEIGHT, PEN, TEXT_SIZE } from "./shapes.js";

const ASCENT = 0.97; // of the text's size: from the top of a line to its baseline, at our line height

/**
 * Opens a text field on a page.
 *
 * @param {Sheet} sheet
 * @param {{x: number, y: number, text?: string, size?: number, label: string}} options  x, y: first baseline
 * @returns {Promise<string>} what was written when the field was left (Enter, or a click elsewhere), trimmed;
 *   Shift+Enter breaks the line; Escape gives back the text as it was
 */
export function writeOn(sheet, { x, y, text = "", size = TEXT_SIZE, label }) {
  const field = document.createElement("textarea");
  field.className = "page-text";
  field.value = text;
  field.rows = 1;
  field.setAttribute("aria-label", label);
  const { scale } = sheet;
  field.style.left = `${x * scale}px`;
  field.style.top = `${(y - size * ASCENT) * scale}px`;
  field.style.fontSize = `${size * scale}px`;
  field.style.lineHeight = LINE_HEIGHT;
  field.style.color = PEN;

  const grow = () => {
    field.style.width = "0";
    field.style.height = "0";
    field.style.width = `${Math.max(field.scrollWidth + size * scale, 6 * size * scale)}px`;
    field.style.height = `${field.scrollHeight}px`;
  };

  return new Promise((resolve) => {
    const leave = (words) => {
      field.removeEventListener("blur", onBlur);
      field.remove();
      resolve(words.trim());
    };
    const onBlur = () => leave(field.value);
    field.addEventListener("input", grow);
    field.addEventListener("blur", onBlur);
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") leave(text);
      else if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        leave(field.value);
      }
    });
    sheet.box.append(field);
    grow();
    field.focus({ preventScroll: true });
  });
}
