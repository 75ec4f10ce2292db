import { beforeAll, expect, test } from 'vitest';

import type { Figure, Row } from '../src/data/document';
import { byHour, busyHours, hoursFinding, strongDay } from '../src/pages/sales/hours-words';
import { courseOf, shownWeeks } from '../src/pages/weeks';
import {
    aheadFinding,
    bridgeFinding,
    groupsFinding,
    largeOrders,
    mainSteps,
    profitFinding,
    salesSentence,
    salesText,
    trailingRatio,
    trendFinding,
} from '../src/pages/sales/words';
import { setLocale } from '../src/words/numbers';
import { leadOpened, running, wholeWeeks } from '../src/words/running';

beforeAll(() => setLocale({ language: 'en-GB', currency: 'USD' }));

function figure(value: number | null, before: number | null, more: Partial<Figure> = {}): Figure {
    return {
        id: 'revenue',
        name: 'Revenue',
        unit: 'money',
        value,
        before,
        change: value === null || before === null ? null : value / before - 1,
        low: null,
        high: null,
        good: 1,
        note: null,
        ...more,
    };
}

const days = (now: number[], before: number[]): Row[] =>
    now.map((revenue, i) => ({
        day: `2025-11-${String(i + 1).padStart(2, '0')}`,
        revenue,
        revenue_before: before[i] ?? null,
    }));

const step = (factor: string, contribution: number, now = 0, before = 0): Row => ({
    factor,
    contribution,
    now,
    before,
});

test('running totals, whole weeks and the day since when a period leads', () => {
    const rows = days([1, 1, 1, 5, 5, 5, 5, 5], [2, 2, 2, 2, 2, 2, 2, 2]);
    expect(running(rows, 'revenue')).toEqual([1, 2, 3, 8, 13, 18, 23, 28]);
    expect(leadOpened(rows)).toEqual({ index: 4, ahead: true });
    expect(wholeWeeks(rows, 'revenue')).toEqual([{ from: 1, until: 7, value: 27, before: 14 }]);
    expect(wholeWeeks(rows.slice(0, 6), 'revenue')).toEqual([]);
});

test('ahead only where the interval of the change leaves zero out', () => {
    const orders = figure(300, 320, { unit: 'count' });
    const rows = days([1, 1, 1, 5, 5, 5, 5, 5], [2, 2, 2, 2, 2, 2, 2, 2]);
    expect(aheadFinding(rows, figure(2800, 1600, { low: 2000, high: 3000 }), orders, true)).toBe(
        'Yes, by $1,200. The lead opened on 5 Nov',
    );
    expect(aheadFinding(rows, figure(2800, 1600, { low: 1000, high: 3000 }), orders, true)).toBe(
        'About level: +$1,200, no more than days vary by chance',
    );
    expect(
        aheadFinding(days([1, 1, 1, 1, 1], [2, 2, 2, 2, 2]), figure(500, 1000, { low: 400, high: 900 }), orders, true),
    ).toBe('No, behind by $500. Behind from the first days on');
    expect(aheadFinding(rows, figure(234, 877), figure(5, 16, { unit: 'count' }), true)).toBe(
        '$234, after $877; so few orders say little',
    );
    expect(aheadFinding(rows, figure(2800, null), orders, false)).toBe('$2,800 so far, $350 a day');
});

test('the bridge names one step that makes three quarters, else two', () => {
    const rows = [
        step('customers', -5087),
        step('items an order', 441),
        step('price and mix', -2468),
        step('discounts', 52),
    ];
    expect(mainSteps(rows, -1)).toEqual({ names: ['fewer customers', 'cheaper goods'], money: -7555 });
    expect(mainSteps(rows, 1)).toEqual({ names: ['fuller baskets'], money: 493 });
    expect(bridgeFinding(rows, 23500)).toBe('Fewer customers and cheaper goods explain nearly all of the fall');
    expect(
        bridgeFinding([step('customers', 1615), step('items an order', 1908), step('price and mix', -1021)], 20421),
    ).toBe('Fuller baskets and more customers added more than cheaper goods took');
    expect(bridgeFinding([step('customers', 900), step('price and mix', -880)], 20000)).toBe(
        'More customers and cheaper goods about even out',
    );
    expect(bridgeFinding([step('customers', 90), step('price and mix', -80)], 20000)).toBe(
        'Neither volume nor price moved much',
    );
});

test('the lead says a rise or fall beyond chance, with the step that did it', () => {
    const orders = figure(306, 405, { unit: 'count' });
    const bridge = [step('customers', -5087, 291, 376), step('price and mix', -2468, 32.15, 36.41)];
    const down = figure(15959, 23509, { low: 12132, high: 19786 });
    expect(salesSentence(down, orders, bridge, undefined)).toBe(
        'Fewer people bought: *291*, down from 376. That makes two thirds of the fall of 32%.',
    );
    expect(salesSentence(figure(15959, 16000, { low: 12000, high: 19000 }), orders, bridge, undefined)).toBe(
        'A usual period: *$15,959*, within 0.3% of the comparison.',
    );
    expect(salesSentence(figure(1286, 2010, { low: 600, high: 2200 }), orders, bridge, undefined)).toBe(
        '*$1,286* came in, after $2,010. Days vary by as much.',
    );
    expect(salesSentence(down, figure(306, 12), bridge, undefined)).toContain('So few orders say little');
    expect(salesSentence(figure(15959, null), orders, [], undefined)).toBe('*$15,959* came in from 306 orders.');
    expect(salesText(bridge)).toBe('Fewer customers and cheaper goods took *$7,555*.');
});

test('hours: the shortest run with half of the orders, over midnight too; a weekday beyond chance alone', () => {
    const flat: Row[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
        (weekday) => ({
            weekday,
            ...Object.fromEntries(Array.from({ length: 24 }, (_, h) => [`h${String(h).padStart(2, '0')}`, 1])),
        }),
    );
    expect(hoursFinding(flat)).toBe('Orders come at all hours of the day; no weekday stands out');
    const late = flat.map((row) => ({ ...row, h23: 20, h00: 20 }));
    expect(busyHours(byHour(late))).toEqual({ from: 23, hours: 2 });
    const sunday = late.map((row) => (row['weekday' as never] === 'Sunday' ? { ...row, h20: 40 } : row));
    expect(strongDay(byHour(sunday))).toBe(6);
    expect(hoursFinding(sunday)).toBe('Half of the orders come from 23:00 to 1:00, most on Sunday');
});

test('large orders: the bins that hold a tenth to a half of the orders', () => {
    const bin = (from: number, share: number, money_share: number): Row => ({ from, share, money_share });
    expect(largeOrders([bin(0, 0.6, 0.3), bin(50, 0.28, 0.37), bin(100, 0.12, 0.33)])).toBe(
        'Orders of $100 and more are 12% of all and bring 33% of the money.',
    );
    expect(largeOrders([bin(0, 1, 1)])).toBe('');
});

test('categories stand above or below only where weeks do not vary as much', () => {
    const course = (name: string, now: number[], before: number[]) => ({ name, now, before });
    expect(
        trendFinding(
            [
                course('Toys', [20, 22, 21, 23], [10, 12, 11, 10]),
                course('Books', [10, 40, 5, 30], [12, 35, 8, 20]),
                course('Beauty', [5, 5, 6, 5], [9, 9, 10, 9]),
            ],
            'last year',
        ),
    ).toBe('Toys stands above last year; Beauty gives way');
    expect(trendFinding([course('Books', [10, 40], [12, 35])], 'last year')).toBe(
        'No category left last year by more than weeks vary',
    );
});

test('groups: half of the change is most of it, else two are named with their share', () => {
    const row = (category: string, revenue: number, contribution: number, share: number): Row => ({
        category,
        revenue,
        contribution,
        share,
    });
    const down = figure(100, 200, { low: 60, high: 140 });
    expect(groupsFinding([row('Toys', 50, -70, 0.5), row('Books', 50, -30, 0.5)], 'category', down, 'category')).toBe(
        'Toys makes two thirds of the fall',
    );
    expect(groupsFinding([row('Toys', 50, -40, 0.5), row('Books', 50, -30, 0.5)], 'category', down, 'category')).toBe(
        'Toys and Books make 70% of the fall',
    );
    expect(groupsFinding([row('Toys', 60, 1, 0.6), row('Books', 40, 1, 0.4)], 'category', undefined, 'category')).toBe(
        'Toys brings most, 60% of revenue',
    );
});

test('margins over several days are quotients of sums', () => {
    expect(trailingRatio([1, 2, 3, 4], [10, 10, 10, 0], 3)).toEqual([null, null, 6 / 30, 9 / 20]);
    expect(trailingRatio([1, 2], [0, 0], 1)).toEqual([null, null]);
    const share = { unit: 'share' };
    expect(profitFinding(figure(100, 200, { low: 60, high: 140 }), figure(48, 97), figure(0.478, 0.4835, share))).toBe(
        'The margin fell to 48%; profit fell with revenue, to $48',
    );
    expect(profitFinding(figure(100, 200), figure(null, null), figure(null, null))).toBe(
        'No cost of the goods is known, so there is no profit',
    );
});

test('weeks: the newest 26, beside last year where it is known', () => {
    const columns = (n: number) => ({
        id: 'category_weeks',
        title: '',
        rows: [],
        columns: Array.from({ length: n }, (_, i) => ({
            id: `w${String(i + 1).padStart(2, '0')}`,
            name: `day ${i}`,
            unit: 'money',
        })),
    });
    expect(shownWeeks(columns(12))).toMatchObject({ from: 0, beside: -1, against: '' });
    expect(shownWeeks(columns(52))).toMatchObject({ from: 26, beside: 0, against: 'the 26 weeks before' });
    const long = shownWeeks(columns(104));
    expect(long).toMatchObject({ from: 78, beside: 26, against: 'last year' });
    const row = Object.fromEntries(long.ids.map((id, i) => [id, i]));
    expect(courseOf(row, long).now[0]).toBe(78);
    expect(courseOf(row, long).before).toEqual(Array.from({ length: 26 }, (_, i) => 26 + i));
});
