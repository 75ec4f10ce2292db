// Where is the shop heading, without its seasons? And which products rise and fall against the shop?
import { num, table, text, type Row } from '../../data/document';
import { lines } from '../../charts/lines';
import { thenNow } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { photo } from '../../ui/thing';
import { sizeText } from '../../words/findings';
import { axisMoney, count, dayText, money, moneyChange, monthText, share, spanText } from '../../words/numbers';
import { plainTable, row } from '../shared';

const FEW_WEEKS = 12;
const STEADY = 0.05; /* of the level a year before: under it the level has stayed */
const YEAR = 52;
const SHOWN = 6;

/** The level of now beside that of a year, or of the first week, before. */
export function levelFinding(rows: readonly Row[]): string {
    const last = rows[rows.length - 1];
    const year = rows.length > YEAR;
    const first = rows[year ? rows.length - 1 - YEAR : 0];
    const [now, then] = [num(last, 'trend') ?? 0, num(first, 'trend') ?? 0];
    if (then <= 0) {
        return `Without seasons the shop sells ${money(now)} a week`;
    }
    const change = now / then - 1;
    const since = year ? 'a year ago' : `in ${monthText(text(first, 'week'))}`;
    return Math.abs(change) < STEADY
        ? `Without seasons the level is about the same as ${since}`
        : `Without seasons the level is ${sizeText(change)} ${change > 0 ? 'higher' : 'lower'} than ${since}`;
}

export const courseCard: CardSpec = {
    id: 'course',
    span: 7,
    question: 'Where is the shop heading?',
    defines: ['revenue', 'trend_strength', 'season_strength'],
    needs: ['trends_quarter'],
    render(docs) {
        const rows = table(docs.trends_quarter, 'weeks').rows;
        if (rows.length < FEW_WEEKS) {
            throw new Missing(
                'The course shows after a few weeks',
                `There are ${count(rows.length)} whole weeks of sales; from ${FEW_WEEKS} on a level can be told from chance.`,
            );
        }
        const seasonal = rows.some((r) => Math.abs(num(r, 'season') ?? 0) > 0.005);
        const changes = rows.flatMap((r, i) => (text(r, 'change') === '' ? [] : [i])).slice(-2);
        const finding = levelFinding(rows);
        const last = rows[rows.length - 1];
        return {
            finding,
            note: `Revenue a week (grey), its level (line)${seasonal ? ', level and season together (dashed)' : ''}. Named: when the level changed.`,
            table: plainTable(docs.trends_quarter, 'weeks', 'weeks'),
            body: () =>
                lines({
                    label: finding,
                    height: 260,
                    fill: false,
                    courses: [
                        { kind: 'quiet', values: rows.map((r) => num(r, 'revenue')) },
                        ...(seasonal
                            ? [
                                  {
                                      kind: 'ghost' as const,
                                      values: rows.map((r) => (num(r, 'trend') ?? 0) + (num(r, 'season') ?? 0)),
                                  },
                              ]
                            : []),
                        { kind: 'main', values: rows.map((r) => num(r, 'trend')) },
                    ],
                    names: (i) => monthText(text(rows[i], 'week')),
                    value: axisMoney,
                    ends: [
                        { at: num(last, 'trend') ?? 0, first: axisMoney(num(last, 'trend') ?? 0), second: 'level now' },
                    ],
                    marks: changes.map((at) => ({
                        at,
                        rule: true,
                        first: 'level changed',
                        second: dayText(text(rows[at], 'week')),
                    })),
                    tooltip: (i) => ({
                        title: `Week from ${dayText(text(rows[i], 'week'))}`,
                        lines: [
                            { name: 'Revenue', value: money(num(rows[i], 'revenue') ?? 0) },
                            { name: 'Level', value: money(num(rows[i], 'trend') ?? 0) },
                            ...(seasonal ? [{ name: 'Season', value: moneyChange(num(rows[i], 'season') ?? 0) }] : []),
                        ],
                    }),
                }),
            ...(rows.length < 2 * YEAR ? { foot: 'A season of the year shows after two years of sales.' } : {}),
        };
    },
};

export function moversFinding(rows: readonly Row[]): string {
    const of = (course: string): number => rows.filter((r) => text(r, 'course') === course).length;
    const [up, down] = [of('rising'), of('falling')];
    if (up + down === 0) {
        return 'No product rises or falls against the shop, beyond chance';
    }
    const words = [
        up > 0 && `${count(up)} ${up === 1 ? 'rises' : 'rise'}`,
        down > 0 && `${count(down)} ${down === 1 ? 'falls' : 'fall'}`,
    ].filter((w): w is string => w !== false);
    return `${words.join(', ')} against the shop`;
}

/** The chance that so much comes by chance, in words. */
export function chanceWords(q: number): string {
    return q <= 0.1 ? 'beyond chance' : q >= 0.95 ? 'by chance' : `${share(q, 0)} by chance`;
}

export const risersCard: CardSpec = {
    id: 'risers',
    span: 5,
    question: 'Which products rise and fall?',
    defines: ['units', 'false_discovery'],
    needs: ['trends'],
    render(docs, context) {
        const rows = table(docs.trends, 'products').rows;
        if (context.controls.compare === 'none') {
            throw new Missing(
                'Rising and falling needs a comparison',
                'Choose what the period is compared with, above.',
                'circle-half-stroke',
            );
        }
        if (rows.length === 0) {
            throw new Missing(
                'Too few pieces of any product',
                'A product is looked at from ten pieces in both periods together on. Choose a longer period.',
            );
        }
        const first = rows.slice(0, SHOWN);
        const most = Math.max(...first.flatMap((r) => [num(r, 'share') ?? 0, num(r, 'share_before') ?? 0]));
        const before = docs.trends.compared?.days;
        return {
            finding: moversFinding(rows),
            note: `Share of items sold. Ring: ${before === undefined ? 'comparison' : spanText(before)}, dot: now. ${count(rows.length)} ${rows.length === 1 ? 'product was' : 'products were'} looked at.`,
            table: plainTable(docs.trends, 'products', 'rising-and-falling'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...first.map((r) => {
                        const [a, b] = [num(r, 'share_before') ?? 0, num(r, 'share') ?? 0];
                        const certain = text(r, 'course') !== 'not clear';
                        return row(
                            'minmax(7rem, 11rem) minmax(3rem, 1fr) 4.25rem',
                            'tall',
                            () => context.set({ open: `item:${text(r, 'name')}` }),
                            h(
                                'span',
                                { class: 'name' },
                                photo(context, text(r, 'name')),
                                h(
                                    'span',
                                    { class: 'thing-words' },
                                    h(
                                        'span',
                                        { class: 'thing-title', dir: 'auto' },
                                        text(r, 'title') || text(r, 'name'),
                                    ),
                                    h(
                                        'span',
                                        { class: 'sub' },
                                        `${count(num(r, 'units_before') ?? 0)} → ${count(num(r, 'units') ?? 0)} items`,
                                    ),
                                ),
                            ),
                            thenNow(a, b, 0, most, certain ? (b > a ? 'positive' : 'negative') : 'grey'),
                            h(
                                'span',
                                { class: `chance ${certain ? (b > a ? 'good-text' : 'bad-text') : 'muted'}` },
                                certain ? icon(b > a ? 'arrow-up' : 'arrow-down') : null,
                                chanceWords(num(r, 'false_discovery') ?? 1),
                            ),
                        );
                    }),
                ),
        };
    },
};
