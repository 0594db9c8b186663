/** Fills `{name}` into a message; what is not given leaves its place empty. */
export type Wording = (values: Readonly<Record<string, unknown>>) => string;

const PLACE = /\{\s*([A-Za-z_]\w*)\s*\}/g;

/** Split only when it is said: of a thousand messages a screen says fifty. */
export function wordingFrom(message: string): Wording {
  if (!message.includes("{")) return () => message;
  return (values) => message.replace(PLACE, (_place, name: string) => textOf(values[name]));
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
