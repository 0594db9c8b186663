/** "2 小时 5 分" of a number of seconds. */
import { useI18n } from '../../i18n';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export function useDurationText(): { durationText: (seconds: number) => string } {
  const { t } = useI18n();

  function durationText(seconds: number): string {
    if (seconds < MINUTE) return t('office.duration.seconds', { n: Math.round(seconds) });
    if (seconds < HOUR) return t('office.duration.minutes', { n: Math.round(seconds / MINUTE) });
    if (seconds < DAY) return t('office.duration.hours', { h: Math.floor(seconds / HOUR), m: Math.round((seconds % HOUR) / MINUTE) });
    return t('office.duration.days', { n: Math.round(seconds / DAY) });
  }

  return { durationText };
}
