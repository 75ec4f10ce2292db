// Which products moved most?
import { num, table, text, type Row } from '../../data/document';
import { meter, sparkline } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import type { TableColumn, TableData } from '../../ui/table';
import { tableView } from '../../ui/table';
import { thing } from '../../ui/thing';
import { shortTitle } from '../../words/names';
import { days, moneyChange } from '../../words/numbers';
import { under } from '../products/list';
import { changeCell, changeOf, needOrders } from '../shared';

const SHORT_STOCK = 14; /* days */
const SHOWN = 6;

function finding(rows: readonly Row[]): string {
    const change = (row: Row): number => changeOf(row, 'revenue', 'revenue_before') ?? 0;
    const up = [...rows].sort((a, b) => change(b) - change(a))[0];
    const down = [...rows].sort((a, b) => change(a) - change(b))[0];
    const parts: string[] = [];
    if (up !== undefined && change(up) > 0) {
        parts.push(`${shortTitle(text(up, 'title') || text(up, 'item'))} leads`);
    }
    if (down !== undefined && change(down) < 0) {
        parts.push(`${shortTitle(text(down, 'title') || text(down, 'item'))} fell most`);
    }
    return parts.length === 0 ? 'No product moved' : parts.join('; ');
}

export function weekCourse(rows: readonly Row[], index: number): number[] {
    const row = rows[index];
    return row === undefined
        ? []
        : Object.keys(row)
              .filter((k) => /^w\d+$/.test(k))
              .sort()
              .map((k) => num(row, k) ?? 0);
}

export const moversCard: CardSpec = {
    id: 'movers',
    span: 12,
    question: 'Which products moved most?',
    defines: ['revenue', 'stock_cover'],
    needs: ['products'],
    render(docs, context) {
        needOrders(docs.products, context);
        const compared = context.controls.compare !== 'none' && docs.products.compared !== null;
        const rows = table(docs.products, compared ? 'movers' : 'products').rows.slice(0, 12);
        const weeks = table(docs.products, compared ? 'mover_weeks' : 'weeks').rows;
        const most = Math.max(1, ...rows.flatMap((r) => [num(r, 'revenue') ?? 0, num(r, 'revenue_before') ?? 0]));
        const columns: TableColumn<Row>[] = [
            {
                id: 'title',
                name: 'Product',
                unit: 'text',
                value: (r) => text(r, 'title') || text(r, 'item'),
                show: (r) => thing(context, text(r, 'item'), text(r, 'title'), under(r) || text(r, 'item')),
            },
            { id: 'revenue', name: 'Revenue', unit: 'money', value: (r) => num(r, 'revenue') },
            ...(compared
                ? [
                      {
                          id: 'against',
                          name: 'Against comparison',
                          unit: 'money',
                          wide: true,
                          value: (r: Row) => num(r, 'revenue_before'),
                          show: (r: Row) =>
                              meter((num(r, 'revenue') ?? 0) / most, (num(r, 'revenue_before') ?? 0) / most),
                      },
                      {
                          id: 'change',
                          name: 'Change',
                          unit: 'money',
                          value: (r: Row) => changeOf(r, 'revenue', 'revenue_before'),
                          show: (r: Row) => changeMoney(changeOf(r, 'revenue', 'revenue_before')),
                      },
                  ]
                : []),
            {
                id: 'weeks',
                name: '12 weeks',
                unit: 'text',
                wide: true,
                value: () => null,
                show: (r) => sparkline(weekCourse(weeks, rows.indexOf(r)), [], 24, false) as unknown as Node,
            },
            {
                id: 'stock',
                name: 'Stock lasts',
                unit: 'days',
                wide: true,
                value: (r) => num(r, 'stock_cover'),
                show: (r) => stockCell(num(r, 'stock_cover')),
            },
        ];
        const data: TableData<Row> = {
            name: 'products-that-moved',
            caption: 'Products that moved most',
            columns,
            rows,
        };
        return {
            finding: compared
                ? finding(rows.slice(0, SHOWN))
                : `${shortTitle(text(rows[0], 'title') || text(rows[0], 'item'))} sells best`,
            note: compared ? 'Sorted by the size of the change. Dashed mark: comparison.' : 'Sorted by revenue.',
            table: data,
            body: () => tableView({ ...data, rows: rows.slice(0, SHOWN) }),
            link: { words: 'All products', go: () => context.set({ page: 'products' }) },
        };
    },
};

function changeMoney(value: number | null): Node | string {
    if (value === null) {
        return '–';
    }
    const mark = changeCell(value === 0 ? 0 : Math.sign(value));
    if (mark instanceof HTMLElement) {
        mark.lastChild?.replaceWith(moneyChange(value));
    }
    return mark;
}

export function stockCell(cover: number | null): Node | string {
    if (cover === null) {
        return '–';
    }
    return cover < SHORT_STOCK
        ? h('span', { class: 'change bad' }, icon('triangle-exclamation'), days(cover))
        : cover > 365
          ? '> 1 year'
          : days(cover);
}
