/** What somebody types on a Chinese keyboard, as the decimal string that an answer holds. */
import { findThousandths } from "../../../forms/quantities.ts";

/** "１.２" and ".5" and "1,2" are numbers to the person who typed them. Null when it is none. */
export function decimalFromTyping(text: string): string | null {
  const plain = text
    .normalize("NFKC")
    .replaceAll(/\s/g, "")
    .replace(/[，。,]/, ".")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.$/, "")
    .replace(/^(-?)0+(?=\d)/, "$1");
  return findThousandths(plain) === null ? null : plain;
}
