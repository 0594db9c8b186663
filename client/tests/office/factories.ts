/** Valid by default; a test names only what matters to it. */
import type { ComparisonRow, HazardDetail, Overview, ReviewItem, ReviewPhoto, SubjectBrief, SubjectScoreRow, User } from '@/office/api/types';

const NO_RATE = { numerator: 0, denominator: 0, display: '/' };

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

export function makeOverview(change: Partial<Overview> = {}): Overview {
  return {
    period: '2026-Q4', as_of: '2026-11-24T08:00:00+08:00', refreshing: 0, subjects: 60, visited: NO_RATE, coverage: NO_RATE, visits_due: 0, visits_done: 0, hazards_found: 0,
    rectification: NO_RATE, on_time: NO_RATE, major_rectification: NO_RATE, major: { found: 0, closed: 0, open: 0, overdue: 0, listed: 0 }, overdue: 0, zero_accident: null, reviews_pending: 0,
    targets: [], score: { count: 0, median: '/', mean: '/' }, ...change,
  };
}

export function makeScoreRow(id: string, change: Partial<SubjectScoreRow> = {}): SubjectScoreRow {
  return {
    subject: { id, name: id, kind: 'enterprise', town_code: '140525108', town_name: '巴公镇', sectors: [], department_name: '' }, visits_due: 1, visits_done: 1, submissions: 1,
    hazards_found: 0, rectification: NO_RATE, on_time: NO_RATE, major_found: 0, major_open: 0, overdue: 0, score: null, ...change,
  };
}

export function makeSubject(id: string, change: Partial<SubjectBrief> = {}): SubjectBrief {
  return { id, name: id, kind: 'enterprise', sectors: [], town_code: '140525108', town_name: '巴公镇', position: { lng: 112.9, lat: 35.6 }, open_hazards: 0, ...change };
}

export function makeUser(...roles: User['roles'][number]['role'][]): User {
  return { id: 'u', username: 'u', name: '示例', title: null, county_code: '140525', locale: null, roles: roles.map((role) => ({ role, scope_kind: 'county', scope_id: '140525', scope_name: '泽州县' })) };
}

export function makeComparisonRow(change: Partial<ComparisonRow> = {}): ComparisonRow {
  return {
    code: '140525108', name: '巴公镇', rank: 1, insufficient_sample: false, subjects: 5, visits_due: 7, visits_done: 4, hazards_found: 1, rectification: NO_RATE, on_time: NO_RATE, coverage: NO_RATE,
    major_found: 0, major_open: 0, overdue: 0, score: { count: 0, median: '/', mean: '/' }, ...change,
  };
}
