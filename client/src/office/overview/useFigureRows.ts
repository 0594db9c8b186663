/** A page of the rows behind a figure. */
import { computed, type ComputedRef } from 'vue';
import { fetchFigureRows } from '../api/scores';
import type { FigurePart } from '../../vocabulary/codes';
import type { FigureRows } from '../api/types';
import { useLoad, type Loader } from '../composables/useLoad';
import { rowParams, type FigureQuestion } from './figureRows';

const PAGE_SIZE = '20';

export function useFigureRows(asked: ComputedRef<{ question: FigureQuestion; part: FigurePart; cursor: string }>): Loader<FigureRows> {
  return useLoad((signal) => {
    const { question, part, cursor } = asked.value;
    return fetchFigureRows(question.figure, part, { ...rowParams(question), page_size: PAGE_SIZE, count: 'true', ...(cursor ? { cursor } : {}) }, signal);
  }, computed(() => JSON.stringify(asked.value)));
}
