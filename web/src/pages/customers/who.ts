// Who brings the revenue, and when does the second order come?
import { figure, num, table, text } from '../../data/document';
import { stacked } from '../../charts/bars';
import { lines } from '../../charts/lines';
import type { CardSpec } from '../../ui/card';
import { h } from '../../ui/dom';
import { Missing } from '../../ui/missing';
import { axisMoney, count, dayText, money, range, roundMoney, share, shortDay } from '../../words/numbers';
import { needOrders, plainTable, unfiltered } from '../shared';
import { shownWeeks } from '../weeks';
import { curveAt, KIND_NAMES, secondFinding, weeksFinding } from './words';

/** From the bottom up, each with its series: the same colours as everywhere. */
const PARTS: readonly [string, number][] = [
    ['returning', 0],
    ['new', 2],
    ['premium', 1],
    ['guests', 7],
];
const STEP = 30; /* days between points of the curve */
const DAY = 86400000;

function weekOf(day: string): string {
    return `${day}..${new Date(Date.parse(day) + 6 * DAY).toISOString().slice(0, 10)}`;
}

export const weeksCard: CardSpec = {
    id: 'weeks',
    span: 7,
    question: 'Who brings the revenue?',
    defines: ['revenue', 'new_customers', 'returning_customers'],
    needs: ['customers'],
    render(docs, context) {
        needOrders(docs.customers, context);
        const found = table(docs.customers, 'weeks');
        const weeks = shownWeeks(found);
        const kinds = PARTS.map(([kind, series]) => {
            const row = found.rows.find((r) => text(r, 'name') === kind);
            return { kind, series, values: weeks.ids.slice(weeks.from).map((id) => num(row, id) ?? 0) };
        }).filter((k) => k.values.some((v) => v > 0));
        if (kinds.length === 0) {
            throw new Missing(
                'No weeks with sales yet',
                'After the first weeks with orders this card shows who brought them.',
            );
        }
        const finding = weeksFinding(kinds);
        const total = (i: number): number => kinds.reduce((sum, k) => sum + (k.values[i] ?? 0), 0);
        const last = weeks.now.length - 1;
        let level = 0;
        const ends = kinds.flatMap((k) => {
            const value = k.values[last] ?? 0;
            level += value;
            return value <= 0
                ? []
                : [{ at: level - value / 2, first: KIND_NAMES[k.kind] ?? k.kind, second: roundMoney(value) }];
        });
        return {
            finding,
            note: 'Revenue a week of seven days, whatever the period. At the right: the last week.',
            table: plainTable(docs.customers, 'weeks', 'revenue-by-kind-and-week'),
            body: () =>
                stacked({
                    label: finding,
                    height: 280,
                    parts: kinds,
                    ends,
                    names: (i) => shortDay(weeks.now[i] ?? ''),
                    value: axisMoney,
                    tooltip: (i) => ({
                        title: `Week from ${dayText(weeks.now[i] ?? '')}`,
                        lines: [
                            ...[...kinds]
                                .reverse()
                                .map((k) => ({ name: KIND_NAMES[k.kind] ?? k.kind, value: money(k.values[i] ?? 0) })),
                            { name: 'Together', value: money(total(i)) },
                        ],
                        foot: 'Enter shows this week alone.',
                    }),
                    open: (i) => context.set({ period: weekOf(weeks.now[i] ?? '') }),
                }),
            foot: h(
                'span',
                { class: 'key' },
                ...kinds.map((k) =>
                    h(
                        'span',
                        null,
                        h('span', { class: `swatch series-${k.series + 1}` }),
                        KIND_NAMES[k.kind] ?? k.kind,
                    ),
                ),
            ),
        };
    },
};

export const secondCard: CardSpec = {
    id: 'second',
    span: 5,
    question: 'When does the second order come?',
    defines: ['second_order'],
    needs: ['cohorts'],
    render(docs, context) {
        const rows = table(docs.cohorts, 'second_order').rows;
        const values = curveAt(rows, 'share', STEP);
        if (values.length < 3 || figure(docs.cohorts, 'second_order')?.value == null) {
            throw new Missing(
                'Too few second orders yet',
                'Once 20 customers were watched for a month, this card shows how many come back, and when.',
            );
        }
        const low = curveAt(rows, 'share_low', STEP);
        const high = curveAt(rows, 'share_high', STEP);
        const finding = secondFinding(rows);
        const at = (day: number): number =>
            num(
                rows.find((r) => num(r, 'days') === day),
                'share',
            ) ?? 0;
        const marks = [
            { at: 60 / STEP, rule: true, first: `Day 60: ${share(at(60))}`, second: 'the window to write' },
            ...(values.length > 180 / STEP
                ? [{ at: 180 / STEP, y: at(180), first: `Day 180: ${share(at(180), 0)}` }]
                : []),
        ];
        return {
            finding,
            note: `Share of first-time buyers with a second order, with its 95% band, over all of the history.${unfiltered(context)}`,
            table: plainTable(docs.cohorts, 'second_order', 'second-order'),
            body: () =>
                lines({
                    label: finding,
                    height: 280,
                    fill: false,
                    courses: [{ kind: 'main', values, low, high }],
                    names: (i) => `${i * STEP} d`,
                    value: (v) => share(v, 0),
                    marks: values.length > 60 / STEP ? marks : [],
                    tooltip: (i) => ({
                        title: `Day ${i * STEP} after the first order`,
                        lines: [
                            { name: 'Ordered again', value: share(values[i] ?? 0) },
                            { name: '95 times in 100', value: range(share(low[i] ?? 0), share(high[i] ?? 0)) },
                        ],
                        foot: `${count(num(rows[0], 'at_risk') ?? 0)} customers with a first order`,
                    }),
                }),
        };
    },
};
