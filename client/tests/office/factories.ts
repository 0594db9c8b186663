/** Valid by default; a test names only what matters to it. */
import actionsOfRoles from './actions-of-roles.json';
import { Figure, type Action, type Role } from '@/vocabulary/codes';
import type { Figures, FigureValue, HazardDetail, Overview, ReviewItem, ReviewPhoto, SubjectBrief, SubjectScoreRow, User } from '@/office/api/types';

export function makePhoto(id: string, change: Partial<ReviewPhoto> = {}): ReviewPhoto {
  return {
    id, role: 'close_up', source: 'camera', display_url: `/display/${id}`, thumbnail_url: `/thumbnail/${id}`, original_url: null, marked_url: null, width: 1600, height: 1200,
    captured_at: '2026-11-02T10:21:00+08:00', uploaded_at: null, author_name: null, broken: null,
    positions: { subject: null, photo_exif: null, device_fix: null }, distances_m: { subject_device: null, subject_exif: null, device_exif: null }, review: null, reviews: [], ...change,
  };
}

export function makeItem(id: string, change: Partial<ReviewItem> = {}): ReviewItem {
  const photo = makePhoto(id);
  return {
    photo, before: null, after: null, hazard: null, flags: [], review: null, positions: photo.positions, distances_m: photo.distances_m,
    subject: { id: 's', name: '巴公化工（示例）', town_code: '140525108', town_name: '巴公镇', sectors: ['hazardous_chemicals'] }, ...change,
  };
}

export function makeHazard(change: Partial<HazardDetail> = {}): HazardDetail {
  return {
    id: 'h', number: '2026-00000001', subject: { id: 's', name: '巴公化工（示例）', town_name: '巴公镇', sectors: [] }, description: '消防通道被占用', spot: '东侧', grade: 'general', state: 'draft',
    overdue: false, found_at: '2026-11-10T09:15:00+08:00', deadline: '2026-11-20', original_deadline: '2026-11-20', submitted_at: null, closed_at: null, owner: null, responsible_unit: null,
    source: 'pairing_visit', returned_count: 0, fixed_on_spot: false, photos: [], kind_of_hazard: null, basis: [], determinations: [], commitments: null, missing_commitments: [], confirmed_at: null, return_reason: null, events: [], ...change,
  };
}

const figure = (numerator: number | null, denominator: number | null, display: string): FigureValue => ({ numerator, denominator, display, exact: display, target: null });

/** Counts are 0, rates and scores have nothing behind them. */
export function makeFigures(change: Partial<Figures> = {}): Figures {
  const statistics: readonly string[] = ['mean_score', 'median_score'];
  const empty = Object.values(Figure).map((name) => [name, name.endsWith('_rate') ? figure(0, 0, '/') : statistics.includes(name) ? figure(null, 0, '/') : figure(0, null, '0')]);
  return { ...(Object.fromEntries(empty) as Figures), ...change };
}

export const countOf = (n: number): FigureValue => figure(n, null, String(n));
export const rateOf = (numerator: number, denominator: number, display: string): FigureValue => figure(numerator, denominator, display);

export function makeOverview(change: Partial<Overview> = {}): Overview {
  return { period: '2026-Q4', as_of: '2026-11-24T08:00:00+08:00', refreshing: 0, figures: makeFigures(), zero_accident: [], reviews_pending: 0, ...change };
}

export function makeScoreRow(id: string, figures: Partial<Figures> = {}): SubjectScoreRow {
  return {
    subject: { id, name: id, kind: 'enterprise', town_code: '140525108', town_name: '巴公镇', sectors: [], department_name: '' }, is_on_books: true,
    figures: makeFigures({ visits: countOf(1), ...figures }), score: null,
  };
}

export function makeSubject(id: string, change: Partial<SubjectBrief> = {}): SubjectBrief {
  return { id, name: id, kind: 'enterprise', sectors: [], town_code: '140525108', town_name: '巴公镇', position: { lng: 112.9, lat: 35.6 }, open_hazards: 0, ...change };
}

const ACTIONS = actionsOfRoles as Record<Role, Action[]>;

/** tests/server/test_sign_in.py holds the table of actions against the server's. */
export function makeUser(...roles: User['roles'][number]['role'][]): User {
  const actions = [...new Set(roles.flatMap((role) => ACTIONS[role]))];
  return { id: 'u', username: 'u', name: '示例', title: '', county_code: '140525', locale: '', actions, roles: roles.map((role) => ({ role, scope_kind: 'county', scope_id: '140525', scope_name: '泽州县' })) };
}
