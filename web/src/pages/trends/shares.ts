// Who takes share from whom? All categories as quiet lines, two or three raised.
import { num, table, text, type Doc } from '../../data/document';
import { lines, type Course } from '../../charts/lines';
import type { CardSpec, Context, Drawn } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { clear, h } from '../../ui/dom';
import { leafOf } from '../../words/names';
import { dayText, longMonth, monthText, points, share } from '../../words/numbers';
import { plainTable } from '../shared';

const KEPT = 8; /* weeks that a lead has to last to be told */
const LOUD = 0.03; /* of revenue won or lost in a year, to be told */
const MOST = 8;
const OTHER = 7; /* the series of what is not among the first categories */

export interface Shares {
    weeks: string[];
    /** Largest now first. */
    categories: { name: string; values: number[] }[];
}

export function shares(doc: Doc): Shares {
    const rows = table(doc, 'category_shares').rows;
    const weeks = [...new Set(rows.map((r) => text(r, 'week')))];
    const names = [...new Set(rows.map((r) => text(r, 'category')))];
    const at = new Map(rows.map((r) => [`${text(r, 'week')} ${text(r, 'category')}`, num(r, 'share') ?? 0]));
    const last = weeks[weeks.length - 1] ?? '';
    return {
        weeks,
        categories: names
            .map((name) => ({ name, values: weeks.map((week) => at.get(`${week} ${name}`) ?? 0) }))
            .sort((a, b) => (at.get(`${last} ${b.name}`) ?? 0) - (at.get(`${last} ${a.name}`) ?? 0))
            .slice(0, MOST),
    };
}

/** Since which week the leader of now has led without a break, and who led before; null: all the year. */
export function leadSince(s: Shares): { week: number; before: string } | null {
    const leader = s.categories[0];
    if (leader === undefined) {
        return null;
    }
    for (let week = s.weeks.length - 1; week >= 0; week--) {
        const other = s.categories.find((c) => c !== leader && (c.values[week] ?? 0) > (leader.values[week] ?? 0));
        if (other !== undefined) {
            return { week: week + 1, before: other.name };
        }
    }
    return null;
}

const gain = (values: readonly number[]): number => (values[values.length - 1] ?? 0) - (values[0] ?? 0);

export function finding(s: Shares): string {
    const leader = s.categories[0];
    if (leader === undefined) {
        return 'Nothing was sold';
    }
    const since = leadSince(s);
    if (since !== null && s.weeks.length - since.week >= KEPT) {
        return `${leafOf(leader.name)} passed ${leafOf(since.before)} in ${longMonth(s.weeks[since.week] ?? '')} and kept the lead`;
    }
    const moved = [...s.categories].sort((a, b) => Math.abs(gain(b.values)) - Math.abs(gain(a.values)))[0];
    const size = moved === undefined ? 0 : gain(moved.values);
    if (moved !== undefined && Math.abs(size) >= LOUD) {
        return `${leafOf(moved.name)} ${size > 0 ? 'won' : 'lost'} most in a year: ${points(size)}`;
    }
    return `${leafOf(leader.name)} leads as it did; no category won or lost much`;
}

/** The leader, who led before or comes next, and who moved most. */
export function raised(s: Shares): string[] {
    const since = leadSince(s);
    const moved = [...s.categories].sort((a, b) => Math.abs(gain(b.values)) - Math.abs(gain(a.values)))[0];
    const names = [s.categories[0]?.name, since?.before ?? s.categories[1]?.name, moved?.name];
    return [...new Set(names.filter((n): n is string => n !== undefined))].slice(0, 3);
}

function drawing(s: Shares, context: Context): Drawn {
    const loud = new Set(raised(s));
    const series = (name: string): number => {
        const at = context.meta.categories.indexOf(name);
        const place = at >= 0 ? at : s.categories.findIndex((c) => c.name === name);
        return place < 0 ? OTHER : Math.min(place, OTHER);
    };
    const place = h('div', { class: 'shares-chart' });
    const key = h('div', { class: 'shares-key', role: 'group', 'aria-label': 'Bring a category forward' });
    let drawn: Drawn | null = null;

    function draw(): void {
        drawn?.destroy?.();
        const courses: Course[] = [...s.categories]
            .sort((a, b) => (loud.has(a.name) ? 1 : 0) - (loud.has(b.name) ? 1 : 0))
            .map((c) => ({ kind: loud.has(c.name) ? series(c.name) : 'quiet', values: c.values }));
        drawn = lines({
            label: finding(s),
            height: 280,
            fill: false,
            courses,
            names: (i) => monthText(s.weeks[i] ?? ''),
            value: (v) => share(v, 0),
            ends: s.categories.map((c) => ({
                at: c.values[c.values.length - 1] ?? 0,
                first: `${leafOf(c.name)} ${share(c.values[c.values.length - 1] ?? 0, 0)}`,
                quiet: !loud.has(c.name),
            })),
            tooltip: (i) => ({
                title: `Eight weeks to ${dayText(s.weeks[i] ?? '')}`,
                lines: s.categories.map((c) => ({ name: c.name, value: share(c.values[i] ?? 0, 0) })),
            }),
        });
        clear(place, drawn.node);
        clear(
            key,
            ...s.categories.map((c) =>
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'chip-toggle',
                        'aria-pressed': String(loud.has(c.name)),
                        onClick: (event: Event) => {
                            if (!loud.delete(c.name)) {
                                loud.add(c.name);
                            }
                            draw();
                            const again = key.querySelectorAll<HTMLElement>('button');
                            again[s.categories.indexOf(c)]?.focus();
                            event.stopPropagation();
                        },
                    },
                    h('span', { class: `swatch ${loud.has(c.name) ? `series-${series(c.name) + 1}` : 'quiet'}` }),
                    leafOf(c.name),
                ),
            ),
        );
    }

    draw();
    return { node: h('div', { class: 'shares' }, place, key), destroy: () => drawn?.destroy?.() };
}

export const sharesCard: CardSpec = {
    id: 'shares',
    span: 7,
    question: 'Who takes share from whom?',
    defines: ['share', 'revenue'],
    needs: ['trends_quarter'],
    render(docs, context) {
        const s = shares(docs.trends_quarter);
        if (s.weeks.length < KEPT || s.categories.length < 2) {
            throw new Missing(
                s.weeks.length < KEPT ? 'Shares show after four months' : 'There is one category alone',
                'The card compares at least two categories over sixteen weeks of sales. A filter of category shows what is below it.',
            );
        }
        return {
            finding: finding(s),
            note: 'Share of revenue, 8-week mean. Click a name to bring it forward.',
            table: plainTable(docs.trends_quarter, 'category_shares', 'shares'),
            body: () => drawing(s, context),
        };
    },
};
