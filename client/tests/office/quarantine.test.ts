import { expect, test } from 'vitest';
import { answerGroups, pathOfPointer } from '@/office/quarantine/answerRows';

const text = (zh: string) => ({ zh, en: zh });
const item = (id: string, more = {}) => ({ id, type: 'judgement', statement: text(id), points: 1, ...more });
const DOCUMENT = {
  sections: [
    { id: 'door', title: text('门口'), weight: 1, items: [item('exit'), item('gas', { number: { unit: '%', limits: [] } })] },
    { id: 'lorries', title: text('车辆'), weight: 1, repeat: {}, items: [item('brake')] },
  ],
};

test('answers stand beside their items, repeats by their names, in the order of the checklist', () => {
  const groups = answerGroups(DOCUMENT, {
    answers: { gas: { value: '0.4' }, exit: { result: 'pass' } },
    repeats: { lorries: [{ key: '晋E12345', answers: { brake: { result: 'fail' } } }] },
  });

  expect(groups.map((group) => [group.title?.zh, group.instance, group.rows.map((row) => row.path)])).toEqual([
    ['门口', null, ['exit', 'gas']],
    ['车辆', '晋E12345', ['lorries[0].brake']],
  ]);
  expect(groups[0]?.rows[1]?.unit).toBe('%');
});

test('answers without an item are shown as well', () => {
  const groups = answerGroups(DOCUMENT, { answers: { gone: { result: 'pass' } }, repeats: { vans: [{ key: '1', answers: { horn: 1 } }] } });

  expect(groups.map((group) => [group.title, group.rows.map((row) => row.path)])).toEqual([[null, ['gone', 'vans[0].horn']]]);
});

test.each([
  ['answers of the wrong kind', { answers: [1, 2], repeats: 'x' }],
  ['no answers at all', {}],
])('a record with %s is read without a fault', (_what, body) => {
  expect(answerGroups(DOCUMENT, body)).toEqual([]);
});

test('without its checklist a record shows every answer by its id', () => {
  expect(answerGroups(null, { answers: { exit: { result: 'pass' } } })[0]?.rows[0]?.path).toBe('exit');
});

test.each([
  ['#/answers/exit/value', 'exit'],
  ['/answers/exit', 'exit'],
  ['#/repeats/lorries/0/answers/brake/result', 'lorries[0].brake'],
  ['#/profile/kind', null],
  ['', null],
])('the pointer %s is about the item %s', (pointer, path) => {
  expect(pathOfPointer(pointer)).toBe(path);
});
