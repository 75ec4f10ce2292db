// How much stands behind an action, in three bars and a word.
import { num, text, type Row } from '../../data/document';

export interface Evidence {
    bars: 1 | 2 | 3;
    word: 'low' | 'fair' | 'high';
}

/** Kinds whose effect rests on an assumption that is said in the reason. */
const ASSUMED = ['win back', 'bundle'];
const MANY = 30; /* pieces, views, orders or customers */
const SOME = 10;

/**
 * High: the interval leaves zero out, is no wider than the effect, rests on no assumption and on many cases. Fair: it
 * leaves zero out, or there are some cases. Else low.
 */
export function evidenceOf(row: Row): Evidence {
    const [effect, low, high] = [
        num(row, 'action_effect'),
        num(row, 'action_effect_low'),
        num(row, 'action_effect_high'),
    ];
    const cases = num(row, 'evidence') ?? 0;
    if (effect === null || low === null || high === null) {
        return { bars: 1, word: 'low' };
    }
    const sure = low > 0;
    if (sure && cases >= MANY && high - low <= effect && !ASSUMED.includes(text(row, 'kind'))) {
        return { bars: 3, word: 'high' };
    }
    return sure || cases >= SOME ? { bars: 2, word: 'fair' } : { bars: 1, word: 'low' };
}

export const KIND_NAMES: Record<string, string> = {
    'win back': 'Customers',
    promote: 'Placement',
    reorder: 'Stock',
    bundle: 'Bundle',
    reprice: 'Price',
    clear: 'Stock',
    'fix data': 'Data',
};
