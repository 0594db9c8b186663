/** What somebody types on a Chinese keyboard, read as the decimal string that an answer holds, or asked about. */
import { findThousandths } from "../../../forms/quantities.ts";

/** `doubtful`: a comma or a gap may part thousands or stand for the point; only who typed it knows. */
export type Typing =
  | { kind: "empty" }
  | { kind: "number"; decimal: string }
  | { kind: "doubtful"; candidates: string[] }
  | { kind: "unreadable" };

const EMPTY = /^\s*$/;
const SEPARATORS = /[,，、\s]+/g;

/** "１.２", ".5", "1。2" and "1.2m" are numbers to the person who typed them; "1,200" and "1 2" may be either of two. */
export function readTyping(text: string, units: readonly string[] = []): Typing {
  if (EMPTY.test(text)) return { kind: "empty" };
  const plain = withoutUnit(text.normalize("NFKC").trim(), units).replace(/。/g, ".");
  const found = decimalOf(plain);
  if (found !== null) return { kind: "number", decimal: found };
  const gaps = plain.match(SEPARATORS)?.length ?? 0;
  const readings = [plain.replaceAll(SEPARATORS, ""), ...(gaps === 1 && !plain.includes(".") ? [plain.replace(SEPARATORS, ".")] : [])];
  const candidates = gaps === 0 ? [] : [...new Set(readings.map(decimalOf).filter((decimal) => decimal !== null))];
  return candidates.length === 0 ? { kind: "unreadable" } : { kind: "doubtful", candidates };
}

function decimalOf(text: string): string | null {
  const decimal = text.replace(/^(-?)\./, "$10.").replace(/\.$/, "").replace(/^(-?)0+(?=\d)/, "$1");
  return findThousandths(decimal) === null ? null : decimal;
}

/** Only a unit that stands at the end, the longest first: "m/s" before "s". */
function withoutUnit(text: string, units: readonly string[]): string {
  const unit = [...units].map((each) => each.normalize("NFKC")).sort((a, b) => b.length - a.length).find((each) => each !== "" && text.toLowerCase().endsWith(each.toLowerCase()));
  return unit === undefined ? text : text.slice(0, -unit.length).trim();
}
