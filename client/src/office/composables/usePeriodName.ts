/** "2026年第4季度" / "Q4 2026". */
import { useI18n } from '../../i18n';
import { periodParts } from '../format/periods';

export function usePeriodName(): { periodName: (period: string) => string } {
  const { t } = useI18n();

  function periodName(period: string): string {
    const parts = periodParts(period);
    if (!parts) return period;
    return t(`office.period.${parts.kind}`, parts.kind === 'month' ? { ...parts, month: Number(parts.month) } : { ...parts });
  }

  return { periodName };
}
