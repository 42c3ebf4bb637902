// The words that scripts say, written into the page by the server in the reader's language.

/**
 * The messages of a `<script type="application/json" id="…">`: `t(key, {name: value})`.
 * A message is a text with `{name}`, or `{one, other}` chosen by the value `n`.
 */
export function readWords(id) {
  const messages = JSON.parse(document.getElementById(id)?.textContent ?? "{}");
  const language = document.documentElement.lang || "en";
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    const found = messages[key] ?? key;
    const text = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other);
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      if (!(name in values)) return whole;
      return typeof values[name] === "number" ? number.format(values[name]) : String(values[name]);
    });
  };
}

/** The shell's own words (`id="korrigo-words"`). */
export const words = readWords("korrigo-words");
