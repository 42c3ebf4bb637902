// The pupils of the exam, found as one types: accents, case, order and punctuation are ignored.

/** "Le Goff-Maëlle" -> "le goff maelle" */
export function fold(text) {
  const plain = String(text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[^a-z0-9]+/g, " ").trim();
}

/** The closed list of names. */
export class Roster {
  #students = new Map();
  #index = [];

  /** @param {{id, last, first, name, class_name, number, birth}[]} students */
  constructor(students) {
    this.replace(students);
  }

  /** The list is another one by now. */
  replace(students) {
    this.#students.clear();
    this.#index.length = 0;
    for (const student of students) {
      this.#students.set(student.id, student);
      const { last, first, name, class_name: group, number } = student;
      const words = fold([last, first, name, group, number].join(" ")).split(" ");
      this.#index.push({ student, words: [...new Set(words)], order: fold(name) });
    }
    this.#index.sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  get(id) {
    return this.#students.get(id) ?? null;
  }

  get all() {
    return this.#index.map(({ student }) => student);
  }

  /**
   * Pupils each of whose typed words begins one of theirs ("so ker" finds KERGOAT Soizic).
   * When no name begins so, a word may lie anywhere inside.
   */
  search(text) {
    const typed = fold(text).split(" ").filter(Boolean);
    if (!typed.length) return [];
    const matching = (test) => this.#index
      .filter(({ words }) => typed.every((part) => words.some((word) => test(word, part))))
      .map(({ student }) => student);
    const found = matching((word, part) => word.startsWith(part));
    return found.length ? found : matching((word, part) => word.includes(part));
  }
}
