import { describe, expect, it } from 'vitest';

import { trailingMean } from '../src/charts/days';
import { inkOn, onScale } from '../src/charts/theme';
import { whole } from '../src/data/embedded';
import { leadOpened } from '../src/words/running';
import { csvOf, type TableData } from '../src/ui/table';

describe('a table as CSV', () => {
    const data: TableData<{ name: string; value: number | null }> = {
        name: 'x',
        caption: 'x',
        columns: [
            { id: 'name', name: 'Name', unit: 'text', value: (r) => r.name },
            { id: 'value', name: 'Value', unit: 'money', value: (r) => r.value },
        ],
        rows: [
            { name: 'plain', value: 1.5 },
            { name: 'with "quotes", commas\nand lines', value: null },
            { name: '=HYPERLINK("x")', value: -2 },
        ],
    };

    it('quotes what needs it, and keeps formulas from running', () => {
        expect(csvOf(data)).toBe(
            'Name,Value\r\nplain,1.5\r\n"with ""quotes"", commas\nand lines",\r\n"\'=HYPERLINK(""x"")",-2\r\n',
        );
    });
});

describe('parts of a report', () => {
    it('go back to their places', () => {
        const columns = [{ id: 'day' }, { id: 'revenue' }];
        const goods = { id: 'goods', columns: [{ id: 'item' }, { id: 'title' }], cells: [2, 5] };
        const days = { id: 'days', columns, cells: [2, 3] };
        const parts = [[{ id: 'revenue' }], days, ['a', 'b'], [1, null], goods, { of: 2, as: 'title' }];
        expect(whole({ kind: 'overview', figures: 0, tables: [1, { id: 'own' }] }, parts)).toEqual({
            kind: 'overview',
            figures: [{ id: 'revenue' }],
            tables: [
                {
                    id: 'days',
                    columns,
                    rows: [
                        { day: 'a', revenue: 1 },
                        { day: 'b', revenue: null },
                    ],
                },
                { id: 'own' },
            ],
        });
        expect(whole({ items: [] }, parts)).toEqual({ items: [] });
        expect(whole({ figures: 0, tables: [4] }, parts, { title: { a: 'Jug' } })).toMatchObject({
            tables: [
                {
                    rows: [
                        { item: 'a', title: 'Jug' },
                        { item: 'b', title: null },
                    ],
                },
            ],
        });
    });
});

describe('days', () => {
    const rows = (...pairs: [number, number][]) =>
        pairs.map(([revenue, revenue_before]) => ({ revenue, revenue_before }));

    it('find where the lead opened', () => {
        expect(leadOpened(rows([1, 5], [1, 5], [9, 5], [9, 5], [9, 5]))).toEqual({ index: 4, ahead: true });
        expect(leadOpened(rows([9, 5], [9, 5], [9, 5], [9, 5], [9, 5]))).toEqual({ index: 0, ahead: true });
        expect(leadOpened(rows([9, 5], [9, 5]))).toBeNull();
    });

    it('have a mean of those before', () => {
        expect(trailingMean([2, 4, null, 6], 2)).toEqual([2, 3, 4, 6]);
        expect(trailingMean([], 7)).toEqual([]);
    });
});

describe('colours', () => {
    it('write black on light and white on dark', () => {
        expect(inkOn('#fbf3ea')).toBe('#000000');
        expect(inkOn('#6b2437')).toBe('#ffffff');
    });

    it('lie on a scale', () => {
        expect(onScale(['#000000', '#ffffff'], 0)).toBe('#000000');
        expect(onScale(['#000000', '#ffffff'], 0.5)).toBe('#808080');
        expect(onScale(['#000000', '#ffffff'], 2)).toBe('#ffffff');
    });
});
