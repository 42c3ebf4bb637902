// The save chip: one of a few things, in words and colour. Neutral until the outbox has been read,
// because a chip that says "saved" before that would lie for a moment.

const KINDS = {
  saved: "chip-good",
  offline: "chip-warn",
  server: "chip-warn",
  session: "chip-warn",
  check: "chip-bad",
  nospace: "chip-bad",
};

/** Keeps the chip in step with the sync. */
export function watchSaving(chip, sync, t) {
  sync.addEventListener("state", ({ detail: { phase, n } }) => {
    chip.className = `chip ${KINDS[phase] ?? ""}`;
    chip.dataset.phase = phase;
    // On a narrow screen the words may be cut.
    chip.title = chip.textContent = t(`save.${phase}`, { n });
  });
}
