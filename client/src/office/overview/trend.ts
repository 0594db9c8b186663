/** The option of the trend chart. Tooltips are rich text on the canvas: HTML ones would need inline styles. */
import type { EChartsCoreOption } from 'echarts/core';
import type { TrendPoint } from '../api/types';
import { dateText } from '../format/dates';
import { fractionText, percentText, type Rate } from '../format/rate';

const RECTIFICATION_COLOR = '#0b4ea2';
const ON_TIME_COLOR = '#0a7d3c';

interface SeriesNames { rectification: string; on_time: string }

/** Height of a point; an empty denominator is a gap in the line, never zero. */
export function pointValue(rate: Rate): number | null {
  return rate.denominator === 0 ? null : Number(((rate.numerator / rate.denominator) * 100).toFixed(2));
}

/** The lowest line of the axis: tens below the lowest value, so that a good county is not a flat line at the top. */
export function axisFloor(points: TrendPoint[]): number {
  const values = points.flatMap((point) => [pointValue(point.rectification), pointValue(point.on_time)]).filter((value) => value !== null);
  return values.length === 0 ? 0 : Math.max(0, Math.floor((Math.min(...values) - 3) / 10) * 10);
}

export function trendOption(points: TrendPoint[], names: SeriesNames, locale: string): EChartsCoreOption {
  const weekText = (index: number): string => dateText(points[index]?.week_start, locale, points[index]?.week_start ?? '');
  const line = (name: string, color: string, rate: (point: TrendPoint) => Rate, dashed: boolean): object => ({
    name, type: 'line', color, symbolSize: 6, showSymbol: points.length <= 14, connectNulls: false,
    lineStyle: { width: 2.2, type: dashed ? 'dashed' : 'solid' }, data: points.map((point) => pointValue(rate(point))),
  });
  return {
    animationDuration: 300,
    textStyle: { fontFamily: '"PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif' },
    grid: { left: 46, right: 14, top: 34, bottom: 26 },
    legend: { top: 0, right: 0, itemWidth: 22, itemHeight: 8, textStyle: { color: '#4b5563', fontSize: 12.5 } },
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true, borderColor: '#cfd6e1', padding: [8, 12], textStyle: { color: '#111827', fontSize: 13 },
      formatter: (hits: { dataIndex: number }[]) => tooltipText(points[hits[0]?.dataIndex ?? 0], names, weekText(hits[0]?.dataIndex ?? 0)),
    },
    xAxis: {
      type: 'category', boundaryGap: false, data: points.map((_, index) => weekText(index)),
      axisLine: { lineStyle: { color: '#cfd6e1' } }, axisTick: { show: false }, axisLabel: { color: '#4b5563', fontSize: 12, hideOverlap: true },
    },
    yAxis: { type: 'value', min: axisFloor(points), max: 100, splitNumber: 4, axisLabel: { color: '#4b5563', fontSize: 12, formatter: '{value}%' }, splitLine: { lineStyle: { color: '#e8ecf3' } } },
    series: [line(names.rectification, RECTIFICATION_COLOR, (point) => point.rectification, false), line(names.on_time, ON_TIME_COLOR, (point) => point.on_time, true)],
  };
}

export function tooltipText(point: TrendPoint | undefined, names: SeriesNames, week: string): string {
  if (!point) return '';
  const row = (name: string, rate: Rate): string => `${name}  ${percentText(rate)}${rate.denominator ? `  (${fractionText(rate)})` : ''}`;
  return [week, row(names.rectification, point.rectification), row(names.on_time, point.on_time)].join('\n');
}
