import { getJson, postJson } from './http';
import type { Download, DownloadFormat, DownloadKind } from './types';

export interface DownloadOrder { kind: DownloadKind; format: DownloadFormat; period: string; filters: Record<string, string> }

export function orderDownload(order: DownloadOrder): Promise<Download> {
  return postJson<Download>('/api/downloads', order);
}

export async function listDownloads(signal?: AbortSignal): Promise<Download[]> {
  return (await getJson<{ items: Download[] }>('/api/downloads', {}, signal)).items;
}

export function fileAddress(id: string): string {
  return `/api/downloads/${id}/file`;
}
