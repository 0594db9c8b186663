import { getJson } from './http';
import type { Area, Department, SubjectBrief } from './types';

export async function listAreas(): Promise<Area[]> {
  return (await getJson<{ areas: Area[] }>('/api/register/areas')).areas;
}

export async function listDepartments(): Promise<Department[]> {
  return (await getJson<{ departments: Department[] }>('/api/register/departments')).departments;
}

export interface SubjectPage { items: SubjectBrief[]; total: number }

export function listSubjects(params: Record<string, string>, signal?: AbortSignal): Promise<SubjectPage> {
  return getJson<SubjectPage>('/api/register/subjects', params, signal);
}

export function fetchSubject(id: string, signal?: AbortSignal): Promise<SubjectBrief> {
  return getJson<SubjectBrief>(`/api/register/subjects/${id}`, {}, signal);
}
