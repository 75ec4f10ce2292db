import { beforeAll, expect, test } from 'vitest';

import type { Figure, Row } from '../src/data/document';
import {
    bandsFinding,
    churnFinding,
    cohortsFinding,
    curveAt,
    customersSentence,
    customersText,
    draft,
    oneIn,
    pooled,
    secondFinding,
    segmentsFinding,
    spendersFinding,
    tenthsFinding,
    weeksFinding,
    writeFinding,
} from '../src/pages/customers/words';
import { setLocale } from '../src/words/numbers';

beforeAll(() => setLocale({ language: 'en-GB', currency: 'USD' }));

function figure(value: number | null, before: number | null = null, unit = 'count'): Figure {
    return { id: 'f', name: 'F', unit, value, before, change: null, low: null, high: null, good: 1, note: null };
}

test('more or fewer new customers only beyond chance', () => {
    const second = figure(0.125, null, 'share');
    expect(customersSentence(figure(91, 160), second, 'on the same weekdays')).toBe(
        '*91 new customers* came, fewer than the 160 on the same weekdays. 1 in 8 orders again within 60 days.',
    );
    expect(customersSentence(figure(150, 134), undefined, 'on last year')).toBe(
        '*150 new customers* came, about as many as the 134 on last year.',
    );
    expect(customersSentence(figure(0, 0), undefined, 'on last year')).toBe('*No new customers* came.');
    expect(customersSentence(figure(1, null), undefined, '')).toBe('*1 new customer* came.');
    expect(customersSentence(undefined, figure(null), '')).toBe('No customers are known yet.');
});

test('kinds are named from a tenth of change and twenty lines up, the largest two', () => {
    const kind = (customers: string, revenue: number, revenue_before: number, lines: number): Row => ({
        customers,
        revenue,
        revenue_before,
        lines,
    });
    const rows = [kind('new', 44, 100, 50), kind('premium', 95, 100, 50), kind('guests', 0, 100, 1)];
    expect(customersText(rows, figure(93), true)).toBe(
        'New customers spent *56% less*. *93 people have* been silent for longer than their rhythm explains.',
    );
    expect(customersText(rows, figure(0), false)).toBe('');
});

test('weeks: who brings most, and who rose or fell beyond how weeks vary', () => {
    expect(
        weeksFinding([
            { kind: 'returning', values: [50, 52, 51, 50, 52, 51] },
            { kind: 'new', values: [40, 41, 40, 10, 11, 10] },
        ]),
    ).toBe('Returning ones bring most, 67%; new customers fall');
    expect(weeksFinding([{ kind: 'new', values: [1, 1, 1, 9, 9, 10] }])).toBe(
        'New customers bring most, 100%, and rise',
    );
    expect(weeksFinding([{ kind: 'new', values: [5, 20, 6, 19] }])).toBe('New customers bring most, 100%');
    expect(weeksFinding([])).toBe('Nothing was sold in these weeks');
});

test('the second order: said where twenty are still watched, drawn at even steps', () => {
    const point = (days: number, share: number, at_risk: number): Row => ({ days, share, at_risk });
    const rows = [
        point(0, 0, 500),
        point(30, 0.06, 400),
        point(60, 0.125, 300),
        point(180, 0.25, 40),
        point(365, 0.4, 3),
    ];
    expect(secondFinding(rows)).toBe('A second order: 1 in 8 by day 60 and 1 in 4 by day 180');
    expect(secondFinding(rows.slice(0, 2))).toBe('Too few second orders to tell when they come');
    const curve = curveAt(rows, 'share', 60);
    expect(curve.map((v) => Number((v ?? 0).toFixed(4)))).toEqual([0, 0.125, 0.1875, 0.25]);
    expect(oneIn(0.33)).toBe('1 in 3');
    expect([0.45, 0.78, 0.92].map(oneIn)).toEqual(['5 in 10', '8 in 10', '9 in 10']);
});

test('recency and frequency: the best beside newcomers, where both are twenty', () => {
    const cell = (silent_from: number, orders_from: number, customers: number, revenue_each: number): Row => ({
        silent_from,
        orders_from,
        customers,
        revenue_each,
    });
    expect(bandsFinding([cell(0, 1, 300, 50), cell(0, 4, 100, 200), cell(0, 6, 100, 400), cell(365, 1, 500, 50)])).toBe(
        '200 of 1,000 order often and lately; each brought 6 times as much as a newcomer',
    );
    expect(bandsFinding([cell(0, 1, 5, 50), cell(0, 4, 3, 200)])).toBe('3 of 8 order often and lately');
});

test('groups: the one that brings most above its share of people', () => {
    const group = (segment: string, customers: number, people: number, revenue: number): Row => ({
        segment,
        customers,
        share_of_customers: people,
        share_of_revenue: revenue,
    });
    expect(segmentsFinding([group('champions', 60, 0.13, 0.31), group('at-risk', 50, 0.1, 0.14)])).toBe(
        'Champions are 13% of people and 31% of revenue',
    );
    expect(segmentsFinding([group('champions', 6, 0.5, 0.9)])).toBe('Too few customers to tell groups apart');
});

test('newcomers who come back: all groups together, a month named only beyond chance', () => {
    const flat: Row[] = [1, 2, 3].map((i) => ({ cohort: `2025-0${i}`, size: 150, m1: 0.06, m2: 0.06, m3: null }));
    expect(pooled(flat, 3)).toEqual([
        { share: expect.closeTo(0.06), people: 450 },
        { share: expect.closeTo(0.06), people: 450 },
        { share: 0, people: 0 },
    ]);
    expect(cohortsFinding(flat, 3)).toBe('Every month brings back 6% of each group; no month stands out');
    const early = flat.map((row) => ({ ...row, m1: 0.15 }));
    expect(cohortsFinding(early, 3)).toBe('Every month brings back 6 to 15% of each group; most in month 1');
    expect(cohortsFinding([], 3)).toBe('Too few groups to tell whether newcomers come back');
});

test('who spends more: beyond chance among a dozen groups', () => {
    const group = (name: string, each: number, half: number, customers = 50) => ({
        name,
        customers,
        each,
        low: each - half,
        high: each + half,
    });
    expect(spendersFinding([group('west', 68, 18), group('north', 47, 9)], 54)).toBe(
        'Regions and ages differ no more than chance would',
    );
    expect(spendersFinding([group('west', 90, 18), group('north', 47, 9)], 54)).toBe(
        'West spends more: $90.00 a customer, $54.00 of all',
    );
    expect(spendersFinding([group('west', 200, 18, 5)], 54)).toContain('no more than chance');
});

test('worth, leaving and rhythm', () => {
    const tenths = [0.34, 0.14, 0.11, 0.09, 0.08, 0.06, 0.05, 0.05, 0.04, 0.04].map((share): Row => ({ share }));
    expect(tenthsFinding(tenths)).toBe('The best tenth will bring 34%, the lower half 24%');
    expect(churnFinding(figure(1908), figure(11704.6, null, 'money'))).toBe(
        '1,908 will more likely leave than order; winning back is worth $11,705',
    );
    expect(churnFinding(figure(0), figure(0))).toBe('Nobody is more likely to leave than to stay');
    expect(writeFinding(figure(1))).toBe('1 customer broke their own rhythm');
    expect(writeFinding(figure(0))).toBe('Nobody broke their rhythm');
});

test('a draft has no address, and what a shop is called cannot add one', () => {
    const made = draft('C1', 'A & B?to=x', 'Tea 2');
    expect(made.startsWith('mailto:?subject=')).toBe(true);
    expect(made).not.toContain('to=x');
    const body = new URL(made).searchParams.get('body') ?? '';
    expect(body).toContain('your last order at A & B?to=x');
    expect(body).toContain('You may like: Tea 2');
});
