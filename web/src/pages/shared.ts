// What several pages say or show the same way.
import type { Doc, Row, Span } from '../data/document';
import { figure, num, table } from '../data/document';
import { changeMark } from '../charts/rows';
import type { Context } from '../ui/card';
import { Missing } from '../ui/missing';
import { h } from '../ui/dom';
import type { TableColumn, TableData } from '../ui/table';
import { COMPARED_WITH, FEW_ORDERS } from '../words/findings';
import { change, dayText, points } from '../words/numbers';
import { FILTERS } from '../app/controls';
import { filterName } from '../app/filters';

/** "on the same weekdays", or "" where nothing is compared. */
export function comparedWith(context: Context): string {
    return COMPARED_WITH[context.controls.compare] ?? '';
}

/** Throws what a card says where no order matches, with the filters that did it. */
export function needOrders(doc: Doc, context: Context): void {
    const sold = ['orders', 'customers', 'units', 'revenue', 'products_sold'].some(
        (id) => (figure(doc, id)?.value ?? 0) > 0,
    );
    if (sold) {
        return;
    }
    const on = FILTERS.filter((name) => context.controls[name] !== '');
    if (on.length > 0) {
        throw new Missing(
            'No orders match these filters',
            `Nothing was sold with ${on.map((name) => `“${filterName(name, context.controls[name])}”`).join(' and ')} in the period. Remove a filter above.`,
            'filter-circle-xmark',
        );
    }
    throw new Missing('Nothing was sold in the period', 'Choose a longer period, or import orders.');
}

/** Said by cards of all customers at once, where a filter is on that they do not follow. */
export function unfiltered(context: Context): string {
    return FILTERS.some((name) => context.controls[name] !== '') ? ' The filters do not apply here.' : '';
}

export function few(doc: Doc): boolean {
    const orders = figure(doc, 'orders');
    return (orders?.value ?? 0) < FEW_ORDERS;
}

/** The table of an answer as a table of the page, all columns as they are. */
export function plainTable(doc: Doc, id: string, name: string): TableData<Row> {
    const found = table(doc, id);
    return {
        name,
        caption: found.title,
        columns: found.columns.map((c): TableColumn<Row> => ({
            id: c.id,
            name: c.name,
            unit: c.unit,
            value: (row) => row[c.id] ?? null,
        })),
        rows: found.rows,
    };
}

/** The change of a group beside its value: "+$819". */
export function changeOf(row: Row, now: string, before: string): number | null {
    const [a, b] = [num(row, now), num(row, before)];
    return a === null || b === null ? null : a - b;
}

export function relative(row: Row, now: string, before: string): number | null {
    const [a, b] = [num(row, now), num(row, before)];
    return a === null || b === null || b === 0 ? null : a / b - 1;
}

export function changeCell(value: number | null, asPoints = false, good = 1): Node | string {
    if (value === null) {
        return '–';
    }
    const small = Math.abs(value) < (asPoints ? 0.001 : 0.005);
    const way = small ? 'same' : value > 0 ? 'up' : 'down';
    return (
        changeMark(
            asPoints ? points(value) : change(value),
            small || good === 0 ? 'none' : value > 0 === good > 0 ? 'good' : 'bad',
            way === 'same' ? 'unknown' : way,
        ) ?? '–'
    );
}

/** The words that open a lead: the dates, and that the day is not over. */
export function eyebrow(title: string, period: Span | null, zone: string): string {
    if (period === null) {
        return title;
    }
    const [from = '', until = ''] = period.days.split('..');
    const last = until === '' ? from : until;
    return `${title} · ${dayText(from)} to ${dayText(last)}${period.unfinished ? `, ${period.until.slice(11, 16)} (${zone})` : ''}`;
}

export function row(
    columns: string,
    kind: string,
    onClick: (() => void) | null,
    ...cells: (Node | string | null)[]
): HTMLElement {
    const element =
        onClick === null
            ? h('div', { class: `row ${kind}` }, ...cells)
            : h('button', { type: 'button', class: `row ${kind}`, onClick }, ...cells);
    element.style.setProperty('--columns', columns);
    return element;
}
