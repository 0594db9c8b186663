/** Texts that the server sends in both languages. */
import { useI18n } from '../../i18n';
import type { LocalText } from '../api/types';

export function useLocalText(): { localText: (text: LocalText | string | null | undefined) => string } {
  const { locale } = useI18n();
  return {
    localText(text) {
      if (!text) return '';
      if (typeof text === 'string') return text;
      return locale.value === 'en' ? text.en || text.zh : text.zh;
    },
  };
}
