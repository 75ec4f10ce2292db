// A table that sorts by its headers, can be searched and paged, and downloads as CSV. Every chart has one behind it.
import { clear, h } from './dom';
import { icon } from './icons';
import { tableTools, type TableTools } from './table-tools';
import { byUnit } from '../words/numbers';

export type Cell = string | number | null;

export interface TableColumn<R> {
    id: string;
    name: string;
    /** How the value is written and sorted: text, date, money, count, share, days, number. */
    unit: string;
    value(row: R): Cell;
    /** What is shown in place of the plain value: a bar, a photo with a name. */
    show?(row: R): Node | string;
    /** Shown on a wide page alone, or on a phone alone. */
    wide?: boolean;
    narrow?: boolean;
    /** Not shown until the reader chooses it (with `tools`). */
    hidden?: boolean;
}

export interface TableData<R = unknown> {
    /** The name of the downloaded file, without its ending. */
    name: string;
    caption: string;
    columns: TableColumn<R>[];
    rows: readonly R[];
    total?: R;
    sortBy?: string;
    pageSize?: number;
    search?: boolean;
    /** Pages, choice of columns and CSV stand below it. */
    tools?: boolean;
    onRow?(row: R): void;
}

function quoted(cell: Cell): string {
    const words = cell === null ? '' : String(cell);
    // A cell that begins like a formula would be run by a spreadsheet.
    const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(words) ? `'${words}` : words;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf<R>(data: TableData<R>): string {
    const lines = [data.columns.map((c) => quoted(c.name)).join(',')];
    for (const row of data.total === undefined ? data.rows : [...data.rows, data.total]) {
        lines.push(data.columns.map((c) => quoted(c.value(row))).join(','));
    }
    return `${lines.join('\r\n')}\r\n`;
}

export function download(name: string, type: string, content: BlobPart): void {
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = h('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function downloadCsv<R>(data: TableData<R>): void {
    download(`${data.name}.csv`, 'text/csv;charset=utf-8', `﻿${csvOf(data)}`);
}

function compare(a: Cell, b: Cell): number {
    if (a === null || b === null) {
        return a === b ? 0 : a === null ? 1 : -1;
    }
    return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

const isNumber = (unit: string): boolean => unit !== 'text' && unit !== 'date';

export function tableView<R>(data: TableData<R>): HTMLElement {
    let sorted = data.sortBy ?? '';
    let descending = true;
    let wanted = '';
    const pageSize = data.pageSize ?? data.rows.length;
    let shown = pageSize; // rows, from the first one of the page
    let from = 0;
    const chosen = new Set(data.columns.filter((c) => c.hidden !== true).map((c) => c.id));
    const body = h('tbody', null);
    const foot = h('tfoot', null);
    const more = h('button', { class: 'button', type: 'button', onClick: () => grow() });
    const heads = data.columns.map((column) => {
        const button = h('button', { type: 'button', onClick: () => sortBy(column) }, column.name);
        return h('th', { scope: 'col', class: classOf(column) }, button);
    });

    function classOf(column: TableColumn<R>): string {
        const narrow = column.narrow === true ? 'narrow-only' : '';
        return [isNumber(column.unit) ? 'number' : '', column.wide === true ? 'wide-only' : narrow]
            .filter(Boolean)
            .join(' ');
    }

    function cells(row: R): HTMLElement[] {
        return data.columns.map((column, i) =>
            h(
                i === 0 ? 'th' : 'td',
                { class: classOf(column), scope: i === 0 ? 'row' : null, hidden: !chosen.has(column.id) },
                column.show?.(row) ?? byUnit(column.value(row), column.unit),
            ),
        );
    }

    function sortBy(column: TableColumn<R>): void {
        descending = sorted === column.id ? !descending : isNumber(column.unit);
        sorted = column.id;
        from = 0;
        draw();
    }

    function grow(): void {
        shown += pageSize;
        draw();
    }

    const tools: TableTools | null =
        data.tools === true
            ? tableTools({
                  columns: data.columns
                      .slice(1)
                      .filter((c) => c.narrow !== true)
                      .map(({ id, name }) => ({ id, name })),
                  chosen,
                  choose(id, on) {
                      if (on) {
                          chosen.add(id);
                      } else {
                          chosen.delete(id);
                      }
                      draw();
                  },
                  turn(by) {
                      from = Math.max(0, from + by * pageSize);
                      draw();
                  },
                  csv: () => downloadCsv(data),
              })
            : null;

    function draw(): void {
        let rows = [...data.rows];
        if (wanted !== '') {
            rows = rows.filter((row) =>
                data.columns.some((c) =>
                    String(c.value(row) ?? '')
                        .toLowerCase()
                        .includes(wanted),
                ),
            );
        }
        const column = data.columns.find((c) => c.id === sorted);
        if (column !== undefined) {
            rows.sort((a, b) => {
                const [x, y] = [column.value(a), column.value(b)];
                return x === null || y === null ? compare(x, y) : (descending ? -1 : 1) * compare(x, y);
            });
        }
        heads.forEach((head, i) => {
            const on = data.columns[i]?.id === sorted;
            head.setAttribute('aria-sort', on ? (descending ? 'descending' : 'ascending') : 'none');
            head.hidden = !chosen.has(data.columns[i]?.id ?? '');
            head.querySelector('.icon')?.remove();
            if (on) {
                head.firstElementChild?.append(icon(descending ? 'sort-down' : 'sort-up'));
            }
        });
        clear(
            body,
            ...rows.slice(from, from + shown).map((row) => {
                const open = data.onRow;
                return h('tr', open ? { class: 'clickable', onClick: () => open(row) } : null, ...cells(row));
            }),
        );
        clear(foot, data.total !== undefined && h('tr', null, ...cells(data.total)));
        const rest = rows.length - Math.min(shown, rows.length);
        tools?.update(from, Math.min(shown, rows.length - from), rows.length);
        more.hidden = rest === 0 || tools !== null;
        more.textContent = `${Math.min(shown, rows.length)} of ${rows.length}, show more`;
    }

    draw();
    return h(
        'div',
        { class: 'table-view' },
        data.search === true &&
            h('input', {
                type: 'search',
                class: 'search',
                placeholder: 'Search',
                'aria-label': `Search in ${data.caption}`,
                onInput: (event: Event) => {
                    wanted = (event.target as HTMLInputElement).value.trim().toLowerCase();
                    from = 0;
                    draw();
                },
            }),
        h(
            'div',
            { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': data.caption },
            h(
                'table',
                null,
                h('caption', { class: 'visually-hidden' }, data.caption),
                h('thead', null, h('tr', null, ...heads)),
                body,
                foot,
            ),
        ),
        more,
        tools?.node ?? null,
    );
}
