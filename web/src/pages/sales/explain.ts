// Volume or price, and how big is an order?
import { figure, num, table, text, type Row } from '../../data/document';
import { bridge, histogram } from '../../charts/bars';
import { diverging } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { byUnit, count, decimal, money, moneyChange, roundMoney, share } from '../../words/numbers';
import { comparedWith, few, needOrders, plainTable, row } from '../shared';
import { bridgeFinding, largeOrders, stepName, stepWords } from './words';

const PHONE = '(max-width: 719px)';

/** On a phone eight columns would be too narrow for their names: the same as rows. */
function bridgeRows(rows: readonly Row[]): HTMLElement {
    const parts = rows.map((r) => num(r, 'contribution') ?? 0);
    const most = Math.max(1, ...parts.map(Math.abs));
    return h(
        'div',
        { class: 'rows' },
        ...rows.map((r, i) => {
            const part = parts[i] ?? 0;
            return row(
                'minmax(6rem, 9rem) minmax(4rem, 1fr) 4.5rem',
                '',
                null,
                h('span', { class: 'name' }, stepName(text(r, 'factor')).replace('\n', ' ')),
                diverging(part, most, 0.5),
                h('span', { class: `number ${part >= 0 ? 'good-text' : 'bad-text'}` }, moneyChange(part)),
            );
        }),
    );
}

function level(r: Row | undefined, id: 'now' | 'before'): string {
    const value = num(r, id);
    if (value === null) {
        return '–';
    }
    switch (text(r, 'factor')) {
        case 'customers':
            return count(value);
        case 'price and mix':
            return money(value, true);
        case 'discounts':
            return `${share(1 - value)} given`;
        default:
            return decimal(value);
    }
}

export const bridgeCard: CardSpec = {
    id: 'bridge',
    span: 7,
    question: 'Volume or price?',
    defines: ['contribution', 'customers', 'items_per_order', 'price_paid', 'discount_rate'],
    needs: ['sales'],
    render(docs, context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const rows = table(doc, 'bridge').rows;
        const revenue = figure(doc, 'revenue');
        if (rows.length === 0 || revenue?.value == null || revenue.before === null) {
            throw new Missing(
                context.controls.compare === 'none' ? 'Nothing to compare with' : 'One of the periods has no sales',
                'With a comparison this card splits the change into customers, orders, items, prices, discounts and what came back.',
                'circle-info',
            );
        }
        const finding = few(doc) ? 'Too few orders to tell volume from price' : bridgeFinding(rows, revenue.before);
        const [now, before] = [revenue.value, revenue.before];
        return {
            finding,
            note: 'From the comparison to this period. Each step holds the others still.',
            table: plainTable(doc, 'bridge', 'volume-or-price'),
            body: () =>
                matchMedia(PHONE).matches
                    ? bridgeRows(rows)
                    : bridge({
                          label: finding,
                          height: 280,
                          from: before,
                          to: now,
                          steps: rows.map((r) => num(r, 'contribution') ?? 0),
                          names: (i) =>
                              i === 0
                                  ? comparedWith(context)
                                        .replace(/^on (the )?/, '')
                                        .replace(' ', '\n')
                                  : i > rows.length
                                    ? 'this\nperiod'
                                    : stepName(text(rows[i - 1], 'factor')),
                          value: roundMoney,
                          tooltip: (i) => {
                              const r = rows[i - 1];
                              return r === undefined
                                  ? {
                                        title: i === 0 ? 'Comparison' : 'This period',
                                        lines: [{ name: 'Revenue', value: money(i === 0 ? before : now) }],
                                    }
                                  : {
                                        title: stepWords(r),
                                        lines: [
                                            { name: 'Now', value: level(r, 'now') },
                                            { name: 'Before', value: level(r, 'before') },
                                            {
                                                name: 'Changed revenue by',
                                                value: moneyChange(num(r, 'contribution') ?? 0),
                                            },
                                        ],
                                    };
                          },
                      }),
        };
    },
};

export const sizesCard: CardSpec = {
    id: 'sizes',
    span: 5,
    question: 'How big is an order?',
    defines: ['median_order', 'average_order'],
    needs: ['sales'],
    render(docs, context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const rows = table(doc, 'order_sizes').rows;
        const median = figure(doc, 'median_order');
        if (few(doc) || rows.length === 0 || median?.value == null) {
            throw new Missing(
                'Too few orders to show their sizes',
                'From 20 orders in the period on this card shows how large they are.',
                'receipt',
            );
        }
        const middle = rows.findIndex((r) => text(r, 'median') !== '');
        const finding = `Half of all orders stay under ${byUnit(median.value, 'money')}`;
        const name = (r: Row | undefined): string =>
            num(r, 'below') === null
                ? `${roundMoney(num(r, 'from') ?? 0)} and more`
                : `${roundMoney(num(r, 'from') ?? 0)} to ${roundMoney(num(r, 'below') ?? 0)}`;
        const foot = largeOrders(rows);
        return {
            finding,
            note: 'Orders of the period by value. Dark: where the middle order lies.',
            table: plainTable(doc, 'order_sizes', 'order-sizes'),
            body: () =>
                histogram({
                    label: finding,
                    height: 260,
                    values: rows.map((r) => num(r, 'orders') ?? 0),
                    dark: [middle],
                    names: (i) =>
                        `${roundMoney(num(rows[i], 'from') ?? 0)}${num(rows[i], 'below') === null ? '+' : ''}`,
                    value: count,
                    marks: middle >= 0 ? [{ at: middle, rule: true, first: `median ${money(median.value ?? 0)}` }] : [],
                    tooltip: (i) => ({
                        title: name(rows[i]),
                        lines: [
                            { name: 'Orders', value: count(num(rows[i], 'orders') ?? 0) },
                            { name: 'Of all orders', value: share(num(rows[i], 'share') ?? 0) },
                            { name: 'Of the money', value: share(num(rows[i], 'money_share') ?? 0) },
                        ],
                    }),
                }),
            ...(foot === '' ? {} : { foot }),
        };
    },
};
