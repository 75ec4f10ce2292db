import { beforeAll, describe, expect, it } from 'vitest';

import { range, spread } from '../src/charts/forecast';
import { runsOf } from '../src/charts/ribbons';
import { againstLastYear, checked, finding as aheadFinding, outlook } from '../src/pages/trends/ahead';
import * as bites from '../src/pages/trends/bites';
import { chanceWords, levelFinding, moversFinding } from '../src/pages/trends/course';
import {
    ribbonWords,
    seasonFinding,
    seasons,
    stockFinding,
    weeksAhead,
    type Season,
} from '../src/pages/trends/seasons';
import { finding as sharesFinding, leadSince, raised, shares } from '../src/pages/trends/shares';
import { finding as styleFinding, kinds } from '../src/pages/trends/styles';
import { sentence, turning } from '../src/pages/trends/trends';
import { setLocale } from '../src/words/numbers';
import { docOf, figureOf } from './docs';

beforeAll(() => setLocale({ language: 'en-US', currency: 'USD' }));

function demand(ahead: number[], before: number[], low: number, high: number) {
    const week = (i: number): string => new Date(Date.UTC(2025, 0, 1 + 7 * i)).toISOString().slice(0, 10);
    return docOf(
        [
            figureOf(
                'forecast_revenue',
                ahead.reduce((s, v) => s + v, 0),
                { unit: 'money', low, high },
            ),
        ],
        {
            history: before.map((revenue, i) => ({ from: week(i), revenue })),
            forecast: ahead.map((v, i) => ({ from: week(before.length + i), forecast_revenue: v })),
        },
    );
}

describe('what comes next', () => {
    const year = Array.from({ length: 52 }, () => 100);
    it('is set beside last year only beyond its interval', () => {
        expect(aheadFinding(outlook(demand([100, 100], year, 150, 250)))).toBe(
            'Expect $200 in 2 weeks, about as much as last year',
        );
        expect(againstLastYear(outlook(demand([150, 150], year, 250, 350)))).toBe(', 50% more than last year');
        expect(againstLastYear(outlook(demand([60, 60], year, 100, 140)))).toBe(', 40% less than last year');
        expect(againstLastYear(outlook(demand([60, 60], [100], 100, 140)))).toBe('');
    });
    it('names a peak that stands out', () => {
        expect(outlook(demand([100, 102, 100], year, 0, 1)).peak).toBeNull();
        expect(outlook(demand([100, 200, 100], year, 0, 1)).peak).toBe(1);
        expect(sentence(demand([100, 200, 100], year, 0, 1))).toMatch(
            /^Sales peak in the week of .*, then \*fall by 50%\*/,
        );
        expect(sentence(demand([100, 100], year, 150, 250))).toBe(
            'Expect *$200* in the next 2 weeks, about as much as last year.',
        );
    });
    it('tells how past forecasts did', () => {
        const doc = docOf([figureOf('smape', 0.09), figureOf('covered', 0.79), figureOf('mase', 1, { note: 'x' })], {});
        expect(checked(doc)).toBe(
            'Checked on past weeks (items x): off by 9% a week on average; 79% fell inside the 8-in-10 band.',
        );
        expect(checked(undefined)).toContain('Too short');
    });
    it('has names that stand apart and an axis that tells of zero', () => {
        expect(spread([10, 12, 11], 16, 200)).toEqual([10, 42, 26]);
        expect(spread([190, 195], 16, 200)).toEqual([184, 200]);
        const o = {
            label: '',
            ahead: [{ mean: 60, bands: [[50, 70]] as [number, number][] }],
            before: [],
            names: [],
            when: String,
            value: String,
            tooltip: () => ({ title: '', lines: [] }),
        };
        expect(range({ ...o, measured: [10] })[0]).toBe(0);
        expect(range({ ...o, measured: [48] })[0]).toBeGreaterThan(0);
    });
});

const flat = (peaks: Record<number, number>): (number | null)[] => Array.from({ length: 12 }, (_, m) => peaks[m] ?? 1);
const season = (category: string, peaks: Record<number, number>): Season => ({
    category,
    months: flat(peaks),
    low: flat(peaks),
    lines: flat({}).map(() => 50),
});

describe('seasons', () => {
    it('are blank where too little was sold', () => {
        const doc = docOf([], {
            seasons: [{ category: 'Toys', Jan: 1.5, Feb: 1 }],
            season_lines: [{ category: 'Toys', Jan: 19, Feb: 20 }],
        });
        expect(seasons(doc)[0]?.months.slice(0, 2)).toEqual([null, 1]);
    });
    it('are told of now and of another time', () => {
        const all = [season('Toys', { 11: 2 }), season('Sports', { 4: 1.4 }), season('Beauty', { 3: 1.3 })];
        expect(seasonFinding(all, 11, 'December')).toBe('December belongs to Toys; Sports and Beauty peak in spring');
        const unsure = { ...season('Toys', { 11: 2 }), low: flat({ 11: 0.9 }) };
        expect(seasonFinding([unsure], 11, 'December')).toBe('No category has a season of its own');
        expect(seasonFinding([season('Books', {})], 11, 'December')).toBe('No category has a season of its own');
    });
    it('turn from month to month', () => {
        expect(turning([season('A', { 0: 1.3 }), season('B', { 11: 1.3 })], 11)).toEqual({ up: ['A'], down: ['B'] });
    });
    it('become weeks between the middles of months', () => {
        const weeks = weeksAhead(season('A', { 0: 2 }), '2026-01-12', 5);
        expect(weeks[0]).toBeCloseTo(2, 1);
        expect(weeks[4]).toBeLessThan(1.2);
        expect(weeksAhead({ ...season('A', {}), months: flat({}).map(() => null) }, '2026-01-12', 1)).toEqual([null]);
    });
    it('are ribbons with words', () => {
        const when = (week: number): string => `w${week}`;
        expect(runsOf([1, 1.1, 1.3, 1, null, 1.2])).toEqual([
            { from: 1, until: 2, peak: 2 },
            { from: 5, until: 5, peak: 5 },
        ]);
        expect(ribbonWords([1, 1.1, 1.3, 1], when)).toBe('rises from w1');
        expect(ribbonWords([1.3, 1.1, 1, 1.2], when)).toBe('peak past, over by w2, again from w3');
        expect(ribbonWords([1, 1], when)).toBe('no season ahead');
        expect(
            stockFinding(
                [
                    { category: 'Toys', weeks: [1.3, 1.2, 1] },
                    { category: 'Sports', weeks: [1, 1, 1.4] },
                ],
                when,
            ),
        ).toBe('Next: Toys until w2, Sports from w2');
        expect(stockFinding([{ category: 'Toys', weeks: [1] }], when)).toContain('No season');
    });
});

describe('styles', () => {
    const style = (name: string, before: number, now: number, course = 'not clear') => ({
        name,
        share_before: before,
        share: now,
        course,
    });
    it('are grouped by kind, those that rise first', () => {
        const found = kinds([
            style('material=wool', 0.1, 0.1),
            style('material=silk', 0.1, 0.2),
            style('style=luxury', 0.2, 0.1),
            style('style=romantic', 0.1, 0.2),
            style('lonely=one', 0.1, 0.2),
        ]);
        expect(found.map((k) => k.name)).toEqual(['style', 'material']);
        expect(found[0]?.rows.map((r) => r.name)).toEqual(['style=romantic', 'style=luxury']);
    });
    it('are said to rise only beyond chance', () => {
        const rows = [style('style=romantic', 0.1, 0.2, 'rising'), style('style=luxury', 0.2, 0.1, 'falling')];
        expect(styleFinding({ name: 'style', rows })).toBe('Romantic gains what Luxury loses');
        expect(styleFinding({ name: 'style', rows: rows.slice(1) })).toBe('Luxury loses');
        expect(styleFinding({ name: 'style', rows: [style('style=a', 0.1, 0.9)] })).toContain('beyond chance');
    });
});

describe('shares', () => {
    const doc = (a: number[], b: number[]) =>
        docOf([], {
            category_shares: a.flatMap((_, i) => {
                const week = new Date(Date.UTC(2025, 4, 1 + 7 * i)).toISOString().slice(0, 10);
                return [
                    { week, category: 'Clothing', share: a[i] ?? 0 },
                    { week, category: 'Books', share: b[i] ?? 0 },
                ];
            }),
        });
    it('tell who passed whom, once the lead has lasted', () => {
        const lasted = shares(
            doc(
                [0.2, ...Array.from({ length: 9 }, () => 0.6)],
                Array.from({ length: 10 }, () => 0.4),
            ),
        );
        expect(leadSince(lasted)).toEqual({ week: 1, before: 'Books' });
        expect(sharesFinding(lasted)).toBe('Clothing passed Books in May and kept the lead');
        const short = shares(doc([0.4, 0.6], [0.6, 0.4]));
        expect(sharesFinding(short)).toBe('Clothing won most in a year: +20.0 pts');
        expect(sharesFinding(shares(doc([0.6, 0.6], [0.4, 0.4])))).toContain('no category won or lost much');
    });
    it('raise two or three', () => {
        expect(raised(shares(doc([0.4, 0.6], [0.6, 0.4])))).toEqual(['Clothing', 'Books']);
    });
});

describe('prices', () => {
    const row = (category: string, elasticity: number, low: number, high: number) => ({
        category,
        elasticity,
        elasticity_low: low,
        elasticity_high: high,
    });
    it('bite where the interval leaves -1 out', () => {
        const rows = [row('A > Toys', -1.8, -2.4, -1.2), row('Books', -0.5, -0.9, -0.1), row('Home', -1, -2, 0)];
        expect(rows.map(bites.sure)).toEqual([1, -1, 0]);
        expect(bites.finding(rows)).toBe('Toys: buyers look at the price');
        expect(bites.finding(rows.slice(1))).toBe('Books: buyers hardly look at the price');
        expect(bites.finding(rows.slice(2))).toContain('Nowhere');
    });
    it('are shown with those that are sure, and the ends', () => {
        const rows = Array.from({ length: 20 }, (_, i) => row(`c${i}`, -i / 10, -9, 9));
        rows[10] = row('sure', -1, -0.5, 0);
        const names = bites.chosen(rows).map(bites.leaf);
        expect(names).toHaveLength(8);
        expect(names).toContain('sure');
        expect([names[0], names[7]]).toEqual(['c19', 'c0']);
    });
});

describe('the course', () => {
    const weeks = (first: number, last: number) =>
        Array.from({ length: 60 }, (_, i) => ({ week: '2025-01-01', trend: i < 30 ? first : last }));
    it('compares the level with a year ago', () => {
        expect(levelFinding(weeks(100, 120))).toBe('Without seasons the level is 20% higher than a year ago');
        expect(levelFinding(weeks(100, 101))).toContain('about the same');
    });
    it('counts products beyond chance', () => {
        expect(moversFinding([{ course: 'rising' }, { course: 'falling' }, { course: 'falling' }])).toBe(
            '1 rises, 2 fall against the shop',
        );
        expect(moversFinding([{ course: 'not clear' }])).toContain('beyond chance');
        expect([chanceWords(0.05), chanceWords(0.28), chanceWords(1)]).toEqual([
            'beyond chance',
            '28% by chance',
            'by chance',
        ]);
    });
});
