import { expect, test } from 'vitest';
import { actionsFor, eventOf, faultsOf, startingValues } from '@/office/hazards/actions';
import { eventFacts } from '@/office/hazards/timeline';
import { makeHazard } from './factories';

test.each([
  ['draft', 'confirmed'], ['confirmed', 'assigned'], ['assigned', 'accepted'], ['rectifying', 'submitted'], ['submitted', 'rechecked'], ['closed', 'noted'], ['voided', 'noted'],
] as const)('the first action on a %s hazard is %s', (state, first) => {
  expect(actionsFor(makeHazard({ state, confirmed_at: '2026-11-10T10:00:00+08:00' }))[0]).toBe(first);
});

test('what was fixed on the spot can still be confirmed', () => {
  expect(actionsFor(makeHazard({ state: 'submitted', confirmed_at: null }))).toContain('confirmed');
  expect(actionsFor(makeHazard({ state: 'submitted', confirmed_at: '2026-11-10T10:00:00+08:00' }))).not.toContain('confirmed');
});

test('nothing but a note can be added to a closed hazard', () => {
  expect(actionsFor(makeHazard({ state: 'closed' }))).toEqual(['noted']);
});

test('assigning starts from the subject and the known owner', () => {
  const values = startingValues('assigned', makeHazard({ owner: { name: '张建国', title: '矿长' } }), '2026-11-24');
  expect(values).toEqual({ responsible_unit: '巴公化工（示例）', owner_name: '张建国', owner_title: '矿长', owner_phone: '', deadline: '2026-11-20' });
});

test('all faults of a form are reported at once', () => {
  expect(faultsOf('extended', { deadline: '2026-11-20', reason: ' ' }, '2026-11-20')).toEqual({ deadline: 'deadline_not_later', reason: 'required', approver: 'required' });
});

test('a returned re-check needs a reason, a passed one does not', () => {
  expect(faultsOf('rechecked', { result: 'return' }, null)).toEqual({ reason: 'reason_for_return' });
  expect(faultsOf('rechecked', { result: 'pass' }, null)).toEqual({});
});

test('the owner travels as one object and blanks stay at home', () => {
  const event = eventOf('assigned', { responsible_unit: '巴公化工', owner_name: ' 张建国 ', owner_title: '', owner_phone: '', deadline: '2026-11-30' }, makeHazard());
  expect(event).toEqual({ kind: 'assigned', responsible_unit: '巴公化工', deadline: '2026-11-30', owner: { name: '张建国', title: '', phone: '' } });
});

test('commitments are sent under their own names', () => {
  const event = eventOf('accepted', { commitment_measures: '清理堆料', commitment_funds_wan: '0', commitment_deadline: '' }, makeHazard());
  expect(event).toEqual({ kind: 'accepted', commitments: { measures: '清理堆料', funds_wan: '0' } });
});

test('confirming keeps the grounds of the finding', () => {
  const basis = [{ standard: 'fire-law-2021', clause: '第28条' }];
  expect(eventOf('confirmed', { grade: 'major' }, makeHazard({ basis }))).toEqual({ kind: 'confirmed', grade: 'major', basis });
});

test('a timeline line says what the event says, in a fixed order', () => {
  const event = { id: 'e', kind: 'extended', at: '2026-11-18T09:00:00+08:00', received_at: '', author_name: null, ineffective: null, body: { approver: '李县长', deadline: '2026-11-28', reason: '配件未到货', photos: [] } };
  expect(eventFacts(event)).toEqual([{ key: 'deadline', value: '2026-11-28' }, { key: 'reason', value: '配件未到货' }, { key: 'approver', value: '李县长' }]);
});
