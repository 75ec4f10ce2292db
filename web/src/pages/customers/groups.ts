// How recent, how often; which groups, and what next?
import { num, table, text, type Row } from '../../data/document';
import { heat } from '../../charts/heat';
import { meter } from '../../charts/rows';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { count, days, money, roundMoney, share } from '../../words/numbers';
import { plainTable, row, unfiltered } from '../shared';
import { bandsFinding, segmentName, segmentsFinding } from './words';

const ENOUGH = 20; /* people, under which a cell has no colour */

function recency(r: Row | undefined): string {
    const [from, until] = [num(r, 'silent_from') ?? 0, num(r, 'silent_until')];
    const month = (day: number): number => Math.round(day / 30.4);
    return until === null ? 'over 1 yr' : from === 0 ? `last ${month(until)} mo` : `${month(from)}–${month(until)} mo`;
}

function frequency(r: Row | undefined): string {
    const [from, until] = [num(r, 'orders_from') ?? 0, num(r, 'orders_until')];
    return until === null ? `${from}+` : from === until ? (from === 1 ? '1 order' : `${from}`) : `${from}–${until}`;
}

const different = (rows: readonly Row[], column: string): number[] => [
    ...new Set(rows.map((r) => num(r, column) ?? 0)),
];

export const bandsCard: CardSpec = {
    id: 'bands',
    span: 5,
    question: 'How recent, how often?',
    defines: ['customers', 'revenue_each'],
    needs: ['segments'],
    render(docs, context) {
        const found = table(docs.segments, 'bands').rows;
        if (found.every((r) => (num(r, 'customers') ?? 0) === 0)) {
            throw new Missing('No customers yet', 'Customers come with the first orders.', 'users');
        }
        const columns = different(found, 'silent_from').sort((a, b) => b - a);
        const lines = different(found, 'orders_from').sort((a, b) => b - a);
        const cell = (r: number, c: number): Row | undefined =>
            found.find((x) => num(x, 'silent_from') === columns[c] && num(x, 'orders_from') === lines[r]);
        const people = (r: number, c: number): number => num(cell(r, c), 'customers') ?? 0;
        const each = (r: number, c: number): number => num(cell(r, c), 'revenue_each') ?? 0;
        const finding = bandsFinding(found);
        return {
            finding,
            note: `People, and what each brought so far.${unfiltered(context)}`,
            table: plainTable(docs.segments, 'bands', 'recency-and-frequency'),
            body: () =>
                heat({
                    label: finding,
                    rows: lines.map((_, r) => frequency(cell(r, 0))),
                    columns: columns.map((_, c) => recency(cell(0, c))),
                    values: lines.map((_, r) => columns.map((_c, c) => (people(r, c) < ENOUGH ? null : each(r, c)))),
                    words: (r, c) =>
                        people(r, c) === 0
                            ? '·'
                            : people(r, c) < ENOUGH
                              ? count(people(r, c))
                              : `${count(people(r, c))}\n${roundMoney(each(r, c))}`,
                    below: true,
                    cell: 46,
                    width: 56,
                    tooltip: (r, c) => ({
                        title: `${frequency(cell(r, c))}${lines[r] === 1 ? '' : ' orders'}, ${recency(cell(r, c))}`,
                        lines: [
                            { name: 'People', value: count(people(r, c)) },
                            { name: 'Revenue each', value: people(r, c) === 0 ? '–' : money(each(r, c)) },
                        ],
                        foot: `Last order ${days(num(cell(r, c), 'silent_from') ?? 0)} ago or more`,
                    }),
                }),
            foot: 'Across: time since the last order. Up: number of orders. No colour: under 20 people.',
        };
    },
};

const ICONS: Record<string, string> = {
    champions: 'crown',
    loyal: 'heart',
    promising: 'seedling',
    newcomers: 'user-plus',
    fading: 'hourglass-half',
    'at-risk': 'person-walking-arrow-right',
    lost: 'bed',
};

const COLUMNS = 'minmax(9rem, 2.2fr) 3rem minmax(4rem, 1fr) 5rem';

function segmentRow(r: Row, most: number, context: Context): HTMLElement {
    const id = text(r, 'segment');
    const on = context.controls.segment === id;
    const part = (name: string): number => (num(r, name) ?? 0) / most;
    const made = row(
        COLUMNS,
        'segment-row',
        () => context.set({ segment: on ? '' : id }),
        h(
            'span',
            { class: 'name' },
            icon(ICONS[id] ?? 'users'),
            h('span', null, segmentName(id), h('span', { class: 'sub' }, text(r, 'advice'))),
        ),
        h('span', { class: 'number people' }, count(num(r, 'customers') ?? 0)),
        h('span', { class: 'bars' }, meter(part('share_of_customers'), null, 'grey'), meter(part('share_of_revenue'))),
        h('span', { class: 'number' }, roundMoney(num(r, 'revenue') ?? 0)),
    );
    made.setAttribute('aria-pressed', String(on));
    return made;
}

export const segmentsCard: CardSpec = {
    id: 'segments',
    span: 7,
    question: 'Which groups, and what next?',
    defines: ['customers', 'revenue'],
    needs: ['segments'],
    render(docs, context) {
        const rows = table(docs.segments, 'segments').rows;
        if (rows.every((r) => (num(r, 'customers') ?? 0) === 0)) {
            throw new Missing('No customers yet', 'Customers come with the first orders.', 'users');
        }
        const most = Math.max(
            0.01,
            ...rows.flatMap((r) => [num(r, 'share_of_customers') ?? 0, num(r, 'share_of_revenue') ?? 0]),
        );
        return {
            finding: segmentsFinding(rows),
            note: 'All customers with an order, by how recent and how often. Click a group to filter the pages by it.',
            table: plainTable(docs.segments, 'segments', 'groups-of-customers'),
            body: () => h('div', { class: 'rows' }, headRow(), ...rows.map((r) => segmentRow(r, most, context))),
            foot: h(
                'span',
                { class: 'key' },
                h('span', null, h('i', { class: 'box grey' }), 'share of people'),
                h('span', null, h('i', { class: 'box' }), 'share of revenue'),
                h('span', null, `longest bar: ${share(most, 0)}`),
            ),
        };
    },
};

function headRow(): HTMLElement {
    return row(
        COLUMNS,
        'row-head',
        null,
        h('span', null, 'Group'),
        h('span', { class: 'number people' }, 'People'),
        h('span', { class: 'bars' }, 'Share'),
        h('span', { class: 'number' }, 'Revenue'),
    );
}
