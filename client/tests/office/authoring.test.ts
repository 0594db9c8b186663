import { expect, test } from 'vitest';
import type { AuthoringFault, Change, ChangeKind } from '@/office/api/authoring';
import { blockersOf, cellOf, changesToShow, faultsOf, faultsToShow, groupsOf, readinessOf } from '@/office/checklists/publishing';
import { unverifiedOf } from '@/office/checklists/unverified';

const text = (zh: string) => ({ zh, en: zh });

function fault(code: string, more: Partial<AuthoringFault> = {}): AuthoringFault {
  return { pointer: '#', code, detail: code, params: {}, ...more };
}

function change(kind: ChangeKind, breaking = false): Change {
  return { kind, subject: kind, breaking, text: text(kind) };
}

const DROP = fault('drops-answers', { params: { subject: 'exit' } });

test.each([
  ['a number that is taken', [fault('version-taken')], [], '王主任', 'blocked'],
  ['a loss of answers that nobody ticked', [DROP], [], '王主任', 'unticked'],
  ['a loss of answers of which another one was ticked', [DROP], ['alarm'], '王主任', 'unticked'],
  ['nobody who approved it', [], [], '  ', 'no_approver'],
  ['nothing', [DROP], ['exit'], '王主任', 'ready'],
])('what stands against publishing: %s', (_what, obstacles, ticked, approver, readiness) => {
  expect(readinessOf(obstacles, ticked, approver)).toBe(readiness);
});

test('a loss of answers is no blocker, since a tick settles it', () => {
  expect(blockersOf([DROP, fault('unchanged')]).map(({ code }) => code)).toEqual(['unchanged']);
});

test('changes that lose answers stand first, then by weight', () => {
  const shown = changesToShow({ changes: [change('reworded'), change('added'), change('rescored', true), change('removed')] });

  expect(shown.map(({ kind }) => kind)).toEqual(['rescored', 'removed', 'added', 'reworded']);
});

test('what only reads or stands otherwise is under a heading of its own, unless it loses answers', () => {
  const changes = [change('reordered'), change('reworded'), change('scope'), change('moved', true)];

  const groups = groupsOf(changesToShow({ changes })).map(({ group, changes: found }) => [group, found.map(({ kind }) => kind)]);

  expect(groups).toEqual([['loses', ['moved']], ['alters', ['scope']], ['wording', ['reworded', 'reordered']]]);
});

test.each([
  [fault('x', { params: { sheet: 'survey', row: 12, column: 'C' } }), { sheet: 'survey', cell: 'C12' }],
  [fault('x', { params: { sheet: 'settings', row: null, column: null } }), { sheet: 'settings', cell: '' }],
  [fault('x', { pointer: 'survey!D7' }), { sheet: 'survey', cell: 'D7' }],
  [fault('x', { pointer: '#/sections/0/items/3/points' }), null],
])('the cell of a fault is read from its parameters or its pointer', (of, cell) => {
  expect(cellOf(of)).toEqual(cell);
});

test('errors stand before notes and keep the order of the file', () => {
  const faults = [fault('a', { params: { severity: 'warning' } }), fault('b', { params: { severity: 'error' } }), fault('c')];

  expect(faultsToShow(faults).map(({ code }) => code)).toEqual(['b', 'c', 'a']);
});

test('a refusal that says nothing about the checklist itself has no table of faults', () => {
  const stale = { pointer: '#/hash', code: 'stale', detail: '', params: { hash: 'abc' } };
  const worded = fault('schema-enum', { params: { what: text('不在可选值内') } });

  expect(faultsOf({ errors: [stale, worded] })).toEqual([worded]);
  expect(faultsOf(null)).toEqual([]);
});

test('unverified items and clauses are listed with their reasons and grounds', () => {
  const item = { id: 'exit', type: 'judgement', statement: text('安全出口畅通'), points: 2 };
  const rows = unverifiedOf({
    sections: [{ id: 's', title: text('门口'), weight: 1, items: [{ ...item, basis: [{ standard: 'fire-law', clause: '第28条' }], unverified: { reason: text('条号待查') } }, { ...item, id: 'alarm' }] }],
    determinations: [{ id: 'd1', title: text('锁闭出口'), standard: 'gb-1', clause: '6.1', grade: 'major', halt: 'none', regulator: 'fire', unverified: { reason: text('凭记忆') } }],
  });

  expect(rows).toEqual([
    { id: 'exit', kind: 'item', where: text('门口'), statement: text('安全出口畅通'), reason: text('条号待查'), basis: [{ standard: 'fire-law', clause: '第28条' }] },
    { id: 'd1', kind: 'determination', where: null, statement: text('锁闭出口'), reason: text('凭记忆'), basis: [{ standard: 'gb-1', clause: '6.1' }] },
  ]);
});
