import { expect, test } from 'vitest';
import { belongsToControl, commandFor, type KeyPress } from '@/office/composables/hotkeys';
import { REVIEW_KEYS } from '@/office/review/keys';

function press(key: string, change: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: null, ...change };
}

const on = (tagName: string, more: object = {}): EventTarget => ({ tagName, ...more }) as unknown as EventTarget;

test.each([
  ['a', 'approve'], ['A', 'approve'], ['r', 'return'], ['s', 'second'], ['z', 'undo'],
  ['ArrowRight', 'next'], ['ArrowLeft', 'previous'], [' ', 'zoom'], ['Escape', 'cancel'],
])('"%s" means %s', (key, command) => {
  expect(commandFor(press(key), REVIEW_KEYS)).toBe(command);
});

test('a letter typed into a field decides nothing', () => {
  expect(commandFor(press('a', { target: on('INPUT') }), REVIEW_KEYS)).toBeNull();
  expect(commandFor(press('a', { target: on('TEXTAREA') }), REVIEW_KEYS)).toBeNull();
  expect(commandFor(press('a', { target: on('DIV', { isContentEditable: true }) }), REVIEW_KEYS)).toBeNull();
});

test('copying or reloading by keyboard decides nothing', () => {
  expect(commandFor(press('a', { ctrlKey: true }), REVIEW_KEYS)).toBeNull();
  expect(commandFor(press('r', { metaKey: true }), REVIEW_KEYS)).toBeNull();
});

test('a key held down approves one photo, not a row of them', () => {
  expect(commandFor(press('a', { repeat: true }), REVIEW_KEYS)).toBeNull();
});

test('space belongs to the focused button, a letter does not', () => {
  expect(belongsToControl(press(' ', { target: on('BUTTON') }))).toBe(true);
  expect(belongsToControl(press('a', { target: on('BUTTON') }))).toBe(false);
  expect(belongsToControl(press(' ', { target: on('DIV') }))).toBe(false);
});
