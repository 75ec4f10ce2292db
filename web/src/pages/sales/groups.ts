// The figures by category, brand, price and kind of customer, and what of the change each explains.
import { figure, num, table, text, type Doc, type Row } from '../../data/document';
import { meter } from '../../charts/rows';
import type { CardSpec, CardView, Context } from '../../ui/card';
import { h } from '../../ui/dom';
import { categoryIcon } from '../../ui/icons';
import { tableView, type TableColumn, type TableData } from '../../ui/table';
import { moneyChange } from '../../words/numbers';
import { changeCell, changeOf, needOrders, plainTable, relative } from '../shared';
import { groupsFinding } from './words';

interface Grouping {
    /** The table, and the column of its names. */
    id: string;
    column: string;
    name: string;
    one: string;
    many: string;
    /** The filter that a click on a row sets, to the name of the row. */
    filter: 'category' | 'brand' | 'customers' | null;
}

const GROUPINGS: readonly Grouping[] = [
    {
        id: 'categories',
        column: 'category',
        name: 'Category',
        one: 'category',
        many: 'All categories',
        filter: 'category',
    },
    { id: 'brands', column: 'brand', name: 'Brand', one: 'brand', many: 'All brands', filter: 'brand' },
    { id: 'prices', column: 'price', name: 'Price', one: 'price band', many: 'All prices', filter: null },
    {
        id: 'customers',
        column: 'customers',
        name: 'Customer',
        one: 'kind of customer',
        many: 'All customers',
        filter: 'customers',
    },
];

const FILTERED_KINDS = ['new', 'returning', 'premium'];
const NOT_A_NAME = ['all others', 'without'];

function canFilter(g: Grouping, name: string): boolean {
    return (
        g.filter !== null && !NOT_A_NAME.includes(name) && (g.filter !== 'customers' || FILTERED_KINDS.includes(name))
    );
}

/** The total row, of the figures of the period: returns and shares do not add up row by row. */
function totalRow(doc: Doc, g: Grouping): Row {
    const of = (id: string): number | null => figure(doc, id)?.value ?? null;
    const revenue = figure(doc, 'revenue');
    return {
        [g.column]: g.many,
        revenue: of('revenue'),
        revenue_before: revenue?.before ?? null,
        contribution: revenue?.value != null && revenue.before !== null ? revenue.value - revenue.before : null,
        share: 1,
        units: of('units'),
        orders: of('orders'),
        average_order: of('average_order'),
        margin: of('margin'),
        discount_rate: of('discount_rate'),
        return_rate: of('return_rate'),
    };
}

function name(g: Grouping, row: Row): Node {
    const words = text(row, g.column);
    return h(
        'span',
        { class: 'group-name', dir: 'auto' },
        g.column === 'category' && words !== g.many ? categoryIcon(words) : null,
        words,
    );
}

function columns(doc: Doc, g: Grouping, compared: boolean, most: number): TableColumn<Row>[] {
    const known = table(doc, g.id).columns.map((c) => c.id);
    const plain = (id: string, label: string, unit: string): TableColumn<Row>[] =>
        known.includes(id) ? [{ id, name: label, unit, wide: true, value: (r) => num(r, id) }] : [];
    const change: TableColumn<Row>[] = compared
        ? [
              {
                  id: 'change',
                  name: 'Change',
                  unit: 'share',
                  value: (r) => relative(r, 'revenue', 'revenue_before'),
                  show: (r) => {
                      const by = relative(r, 'revenue', 'revenue_before');
                      return by === null ? 'new' : changeCell(by);
                  },
              },
              {
                  id: 'contribution',
                  name: 'In money',
                  unit: 'money',
                  wide: true,
                  value: (r) => changeOf(r, 'revenue', 'revenue_before'),
                  show: (r) => moneyChange(changeOf(r, 'revenue', 'revenue_before') ?? 0),
              },
          ]
        : [];
    return [
        { id: g.column, name: g.name, unit: 'text', value: (r) => text(r, g.column), show: (r) => name(g, r) },
        { id: 'revenue', name: 'Revenue', unit: 'money', value: (r) => num(r, 'revenue') },
        {
            id: 'against',
            name: compared ? 'Against comparison' : 'Size',
            unit: 'text',
            wide: true,
            value: (r) => (compared ? num(r, 'revenue_before') : num(r, 'revenue')),
            show: (r) =>
                text(r, g.column) === g.many
                    ? ''
                    : meter(
                          Math.max(0, num(r, 'revenue') ?? 0) / most,
                          compared ? (num(r, 'revenue_before') ?? 0) / most : null,
                      ),
        },
        ...change,
        { id: 'share', name: 'Share', unit: 'share', value: (r) => num(r, 'share') },
        ...plain('orders', 'Orders', 'count'),
        ...plain('average_order', 'Average order', 'money'),
        ...plain('units', 'Items', 'count'),
        ...plain('margin', 'Margin', 'share'),
        ...plain('discount_rate', 'Given as discount', 'share'),
        ...plain('return_rate', 'Sent back', 'share'),
    ];
}

function view(doc: Doc, g: Grouping, context: Context, compared: boolean): CardView {
    const rows = [...table(doc, g.id).rows];
    if (g.column !== 'price') {
        rows.sort((a, b) => (num(b, 'revenue') ?? 0) - (num(a, 'revenue') ?? 0));
    }
    const most = Math.max(
        1,
        ...rows.flatMap((r) => [num(r, 'revenue') ?? 0, compared ? (num(r, 'revenue_before') ?? 0) : 0]),
    );
    const filter = g.filter;
    const data: TableData<Row> = {
        name: `sales-by-${g.column}`,
        caption: `Sales by ${g.one}`,
        columns: columns(doc, g, compared, most),
        rows,
        total: totalRow(doc, g),
        pageSize: 12,
        ...(filter === null
            ? {}
            : {
                  onRow: (r: Row) => {
                      const value = text(r, g.column);
                      if (canFilter(g, value)) {
                          context.set({ [filter]: context.controls[filter] === value ? '' : value });
                      }
                  },
              }),
    };
    return {
        name: g.name,
        finding: groupsFinding(rows, g.column, compared ? figure(doc, 'revenue') : undefined, g.one),
        note: `${g.column === 'price' ? 'By price of a piece.' : 'Sorted by revenue.'}${compared ? ' Dashed mark: comparison.' : ''}${filter === null ? '' : ' Click a row to filter the page.'}`,
        table: plainTable(doc, g.id, data.name),
        body: () => tableView(data),
    };
}

export const groupsCard: CardSpec = {
    id: 'groups',
    span: 12,
    question: 'What explains the change?',
    defines: ['revenue', 'contribution', 'share', 'margin', 'return_rate'],
    needs: ['sales'],
    render(docs, context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const compared = context.controls.compare !== 'none' && doc.compared !== null;
        const views = GROUPINGS.map((g) => view(doc, g, context, compared));
        return {
            finding: views[0]?.finding ?? '',
            body: views[0]?.body ?? (() => document.createElement('div')),
            views,
        };
    },
};
