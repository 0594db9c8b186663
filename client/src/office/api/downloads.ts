import { postJson } from './http';
import { listOf } from './lists';
import type { Download, DownloadFormat, DownloadKind } from './types';

export interface DownloadOrder { kind: DownloadKind; format: DownloadFormat; period: string; filters: Record<string, string>; language: 'zh' | 'en' }

export function orderDownload(order: DownloadOrder): Promise<Download> {
  return postJson<Download>('/api/downloads', order);
}

export const listDownloads = listOf<Download>('/api/downloads');
