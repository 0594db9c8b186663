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
