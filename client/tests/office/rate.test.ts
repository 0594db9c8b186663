import { expect, test } from 'vitest';
import { countText, figureText, fractionText, percentText } from '@/office/format/rate';

test('a rate shows the text that the server rounded', () => {
  expect(percentText({ numerator: 1999, denominator: 2000, display: '99.9' })).toBe('99.9%');
});

test('an empty denominator shows a slash and no per cent sign', () => {
  expect(percentText({ numerator: 0, denominator: 0, display: '/' })).toBe('/');
});

test('numerator and denominator are grouped by thousands', () => {
  expect(fractionText({ numerator: 1206, denominator: 1306, display: '92.3' })).toBe('1,206/1,306');
  expect(countText(1947)).toBe('1,947');
});

test('a count is grouped by thousands, a rate in percent, a score as it is', () => {
  expect(figureText({ numerator: 1947, denominator: null, display: '1947' })).toBe('1,947');
  expect(figureText({ numerator: 24, denominator: 27, display: '88.8' })).toBe('88.8%');
  expect(figureText({ numerator: null, denominator: 6, display: '94.5' })).toBe('94.5');
  expect(figureText({ numerator: 0, denominator: 0, display: '/' })).toBe('/');
});
