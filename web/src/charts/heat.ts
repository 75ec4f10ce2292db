// Heat maps: two dimensions, the values in the cells, the current column framed. Plotly draws the cells; the names of rows
// stand beside it and stay while a narrow card scrolls. One stop for the Tab key: arrow keys go from cell to cell.
import type { Drawn } from '../ui/card';
import { h } from '../ui/dom';
import { hideTooltip, say, showTooltip, type TooltipText } from '../ui/tooltip';
import { cellInk, heatEnds } from './heat-colours';
import { notes, type Margins, type Note } from './notes';
import { drawPlot, heatScale, type Layout, type Trace } from './plotly';
import { theme, type Theme } from './theme';

export interface Heat {
    /** What a screen reader says of the whole: the finding. */
    label: string;
    /** From the top down. */
    rows: readonly string[];
    /** A second, muted word beside the name of each row: how many are behind it. */
    rowNotes?: readonly string[];
    columns: readonly string[];
    /** By row, then by column; null: nothing is known there, or too little. */
    values: readonly (readonly (number | null)[])[];
    /** What stands in a cell, of one or two lines; "" where nothing does. */
    words?(row: number, column: number): string;
    tooltip(row: number, column: number): TooltipText;
    /** Enter or a click on a cell. */
    open?(row: number, column: number): void;
    /** The column of now, framed. */
    now?: number;
    /** The values at the two ends of the colours; 0 and the largest of all where left out. */
    from?: number;
    until?: number;
    /** Names of columns stand below in place of above. */
    below?: boolean;
    /** Only every so many of the names of columns stand. */
    every?: number;
    /** Least height and width of a cell, in pixels at the usual size of type: under 28 where nothing stands in it. */
    cell?: number;
    width?: number;
}

const CELL = 28; /* least width and height: a finger finds it */
const NAMES = 22; /* height of the names of columns */
const FONT = 12;

function traces(o: Heat, colours: Theme): Trace[] {
    const ends = heatEnds(o.values, o.from, o.until);
    const cells = o.rows.flatMap((_, row) => o.columns.map((_name, column) => ({ row, column })));
    const named = cells.filter(({ row, column }) => (o.words?.(row, column) ?? '') !== '');
    return [
        {
            type: 'heatmap',
            z: o.values.map((row) => [...row]),
            x: o.columns.map((_, i) => i),
            y: o.rows.map((_, i) => i),
            xgap: 2,
            ygap: 2,
            zmin: ends[0],
            zmax: ends[1],
            colorscale: heatScale(colours),
            showscale: false,
            hoverinfo: 'skip',
        },
        {
            type: 'scatter',
            mode: 'text',
            x: named.map(({ column }) => column),
            y: named.map(({ row }) => row),
            text: named.map(({ row, column }) => (o.words?.(row, column) ?? '').replace('\n', '<br>')),
            textfont: {
                family: colours.font,
                size: colours.size,
                color: named.map(({ row, column }) =>
                    cellInk(o.values[row]?.[column] ?? null, ends, colours.heat, colours.muted),
                ),
            },
            hoverinfo: 'skip',
            cliponaxis: false,
        },
    ];
}

function margins(o: Heat, size: number): Margins {
    return { l: 0, r: 2, t: o.below ? 0 : NAMES * size, b: o.below ? NAMES * size : 2 };
}

/** The names of columns. */
function heads(o: Heat, size: number): Note[] {
    const every = o.every ?? 1;
    return o.columns.flatMap((name, i): Note[] =>
        i % every !== 0
            ? []
            : [
                  {
                      words: name,
                      x: (i + 0.5) / o.columns.length,
                      y: o.below ? 1 : 0,
                      dy: (o.below ? 3 : -3) * size,
                      edge: o.below ? 'top' : 'bottom',
                      kind: 'muted',
                  },
              ],
    );
}

function layout(o: Heat, colours: Theme, size: number): Layout {
    const frame = o.now === undefined ? [] : [o.now];
    return {
        autosize: true,
        margin: { ...margins(o, size), pad: 0 },
        xaxis: {
            range: [-0.5, o.columns.length - 0.5],
            visible: false,
        },
        yaxis: { range: [o.rows.length - 0.5, -0.5], visible: false },
        shapes: frame.map((column) => ({
            type: 'rect',
            x0: column - 0.5,
            x1: column + 0.5,
            y0: -0.5,
            y1: o.rows.length - 0.5,
            line: { color: colours.ink, width: 1.5 },
        })),
    };
}

export function heat(o: Heat): Drawn {
    const size = theme().size / FONT; // letters grow on very wide screens
    const names = NAMES * size;
    const least = o.rows.length * (o.cell ?? CELL) * size + names;
    const plot = drawPlot({
        label: o.label,
        height: least,
        traces: (colours) => traces(o, colours),
        layout: (colours) => layout(o, colours, size),
    });
    plot.node.removeAttribute('role');
    plot.node.setAttribute('aria-hidden', 'true');
    plot.node.style.height = '100%';
    plot.node.style.minHeight = `${least}px`;
    const cursor = h('div', { class: 'heat-cursor', hidden: true });
    const written = notes();
    written.write(margins(o, size), heads(o, size));
    const cells = h('div', { class: 'heat-cells' }, plot.node, written.node, cursor);
    cells.style.minWidth = `${o.columns.length * (o.width ?? CELL) * size}px`;
    const rows = h(
        'div',
        { class: 'heat-rows', 'aria-hidden': 'true' },
        ...o.rows.map((name, i) =>
            h(
                'span',
                null,
                h('span', null, name),
                o.rowNotes === undefined ? null : h('span', { class: 'heat-note' }, o.rowNotes[i] ?? ''),
            ),
        ),
    );
    rows.style.paddingTop = o.below ? '0' : `${names}px`;
    rows.style.paddingBottom = o.below ? `${names}px` : '2px';
    const node = h(
        'div',
        {
            class: 'heat',
            tabindex: '0',
            role: 'application',
            'aria-roledescription': 'heat map',
            'aria-label': `${o.label}. Arrow keys go from cell to cell.`,
        },
        rows,
        cells,
    );
    point(o, node, cells, cursor, names);
    return { node, ...(plot.destroy ? { destroy: () => (hideTooltip(), plot.destroy?.()) } : {}) };
}

/** The pointer and the arrow keys, each on a cell. */
function point(o: Heat, node: HTMLElement, cells: HTMLElement, cursor: HTMLElement, names: number): void {
    let row = -1;
    let column = -1;
    const top = (): number => (o.below ? 0 : names);
    const box = (): { width: number; height: number } => ({
        width: (cells.clientWidth - 2) / o.columns.length,
        height: (cells.clientHeight - names - (o.below ? 0 : 2)) / o.rows.length,
    });

    function at(r: number, c: number, byKey: boolean): void {
        row = Math.max(0, Math.min(o.rows.length - 1, r));
        column = Math.max(0, Math.min(o.columns.length - 1, c));
        const { width, height } = box();
        cursor.style.left = `${column * width}px`;
        cursor.style.top = `${top() + row * height}px`;
        cursor.style.width = `${width}px`;
        cursor.style.height = `${height}px`;
        cursor.hidden = false;
        if (byKey) {
            cursor.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        }
        const words = o.tooltip(row, column);
        const place = cursor.getBoundingClientRect();
        showTooltip(words, place.right, place.top + place.height / 2);
        if (byKey) {
            say([words.title, ...words.lines.map((l) => `${l.name} ${l.value}`), words.foot ?? ''].join(', '));
        }
    }

    function leave(): void {
        hideTooltip();
        cursor.hidden = true;
    }

    cells.addEventListener('pointermove', (event) => {
        const place = cells.getBoundingClientRect();
        const { width, height } = box();
        const r = Math.floor((event.clientY - place.top - top()) / height);
        const c = Math.floor((event.clientX - place.left) / width);
        if (r >= 0 && r < o.rows.length && c >= 0 && c < o.columns.length) {
            at(r, c, false);
        } else {
            leave();
        }
    });
    cells.addEventListener('pointerleave', leave);
    node.addEventListener('blur', leave);
    cells.addEventListener('click', () => {
        if (!cursor.hidden) {
            o.open?.(row, column);
        }
    });
    node.addEventListener('keydown', (event) => {
        const to: Record<string, [number, number]> = {
            ArrowRight: [row, column + 1],
            ArrowLeft: [row, column - 1],
            ArrowDown: [row + 1, column],
            ArrowUp: [row - 1, column],
            Home: [row, 0],
            End: [row, o.columns.length - 1],
        };
        const next = to[event.key];
        if (next !== undefined) {
            event.preventDefault();
            at(next[0], next[1], true);
        } else if (event.key === 'Enter' && !cursor.hidden) {
            o.open?.(row, column);
        }
    });
}

/** The scale of colours with the words of its two ends: the foot of a heat map without values in its cells. */
export function heatKey(low: string, high: string): HTMLElement {
    return h('span', { class: 'heat-key' }, low, h('i', null), high);
}
