import { getJson, postJson } from './http';
import type { Download, DownloadFormat, DownloadKind } from './types';

export interface DownloadOrder { kind: DownloadKind; format: DownloadFormat; period: string; filters: Record<string, string>; language: 'zh' | 'en' }

export function orderDownload(order: DownloadOrder): Promise<Download> {
  return postJson<Download>('/api/downloads', order);
}

export async function listDownloads(signal?: AbortSignal): Promise<Download[]> {
  return (await getJson<{ downloads: Download[] }>('/api/downloads', {}, signal)).downloads;
}
