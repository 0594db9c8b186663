/** Keyboard commands of a page. A key typed into a field, or with a modifier, is never a command. */

export interface KeyPress { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; repeat: boolean; target: EventTarget | null }

export function commandFor<C extends string>(press: KeyPress, keys: Readonly<Record<string, C>>): C | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || isTyping(press.target)) return null;
  return keys[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
}

/** Space and Enter belong to a focused button or link; letters still work there. */
export function belongsToControl(press: KeyPress): boolean {
  const element = press.target as Partial<HTMLElement> | null;
  return (press.key === ' ' || press.key === 'Enter') && ['BUTTON', 'A', 'SUMMARY'].includes(element?.tagName ?? '');
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as Partial<HTMLElement> | null;
  return ['INPUT', 'TEXTAREA', 'SELECT'].includes(element?.tagName ?? '') || element?.isContentEditable === true;
}
