// Which products earn on volume, which on margin?
import { num, table, text, type Row } from '../../data/document';
import { scatter, type Quarter } from '../../charts/scatter';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { shortTitle } from '../../words/names';
import { count, money, roundMoney, share } from '../../words/numbers';
import { plainTable } from '../shared';

const NAMES: readonly [string, string, string, string] = [
    'Few, thin margin',
    'Many, thin margin',
    'Few, good margin',
    'Many, good margin',
];
const FEW = 20; /* products with a known cost */

/** The value in the middle of the values of a column; null of none. */
export function middleOf(rows: readonly Row[], column: string): number | null {
    const values = rows
        .map((r) => num(r, column))
        .filter((v): v is number => v !== null)
        .sort((a, b) => a - b);
    const half = Math.floor(values.length / 2);
    return values.length === 0
        ? null
        : values.length % 2 === 1
          ? (values[half] ?? null)
          : ((values[half - 1] ?? 0) + (values[half] ?? 0)) / 2;
}

const profit = (r: Row): number => (num(r, 'revenue') ?? 0) * (num(r, 'margin') ?? 0);

export function quarterOf(r: Row, units: number, margin: number): Quarter {
    return (((num(r, 'units') ?? 0) >= units ? 1 : 0) + ((num(r, 'margin') ?? 0) >= margin ? 2 : 0)) as Quarter;
}

/** What sells much and earns little, where that is a part of revenue worth a word. */
export function finding(rows: readonly Row[], units: number, margin: number): string {
    const of = (quarter: Quarter): Row[] => rows.filter((r) => quarterOf(r, units, margin) === quarter);
    const all = rows.reduce((s, r) => s + (num(r, 'revenue') ?? 0), 0);
    const thin = of(1);
    const part = thin.reduce((s, r) => s + (num(r, 'revenue') ?? 0), 0) / (all || 1);
    const loss = rows.filter((r) => (num(r, 'margin') ?? 0) < 0);
    if (loss.length > 0) {
        return `${loss.length === 1 ? 'One product is' : `${count(loss.length)} products are`} sold below cost`;
    }
    if (part >= 0.25) {
        return `${thin.length === 1 ? '1 product sells' : `${count(thin.length)} products sell`} much at a thin margin: ${share(part, 0)} of this revenue`;
    }
    return 'What sells most earns well on each piece too';
}

export const marginCard: CardSpec = {
    id: 'margin',
    span: 6,
    question: 'Margin or volume?',
    defines: ['margin', 'units', 'cost_known'],
    needs: ['products_quarter'],
    render(docs, context) {
        const rows = table(docs.products_quarter, 'products').rows.filter(
            (r) => num(r, 'margin') !== null && (num(r, 'units') ?? 0) > 0,
        );
        const units = middleOf(rows, 'units');
        const margin = middleOf(rows, 'margin');
        if (units === null || margin === null || rows.length < FEW) {
            throw new Missing(
                'Margins show once costs are known',
                'Give products a cost; from twenty products with sales on this card compares them.',
                'tag',
            );
        }
        const title = (r: Row): string => text(r, 'title') || text(r, 'item');
        const order = rows.map((_, i) => i);
        const best = (quarter: Quarter, by: (r: Row) => number): number[] =>
            order
                .filter((i) => quarterOf(rows[i] ?? {}, units, margin) === quarter)
                .sort((a, b) => by(rows[b] ?? {}) - by(rows[a] ?? {}))
                .slice(0, 1);
        return {
            finding: finding(rows, units, margin),
            note: `The ${count(rows.length)} products with most revenue in 90 days; size is profit. Dotted lines are their medians.`,
            table: { ...plainTable(docs.products_quarter, 'products', 'margin-and-volume'), rows },
            body: () =>
                scatter({
                    label: finding(rows, units, margin),
                    marks: rows.map((r) => ({
                        x: num(r, 'units') ?? 0,
                        y: num(r, 'margin') ?? 0,
                        size: profit(r),
                        quarter: quarterOf(r, units, margin),
                        name: shortTitle(title(r), 22),
                    })),
                    middle: { x: units, y: margin },
                    quarters: NAMES,
                    named: [
                        ...best(1, (r) => num(r, 'units') ?? 0),
                        ...best(3, profit),
                        ...best(2, (r) => num(r, 'margin') ?? 0),
                    ],
                    x: { title: 'items sold, 90 days', words: count, log: true },
                    y: { title: 'margin', words: (v) => share(v, 0) },
                    tooltip: (i) => {
                        const r = rows[i] ?? {};
                        return {
                            title: shortTitle(title(r), 60),
                            lines: [
                                { name: 'Items sold', value: count(num(r, 'units') ?? 0) },
                                { name: 'Margin', value: share(num(r, 'margin') ?? 0, 0) },
                                { name: 'Revenue', value: money(num(r, 'revenue') ?? 0) },
                                { name: 'Profit', value: roundMoney(profit(r)) },
                            ],
                        };
                    },
                    open: (i) => context.set({ open: `item:${text(rows[i], 'item')}` }),
                }),
        };
    },
};
