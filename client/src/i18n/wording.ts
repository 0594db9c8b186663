/**
 * Fills `{name}` into a message. All that our messages need of vue-i18n's own syntax, whose compiler is 4 KB of the first
 * load; a bar or an at-sign is plain text here.
 */
import type { MessageContext, MessageFunction } from "vue-i18n";

const PLACE = /\{\s*([A-Za-z_]\w*)\s*\}/g;

export function wordingFrom(message: string): MessageFunction<string> {
  const pieces = message.split(PLACE);
  if (pieces.length === 1) return () => message;
  // Odd pieces are the names, as split keeps what the group caught.
  return (context: MessageContext<string>) => pieces.map((piece, index) => (index % 2 === 1 ? textOf(context.named(piece)) : piece)).join("");
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
