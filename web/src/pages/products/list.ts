// The products, by revenue: search, choice of columns, pages of nine; a row opens the product.
import { figure, num, table, text, type Row } from '../../data/document';
import { meter, sparkline } from '../../charts/rows';
import { fixedOf } from '../../data/source';
import type { CardSpec, Context } from '../../ui/card';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { tableView, type TableColumn, type TableData } from '../../ui/table';
import { thing } from '../../ui/thing';
import { leafOf } from '../../words/names';
import { count, decimal, share } from '../../words/numbers';
import { changeCell, needOrders, relative } from '../shared';
import { weekCourse } from '../overview/movers';

const ROWS = 9;
const COVER_SCALE = 90; /* days at the end of the bar of stock cover */
const THIN = 0.5; /* of the shop's margin */

/** The last level of a category's path, and the brand. */
export function under(row: Row): string {
    return [leafOf(text(row, 'category')), text(row, 'brand')].filter(Boolean).join(' · ');
}

/** Days that a delivery takes, as the figures of stock are asked for. */
export function leadDays(): number {
    return Number(fixedOf('stock').lead_days ?? 14);
}

function coverCell(row: Row): Node | string {
    const cover = num(row, 'stock_cover');
    const stock = num(row, 'stock');
    if (stock === 0) {
        return h('span', { class: 'change bad' }, icon('triangle-exclamation'), 'sold out');
    }
    if (cover === null) {
        return '–';
    }
    const short = cover < leadDays();
    const bar = meter(Math.min(1, cover / COVER_SCALE), leadDays() / COVER_SCALE, short ? 'negative' : 'positive');
    return h(
        'span',
        { class: 'cover' },
        bar,
        h('span', { class: short ? 'bad-text' : '' }, cover > 365 ? '> 1 year' : `${count(cover)} d`),
    );
}

function ratingCell(row: Row): Node | string {
    const rating = num(row, 'rating');
    return rating === null
        ? '–'
        : h(
              'span',
              { class: 'rating' },
              icon('star'),
              decimal(rating, 1),
              h('span', { class: 'muted' }, count(num(row, 'ratings') ?? 0)),
          );
}

function plain(id: string, name: string, unit: string): TableColumn<Row> {
    return { id, name, unit, hidden: true, wide: true, value: (r) => (unit === 'text' ? text(r, id) : num(r, id)) };
}

export function productTable(
    context: Context,
    rows: readonly Row[],
    weeks: readonly Row[],
    margin: number | null,
): TableData<Row> {
    const compared = rows.some((r) => num(r, 'revenue_before') !== null);
    const most = Math.max(1, ...rows.flatMap((r) => [num(r, 'revenue') ?? 0, num(r, 'revenue_before') ?? 0]));
    const places = new Map(rows.map((r, i) => [text(r, 'item'), i]));
    const columns: TableColumn<Row>[] = [
        {
            id: 'title',
            name: 'Product',
            unit: 'text',
            value: (r) => text(r, 'title') || text(r, 'item'),
            show: (r) => thing(context, text(r, 'item'), text(r, 'title'), under(r)),
        },
        {
            id: 'class',
            name: 'ABC',
            unit: 'text',
            wide: true,
            value: (r) => text(r, 'class'),
            show: (r) => h('span', { class: 'tag' }, text(r, 'class')),
        },
        { id: 'revenue', name: 'Revenue', unit: 'money', value: (r) => num(r, 'revenue') },
        {
            id: 'bar',
            name: compared ? 'Compared' : 'Beside best',
            unit: 'money',
            wide: true,
            value: (r) => num(r, 'revenue_before'),
            show: (r) =>
                meter((num(r, 'revenue') ?? 0) / most, compared ? (num(r, 'revenue_before') ?? 0) / most : null),
        },
        {
            id: 'change',
            name: 'Change',
            unit: 'share',
            hidden: !compared,
            narrow: true,
            value: (r) => relative(r, 'revenue', 'revenue_before'),
            show: (r) => changeCell(relative(r, 'revenue', 'revenue_before')),
        },
        {
            id: 'weeks',
            name: '12 weeks',
            unit: 'text',
            wide: true,
            value: () => null,
            show: (r) =>
                sparkline(weekCourse(weeks, places.get(text(r, 'item')) ?? -1), [], 24, false) as unknown as Node,
        },
        {
            id: 'views_that_buy',
            name: 'Views that buy',
            unit: 'share',
            wide: true,
            value: (r) => num(r, 'views_that_buy'),
            show: (r) => {
                const rate = num(r, 'views_that_buy');
                return rate === null ? '–' : rate > 1 ? 'over 100%' : share(rate, 0);
            },
        },
        {
            id: 'margin',
            name: 'Margin',
            unit: 'share',
            wide: true,
            value: (r) => num(r, 'margin'),
            show: (r) => {
                const own = num(r, 'margin');
                return own === null
                    ? '–'
                    : h('span', { class: margin !== null && own < margin * THIN ? 'bad-text' : '' }, share(own, 1));
            },
        },
        { id: 'rating', name: 'Rating', unit: 'number', wide: true, value: (r) => num(r, 'rating'), show: ratingCell },
        {
            id: 'stock_cover',
            name: 'Stock cover',
            unit: 'days',
            wide: true,
            value: (r) => num(r, 'stock_cover'),
            show: coverCell,
        },
        plain('units', 'Items sold', 'count'),
        plain('views', 'Views', 'count'),
        plain('course', 'Course', 'text'),
        plain('life_cycle', 'Life cycle', 'text'),
        plain('return_rate', 'Sent back', 'share'),
        plain('stock', 'In stock', 'count'),
        plain('days_out', 'Days sold out', 'days'),
        plain('lost_revenue', 'Lost, sold out', 'money'),
    ];
    return {
        name: 'products',
        caption: 'Products by revenue',
        columns,
        rows,
        sortBy: 'revenue',
        pageSize: ROWS,
        search: true,
        tools: true,
        onRow: (r) => context.set({ open: `item:${text(r, 'item')}` }),
    };
}

export const listCard: CardSpec = {
    id: 'list',
    span: 12,
    question: 'The figures',
    defines: ['revenue', 'views_that_buy', 'margin', 'rating', 'stock_cover', 'lost_revenue'],
    needs: ['products'],
    render(docs, context) {
        needOrders(docs.products, context);
        const rows = table(docs.products, 'products').rows.filter((r) => (num(r, 'revenue') ?? 0) > 0);
        const sold = figure(docs.products, 'products_sold')?.value ?? rows.length;
        const data = productTable(
            context,
            rows,
            table(docs.products, 'weeks').rows,
            figure(docs.products, 'margin')?.value ?? null,
        );
        return {
            finding: 'Products',
            note:
                `${sold > rows.length ? `The ${count(rows.length)} with most revenue of ${count(sold)} sold` : 'All that were sold'}. ` +
                `The mark in stock cover is a delivery’s ${leadDays()} days.`,
            body: () => tableView(data),
        };
    },
};
