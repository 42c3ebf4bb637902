// The rules of points. Points are decimal fractions with at most three digits: sums are made in thousandths,
// where they are exact, as on the server.

export const NOT_ATTEMPTED = "NT";

const thousandths = (points) => Math.round(Number(points) * 1000);

/** Points as people of the page's language write them: 2.5 is "2,5" in French; no score is "–". */
export function showPoints(value, lang = document.documentElement.lang) {
  if (value === null || value === undefined) return "–";
  if (value === NOT_ATTEMPTED) return NOT_ATTEMPTED;
  const text = String(thousandths(value) / 1000).replace("-", "−");
  return lang.startsWith("fr") ? text.replace(".", ",") : text;
}

/**
 * What was typed in a score box, checked against its question.
 *
 * @returns {{value?: number|string|null, problem?: string, values?: object}} `value` when it is acceptable
 *   (null: the box was emptied); otherwise the key of the message that says what is wrong, with its values.
 */
export function readScore(text, question) {
  const typed = text.trim().replace(/[,;]/, ".");
  if (typed === "") return { value: null };
  if (typed.toUpperCase() === NOT_ATTEMPTED) return { value: NOT_ATTEMPTED };
  const number = Number(typed);
  if (!Number.isFinite(number)) return { problem: "score.unreadable", values: { v: text.trim() } };
  const shown = { v: showPoints(number), max: showPoints(question.max), step: showPoints(question.step) };
  if (number < 0) return { problem: "score.negative", values: shown };
  if (thousandths(number) > thousandths(question.max)) return { problem: "score.max", values: shown };
  const step = thousandths(question.step ?? 0);
  if (step && thousandths(number) % step) return { problem: "score.step", values: shown };
  return { value: thousandths(number) / 1000 };
}

/** The digit that a key of the digit row stands for, with or without Shift: AZERTY gives "é" for Digit2. */
export function digitOf(event) {
  return /^Digit\d$/.test(event.code) ? event.code.at(-1) : null;
}

/**
 * The score that a set of criteria gives, held between 0 and the maximum.
 * Criteria that only take points away start from the maximum.
 */
export function scoreOfCriteria(question, applied) {
  const points = question.criteria.map((criterion) => thousandths(criterion.points ?? 0));
  const start = points.some((value) => value > 0) ? 0 : thousandths(question.max);
  const sum = question.criteria.reduce(
    (total, criterion, index) => (applied.includes(criterion.id) ? total + points[index] : total), start);
  return Math.max(0, Math.min(thousandths(question.max), sum)) / 1000;
}

/** Whether applying a criterion of this question changes its score. */
export function criteriaScore(question) {
  return question.criteria.some((criterion) => Number(criterion.points ?? 0) !== 0);
}

/** Each parent's maximum, by id: that of its leaves, bonus questions apart. Questions in display order. */
export function maximaOfParents(questions) {
  return totals(questions.filter(({ bonus }) => !bonus), (id) => questions.find((each) => each.id === id).max).sums;
}

/**
 * Totals of a copy.
 *
 * @param {object[]} questions  in display order, with `depth` and `leaf`
 * @param {(id: string) => number|"NT"|null} scoreOf
 * @returns {{total: number|null, sums: Map<string, number|null>, missing: object[]}} `sums` holds the sum of
 *   each parent; a total or sum is null while none of its questions has a score; `missing` are the leaves
 *   without a score, bonus questions apart.
 */
export function totals(questions, scoreOf) {
  const sums = new Map();
  const missing = [];
  const open = [];
  let total = null;
  for (const question of questions) {
    while (open.length && open.at(-1).depth >= question.depth) open.pop();
    if (!question.leaf) {
      open.push(question);
      sums.set(question.id, null);
      continue;
    }
    const score = scoreOf(question.id) ?? null;
    if (score === null) {
      if (!question.bonus) missing.push(question);
      continue;
    }
    const points = score === NOT_ATTEMPTED ? 0 : thousandths(score);
    total = (total ?? 0) + points;
    for (const parent of open) sums.set(parent.id, (sums.get(parent.id) ?? 0) + points);
  }
  const inPoints = (sum) => (sum === null ? null : sum / 1000);
  for (const [id, sum] of sums) sums.set(id, inPoints(sum));
  return { total: inPoints(total), sums, missing };
}
