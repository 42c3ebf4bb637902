// Identifiers made in the browser. crypto.randomUUID() is missing over plain HTTP; getRandomValues() is not.

/** A random identifier of 24 hexadecimal digits, as the server expects for ops and annotations. */
export function opaqueId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
