import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import en from '@/i18n/en/office.json';
import zh from '@/i18n/zh/office.json';

const OFFICE = fileURLToPath(new URL('../../src/office', import.meta.url));

function leaves(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) => leaves(value, path ? `${path}.${key}` : key));
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
const chinese = new Map(leaves(zh));
const english = new Map(leaves(en));

test('both languages have the same messages', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
});

test('both languages fill in the same values', () => {
  const different = [...chinese].filter(([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? '').join());
  expect(different).toEqual([]);
});

test('no English message holds Chinese words', () => {
  expect([...english].filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([]);
});

test('every message that a page names exists', () => {
  const missing = sources(OFFICE).flatMap((file) => {
    const keys = [...readFileSync(file, 'utf8').matchAll(/["'`](office(?:\.[a-z_0-9]+)+)["'`]/g)].map((match) => match[1] ?? '');
    return keys.filter((key) => !chinese.has(key) && !/^office\.flag$/.test(key)).map((key) => `${key} in ${file}`);
  });
  expect(missing).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(entry.name) ? [path] : [];
  });
}

// Closed sets of the server: each value reaches a screen somewhere, so each needs words.
test.each([
  ['hazard_state', ['draft', 'confirmed', 'assigned', 'rectifying', 'submitted', 'closed', 'voided', 'open']],
  ['event', ['found', 'item_failed', 'confirmed', 'regraded', 'assigned', 'deadline_set', 'transferred', 'transfer_accepted', 'extended', 'accepted', 'submitted', 'rechecked', 'closed', 'voided', 'merged', 'photo_added', 'noted']],
  ['ineffective', ['already_found', 'already_confirmed', 'not_confirmed', 'not_assigned', 'not_submitted', 'already_submitted', 'already_closed', 'voided', 'commitments_incomplete', 'deadline_not_later', 'needs_extension', 'same_grade', 'same_deadline', 'not_transferred', 'unreadable']],
  ['source', ['self_check', 'pairing_visit', 'department_check', 'tip_off', 'handed_down']],
  ['photo_role', ['overview', 'close_up', 'name_plate', 'before', 'after', 'signature', 'paper', 'item']],
  ['signature', ['signed', 'refused', 'paper', 'absent']],
  ['role', ['inspector', 'supervisor', 'county_office', 'administrator']],
  ['item_type', ['judgement', 'number', 'choice', 'facts', 'text', 'photo']],
  ['result', ['pass', 'fail', 'partial', 'not_applicable', 'unchecked']],
])('every %s has words', (group, values) => {
  expect(values.filter((value) => !chinese.has(`office.${group}.${value}`))).toEqual([]);
});
