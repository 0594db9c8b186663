/** The words of one language as a screen finds them, for pure functions that ask for words. */
import { wordingFrom } from "../../src/i18n/wording.ts";

export function wordsOf(...parts: readonly object[]): (key: string, values?: Readonly<Record<string, unknown>>) => string {
  return (key, values = {}) => {
    const found = parts.map((part) => key.split(".").reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], part)).find((word) => typeof word === "string");
    return typeof found === "string" ? wordingFrom(found)(values) : key;
  };
}
