import type { QuarantineState } from '../api/quarantine';

export const STATE_TONES: Readonly<Record<QuarantineState, 'warning' | 'pass' | 'neutral'>> = { open: 'warning', accepted: 'pass', corrected: 'pass', set_aside: 'neutral' };
