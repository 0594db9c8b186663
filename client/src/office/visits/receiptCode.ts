/** Receipt numbers as people type them: twelve hexadecimal digits in groups of four. */

/** "7f3c21a9 04d1" → "7F3C-21A9-04D1"; null while it is not a whole number yet. */
export function normalisedCode(typed: string): string | null {
  const digits = typed.replace(/[^0-9a-f]/gi, '').toUpperCase();
  return digits.length === 12 ? (digits.match(/.{4}/g) ?? []).join('-') : null;
}
