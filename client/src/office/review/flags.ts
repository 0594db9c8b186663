/** Flags in words: which sentence, and its numbers in units a reviewer thinks in. The words come from the messages. */
import type { Flag } from '../api/types';
import { distanceText } from '../format/measures';

export type FlagTone = 'neutral' | 'warning' | 'fail';
export interface FlagWords { title: string; text: string; values: Record<string, string | number>; tone: FlagTone; photoIds: string[]; hint: string | null }

const TONES: Record<string, FlagTone> = { info: 'neutral', notice: 'warning', warning: 'fail' };

/** Message keys below `office.flag`, and what goes into them. An unknown code falls back to its own name. */
export function flagWords(flag: Flag, isKnown: (key: string) => boolean, durationText: (seconds: number) => string): FlagWords {
  const base = `office.flag.${flag.code}`;
  const variant = variantOf(flag);
  const ids = flag.params.photo_ids;
  return {
    title: isKnown(`words.flag_code.${flag.code}`) ? `words.flag_code.${flag.code}` : 'office.flag.unknown.title',
    text: isKnown(`${base}.${variant}`) ? `${base}.${variant}` : 'office.flag.unknown.text',
    values: { code: flag.code, ...valuesOf(flag.params, durationText) },
    tone: TONES[flag.severity] ?? 'warning',
    photoIds: Array.isArray(ids) ? ids.map(String) : [],
    hint: flag.params.datum_mixed_up === true ? 'office.flag.datum_mixed_up' : null,
  };
}

function variantOf({ code, params }: Flag): string {
  if (code === 'outside_visit') return 'before_start_s' in params ? 'before' : 'after';
  if (code === 'no_position') return params.reason ? 'with_reason' : 'text';
  if (code === 'clock_off') return Number(params.offset_s) > 0 ? 'slow' : 'fast';
  if (code === 'outside_county') return String(params.area ?? '').includes('city') || String(params.area ?? '').includes('inner') ? 'city' : 'text';
  return 'text';
}

function valuesOf(params: Record<string, unknown>, durationText: (seconds: number) => string): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(params)) {
    if (typeof value === 'number' && key.endsWith('_m')) values[key.slice(0, -2)] = distanceText(value);
    else if (typeof value === 'number' && key.endsWith('_s')) values[key.slice(0, -2)] = durationText(Math.abs(value));
    else if (typeof value === 'number' || typeof value === 'string') values[key] = value;
  }
  return values;
}
