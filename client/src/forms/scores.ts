/** The score of one submission: exact arithmetic, gates, vetoes, bands; what is shown is rounded last. */

import type { VisitScope } from "../vocabulary/codes.ts";
import type { Checklist, Section } from "./checklist.ts";
import type { AnswersDocument } from "./format.ts";
import { NO_VALUE, percentageText } from "./percentages.ts";
import { decimalText } from "./quantities.ts";
import type { Part, Reading } from "./reading.ts";
import { pathOf, readAnswers } from "./reading.ts";

/** Points of one shown section. `rate` is a shown percentage ("90.0"), null if nothing in it applies. */
export interface SectionScore {
  readonly id: string;
  readonly earned: string;
  readonly applicable: string;
  readonly rate: string | null;
  readonly gateFailed: boolean;
}

/**
 * The score of one submission.
 *
 * Shape:  numerator ÷ denominator is the exact share of 100 in lowest terms, both null when no points apply. `grade` is
 *         null while provisional. `checked` of `total` items are answered. Only items in the `scope` of the visit count: all,
 *         or the core items and the `addedSections`. A repeated section that applies and has no instance is one unanswered
 *         item until somebody says that there is none here.
 */
export interface Score {
  readonly numerator: bigint | null;
  readonly denominator: bigint | null;
  readonly provisional: boolean;
  readonly checked: number;
  readonly total: number;
  readonly sections: readonly SectionScore[];
  readonly grade: string | null;
  readonly vetoPaths: readonly string[];
  readonly outsideVetoes: readonly string[];
  readonly insufficientSample: boolean;
  readonly display: string;
  readonly scope: VisitScope;
  readonly addedSections: readonly string[];
  readonly emptySections: readonly string[];
}

/** Sums over the items of one section, in thousandths of a point. */
interface Tally {
  readonly section: Section;
  earned: number;
  applicable: number;
  skipped: number;
  unchecked: number;
  checked: number;
  total: number;
  gateFailed: boolean;
}

interface Share {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The score of an answers document.
 *
 * Shape:  `outsideVetoes` are references to records (an accident number) that force the lowest grade.
 * Source: tests/vectors/forms/scores.json (the twelve vectors of scoring.md §4); also forms/scores.py.
 */
export function score(
  checklist: Checklist,
  answers: AnswersDocument | Reading,
  outsideVetoes: readonly string[] = [],
): Score {
  const reading = readAnswers(checklist, answers);
  const vetoPaths: string[] = [];
  const tallies = reading.shown.map(emptyTally);
  for (const part of reading.parts) {
    const tally = tallies.find((candidate) => candidate.section === part.section);
    if (tally !== undefined) add(part, tally, vetoPaths);
  }
  for (const tally of tallies) {
    if (reading.empty.includes(tally.section)) tally.total += 1;
    if (!reading.noneHere.includes(tally.section)) continue;
    tally.total += 1;
    tally.checked += 1;
  }
  for (const tally of tallies) tally.gateFailed ||= isBelowMinimum(tally);

  const share = shareOf(tallies);
  const checked = sum(tallies, (tally) => tally.checked);
  const total = sum(tallies, (tally) => tally.total);
  const isVetoed = vetoPaths.length + outsideVetoes.length > 0;
  return {
    numerator: share?.numerator ?? null,
    denominator: share?.denominator ?? null,
    provisional: checked < total,
    checked,
    total,
    sections: tallies.map(sectionScore),
    grade: gradeOf(checklist, share, checked < total, isVetoed),
    vetoPaths,
    outsideVetoes,
    insufficientSample: isInsufficient(checklist, tallies),
    display: share === null ? NO_VALUE : displayOf(checklist, share),
    scope: reading.scope,
    addedSections: reading.scope === "full" ? [] : checklist.sections.flatMap(({ id }) => (reading.added.has(id) ? [id] : [])),
    emptySections: reading.empty.map((section) => section.id),
  };
}

function emptyTally(section: Section): Tally {
  return { section, earned: 0, applicable: 0, skipped: 0, unchecked: 0, checked: 0, total: 0, gateFailed: false };
}

function add(part: Part, tally: Tally, vetoPaths: string[]): void {
  part.section.items.forEach((item, position) => {
    const result = part.results[position] ?? null;
    const earned = part.earned[position] ?? 0;
    if (result === null || !(part.whole || item.core)) return;
    if (item.counted) {
      tally.total += 1;
      if (result !== "unchecked") tally.checked += 1;
    }
    if (result === "not_applicable") {
      tally.skipped += item.points;
    } else if (result === "unchecked") {
      tally.unchecked += item.points;
    } else {
      tally.earned += earned;
      tally.applicable += item.points;
      if (item.veto && result === "fail") vetoPaths.push(pathOf(part, item));
      // A guarantee item that earns nothing fails, however it came to that.
      if (item.gate && (result === "fail" || (result === "partial" && earned === 0 && item.points > 0))) {
        tally.gateFailed = true;
      }
    }
  });
}

/** Whether a section that is completely checked earns less than its gate asks; before that it is not decided. */
function isBelowMinimum(tally: Tally): boolean {
  const minimum = tally.section.gateMinimumPercent;
  if (minimum === null || tally.applicable === 0 || tally.checked < tally.total) return false;
  return BigInt(tally.earned) * 100_000n < BigInt(minimum) * BigInt(tally.applicable);
}

/** Σ(weight · rate) ÷ Σ weight over the sections that apply, in lowest terms. */
function shareOf(tallies: readonly Tally[]): Share | null {
  let numerator = 0n;
  let denominator = 1n;
  let weights = 0n;
  for (const tally of tallies) {
    if (tally.applicable === 0) continue;
    const weight = BigInt(tally.section.weight);
    const applicable = BigInt(tally.applicable);
    const earned = BigInt(tally.gateFailed ? 0 : tally.earned);
    ({ numerator, denominator } = reduced(
      numerator * applicable + weight * earned * denominator,
      denominator * applicable,
    ));
    weights += weight;
  }
  return weights === 0n ? null : reduced(numerator, denominator * weights);
}

function reduced(numerator: bigint, denominator: bigint): Share {
  let [divisor, rest] = [denominator, numerator % denominator];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function sectionScore(tally: Tally): SectionScore {
  const minimum = tally.section.gateMinimumPercent;
  const lines = minimum === null ? [100_000] : [100_000, minimum];
  const earned = BigInt(tally.gateFailed ? 0 : tally.earned);
  return {
    id: tally.section.id,
    earned: decimalText(tally.earned),
    applicable: decimalText(tally.applicable),
    rate: tally.applicable === 0 ? null : percentageText(earned, BigInt(tally.applicable), lines, 1),
    gateFailed: tally.gateFailed,
  };
}

function gradeOf(checklist: Checklist, share: Share | null, provisional: boolean, isVetoed: boolean): string | null {
  if (provisional) return null;
  if (isVetoed) return checklist.bands.at(-1)?.grade ?? null;
  if (share === null) return null;
  const reached = checklist.bands.find(
    (band) => share.numerator * 100_000n >= BigInt(band.atLeast) * share.denominator,
  );
  return reached?.grade ?? null;
}

function isInsufficient(checklist: Checklist, tallies: readonly Tally[]): boolean {
  const skipped = sum(tallies, (tally) => tally.skipped);
  const everything = sum(tallies, (tally) => tally.applicable + tally.skipped + tally.unchecked);
  return BigInt(skipped) * 100_000n > BigInt(checklist.notApplicableLimitPercent) * BigInt(everything);
}

function displayOf(checklist: Checklist, share: Share): string {
  const lines = [100_000, ...checklist.bands.map((band) => band.atLeast)];
  return percentageText(share.numerator, share.denominator, lines, checklist.decimals === 0 ? 0 : 1);
}

function sum(tallies: readonly Tally[], part: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + part(tally), 0);
}
