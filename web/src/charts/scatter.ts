// Two measures of products: a mark each, four quarters around the medians that are told apart by shape and name, three marks
// named. Drawn by Plotly, its words by the page.
import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { placeLabels } from './labels';
import { notes, tickNotes, type Margins, type Note } from './notes';
import { drawFilling, type Layout, type Trace } from './plotly';
import { pointing, type PlotFrame } from './pointing';
import { faded, theme, type Theme } from './theme';

/** 0: left below, 1: right below, 2: left above, 3: right above. */
export type Quarter = 0 | 1 | 2 | 3;

export interface ScatterMark {
    x: number;
    y: number;
    /** What its area says. */
    size: number;
    quarter: Quarter;
    name: string;
}

export interface Scatter {
    label: string;
    marks: readonly ScatterMark[];
    /** Medians, drawn dotted. */
    middle: { x: number; y: number };
    /** Names of the quarters, by their number. */
    quarters: readonly [string, string, string, string];
    /** Which marks are named, most important first: three at most. */
    named: readonly number[];
    x: { title: string; words(v: number): string; log?: boolean };
    y: { title: string; words(v: number): string };
    tooltip(index: number): TooltipText;
    open?(index: number): void;
    height?: number;
}

const SHAPES = ['circle-open', 'square', 'diamond', 'circle'] as const;
const SMALL = 7;
const LARGE = 22;

const colourOf = (quarter: Quarter, colours: Theme): string =>
    [colours.control, colours.series[4], colours.series[2], colours.accent][quarter] ?? colours.ink;

/** Round values inside a range: 1, 2, 5, 10 ... where it is logarithmic, four to five even steps otherwise. */
export function ticks(low: number, high: number, log: boolean): number[] {
    const found: number[] = [];
    if (log) {
        for (let ten = 10 ** Math.floor(Math.log10(Math.max(low, 1e-9))); ten <= high; ten *= 10) {
            found.push(...[1, 2, 5].map((k) => k * ten).filter((v) => v >= low && v <= high));
        }
        return found;
    }
    const rough = (high - low) / 5;
    const ten = 10 ** Math.floor(Math.log10(rough || 1));
    const step = ([1, 2, 2.5, 5, 10].find((k) => k * ten >= rough) ?? 10) * ten;
    for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step) {
        found.push(Math.abs(v) < step * 1e-9 ? 0 : v);
    }
    return found;
}

interface Ranges {
    x: [number, number];
    y: [number, number];
}

/** The ranges of both axes with room around the outermost marks; the horizontal one in logarithms where it is one. */
export function ranges(o: Scatter): Ranges {
    const log = o.x.log === true;
    const xs = [...o.marks.map((m) => m.x), o.middle.x].map((v) => (log ? Math.log10(Math.max(v, 0.5)) : v));
    const ys = [...o.marks.map((m) => m.y), o.middle.y];
    const around = (values: readonly number[], below: number, above: number): [number, number] => {
        const low = Math.min(...values);
        const high = Math.max(...values);
        const room = high - low || Math.abs(high) || 1;
        return [low - room * below, high + room * above];
    };
    return { x: around(xs, 0.08, 0.08), y: around(ys, 0.14, 0.14) };
}

function margins(size: number): Margins {
    const unit = size / 12;
    return { l: 44 * unit, r: 8 * unit, t: 8 * unit, b: 44 * unit };
}

function traces(o: Scatter, colours: Theme): Trace[] {
    const most = Math.max(...o.marks.map((m) => Math.max(0, m.size)), 1e-9);
    const unit = colours.size / 12;
    return ([0, 1, 2, 3] as const).map((quarter) => {
        const marks = o.marks.filter((m) => m.quarter === quarter);
        const colour = colourOf(quarter, colours);
        return {
            type: 'scatter',
            mode: 'markers',
            x: marks.map((m) => m.x),
            y: marks.map((m) => m.y),
            hoverinfo: 'skip',
            marker: {
                symbol: SHAPES[quarter],
                size: marks.map((m) => (SMALL + (LARGE - SMALL) * Math.sqrt(Math.max(0, m.size) / most)) * unit),
                color: quarter === 0 ? colour : faded(colour, 0.75),
                line: { color: colour, width: 1.25 },
            },
        };
    });
}

/** Where values are: on an axis, and as shares of the inner part of the plot. */
interface Places {
    range: Ranges;
    along(v: number): number;
    x(v: number): number;
    y(v: number): number;
    xTicks: number[];
    yTicks: number[];
}

function places(o: Scatter): Places {
    const range = ranges(o);
    const log = o.x.log === true;
    const along = (v: number): number => (log ? Math.log10(Math.max(v, 0.5)) : v);
    const plain = (v: number): number => (log ? 10 ** v : v);
    return {
        range,
        along,
        x: (v) => (along(v) - range.x[0]) / (range.x[1] - range.x[0]),
        y: (v) => (v - range.y[0]) / (range.y[1] - range.y[0]),
        xTicks: ticks(plain(range.x[0]), plain(range.x[1]), log),
        yTicks: ticks(range.y[0], range.y[1], false),
    };
}

/** Names of the quarters in the corners, of the axes, and of the marks that are named. */
function words(o: Scatter, p: Places, size: number, width: number, height: number): Note[] {
    const unit = size / 12;
    const margin = margins(size);
    const inner = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
    const pixel = (m: { x: number; y: number }): { x: number; y: number } => ({
        x: p.x(m.x) * inner.width,
        y: (1 - p.y(m.y)) * inner.height,
    });
    const named = (width < 480 ? o.named.slice(0, 1) : o.named.slice(0, 3)).flatMap((i) => o.marks[i] ?? []);
    const labels = placeLabels(
        named.map((m) => ({ ...pixel(m), width: m.name.length * size * 0.56, height: size * 1.4 })),
        o.marks.map(pixel),
        { width: inner.width, height: inner.height, corner: { width: size * 9, height: size * 2 } },
    );
    const corner = (quarter: Quarter, right: boolean, above: boolean): Note => ({
        words: o.quarters[quarter],
        x: right ? 1 : 0,
        y: above ? 0 : 1,
        side: right ? 'right' : 'left',
        edge: above ? 'top' : 'bottom',
        kind: 'strong',
        veil: true,
    });
    return [
        ...tickNotes(
            p.xTicks.map((v) => ({ at: p.x(v), words: o.x.words(v) })),
            p.yTicks.map((v) => ({ at: p.y(v), words: o.y.words(v) })),
            unit,
        ),
        { words: o.x.title, x: 0.5, y: 1, dy: 24 * unit, edge: 'top', kind: 'muted' },
        corner(2, false, true),
        corner(3, true, true),
        corner(0, false, false),
        corner(1, true, false),
        ...named.map((m, i): Note => ({
            words: m.name,
            x: p.x(m.x),
            y: 1 - p.y(m.y),
            dx: labels[i]?.dx ?? 30,
            dy: labels[i]?.dy ?? -20,
            side: labels[i]?.anchor ?? 'left',
            veil: true,
            leader: true,
        })),
    ];
}

function layout(o: Scatter, p: Places, colours: Theme): Layout {
    const dotted = { color: colours.ghost, width: 1.5, dash: 'dot' };
    return {
        margin: { ...margins(colours.size), pad: 0 },
        xaxis: {
            type: o.x.log === true ? 'log' : 'linear',
            range: p.range.x,
            tickvals: p.xTicks,
            showline: true,
        },
        yaxis: { range: p.range.y, tickvals: p.yTicks },
        shapes: [
            { type: 'line', xref: 'x', yref: 'paper', x0: o.middle.x, x1: o.middle.x, y0: 0, y1: 1, line: dotted },
            { type: 'line', xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: o.middle.y, y1: o.middle.y, line: dotted },
        ],
    };
}

export function scatter(o: Scatter): Drawn {
    const p = places(o);
    const written = notes();
    const plot = drawFilling({
        label: o.label,
        height: o.height ?? 300,
        traces: (colours) => traces(o, colours),
        layout: (colours, width, height) => {
            written.write(margins(colours.size), words(o, p, colours.size, width, height));
            return layout(o, p, colours);
        },
    });
    const margin = margins(theme().size);
    const order = o.marks.map((_, i) => i).sort((a, b) => (o.marks[a]?.x ?? 0) - (o.marks[b]?.x ?? 0));
    const frame: PlotFrame = {
        left: margin.l,
        right: margin.r,
        top: margin.t,
        bottom: margin.b,
        x: p.range.x,
        y: p.range.y,
    };
    const node = pointing(plot.node, {
        label: o.label,
        frame: () => frame,
        marks: order.map((i) => {
            const m = o.marks[i];
            return m === undefined ? null : { x: p.along(m.x), y: m.y };
        }),
        tooltip: (i) => o.tooltip(order[i] ?? 0),
        by: 'nearest',
        ...(o.open ? { open: (i: number) => o.open?.(order[i] ?? 0) } : {}),
    });
    node.append(written.node);
    return { node, ...(plot.destroy ? { destroy: plot.destroy } : {}) };
}
