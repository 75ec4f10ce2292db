// How concentrated are sales? The share of revenue that the best products bring, with A, B and C.
import type { Plugin } from 'chart.js';

import { num, table, text, type Doc } from '../../data/document';
import { lines } from '../../charts/lines';
import { theme } from '../../charts/theme';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { count, roundMoney, share } from '../../words/numbers';
import { needOrders, plainTable } from '../shared';

const FEW = 20; /* products sold, under which a curve says nothing */
const STEPS = 20; /* of the horizontal axis */
const LABELLED = 4; /* every so many have a label */

export interface Concentration {
    /** Revenue's share by twentieths of the products, from none to all. */
    curve: number[];
    sold: number;
    a: number; /* products */
    ab: number;
    shareA: number;
    shareAb: number;
}

export function concentration(doc: Doc): Concentration | null {
    const rows = table(doc, 'concentration').rows;
    const abc = table(doc, 'abc').rows;
    const of = (name: string, column: string): number =>
        num(
            abc.find((r) => text(r, 'class') === name),
            column,
        ) ?? 0;
    const sold = of('A', 'products') + of('B', 'products') + of('C', 'products');
    if (rows.length === 0 || sold === 0) {
        return null;
    }
    const points = [[0, 0], ...rows.map((r) => [num(r, 'products_share') ?? 0, num(r, 'share') ?? 0])];
    const at = (x: number): number => {
        const next = points.findIndex((p) => (p[0] ?? 0) >= x - 1e-9);
        const [x1, y1] = points[Math.max(0, next)] ?? [1, 1];
        const [x0, y0] = points[Math.max(0, next - 1)] ?? [0, 0];
        return x1 === x0
            ? (y1 ?? 0)
            : (y0 ?? 0) + ((x - (x0 ?? 0)) / ((x1 ?? 1) - (x0 ?? 0))) * ((y1 ?? 0) - (y0 ?? 0));
    };
    return {
        curve: Array.from({ length: STEPS + 1 }, (_, i) => at(i / STEPS)),
        sold,
        a: of('A', 'products'),
        ab: of('A', 'products') + of('B', 'products'),
        shareA: of('A', 'share'),
        shareAb: of('A', 'share') + of('B', 'share'),
    };
}

export function finding(c: Concentration): string {
    const part = c.a / c.sold;
    return part > 0.7
        ? `Sales are spread widely: ${share(part, 0)} of the products make 80% of revenue`
        : `${share(part, 0)} of the products sold make 80% of revenue`;
}

/** Where A and B end, and the names of the three parts. */
function parts(c: Concentration): Plugin<'line'> {
    return {
        id: 'parts',
        afterDatasetsDraw(chart) {
            const { ctx, chartArea, scales } = chart;
            const { x, y } = scales;
            if (x === undefined || y === undefined) {
                return;
            }
            const colours = theme();
            const unit = colours.size / 12;
            const ends = [
                { at: c.a / c.sold, part: c.shareA, first: `${count(c.a)} products`, second: 'make 80%' },
                { at: c.ab / c.sold, part: c.shareAb, first: `${count(c.ab)} make 95%`, second: '' },
            ];
            ctx.save();
            ctx.lineJoin = 'round';
            for (const [i, end] of ends.entries()) {
                const px = x.getPixelForValue(end.at * STEPS);
                const py = y.getPixelForValue(end.part);
                ctx.strokeStyle = colours.muted;
                ctx.lineWidth = 1;
                ctx.setLineDash([3, 3]);
                ctx.beginPath();
                ctx.moveTo(px, py);
                ctx.lineTo(px, chartArea.bottom);
                ctx.stroke();
                ctx.setLineDash([]);
                ctx.fillStyle = colours.accent;
                ctx.strokeStyle = colours.surface;
                ctx.lineWidth = 1.5;
                ctx.beginPath();
                ctx.arc(px, py, 4.5 * unit, 0, 2 * Math.PI);
                ctx.fill();
                ctx.stroke();
                ctx.textBaseline = 'top';
                const words = [end.first, end.second];
                ctx.font = `600 ${colours.size}px ${colours.font}`;
                const left = Math.min(px + 8 * unit, chartArea.right - ctx.measureText(end.first).width);
                const first = py + (i === 0 ? 10 : 14) * unit;
                words.forEach((w, line) => {
                    ctx.font = `${line === 0 ? 600 : 400} ${colours.size}px ${colours.font}`;
                    ctx.lineWidth = 4;
                    ctx.strokeStyle = colours.surface;
                    ctx.fillStyle = line === 0 ? colours.ink : colours.muted;
                    const top = first + line * 15 * unit;
                    ctx.strokeText(w, left, top);
                    ctx.fillText(w, left, top);
                });
            }
            ctx.font = `600 ${colours.size * 1.1}px ${colours.font}`;
            ctx.fillStyle = colours.accent;
            ctx.textAlign = 'center';
            ctx.textBaseline = 'bottom';
            const edges = [0, c.a / c.sold, c.ab / c.sold, 1];
            ['A', 'B', 'C'].forEach((name, i) => {
                const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? 1)) / 2;
                ctx.fillText(name, x.getPixelForValue(middle * STEPS), chartArea.bottom - 10 * unit);
            });
            ctx.restore();
        },
    };
}

export const concentrationCard: CardSpec = {
    id: 'concentration',
    span: 5,
    question: 'How concentrated are sales?',
    defines: ['revenue', 'products_sold', 'share'],
    needs: ['products'],
    render(docs, context) {
        needOrders(docs.products, context);
        const c = concentration(docs.products);
        if (c === null || c.sold < FEW) {
            throw new Missing(
                'Too few products were sold to tell',
                `The curve shows from ${FEW} products on. Choose a longer period, or remove a filter.`,
            );
        }
        const abc = table(docs.products, 'abc').rows;
        return {
            finding: finding(c),
            note: 'Products sold from best to worst, share of revenue. Dashed: if all sold alike.',
            table: plainTable(docs.products, 'abc', 'abc'),
            body: () =>
                lines({
                    label: finding(c),
                    height: 300,
                    courses: [
                        { kind: 'main', values: c.curve, last: false },
                        { kind: 'ghost', values: c.curve.map((_, i) => i / STEPS) },
                    ],
                    names: (i) => (i % LABELLED === 0 ? share(i / STEPS, 0) : ''),
                    all: true,
                    value: (v) => (v > 1 ? '' : share(v, 0)),
                    most: 1,
                    extra: [parts(c)],
                    tooltip: (i) => ({
                        title: `The best ${share(i / STEPS, 0)} of the products`,
                        lines: [
                            { name: 'Products', value: count((c.sold * i) / STEPS) },
                            { name: 'Bring', value: share(c.curve[i] ?? 0, 0) },
                        ],
                    }),
                }),
            foot: abc
                .map(
                    (r) =>
                        `${text(r, 'class')}: ${count(num(r, 'products') ?? 0)}, ${roundMoney(num(r, 'revenue') ?? 0)}`,
                )
                .join(' · '),
        };
    },
};
