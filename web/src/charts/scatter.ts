// Two measures of products: a mark each, four quarters around the medians that are told apart by shape and name, three marks
// named. Drawn by Plotly.
import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { placeLabels } from './labels';
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

function margins(size: number): { l: number; r: number; t: number; b: number } {
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

function layout(o: Scatter, colours: Theme, width: number, height: number): Layout {
    const range = ranges(o);
    const margin = margins(colours.size);
    const log = o.x.log === true;
    const at = (v: number): number => (log ? Math.log10(Math.max(v, 0.5)) : v);
    const plain = (v: number): number => (log ? 10 ** v : v);
    const inner = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
    const pixel = (m: { x: number; y: number }): { x: number; y: number } => ({
        x: ((at(m.x) - range.x[0]) / (range.x[1] - range.x[0])) * inner.width,
        y: (1 - (m.y - range.y[0]) / (range.y[1] - range.y[0])) * inner.height,
    });
    const named = (width < 480 ? o.named.slice(0, 1) : o.named.slice(0, 3)).flatMap((i) => o.marks[i] ?? []);
    const labels = placeLabels(
        named.map((m) => ({ ...pixel(m), width: m.name.length * colours.size * 0.56, height: colours.size * 1.4 })),
        o.marks.map(pixel),
        { width: inner.width, height: inner.height, corner: { width: colours.size * 9, height: colours.size * 2 } },
    );
    const letters = { family: colours.font, size: colours.size, color: colours.ink };
    const corner = (quarter: Quarter, right: boolean, above: boolean): object => ({
        xref: 'paper',
        yref: 'paper',
        x: right ? 1 : 0,
        y: above ? 1 : 0,
        xanchor: right ? 'right' : 'left',
        yanchor: above ? 'top' : 'bottom',
        text: o.quarters[quarter],
        showarrow: false,
        bgcolor: faded(colours.surface, 0.7),
        font: { ...letters, weight: 600 },
    });
    const dotted = { color: colours.ghost, width: 1.5, dash: 'dot' };
    const xTicks = ticks(plain(range.x[0]), plain(range.x[1]), log);
    const yTicks = ticks(range.y[0], range.y[1], false);
    return {
        margin: { ...margin, pad: 0 },
        xaxis: {
            type: log ? 'log' : 'linear',
            range: range.x,
            tickvals: xTicks,
            ticktext: xTicks.map(o.x.words),
            tickangle: 0,
            ticks: '',
            showline: true,
            title: { text: o.x.title, standoff: 6 * (colours.size / 12), font: { ...letters, color: colours.muted } },
        },
        yaxis: { range: range.y, tickvals: yTicks, ticktext: yTicks.map(o.y.words), ticks: '', ticklabelstandoff: 6 },
        shapes: [
            { type: 'line', xref: 'x', yref: 'paper', x0: o.middle.x, x1: o.middle.x, y0: 0, y1: 1, line: dotted },
            { type: 'line', xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: o.middle.y, y1: o.middle.y, line: dotted },
        ],
        annotations: [
            corner(2, false, true),
            corner(3, true, true),
            corner(0, false, false),
            corner(1, true, false),
            ...named.map((m, i) => ({
                x: at(m.x),
                y: m.y,
                ax: labels[i]?.dx ?? 30,
                ay: labels[i]?.dy ?? -20,
                xanchor: labels[i]?.anchor ?? 'left',
                text: m.name,
                font: letters,
                bgcolor: faded(colours.surface, 0.8),
                borderpad: 1,
                showarrow: true,
                arrowhead: 0,
                arrowwidth: 1,
                arrowcolor: colours.muted,
                standoff: 4,
            })),
        ],
    };
}

export function scatter(o: Scatter): Drawn {
    const plot = drawFilling({
        label: o.label,
        height: o.height ?? 300,
        traces: (colours) => traces(o, colours),
        layout: (colours, width, height) => layout(o, colours, width, height),
    });
    const range = ranges(o);
    const margin = margins(theme().size);
    const order = o.marks.map((_, i) => i).sort((a, b) => (o.marks[a]?.x ?? 0) - (o.marks[b]?.x ?? 0));
    const frame: PlotFrame = {
        left: margin.l,
        right: margin.r,
        top: margin.t,
        bottom: margin.b,
        x: range.x,
        y: range.y,
    };
    const node = pointing(plot.node, {
        label: o.label,
        frame: () => frame,
        marks: order.map((i) => {
            const m = o.marks[i];
            return m === undefined ? null : { x: o.x.log ? Math.log10(Math.max(m.x, 0.5)) : m.x, y: m.y };
        }),
        tooltip: (i) => o.tooltip(order[i] ?? 0),
        by: 'nearest',
        ...(o.open ? { open: (i: number) => o.open?.(order[i] ?? 0) } : {}),
    });
    return { node, ...(plot.destroy ? { destroy: plot.destroy } : {}) };
}
