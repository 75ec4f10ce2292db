// Do newcomers come back, and who spends more?
import { figure, num, sum, table, text, type Doc, type Row } from '../../data/document';
import { heat } from '../../charts/heat';
import { interval } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import type { TableData } from '../../ui/table';
import { count, money, monthText, range, share } from '../../words/numbers';
import { needOrders, plainTable, row, unfiltered } from '../shared';
import { cohortsFinding, spendersFinding, type Spender } from './words';

const COHORTS = 12;
const MONTHS = 11;
const ENOUGH = 20; /* people in a group */

const monthName = (cohort: string): string => `${monthText(`${cohort}-01`)} ${cohort.slice(2, 4)}`;

export const cohortsCard: CardSpec = {
    id: 'cohorts',
    span: 8,
    question: 'Do newcomers come back?',
    defines: ['repeat_rate', 'new_customers'],
    needs: ['cohorts'],
    render(docs, context) {
        const all = table(docs.cohorts, 'retention').rows.filter((r) => num(r, 'm1') !== null);
        const rows = all.slice(-COHORTS);
        if (rows.length < 2) {
            throw new Missing(
                'Groups of newcomers come with the months',
                'After two whole months this card shows how many of each come back.',
            );
        }
        const months = Math.min(MONTHS, rows.length);
        const part = (r: number, c: number): number | null => num(rows[r], `m${c + 1}`);
        const size = (r: number): number => num(rows[r], 'size') ?? 0;
        const finding = cohortsFinding(rows, months);
        return {
            finding,
            note: `Of 100 who first bought in a month, how many ordered in each month after. The running month is left out.${unfiltered(context)}`,
            table: plainTable(docs.cohorts, 'retention', 'newcomers-who-come-back'),
            body: () =>
                heat({
                    label: finding,
                    rows: rows.map((r) => monthName(text(r, 'cohort'))),
                    rowNotes: rows.map((_, r) => count(size(r))),
                    columns: Array.from({ length: months }, (_, c) => `+${c + 1}`),
                    values: rows.map((_, r) =>
                        Array.from({ length: months }, (_c, c) => (size(r) < ENOUGH ? null : part(r, c))),
                    ),
                    words: (r, c) => {
                        const value = part(r, c);
                        return value === null || size(r) < ENOUGH ? '' : String(Math.round(value * 100));
                    },
                    tooltip: (r, c) => {
                        const value = part(r, c);
                        return {
                            title: `First order in ${monthName(text(rows[r], 'cohort'))}, ${c + 1} ${c === 0 ? 'month' : 'months'} later`,
                            lines: [
                                { name: 'Ordered', value: value === null ? 'not yet known' : share(value) },
                                {
                                    name: 'People',
                                    value:
                                        value === null
                                            ? '–'
                                            : `${count(Math.round(value * size(r)))} of ${count(size(r))}`,
                                },
                            ],
                        };
                    },
                }),
            foot: 'Rows: month of the first order, and how many people. Across: months since.',
        };
    },
};

const GROUPS: readonly [string, string][] = [
    ['region', 'Region'],
    ['age_band', 'Age'],
];

function spenders(doc: Doc, id: string): Spender[] {
    return table(doc, id).rows.map((r) => ({
        name: text(r, id) || 'not told',
        customers: num(r, 'customers') ?? 0,
        each: num(r, 'revenue_each') ?? 0,
        low: num(r, 'revenue_each_low') ?? num(r, 'revenue_each') ?? 0,
        high: num(r, 'revenue_each_high') ?? num(r, 'revenue_each') ?? 0,
    }));
}

function bothTables(doc: Doc): TableData<Row> {
    const columns = plainTable(doc, 'region', 'who-spends-more').columns.slice(1);
    return {
        name: 'who-spends-more',
        caption: 'Spend a customer, by region and age',
        columns: [
            { id: 'group', name: 'Group', unit: 'text', value: (r) => text(r, 'region') || text(r, 'age_band') },
            ...columns,
        ],
        rows: GROUPS.flatMap(([id]) => table(doc, id).rows),
    };
}

export const spendersCard: CardSpec = {
    id: 'spenders',
    span: 4,
    question: 'Who spends more?',
    defines: ['revenue_each'],
    needs: ['customers'],
    render(docs, context) {
        const doc = docs.customers;
        needOrders(doc, context);
        const groups = GROUPS.map(([id, name]) => ({
            name,
            list: spenders(doc, id).filter((g) => g.customers > 0),
        })).filter((g) => g.list.length > 0);
        const shown = groups.flatMap((g) => g.list).filter((g) => g.customers >= ENOUGH);
        if (shown.length < 2) {
            throw new Missing(
                'Too few customers to compare groups',
                'Regions and ages of customers come with the import; from 20 buyers a group on they are compared here.',
                'users',
            );
        }
        const people = figure(doc, 'customers')?.value ?? 0;
        const kinds = table(doc, 'customers').rows.filter((r) => text(r, 'customers') !== 'guests');
        const mean = people > 0 ? sum(kinds, 'revenue') / people : 0;
        const [from, until] = [Math.min(...shown.map((g) => g.low)), Math.max(...shown.map((g) => g.high))];
        return {
            finding: spendersFinding(shown, mean),
            note: `Spend a customer in the period, with its interval. Dashed: ${money(mean)}, that of all.`,
            table: bothTables(doc),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...groups.flatMap((g) => [
                        h('p', { class: 'sub-head' }, g.name),
                        ...g.list.map((one) => {
                            const made = row(
                                'minmax(4rem, 6rem) minmax(4rem, 1fr) 4rem',
                                '',
                                null,
                                h('span', { class: 'name', dir: 'auto' }, one.name),
                                one.customers < ENOUGH
                                    ? h('span', { class: 'muted' }, `only ${count(one.customers)} people`)
                                    : interval(one.each, one.low, one.high, from, until, { threshold: mean }),
                                h('span', { class: 'number' }, one.customers < ENOUGH ? '–' : money(one.each)),
                            );
                            made.title = `${range(money(one.low), money(one.high))}, ${count(one.customers)} people`;
                            return made;
                        }),
                    ]),
                ),
        };
    },
};
