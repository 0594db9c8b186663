/**
 * What went wrong, in the language of the screen, from code and parameters. The server's own sentence serves only where this
 * build does not know the code, or where an older release stored none.
 */
type Translate = (key: string, values?: Readonly<Record<string, unknown>>) => string;

/** The sets whose words fill a parameter of that name; the vocabulary says which. */
export const PARAMETER_SETS: Readonly<Record<string, string>> = { reason: "ineffective", result: "answer_result", wanted: "value_type" };

export interface ProblemLike {
  type: string;
  title: string;
  detail?: string;
  code?: string;
  params?: Readonly<Record<string, unknown>>;
}

export function problemWords(problem: ProblemLike, t: Translate): string {
  const code = problem.code ?? problem.type.split("/").at(-1) ?? "";
  // Errors stand beside it, or there is nothing to count: then the title says as much as can be said.
  if (problem.params?.["count"] === 0) return problem.title;
  const places = problem.code === undefined ? undefined : problem.params;
  return wordsOf("problem_code", code, places, t) ?? problem.detail ?? problem.title;
}

export function faultWords({ code, params }: { code: string; params?: Readonly<Record<string, unknown>> }, t: Translate): string {
  return wordsOf("fault_code", code, params ?? {}, t) ?? t("words.fault_code.not-well-formed");
}

/** Null when there are no words here, or no parameters to fill them with. */
function wordsOf(set: string, code: string, params: Readonly<Record<string, unknown>> | undefined, t: Translate): string | null {
  const key = `words.${set}.${code}`;
  const values = Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, inWords(name, value, t)]));
  const words = t(key, values);
  return words === key || (params === undefined && t(key, PLACE_MARK) !== words) ? null : words;
}

/** Fills every place with something, so that a sentence with places shows itself. */
const PLACE_MARK: Readonly<Record<string, string>> = new Proxy({}, { get: () => "…" });

function inWords(name: string, value: unknown, t: Translate): unknown {
  const set = PARAMETER_SETS[name];
  if (set === undefined) return value;
  const key = `words.${set}.${String(value)}`;
  const words = t(key);
  return words === key ? value : words;
}
