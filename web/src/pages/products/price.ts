// Is the price right? Profit by price of the most promising product, with its band and the prices that were tried.
import type { Plugin } from 'chart.js';

import { figure, num, table, text, type Doc, type Row } from '../../data/document';
import { lines } from '../../charts/lines';
import { faded, theme } from '../../charts/theme';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { shortTitle } from '../../words/names';
import { axisMoney, count, decimal, money, moneyChange, range, roundMoney } from '../../words/numbers';
import { plainTable } from '../shared';
import { trial } from './trial';

/** What is said of the first product to try: surely, or as a promise. */
export function finding(first: Row): string {
    const name = shortTitle(text(first, 'title') || text(first, 'item'), 44);
    const price = money(num(first, 'price_suggested') ?? 0, true);
    const sure = (num(first, 'price_effect_month_low') ?? 0) > 0;
    return sure ? `${name} should earn more at ${price}` : `${name} may earn more at ${price}; that is not sure`;
}

/** The place of a price on the curve, in its steps. */
export function placeOf(curve: readonly Row[], price: number): number | null {
    const prices = curve.map((r) => num(r, 'price') ?? 0);
    const next = prices.findIndex((p) => p >= price);
    if (prices.length < 2 || next < 0 || price < (prices[0] ?? 0)) {
        return null;
    }
    const [low, high] = [prices[Math.max(0, next - 1)] ?? 0, prices[next] ?? 0];
    return next === 0 || high === low ? next : next - 1 + (price - low) / (high - low);
}

/** Prices that were tried long enough to stand as a circle. */
export function tried(doc: Doc): Row[] {
    return table(doc, 'tried').rows.filter((r) => (num(r, 'weeks') ?? 0) >= 2);
}

function points(curve: readonly Row[], circles: readonly Row[], now: number, best: number): Plugin<'line'> {
    return {
        id: 'prices',
        afterDatasetsDraw(chart) {
            const { ctx, chartArea, scales } = chart;
            const { x, y } = scales;
            if (x === undefined || y === undefined) {
                return;
            }
            const colours = theme();
            const unit = colours.size / 12;
            const weeks = Math.max(1, ...circles.map((r) => num(r, 'weeks') ?? 0));
            ctx.save();
            for (const r of circles) {
                const at = placeOf(curve, num(r, 'price') ?? 0);
                const value = num(r, 'price_value_month') ?? 0;
                if (at !== null && value >= (y.min ?? 0) && value <= (y.max ?? Infinity)) {
                    ctx.beginPath();
                    const size = (3 + 5 * Math.sqrt((num(r, 'weeks') ?? 0) / weeks)) * unit;
                    ctx.arc(x.getPixelForValue(at), y.getPixelForValue(value), size, 0, 2 * Math.PI);
                    ctx.fillStyle = faded(colours.surface, 0.7);
                    ctx.strokeStyle = colours.ink;
                    ctx.lineWidth = 1.25;
                    ctx.fill();
                    ctx.stroke();
                }
            }
            const top = chartArea.top;
            const label = (words: string, px: number, py: number, colour: string): void => {
                ctx.font = `600 ${colours.size}px ${colours.font}`;
                const width = ctx.measureText(words).width;
                const left = Math.max(chartArea.left, Math.min(px - width / 2, chartArea.right - width));
                ctx.textBaseline = 'bottom';
                ctx.lineWidth = 4;
                ctx.lineJoin = 'round';
                ctx.strokeStyle = colours.surface;
                ctx.strokeText(words, left, py);
                ctx.fillStyle = colour;
                ctx.fillText(words, left, py);
            };
            const nowAt = placeOf(curve, now);
            if (nowAt !== null) {
                const px = x.getPixelForValue(nowAt);
                ctx.strokeStyle = colours.ink;
                ctx.lineWidth = 1;
                ctx.setLineDash([3, 3]);
                ctx.beginPath();
                ctx.moveTo(px, top);
                ctx.lineTo(px, chartArea.bottom);
                ctx.stroke();
                ctx.setLineDash([]);
                label(`now ${money(now, true)}`, px, top - 4 * unit, colours.ink);
            }
            const bestAt = placeOf(curve, best);
            if (bestAt !== null) {
                const row = curve[Math.round(bestAt)];
                const px = x.getPixelForValue(bestAt);
                const py = y.getPixelForValue(num(row, 'price_value_month') ?? 0);
                ctx.beginPath();
                ctx.arc(px, py, 5 * unit, 0, 2 * Math.PI);
                ctx.fillStyle = colours.accent;
                ctx.strokeStyle = colours.surface;
                ctx.lineWidth = 1.5;
                ctx.fill();
                ctx.stroke();
                label(`best ${money(best, true)}`, px, py - 9 * unit, colours.accent);
            }
            ctx.restore();
        },
    };
}

export const priceCard: CardSpec = {
    id: 'price',
    span: 6,
    question: 'Is the price right?',
    defines: ['price_suggested', 'price_effect_month', 'price_value_month', 'elasticity'],
    needs: ['prices'],
    render(docs, context) {
        const first = table(docs.prices, 'prices').rows[0];
        const curve = table(docs.prices, 'curve').rows;
        if (first === undefined || curve.length === 0) {
            throw new Missing(
                'No price is worth trying yet',
                'That takes goods that had three prices or more and ten weeks with sales.',
                'tag',
            );
        }
        const now = num(first, 'price_now') ?? 0;
        const best = num(first, 'price_suggested') ?? 0;
        const of = text(first, 'of') === 'margin' ? 'Profit' : 'Revenue';
        const sure = figure(docs.prices, 'prices_sure')?.value ?? 0;
        const promising = figure(docs.prices, 'prices_promising')?.value ?? 0;
        const effect = num(first, 'price_effect_month') ?? 0;
        const gain = h(
            'span',
            null,
            h('strong', { class: effect >= 0 ? 'good-text' : 'bad-text' }, moneyChange(effect)),
            ` a month (${range(roundMoney(num(first, 'price_effect_month_low') ?? 0), roundMoney(num(first, 'price_effect_month_high') ?? 0))}). `,
            `Elasticity ${decimal(num(first, 'elasticity') ?? 0, 1)}. ${count(sure)} ${sure === 1 ? 'price is' : 'prices are'} worth a try, ${count(promising)} more may be.`,
        );
        return {
            finding: finding(first),
            note: `${of} a month by price, 19 times in 20 within the band. Circles: prices tried, size is weeks.`,
            table: plainTable(docs.prices, 'prices', 'prices-to-try'),
            body: () =>
                lines({
                    label: finding(first),
                    height: 240,
                    fill: false,
                    courses: [
                        {
                            kind: 'main',
                            values: curve.map((r) => num(r, 'price_value_month')),
                            low: curve.map((r) => num(r, 'price_value_month_low')),
                            high: curve.map((r) => num(r, 'price_value_month_high')),
                            last: false,
                        },
                    ],
                    names: (i) => roundMoney(num(curve[i], 'price') ?? 0),
                    value: axisMoney,
                    extra: [points(curve, tried(docs.prices), now, best)],
                    tooltip: (i) => ({
                        title: `At ${money(num(curve[i], 'price') ?? 0, true)}`,
                        lines: [
                            { name: `${of} a month`, value: money(num(curve[i], 'price_value_month') ?? 0) },
                            {
                                name: '19 times in 20',
                                value: range(
                                    roundMoney(num(curve[i], 'price_value_month_low') ?? 0),
                                    roundMoney(num(curve[i], 'price_value_month_high') ?? 0),
                                ),
                            },
                            { name: 'Items a month', value: decimal(num(curve[i], 'units') ?? 0, 1) },
                        ],
                        ...(text(curve[i], 'tried') === '' ? { foot: 'Beyond the prices tried.' } : {}),
                    }),
                }),
            foot: h(
                'div',
                { class: 'foot-row' },
                gain,
                trial(context, { item: text(first, 'item'), now, suggested: best }),
            ),
        };
    },
};
