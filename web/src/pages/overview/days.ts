// How much do we sell a day?
import { num, sum, table, text, type Row } from '../../data/document';
import { dayBars, trailingMean } from '../../charts/days';
import type { CardSpec } from '../../ui/card';
import { h } from '../../ui/dom';
import { axisMoney, longDay, money, moneyChange, change, roundMoney, shortDay, spanText } from '../../words/numbers';
import { leadOpened } from '../../words/running';
import { needOrders, plainTable } from '../shared';

function bestDay(rows: readonly Row[]): number {
    return rows.reduce(
        (best, row, i) => ((num(row, 'revenue') ?? 0) > (num(rows[best], 'revenue') ?? 0) ? i : best),
        0,
    );
}

function finding(rows: readonly Row[], compared: boolean): string {
    const opened = compared ? leadOpened(rows) : null;
    if (opened !== null && opened.index > 1) {
        return `${opened.ahead ? 'The lead opened' : 'It fell behind'} on ${shortDay(text(rows[opened.index], 'day'))} and has ${opened.ahead ? 'held' : 'stayed there'} since`;
    }
    if (opened !== null) {
        return opened.ahead ? 'Ahead from the first days on' : 'Behind from the first days on';
    }
    return `${roundMoney(sum(rows, 'revenue') / Math.max(1, rows.length))} on a usual day`;
}

export const daysCard: CardSpec = {
    id: 'days',
    span: 8,
    question: 'How much do we sell a day?',
    defines: ['revenue', 'orders'],
    needs: ['overview'],
    render(docs, context) {
        const doc = docs.overview;
        needOrders(doc, context);
        const rows = table(doc, 'days').rows;
        const compared = context.controls.compare !== 'none' && doc.compared !== null;
        const before = compared ? rows.map((row) => num(row, 'revenue_before')) : [];
        const unfinished = doc.period?.unfinished ?? false;
        const best = bestDay(rows);
        const values = rows.map((row) => num(row, 'revenue') ?? 0);
        const mean = sum(rows, 'revenue') / Math.max(1, rows.length);
        const meanBefore = sum(rows, 'revenue_before') / Math.max(1, rows.length);
        const lastMean = trailingMean(values, 7).at(-1) ?? mean;
        const lastBefore = trailingMean(before, 7).at(-1) ?? meanBefore;
        return {
            finding: finding(rows, compared),
            note: 'Revenue a day, net of discounts and returns. Bars are days, lines are means of seven days.',
            table: plainTable(doc, 'days', 'revenue-a-day'),
            body: () =>
                dayBars({
                    label: finding(rows, compared),
                    values,
                    before,
                    names: (i) => shortDay(text(rows[i], 'day')),
                    value: axisMoney,
                    unfinished,
                    ends: [
                        {
                            at: lastMean,
                            first: `${roundMoney(mean)} a day`,
                            second: 'this period',
                            colour: undefined as never,
                        },
                        ...(compared ? [{ at: lastBefore, first: roundMoney(meanBefore), second: 'comparison' }] : []),
                    ],
                    marks:
                        rows.length > 4
                            ? [
                                  {
                                      at: best,
                                      y: values[best] ?? 0,
                                      first: `${shortDay(text(rows[best], 'day'))} · ${roundMoney(values[best] ?? 0)}`,
                                      second: 'best day of the period',
                                  },
                              ]
                            : [],
                    tooltip: (i) => {
                        const now = num(rows[i], 'revenue') ?? 0;
                        const then = num(rows[i], 'revenue_before');
                        const lines = [{ name: 'Revenue', value: money(now) }];
                        if (compared && then !== null) {
                            lines.push({ name: shortDay(text(rows[i], 'day_before')), value: money(then) });
                            lines.push({
                                name: 'Difference',
                                value:
                                    then === 0
                                        ? moneyChange(now - then)
                                        : `${moneyChange(now - then)}, ${change(now / then - 1)}`,
                            });
                        }
                        return {
                            title: longDay(text(rows[i], 'day')),
                            lines,
                            foot: `${num(rows[i], 'orders') ?? 0} orders. Enter opens the day.`,
                        };
                    },
                    open: (i) => {
                        const day = text(rows[i], 'day');
                        context.set({ period: `${day}..${day}`, page: 'sales' });
                    },
                }),
            foot: h(
                'span',
                { class: 'key' },
                h('span', null, h('i', { class: 'box' }), 'one day'),
                h('span', null, h('i', null), 'mean of 7 days'),
                compared &&
                    doc.compared !== null &&
                    h('span', null, h('i', { class: 'dashed' }), spanText(doc.compared.days)),
            ),
            link: { words: 'Open Sales', go: () => context.set({ page: 'sales' }) },
        };
    },
};
