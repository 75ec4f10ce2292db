// What stays of it? Revenue, profit, margin and growth beside the compared period.
import { figure, num, table, text, type Doc, type Row } from '../../data/document';
import { trailingMean } from '../../charts/days';
import { lines, type Course } from '../../charts/lines';
import type { CardSpec, CardView, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { axisMoney, change, longDay, money, points, share, shortDay } from '../../words/numbers';
import { needOrders, plainTable } from '../shared';
import { profitFinding, trailingRatio } from './words';

const WINDOW = 7; /* days of a trailing mean */

interface Measure {
    name: string;
    note: string;
    now: (number | null)[];
    before: (number | null)[];
    axis(v: number): string;
    value(v: number): string;
    difference(now: number, then: number): string;
    fromZero: boolean;
}

const wholePercent = (v: number): string => share(v, 0);

/** The four measures of the days, as far as they are known and compared. */
function measures(doc: Doc, compared: boolean): Measure[] {
    const rows = table(doc, 'days').rows;
    const width = Math.min(WINDOW, Math.max(1, Math.floor(rows.length / 3)));
    const column = (id: string): (number | null)[] => rows.map((r) => num(r, id));
    const of = (id: string): (number | null)[] => (compared ? column(id) : []);
    const mean = width === 1 ? 'a day' : `a day, mean of up to ${width} days`;
    const relative = (now: number, then: number): string => (then === 0 ? '–' : change(now / then - 1));
    const found: Measure[] = [
        {
            name: 'Revenue',
            note: `Revenue ${mean}`,
            now: trailingMean(column('revenue'), width),
            before: trailingMean(of('revenue_before'), width),
            axis: axisMoney,
            value: money,
            difference: relative,
            fromZero: true,
        },
    ];
    const known = column('known_revenue').some((v) => v !== null) ? 'known_revenue' : 'revenue';
    if (column('profit').some((v) => v !== null)) {
        found.push(
            {
                name: 'Profit',
                note: `Revenue less the cost of goods, ${mean}`,
                now: trailingMean(column('profit'), width),
                before: trailingMean(of('profit_before'), width),
                axis: axisMoney,
                value: money,
                difference: relative,
                fromZero: true,
            },
            {
                name: 'Margin',
                note: `Profit as a share of revenue, over ${width} days at a time. The axis does not start at zero.`,
                now: trailingRatio(column('profit'), column(known), width),
                before: compared ? trailingRatio(column('profit_before'), column(`${known}_before`), width) : [],
                axis: wholePercent,
                value: share,
                difference: (now, then) => points(now - then),
                fromZero: false,
            },
        );
    }
    if (compared) {
        const ratio = trailingRatio(column('revenue'), column('revenue_before'), width);
        found.push({
            name: 'Growth',
            note: `Revenue of ${width} days against the same days of the comparison`,
            now: ratio.map((v) => (v === null ? null : v - 1)),
            before: ratio.map((v) => (v === null ? null : 0)),
            axis: wholePercent,
            value: change,
            difference: () => '',
            fromZero: true,
        });
    }
    return found;
}

function chart(m: Measure, rows: readonly Row[], finding: string, compared: boolean): CardView {
    const ghost = compared && m.before.some((v) => v !== null);
    const courses: Course[] = [{ kind: 'main', values: m.now }];
    if (ghost) {
        courses.push({ kind: 'ghost', values: m.before });
    }
    const growth = m.name === 'Growth';
    const last = m.now.at(-1);
    const lastBefore = m.before.at(-1);
    return {
        name: m.name,
        note: `${m.note}.${ghost && !growth ? ' Dashed: comparison.' : ''}`,
        body: () =>
            lines({
                label: `${m.name}. ${finding}`,
                height: 220,
                courses,
                fill: m.fromZero && !growth,
                fromZero: m.fromZero,
                ends: [
                    ...(last == null ? [] : [{ at: last, first: m.value(last), second: 'this period' }]),
                    ...(ghost && !growth && lastBefore != null
                        ? [{ at: lastBefore, first: m.value(lastBefore), second: 'comparison' }]
                        : []),
                    ...(growth ? [{ at: 0, first: 'no growth' }] : []),
                ],
                names: (i) => shortDay(text(rows[i], 'day')),
                value: m.axis,
                tooltip: (i) => {
                    const [now, then] = [m.now[i], ghost && !growth ? m.before[i] : null];
                    const list = now == null ? [] : [{ name: m.name, value: m.value(now) }];
                    if (now != null && then != null) {
                        list.push({ name: `Up to ${shortDay(text(rows[i], 'day_before'))}`, value: m.value(then) });
                        list.push({ name: 'Difference', value: m.difference(now, then) });
                    }
                    return { title: `Up to ${longDay(text(rows[i], 'day'))}`, lines: list };
                },
            }),
    };
}

export const profitCard: CardSpec = {
    id: 'profit',
    span: 8,
    question: 'What stays of it?',
    defines: ['profit', 'margin', 'revenue', 'cost_known'],
    needs: ['sales'],
    render(docs, context: Context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const rows = table(doc, 'days').rows;
        if (rows.length < 2) {
            throw new Missing(
                'One day has no course',
                'Choose a period of several days to see how profit and margin went.',
            );
        }
        const compared = context.controls.compare !== 'none' && doc.compared !== null;
        const finding = profitFinding(figure(doc, 'revenue'), figure(doc, 'profit'), figure(doc, 'margin'));
        const known = figure(doc, 'cost_known')?.value ?? 1;
        const views = measures(doc, compared).map((m) => chart(m, rows, finding, compared));
        const start = Math.max(
            0,
            views.findIndex((v) => v.name === 'Profit'),
        );
        const ordered = [...views.slice(start), ...views.slice(0, start)];
        return {
            finding,
            table: plainTable(doc, 'days', 'profit-a-day'),
            body: ordered[0]?.body ?? (() => document.createElement('div')),
            views: ordered,
            ...(known < 0.995
                ? { foot: `Costs are known for ${share(known)} of revenue; profit and margin are of that part.` }
                : {}),
        };
    },
};
