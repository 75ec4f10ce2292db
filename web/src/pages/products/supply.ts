// What runs out, and what lies?
import { figure, num, sum, table, text, type Doc, type Row } from '../../data/document';
import { meter, runs } from '../../charts/rows';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { downloadCsv } from '../../ui/table';
import { photo } from '../../ui/thing';
import { count, dayText, days, money, roundMoney } from '../../words/numbers';
import { plainTable, row } from '../shared';
import { leadDays } from './list';

const SHOWN = 6;
const GONE_SHOWN = 2; /* of them, at most so many that are sold out already */

const title = (r: Row): string => text(r, 'title') || text(r, 'item');

/** What to order, by the money that hangs on it: what is sold out, and what will be. */
export function orders(doc: Doc): { gone: Row[]; soon: Row[] } {
    const rows = table(doc, 'stock').rows.filter((r) => (num(r, 'order_quantity') ?? 0) > 0);
    return {
        gone: rows.filter((r) => (num(r, 'stock') ?? 0) === 0),
        soon: rows
            .filter((r) => (num(r, 'stock') ?? 0) > 0 && num(r, 'days_of_stock') !== null)
            .sort((a, b) => (num(a, 'days_of_stock') ?? 0) - (num(b, 'days_of_stock') ?? 0)),
    };
}

export function runsOutFinding(doc: Doc, lead: number): string {
    const { gone, soon } = orders(doc);
    const short = soon.filter((r) => (num(r, 'days_of_stock') ?? 0) < lead).length;
    const out = figure(doc, 'run_out')?.value ?? 0;
    if (out === 0) {
        return 'Nothing runs out before a delivery can arrive';
    }
    if (gone.length > 0 && short > 0) {
        return `Reorder today: ${count(gone.length)} ${gone.length === 1 ? 'is' : 'are'} sold out, ${count(short)} will be before goods arrive`;
    }
    return gone.length > 0
        ? `Reorder ${count(gone.length)} today: ${gone.length === 1 ? 'it is' : 'they are'} sold out`
        : `Reorder ${count(short)} today: ${short === 1 ? 'it runs' : 'they run'} out before goods arrive`;
}

function product(context: Context, r: Row, note: string): HTMLElement {
    return h(
        'span',
        { class: 'name' },
        photo(context, text(r, 'item')),
        h(
            'span',
            { class: 'thing-words' },
            h('span', { class: 'thing-title', dir: 'auto' }, title(r)),
            h('span', { class: 'sub' }, note),
        ),
    );
}

const COLUMNS = 'minmax(8rem, 17rem) minmax(4rem, 1fr) 5rem';

export const runsOutCard: CardSpec = {
    id: 'runs-out',
    span: 6,
    question: 'What runs out?',
    defines: ['run_out', 'days_of_stock', 'order_quantity', 'missed_revenue', 'kept_revenue'],
    needs: ['stock'],
    render(docs, context) {
        const lead = leadDays();
        const { gone, soon } = orders(docs.stock);
        const first = [
            ...gone.slice(0, Math.max(GONE_SHOWN, SHOWN - soon.length)),
            ...soon.slice(0, SHOWN - Math.min(GONE_SHOWN, gone.length)),
        ].slice(0, SHOWN);
        const all = [...gone, ...soon];
        if (first.length === 0) {
            throw new Missing(
                'Nothing has to be ordered now',
                'No product is at its reorder point, as far as demand is foreseen.',
                'circle-check',
            );
        }
        const until = Math.max(
            lead * 2,
            ...first.map((r) => Math.min(60, num(r, 'days_of_stock_high') ?? num(r, 'days_of_stock') ?? 0)),
        );
        const kept = figure(docs.stock, 'kept_revenue')?.value ?? 0;
        const finding = runsOutFinding(docs.stock, lead);
        return {
            finding,
            note: `Days until empty, 8 times in 10 within the line. Dashed: a delivery’s ${lead} days.`,
            table: { ...plainTable(docs.stock, 'stock', 'what-runs-out'), rows: all },
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...first.map((r) => {
                        const left = num(r, 'stock') ?? 0;
                        const cover = num(r, 'days_of_stock') ?? 0;
                        const short = cover < lead;
                        return row(
                            COLUMNS,
                            'tall',
                            () => context.set({ open: `item:${text(r, 'item')}` }),
                            product(
                                context,
                                r,
                                `${left === 0 ? 'none' : count(left)} left · order ${count(num(r, 'order_quantity') ?? 0)}`,
                            ),
                            runs(cover, num(r, 'days_of_stock_low'), num(r, 'days_of_stock_high'), until, lead, short),
                            h(
                                'span',
                                { class: `number ${short ? 'bad-text' : ''}` },
                                left === 0 ? 'sold out' : days(cover),
                            ),
                        );
                    }),
                ),
            foot: `Ordering ${count(all.length)} products now keeps about ${roundMoney(kept)} of revenue.`,
            link: {
                words: 'Order list',
                go: () => downloadCsv({ ...plainTable(docs.stock, 'stock', 'order-list'), rows: all }),
            },
        };
    },
};

export const liesCard: CardSpec = {
    id: 'lies',
    span: 6,
    question: 'What lies?',
    defines: ['dead_value', 'stock_value'],
    needs: ['stock'],
    render(docs, context) {
        const rows = table(docs.stock, 'dead').rows;
        const lies = figure(docs.stock, 'dead_value');
        if (rows.length === 0 || lies?.value == null) {
            throw new Missing(
                'Everything in stock sold in the period',
                'Goods in stock without a sale would show here, worth most first.',
                'circle-check',
            );
        }
        const whole = figure(docs.stock, 'stock_value')?.value ?? 0;
        const first = rows.slice(0, SHOWN);
        const most = Math.max(1, ...first.map((r) => num(r, 'stock_value') ?? 0));
        return {
            finding: `${roundMoney(lies.value)} lies in ${lies.note ?? 'products'} that sold nothing`,
            note: `Worth of the stock of goods without a sale in the period, of ${roundMoney(whole)} in all.`,
            table: plainTable(docs.stock, 'dead', 'what-lies'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...first.map((r) =>
                        row(
                            COLUMNS,
                            'tall',
                            () => context.set({ open: `item:${text(r, 'item')}` }),
                            product(
                                context,
                                r,
                                `${count(num(r, 'stock') ?? 0)} left · ${text(r, 'last_sale') === '' ? 'never sold' : `last sold ${dayText(text(r, 'last_sale'))}`}`,
                            ),
                            meter((num(r, 'stock_value') ?? 0) / most, null, 'grey'),
                            h('span', { class: 'number' }, money(num(r, 'stock_value') ?? 0)),
                        ),
                    ),
                ),
            foot: `These ${count(first.length)} hold ${roundMoney(sum(first, 'stock_value'))}.`,
        };
    },
};
