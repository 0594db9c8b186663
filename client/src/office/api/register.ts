import { getJson } from './http';
import { listOf } from './lists';
import type { Area, Department, SubjectBrief } from './types';

export async function listAreas(): Promise<Area[]> {
  return (await getJson<{ areas: Area[] }>('/api/register/areas')).areas;
}

export async function listDepartments(): Promise<Department[]> {
  return (await getJson<{ departments: Department[] }>('/api/register/departments')).departments;
}

export const listSubjects = listOf<SubjectBrief>('/api/register/subjects');

export function fetchSubject(id: string, signal?: AbortSignal): Promise<SubjectBrief> {
  return getJson<SubjectBrief>(`/api/register/subjects/${id}`, {}, signal);
}
