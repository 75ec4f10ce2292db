import { beforeEach, describe, expect, it } from 'vitest';

import * as n from '../src/words/numbers';

beforeEach(() => n.setLocale({ language: 'en-US', currency: 'USD' }));

describe('money', () => {
    it('has cents under a thousand alone', () => {
        expect(n.money(64.218)).toBe('$64.22');
        expect(n.money(22091.4)).toBe('$22,091');
        expect(n.money(22091.4, true)).toBe('$22,091.40');
        expect(n.money(0)).toBe('$0');
    });

    it('has a true minus sign, and none for a zero', () => {
        expect(n.money(-5)).toBe('−$5.00');
        expect(n.roundMoney(-0.2)).toBe('$0');
        expect(n.moneyChange(819.4)).toBe('+$819');
        expect(n.moneyChange(-386)).toBe('−$386');
    });

    it('goes by the currency: none of these has decimals', () => {
        n.setLocale({ language: 'en-US', currency: 'JPY' });
        expect(n.money(950)).toBe('¥950');
        n.setLocale({ language: 'en-US', currency: null });
        expect(n.money(950)).toBe('950.00');
    });

    it('is short on an axis', () => {
        expect(n.axisMoney(24000)).toBe('$24k');
        expect(n.axisMoney(1.2e10)).toBe('$12B');
    });
});

describe('shares and changes', () => {
    it('have decimals where they count', () => {
        expect(n.share(0.0267)).toBe('2.67%');
        expect(n.share(0.054)).toBe('5.4%');
        expect(n.share(0.485)).toBe('49%');
        expect(n.share(0)).toBe('0%');
    });

    it('say points for shares, percent for the rest', () => {
        expect(n.points(-0.0012)).toBe('−0.12 pts');
        expect(n.points(0.023)).toBe('+2.3 pts');
        expect(n.change(0.0818)).toBe('+8.2%');
        expect(n.change(-1)).toBe('−100%');
    });
});

describe('dates', () => {
    it('name the year once', () => {
        expect(n.spanText('2025-11-02..2025-12-01')).toBe('Nov 2 – Dec 1, 2025');
        expect(n.spanText('2025-12-20..2026-01-18')).toBe('Dec 20, 2025 – Jan 18, 2026');
        expect(n.spanText('2025-12-20..2025-12-20')).toBe('Dec 20, 2025');
    });

    it('leave alone what is none', () => {
        expect(n.dayText('soon')).toBe('soon');
    });
});

describe('byUnit', () => {
    it('writes a dash for what is not known', () => {
        expect(n.byUnit(null, 'money')).toBe('–');
        expect(n.byUnit(undefined, 'share')).toBe('–');
        expect(n.byUnit(1, 'days')).toBe('1 day');
        expect(n.byUnit(12.6, 'days')).toBe('13 days');
    });
});
