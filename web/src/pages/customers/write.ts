// Who should hear from us? Customers who are silent for longer than their own rhythm explains.
import { figure, num, table, text, type Doc, type Row } from '../../data/document';
import { rhythm } from '../../charts/rhythm';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { downloadCsv, tableView, type TableColumn, type TableData } from '../../ui/table';
import { count } from '../../words/numbers';
import { unfiltered } from '../shared';
import { person } from './person';
import { chance } from './worth';
import { draft, writeFinding } from './words';

const SHOWN = 8;
const SPAN = 610; /* days: 20 months of dots */
const SILENT = 0.1; /* chance of so long a silence, above which it is none */
const DAY = 86400000;

const dayNumber = (day: string): number => Date.parse(day.slice(0, 10)) / DAY;

function daysOf(doc: Doc, customer: string): number[] {
    return table(doc, 'days')
        .rows.filter((r) => text(r, 'customer') === customer)
        .map((r) => dayNumber(text(r, 'day')));
}

function writeButton(context: Context, r: Row): HTMLElement {
    const customer = text(r, 'customer');
    return h(
        'a',
        {
            class: 'button',
            href: draft(customer, context.meta.shop, text(r, 'next_items')),
            'aria-label': `Write to ${customer}: opens a draft in your mail program`,
        },
        'Write',
        icon('arrow-right'),
    );
}

function columns(doc: Doc, context: Context): TableColumn<Row>[] {
    const end = dayNumber(doc.period?.until ?? context.meta.now);
    return [
        {
            id: 'customer',
            name: 'Customer',
            unit: 'text',
            value: (r) => text(r, 'customer'),
            show: (r) => person(context, text(r, 'customer')),
        },
        {
            id: 'orders',
            name: 'Orders over 20 months',
            unit: 'text',
            wide: true,
            value: (r) => num(r, 'orders'),
            show: (r) => rhythm(daysOf(doc, text(r, 'customer')), end - SPAN, end),
        },
        { id: 'silent_days', name: 'Silent for', unit: 'days', value: (r) => num(r, 'silent_days') },
        { id: 'gap', name: 'Usual gap', unit: 'days', wide: true, value: (r) => num(r, 'gap') },
        {
            id: 'alive',
            name: 'Still with us',
            unit: 'share',
            wide: true,
            value: (r) => num(r, 'alive'),
            show: (r) => chance(num(r, 'alive')),
        },
        { id: 'brought', name: 'Brought so far', unit: 'money', wide: true, value: (r) => num(r, 'brought') },
    ];
}

export const writeCard: CardSpec = {
    id: 'write',
    span: 12,
    question: 'Who should hear from us?',
    defines: ['late_customers', 'silence', 'alive', 'order_gap'],
    needs: ['rhythm'],
    render(docs, context) {
        const doc = docs.rhythm;
        const late = figure(doc, 'late_customers');
        const rows = table(doc, 'customers').rows.filter((r) => (num(r, 'silence') ?? 1) <= SILENT);
        if (rows.length === 0) {
            throw new Missing(
                (late?.value ?? 0) === 0 && table(doc, 'customers').rows.length > 0
                    ? 'Nobody broke their rhythm'
                    : 'No rhythm to tell yet',
                doc.lead,
                'circle-check',
            );
        }
        const known = columns(doc, context);
        const data: TableData<Row> = {
            name: 'who-should-hear-from-us',
            caption: 'Customers who are silent for longer than their rhythm explains',
            columns: known,
            rows,
        };
        const shown: TableData<Row> = {
            ...data,
            rows: rows.slice(0, SHOWN),
            columns: context.meta.names
                ? [
                      ...known,
                      {
                          id: 'write',
                          name: 'Draft',
                          unit: 'text',
                          value: () => null,
                          show: (r) => writeButton(context, r),
                      },
                  ]
                : known,
        };
        return {
            finding: writeFinding(late),
            note: `Dots are orders, the dashed line is the silence since. Sorted by what they brought, times the chance that they are still with us.${unfiltered(context)}`,
            table: data,
            body: () => tableView(shown),
            foot: context.meta.names
                ? `${count(rows.length)} of ${count(late?.value ?? rows.length)} in this list. Write opens a draft without an address: Vitrine knows none.`
                : `${count(rows.length)} of ${count(late?.value ?? rows.length)} in this list. Who they are is shown with a key that may read customers.`,
            ...(context.meta.names ? { link: { words: 'Export the list', go: () => downloadCsv(data) } } : {}),
        };
    },
};
