// Drag and drop: between pages for the order, on a row to move, between rows for a new copy, on the bin to discard.

/**
 * @param {HTMLElement} root
 * @param {Selection} selection
 * @param {{move: (sides: string[], copy: string|null, position: number|null) => unknown, bin: (sides: string[]) => unknown,
 *   position: (side: string) => number|null}} acts
 */
export function dragAndDrop(root, selection, acts) {
  const bin = document.querySelector("[data-show=bin]");
  const fresh = document.getElementById("new-copy");
  let sides = [];

  const clear = () => {
    for (const node of document.querySelectorAll("[data-drop]")) node.removeAttribute("data-drop");
  };

  /** Where a drop would go: `[element, how]`. */
  const place = (event) => {
    const tile = event.target.closest(".tile");
    const row = event.target.closest(".copy");
    if (event.target.closest("#new-copy")) return [fresh, "new"];
    if (event.target.closest("[data-show=bin]")) return [bin, "bin"];
    if (row && !row.dataset.copy) return null;
    if (tile) {
      const { left, width } = tile.getBoundingClientRect();
      return [tile, event.clientX < left + width / 2 ? "before" : "after"];
    }
    return row ? [row, "row"] : root.contains(event.target) ? [fresh, "new"] : null;
  };

  root.addEventListener("dragstart", (event) => {
    const id = event.target.closest?.(".tile")?.dataset.side;
    if (!id) return;
    if (!selection.chosen.has(id)) selection.only(id);
    sides = selection.ids;
    event.dataTransfer.setData("text/plain", sides.join(" "));
    event.dataTransfer.effectAllowed = "move";
    document.body.toggleAttribute("data-dragging", true);
  });
  document.addEventListener("dragend", () => {
    sides = [];
    clear();
    document.body.toggleAttribute("data-dragging", false);
  });
  document.addEventListener("dragover", (event) => {
    if (!sides.length) return;
    clear();
    const found = place(event);
    if (!found) return;
    found[0].setAttribute("data-drop", found[1]);
    event.dataTransfer.dropEffect = "move";
    event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const found = sides.length ? place(event) : null;
    if (!found) return;
    event.preventDefault();
    const [node, how] = found;
    if (how === "bin") return acts.bin(sides);
    if (how === "new") return acts.move(sides, null, null);
    const copy = node.closest("[data-copy]").dataset.copy;
    if (how === "row") return acts.move(sides, copy, null);
    const at = acts.position(node.dataset.side);
    if (sides.length > 1 || sides[0] !== node.dataset.side) acts.move(sides, copy, how === "before" ? at : at + 1);
  });
}
