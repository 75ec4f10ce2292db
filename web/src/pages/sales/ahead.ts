// Are we ahead? Running, by day and by week.
import { figure, num, table, text, type Doc, type Row } from '../../data/document';
import { columns } from '../../charts/bars';
import { dayBars } from '../../charts/days';
import { lines, type Course } from '../../charts/lines';
import type { EndLabel } from '../../charts/chartjs';
import type { CardSpec, CardView, Context, Drawn } from '../../ui/card';
import type { TooltipText } from '../../ui/tooltip';
import { axisMoney, change, dayText, longDay, money, moneyChange, roundMoney, shortDay } from '../../words/numbers';
import { leadOpened, running, wholeWeeks } from '../../words/running';
import { needOrders, plainTable } from '../shared';
import { aheadFinding } from './words';

const SHORT: Record<string, string> = {
    previous: 'period before',
    weekdays: 'same weekdays',
    year: 'last year',
    none: '',
};

function beside(title: string, now: number, then: number | null, thenName: string, foot?: string): TooltipText {
    const rows = [{ name: 'This period', value: money(now) }];
    if (then !== null) {
        rows.push({ name: thenName, value: money(then) });
        rows.push({
            name: 'Difference',
            value: then === 0 ? moneyChange(now - then) : `${moneyChange(now - then)}, ${change(now / then - 1)}`,
        });
    }
    return { title, lines: rows, ...(foot === undefined ? {} : { foot }) };
}

/** Days of last year beside those of now, where the shop had any orders then. */
function lastYear(doc: Doc, context: Context): number[] {
    const revenue = figure(doc, 'revenue');
    return context.controls.compare !== 'year' && (revenue?.before ?? 0) > 0
        ? running(table(doc, 'days').rows, 'revenue_before')
        : [];
}

function runningChart(
    rows: readonly Row[],
    compared: boolean,
    year: readonly number[],
    finding: string,
    context: Context,
    unfinished: boolean,
): Drawn {
    const now = running(rows, 'revenue');
    const before = compared ? running(rows, 'revenue_before') : [];
    const opened = compared ? leadOpened(rows) : null;
    const name = SHORT[context.controls.compare] ?? 'comparison';
    const courses: Course[] = [{ kind: 'main', values: now }];
    const ends: EndLabel[] = [{ at: now.at(-1) ?? 0, first: roundMoney(now.at(-1) ?? 0), second: 'this period' }];
    if (compared) {
        courses.push({ kind: 'ghost', values: before });
        ends.push({ at: before.at(-1) ?? 0, first: roundMoney(before.at(-1) ?? 0), second: name });
    }
    if (year.length > 0) {
        courses.push({ kind: 'faint', values: year });
        ends.push({ at: year.at(-1) ?? 0, first: roundMoney(year.at(-1) ?? 0), second: 'last year' });
    }
    return lines({
        label: finding,
        height: 280,
        courses,
        ends,
        unfinished,
        names: (i) => shortDay(text(rows[i], 'day')),
        value: axisMoney,
        marks:
            opened !== null && opened.index > 1
                ? [
                      {
                          at: opened.index,
                          rule: true,
                          first: `${shortDay(text(rows[opened.index], 'day'))}: ${opened.ahead ? 'ahead' : 'behind'} since here`,
                      },
                  ]
                : [],
        tooltip: (i) =>
            beside(
                `Up to ${longDay(text(rows[i], 'day'))}`,
                now[i] ?? 0,
                compared ? (before[i] ?? 0) : null,
                name,
                year[i] === undefined ? undefined : `Last year: ${roundMoney(year[i])}`,
            ),
    });
}

function dailyChart(
    rows: readonly Row[],
    compared: boolean,
    finding: string,
    context: Context,
    unfinished: boolean,
): Drawn {
    return dayBars({
        label: finding,
        height: 280,
        values: rows.map((row) => num(row, 'revenue') ?? 0),
        before: compared ? rows.map((row) => num(row, 'revenue_before')) : [],
        names: (i) => shortDay(text(rows[i], 'day')),
        value: axisMoney,
        unfinished,
        ends: [],
        marks: [],
        tooltip: (i) =>
            beside(
                longDay(text(rows[i], 'day')),
                num(rows[i], 'revenue') ?? 0,
                compared ? num(rows[i], 'revenue_before') : null,
                shortDay(text(rows[i], 'day_before')),
                `${num(rows[i], 'orders') ?? 0} orders. Enter shows this day alone.`,
            ),
        open: (i) => context.set({ period: `${text(rows[i], 'day')}..${text(rows[i], 'day')}` }),
    });
}

function weeklyChart(rows: readonly Row[], compared: boolean, finding: string, context: Context): Drawn {
    const weeks = wholeWeeks(rows, 'revenue');
    const span = (i: number): string =>
        `${text(rows[weeks[i]?.from ?? 0], 'day')}..${text(rows[weeks[i]?.until ?? 0], 'day')}`;
    return columns({
        label: finding,
        height: 280,
        values: weeks.map((w) => w.value),
        before: compared ? weeks.map((w) => w.before) : [],
        names: (i) => shortDay(text(rows[weeks[i]?.from ?? 0], 'day')),
        value: axisMoney,
        tooltip: (i) =>
            beside(
                `Week from ${dayText(text(rows[weeks[i]?.from ?? 0], 'day'))}`,
                weeks[i]?.value ?? 0,
                compared ? (weeks[i]?.before ?? 0) : null,
                SHORT[context.controls.compare] ?? 'comparison',
                'Enter shows this week alone.',
            ),
        open: (i) => context.set({ period: span(i) }),
    });
}

export const aheadCard: CardSpec = {
    id: 'ahead',
    span: 8,
    question: 'Are we ahead?',
    defines: ['revenue'],
    needs: ['sales', 'sales_year_before'],
    render(docs, context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const rows = table(doc, 'days').rows;
        const compared = context.controls.compare !== 'none' && doc.compared !== null;
        const unfinished = doc.period?.unfinished ?? false;
        const finding = aheadFinding(rows, figure(doc, 'revenue'), figure(doc, 'orders'), compared);
        const views: CardView[] = [];
        if (rows.length > 1) {
            views.push({
                name: 'Running',
                note: 'Running total of revenue, net of discounts and returns',
                body: () =>
                    runningChart(
                        rows,
                        compared,
                        lastYear(docs.sales_year_before, context),
                        finding,
                        context,
                        unfinished,
                    ),
            });
        }
        views.push({
            name: 'Daily',
            note: 'Revenue a day. The line is the mean of the days before, dashed that of the comparison.',
            body: () => dailyChart(rows, compared, finding, context, unfinished),
        });
        if (rows.length >= 14) {
            views.push({
                name: 'Weekly',
                note: `Revenue in whole weeks of seven days, counted back from the last day.${compared ? ' Dashed: comparison.' : ''}`,
                body: () => weeklyChart(rows, compared, finding, context),
            });
        }
        return {
            finding,
            table: plainTable(doc, 'days', 'revenue-a-day'),
            body: views[0]?.body ?? (() => document.createElement('div')),
            ...(views.length > 1 ? { views } : { note: views[0]?.note ?? '' }),
        };
    },
};
