// What will customers bring, and who is about to leave?
import { figure, num, table, text, type Row } from '../../data/document';
import { histogram } from '../../charts/bars';
import { meter } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { tableView, type TableData } from '../../ui/table';
import { axisMoney, count, days, money, range, roundMoney, share } from '../../words/numbers';
import { plainTable, unfiltered } from '../shared';
import { person } from './person';
import { churnFinding, tenthsFinding } from './words';

const PEOPLE = 100; /* from which on tenths are worth a look */
const SHOWN = 6;

export const worthCard: CardSpec = {
    id: 'worth',
    span: 5,
    question: 'What will customers bring?',
    defines: ['future_revenue', 'future_purchases', 'customers_alive'],
    needs: ['clv'],
    render(docs, context) {
        const rows = table(docs.clv, 'tenths').rows;
        const all = figure(docs.clv, 'future_revenue');
        if (rows.length === 0 || all?.value == null || (figure(docs.clv, 'customers')?.value ?? 0) < PEOPLE) {
            throw new Missing('Too early to foresee what customers bring', docs.clv.lead, 'hourglass-half');
        }
        const finding = tenthsFinding(rows);
        return {
            finding,
            note: `Expected revenue of a customer in the next 12 months, by tenths of all customers. Together ${roundMoney(all.value)}${all.low === null || all.high === null ? '' : ` (${range(roundMoney(all.low), roundMoney(all.high))})`}.${unfiltered(context)}`,
            table: plainTable(docs.clv, 'tenths', 'what-customers-will-bring'),
            body: () =>
                histogram({
                    label: finding,
                    height: 240,
                    values: rows.map((r) => num(r, 'mean') ?? 0),
                    dark: [0],
                    names: (i) => (i === 0 ? 'best' : i === rows.length - 1 ? 'last' : String(i + 1)),
                    value: axisMoney,
                    tooltip: (i) => ({
                        title: `Tenth ${i + 1}: ${count(num(rows[i], 'customers') ?? 0)} customers`,
                        lines: [
                            { name: 'Each, on average', value: money(num(rows[i], 'mean') ?? 0) },
                            { name: 'At least', value: money(num(rows[i], 'least') ?? 0) },
                            { name: 'Of all to come', value: share(num(rows[i], 'share') ?? 0) },
                        ],
                    }),
                }),
        };
    },
};

export function chance(value: number | null): Node | string {
    return value === null ? '–' : h('span', { class: 'chance' }, meter(value), share(value, 0));
}

export const churnCard: CardSpec = {
    id: 'churn',
    span: 7,
    question: 'Who is about to leave, and why?',
    defines: ['at_risk', 'churn_chance', 'winback', 'churn_auc'],
    needs: ['churn'],
    render(docs, context) {
        const rows = table(docs.churn, 'customers').rows;
        if (rows.length === 0) {
            throw new Missing('Too early to tell who leaves', docs.churn.lead, 'hourglass-half');
        }
        const auc = figure(docs.churn, 'churn_auc');
        const after = figure(docs.churn, 'lost_after');
        const data: TableData<Row> = {
            name: 'customers-at-risk',
            caption: 'Customers at risk, by what winning back is worth',
            columns: [
                {
                    id: 'customer',
                    name: 'Customer',
                    unit: 'text',
                    value: (r) => text(r, 'customer'),
                    show: (r) => person(context, text(r, 'customer')),
                },
                {
                    id: 'churn_chance',
                    name: 'Chance to leave',
                    unit: 'share',
                    value: (r) => num(r, 'churn_chance'),
                    show: (r) => chance(num(r, 'churn_chance')),
                },
                {
                    id: 'reasons',
                    name: 'Why',
                    unit: 'text',
                    wide: true,
                    value: (r) => text(r, 'reasons'),
                    show: (r) => h('span', { class: 'reasons' }, text(r, 'reasons')),
                },
                { id: 'winback', name: 'Worth', unit: 'money', value: (r) => num(r, 'winback') },
            ],
            rows,
        };
        return {
            finding: churnFinding(figure(docs.churn, 'at_risk'), figure(docs.churn, 'winback')),
            note: `No order in ${after?.value == null ? 'the time ahead' : `the next ${days(after.value)}`}. Worth: chance to leave × 10% who come back when written to × revenue of the last year.${unfiltered(context)}`,
            table: plainTable(docs.churn, 'customers', data.name),
            body: () => tableView({ ...data, rows: rows.slice(0, SHOWN) }),
            ...(auc?.value == null
                ? {}
                : {
                      foot: `Of two customers, one lost and one kept, the lost one got the higher chance in ${share(auc.value, 0)} of cases tried${auc.low === null || auc.high === null ? '' : ` (${range(share(auc.low, 0), share(auc.high, 0))})`}.`,
                  }),
        };
    },
};
