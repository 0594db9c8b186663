/** Subjects on the map and the state that colours them, the most urgent first. */
import type { SubjectBrief, SubjectScoreRow } from '../api/types';
import { count } from './figures';

export type PointState = 'major' | 'overdue' | 'open' | 'unvisited' | 'clear';
export const POINT_STATES: readonly PointState[] = ['major', 'overdue', 'open', 'unvisited', 'clear'];
export interface MapPoint { id: string; name: string; town: string; lng: number; lat: number; state: PointState }

export function pointState(subject: SubjectBrief, row: SubjectScoreRow | undefined): PointState {
  if (row && count(row.figures.majors_open) > 0) return 'major';
  if (row && count(row.figures.hazards_overdue) > 0) return 'overdue';
  if ((subject.open_hazards ?? 0) > 0) return 'open';
  return row && count(row.figures.visits) === 0 ? 'unvisited' : 'clear';
}

/** Subjects without a position cannot be drawn; urgent ones come last so that they lie on top. */
export function mapPoints(subjects: SubjectBrief[], rows: SubjectScoreRow[]): MapPoint[] {
  const byId = new Map(rows.map((row) => [row.subject.id, row]));
  const points = subjects.flatMap((subject) => {
    if (!subject.position) return [];
    const { lng, lat } = subject.position;
    return [{ id: subject.id, name: subject.name, town: subject.town_name, lng, lat, state: pointState(subject, byId.get(subject.id)) }];
  });
  return points.sort((a, b) => POINT_STATES.indexOf(b.state) - POINT_STATES.indexOf(a.state));
}

export function countByState(points: MapPoint[]): Record<PointState, number> {
  const counts: Record<PointState, number> = { major: 0, overdue: 0, open: 0, unvisited: 0, clear: 0 };
  for (const point of points) counts[point.state] += 1;
  return counts;
}
