// Text fields whose value is a target: sent while typing, one undo step when the field is left.

/**
 * Binds a field to a target of the copy on the bench.
 * @returns {{paint: () => void}} paints the target's value, except over what is being typed
 */
export function bindText(field, bench, key) {
  let before = null;
  let copy = null;

  const record = () => {
    if (copy && copy === bench.doc?.id && bench.value(key) !== before) bench.record(key, before);
    copy = null;
  };
  field.addEventListener("focus", () => {
    before = bench.value(key);
    copy = bench.doc.id;
  });
  field.addEventListener("input", () => {
    bench.edit([[key, field.value.trim() ? field.value : null]], { record: false });
  });
  field.addEventListener("blur", record);

  return {
    paint() {
      const value = bench.value(key) ?? "";
      if (document.activeElement === field && field.value.trim() === value.trim()) return;
      field.value = value;
    },
  };
}
