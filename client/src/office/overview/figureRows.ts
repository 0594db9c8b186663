/** Which rows stand behind a figure, and how to ask for them. The rules of counting are the server's; these only select. */
import { FigurePart } from '../../vocabulary/codes';
import type { Figure, Grouping } from '../../vocabulary/codes';
import type { FigureValue } from '../api/types';

/** `scope` are filters; `by` and `code` a group of the comparison ("none": what is in no group). */
export interface FigureQuestion { figure: Figure; scope: Record<string, string>; scopeName: string; period: string; by?: Grouping; code?: string }

/** What a row opens. */
export interface Opened { kind: 'hazard' | 'visit' | 'subject'; id: string }

export function rowParams({ scope, period, by, code }: FigureQuestion): Record<string, string> {
  return { ...scope, period, ...(by !== undefined && code !== undefined ? { by, code } : {}) };
}

/** A rate has a numerator and a rest; what is a count has one part. */
export function figureParts(value: FigureValue | null): FigurePart[] {
  return value && value.numerator !== null && value.denominator !== null
    ? [FigurePart.numerator, FigurePart.rest, FigurePart.denominator]
    : [FigurePart.denominator];
}

export function partSize(part: FigurePart, { numerator, denominator }: FigureValue): number {
  const all = denominator ?? numerator ?? 0;
  if (part === FigurePart.denominator) return all;
  return part === FigurePart.numerator ? (numerator ?? 0) : all - (numerator ?? 0);
}
