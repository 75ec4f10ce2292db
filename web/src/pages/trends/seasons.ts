// When is the season of what, and what should be in stock when?
import { num, table, text, type Doc, type Row } from '../../data/document';
import { heat, heatKey } from '../../charts/heat';
import { ABOVE, ribbons, runsOf } from '../../charts/ribbons';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { categoryIcon } from '../../ui/icons';
import { listing } from '../../words/findings';
import { leafOf } from '../../words/names';
import { count, longMonth, monthText, shortDay } from '../../words/numbers';
import { plainTable } from '../shared';

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FEW_LINES = 20; /* order lines behind a cell, under which it is left blank */
const STRONG = 1.2; /* of a usual month: the season of a category */
const QUARTERS: readonly [string, readonly number[]][] = [
    ['spring', [2, 3, 4]],
    ['summer', [5, 6, 7]],
    ['autumn', [8, 9, 10]],
    ['winter', [11, 0, 1]],
];
const AHEAD = 30; /* weeks of the ribbons */
const DAY = 86_400_000; /* ms */
const MONTH_DAYS = 365.25 / 12;

export interface Season {
    category: string;
    /** By month, 1 a usual one; null behind which too little was sold. */
    months: (number | null)[];
    /** At least so much, 19 times in 20; null where that is not known. */
    low: (number | null)[];
    lines: number[];
}

export function seasons(doc: Doc): Season[] {
    const lines = new Map(table(doc, 'season_lines').rows.map((r) => [text(r, 'category'), r]));
    const lows = new Map(table(doc, 'season_low').rows.map((r) => [text(r, 'category'), r]));
    return table(doc, 'seasons').rows.map((r: Row) => {
        const behind = MONTHS.map((m) => num(lines.get(text(r, 'category')), m) ?? 0);
        return {
            category: text(r, 'category'),
            months: MONTHS.map((m, i) => ((behind[i] ?? 0) >= FEW_LINES ? num(r, m) : null)),
            low: MONTHS.map((m) => num(lows.get(text(r, 'category')), m)),
            lines: behind,
        };
    });
}

/** The month in which the answer's period ends, from 0. */
export function monthOf(doc: Doc): number {
    const last = doc.period?.days.split('..').pop() ?? '';
    return Math.max(0, Number(last.slice(5, 7)) - 1);
}

/** Strong, and above a usual month beyond chance where that is known. */
const isSeason = (s: Season, month: number): boolean => (s.months[month] ?? 0) >= STRONG && (s.low[month] ?? 1.01) > 1;

function peakOf(s: Season): number | null {
    const values = s.months.map((v) => v ?? -1);
    const top = Math.max(...values);
    const month = values.indexOf(top);
    return isSeason(s, month) ? month : null;
}

/** "December belongs to Toys and Electronics; Sports and Beauty live in spring." */
export function seasonFinding(all: readonly Season[], month: number, monthName: string): string {
    const now = all
        .filter((s) => isSeason(s, month))
        .sort((a, b) => (b.months[month] ?? 0) - (a.months[month] ?? 0))
        .slice(0, 2)
        .map((s) => s.category);
    const elsewhere = QUARTERS.map(([name, months]) => ({
        name,
        categories: all
            .filter((s) => {
                const peak = peakOf(s);
                return peak !== null && months.includes(peak) && !now.includes(s.category);
            })
            .map((s) => s.category),
        holds: months.includes(month),
    }))
        .filter((q) => !q.holds && q.categories.length > 0)
        .sort((a, b) => b.categories.length - a.categories.length)[0];
    const parts = [
        now.length > 0 && `${monthName} belongs to ${listing(now.map(leafOf))}`,
        elsewhere !== undefined &&
            `${listing(elsewhere.categories.slice(0, 2).map(leafOf))} ${elsewhere.categories.length === 1 ? 'peaks' : 'peak'} in ${elsewhere.name}`,
    ].filter((p): p is string => p !== false);
    return parts.length === 0 ? 'No category has a season of its own' : parts.join('; ');
}

/** Which category is high in which month: those that are high now first. */
function ordered(all: readonly Season[], month: number): Season[] {
    return [...all].sort((a, b) => (b.months[month] ?? 0) - (a.months[month] ?? 0));
}

function needSeasons(doc: Doc): Season[] {
    const all = seasons(doc);
    if (all.length === 0) {
        throw new Missing(
            'Seasons show after a year',
            'There are fewer than twelve whole months of sales, so no month can be compared with the others.',
            'hourglass-half',
        );
    }
    return all;
}

/** A day of the month `month`, from 0, to name it by. */
export const monthDay = (month: number): string => `2024-${String(month + 1).padStart(2, '0')}-01`;

const filterBy = (context: Context, category: string): void =>
    context.set({ category: context.controls.category === category ? '' : category });

export const seasonsCard: CardSpec = {
    id: 'seasons',
    span: 8,
    question: 'When is the season of what?',
    defines: ['revenue'],
    needs: ['trends_quarter'],
    render(docs, context) {
        const doc = docs.trends_quarter;
        const month = monthOf(doc);
        const all = ordered(needSeasons(doc), month).slice(0, 10);
        const finding = seasonFinding(all, month, longMonth(monthDay(month)));
        const names = MONTHS.map((_, i) => monthText(monthDay(i)));
        return {
            finding,
            note: '100 is a category’s average month, of up to two years. Framed: the month of now. Click a cell to filter.',
            table: plainTable(doc, 'seasons', 'seasons'),
            body: () =>
                heat({
                    label: finding,
                    rows: all.map((s) => leafOf(s.category)),
                    columns: names,
                    values: all.map((s) => s.months),
                    words: (row, column) => {
                        const value = all[row]?.months[column];
                        return value == null ? '' : count(value * 100);
                    },
                    tooltip: (row, column) => {
                        const s = all[row];
                        const value = s?.months[column];
                        return {
                            title: `${s?.category ?? ''}, ${names[column] ?? ''}`,
                            lines: [
                                {
                                    name: 'Of a usual month',
                                    value: value == null ? 'too few to tell' : `${count(value * 100)}%`,
                                },
                                { name: 'Order lines', value: count(s?.lines[column] ?? 0) },
                            ],
                        };
                    },
                    open: (row) => filterBy(context, all[row]?.category ?? ''),
                    now: month,
                    from: 0.5,
                    until: 1.7,
                }),
            foot: heatKey('half the average', '1.7 times and more'),
        };
    },
};

/** The index of each week ahead, between the middles of the months; null where a month beside it is not known. */
export function weeksAhead(s: Season, from: string, n: number): (number | null)[] {
    const start = Date.parse(`${from.slice(0, 10)}T00:00:00Z`);
    return Array.from({ length: n }, (_, week) => {
        const date = new Date(start + (week * 7 + 3.5) * DAY);
        const at = date.getUTCMonth() + (date.getUTCDate() - 1) / MONTH_DAYS - 0.5;
        const low = Math.floor(at);
        const [a, b] = [s.months[(low + 12) % 12], s.months[(low + 13) % 12]];
        return a == null || b == null ? null : a + (b - a) * (at - low);
    });
}

/** What the ribbon of a category says: when it peaks, or that its time is over. */
export function ribbonWords(weeks: readonly (number | null)[], when: (week: number) => string): string {
    const runs = runsOf(weeks);
    const first = runs[0];
    if (first === undefined) {
        return 'no season ahead';
    }
    const own =
        first.from > 0
            ? `rises from ${when(first.from)}`
            : first.peak === 0
              ? `peak past, over by ${when(first.until + 1)}`
              : `peak around ${when(first.peak)}`;
    return runs[1] === undefined ? own : `${own}, again from ${when(runs[1].from)}`;
}

/** The weeks ahead of each category, those whose season comes first on top. */
export function aheadOf(
    doc: Doc,
    now: string,
): { from: string; rows: { category: string; weeks: (number | null)[] }[] } {
    const from = (doc.period?.until ?? now).slice(0, 10);
    return {
        from,
        rows: seasons(doc)
            .map((s) => ({ category: s.category, weeks: weeksAhead(s, from, AHEAD) }))
            .sort((a, b) => (runsOf(a.weeks)[0]?.from ?? AHEAD) - (runsOf(b.weeks)[0]?.from ?? AHEAD)),
    };
}

/** The name of the week `week` after `from`. */
export function weekName(from: string, week: number): string {
    return shortDay(new Date(Date.parse(`${from}T00:00:00Z`) + week * 7 * DAY).toISOString());
}

export function stockFinding(
    rows: readonly { category: string; weeks: readonly (number | null)[] }[],
    when: (week: number) => string,
): string {
    const open = rows
        .flatMap((r) => {
            const first = runsOf(r.weeks)[0];
            return first === undefined ? [] : [{ ...first, category: r.category }];
        })
        .sort((a, b) => a.from - b.from || b.until - b.from - (a.until - a.from));
    const now = open.filter((r) => r.from === 0).sort((a, b) => b.until - a.until)[0];
    const next = open.filter((r) => r.from > 0)[0];
    const parts = [
        now !== undefined && `${leafOf(now.category)} until ${when(now.until + 1)}`,
        next !== undefined && `${leafOf(next.category)} from ${when(next.from)}`,
    ].filter((p): p is string => p !== false);
    return parts.length === 0 ? 'No season comes in the next seven months' : `Next: ${parts.join(', ')}`;
}

export const stockCard: CardSpec = {
    id: 'in-stock',
    span: 12,
    question: 'What should be in stock when?',
    defines: ['revenue'],
    needs: ['trends_quarter'],
    render(docs, context) {
        const doc = docs.trends_quarter;
        needSeasons(doc);
        const { from, rows: all } = aheadOf(doc, context.meta.now);
        const rows = all.slice(0, 10);
        const when = (week: number): string => weekName(from, week);
        const day = (week: number): string => new Date(Date.parse(`${from}T00:00:00Z`) + week * 7 * DAY).toISOString();
        const months: { at: number; name: string }[] = [];
        for (let week = 0; week < AHEAD; week += 1 / 7) {
            const date = day(week);
            if (date.slice(8, 10) === '01' && months[months.length - 1]?.name !== monthText(date)) {
                months.push({ at: week, name: monthText(date) });
            }
        }
        const finding = stockFinding(rows, when);
        return {
            finding,
            note: `Weeks above a category’s average by ${count((ABOVE - 1) * 100)}% and more, darkest at the peak, as the last two years were. Click a row to filter.`,
            table: {
                name: 'in-stock',
                caption: 'Weeks ahead by category, 100 a usual week',
                columns: [
                    { id: 'category', name: 'Category', unit: 'text', value: (r: (typeof rows)[number]) => r.category },
                    ...Array.from({ length: AHEAD }, (_, week) => ({
                        id: `w${week}`,
                        name: when(week),
                        unit: 'count',
                        value: (r: (typeof rows)[number]) => {
                            const v = r.weeks[week];
                            return v == null ? null : Math.round(v * 100);
                        },
                    })),
                ],
                rows,
            },
            body: () =>
                ribbons({
                    label: finding,
                    months,
                    rows: rows.map((r) => ({
                        name: h('span', { class: 'name' }, categoryIcon(r.category), leafOf(r.category)),
                        weeks: r.weeks,
                        words: ribbonWords(r.weeks, when),
                        open: () => filterBy(context, r.category),
                    })),
                }),
        };
    },
};
