// The future: what was measured as a line, what is expected dashed, with bands of 50, 80 and 95 %, and last year beside it.
// Names stand at the right end, pushed apart. Drawn by Plotly.
import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { drawFilling, type Layout, type Trace } from './plotly';
import { pointing, type PlotFrame } from './pointing';
import { ticks } from './scatter';
import { faded, theme, type Theme } from './theme';

export interface Ahead {
    mean: number;
    /** From the widest to the narrowest: low and high of each band. */
    bands: readonly (readonly [number, number])[];
}

export interface Forecast {
    label: string;
    /** Measured values, oldest first. */
    measured: readonly number[];
    ahead: readonly Ahead[];
    /** Last year, for the measured values and those ahead together; null where it is not known. */
    before: readonly (number | null)[];
    /** Names of the bands, from the widest to the narrowest. */
    names: readonly string[];
    /** Of a place on the horizontal axis. */
    when(index: number): string;
    value(v: number): string;
    /** The place that is named, with what is said of it. */
    peak?: { index: number; words: string };
    tooltip(index: number): TooltipText;
    height?: number;
}

const SHADES = [0.12, 0.16, 0.24]; /* of the bands, from the widest on */
const END = 118; /* pixels for the names at letters of 12 */
const NARROW = 560; /* a plot narrower than this has no room for them */
const GAP = 17;

/** Values pushed at least `gap` apart, in their order, and not beyond `limit`; from the top down. */
export function spread(at: readonly number[], gap: number, limit: number): number[] {
    const order = at.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
    for (let k = 1; k < order.length; k++) {
        const [above, below] = [order[k - 1], order[k]];
        if (above && below) {
            below.y = Math.max(below.y, above.y + gap);
        }
    }
    let most = limit;
    for (let k = order.length - 1; k >= 0; k--) {
        const one = order[k];
        if (one) {
            one.y = Math.min(one.y, most);
            most = one.y - gap;
        }
    }
    const found = [...at];
    for (const one of order) {
        found[one.i] = one.y;
    }
    return found;
}

export function range(o: Forecast): [number, number] {
    const all = [
        ...o.measured,
        ...o.ahead.flatMap((a) => [a.mean, ...a.bands.flat()]),
        ...o.before.filter((v): v is number => v !== null),
    ];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (high - low || 1) * 0.06;
    // Near zero the axis begins there: a line that starts elsewhere would look like more of a change than it is.
    return [low >= 0 && low < high * 0.4 ? 0 : low - room, high + room * 2];
}

function margins(size: number, width: number): { l: number; r: number; t: number; b: number } {
    const unit = size / 12;
    return { l: 48 * unit, r: width < NARROW ? 8 : END * unit, t: 20 * unit, b: 28 * unit };
}

function traces(o: Forecast, colours: Theme): Trace[] {
    const n = o.measured.length;
    const last = o.measured[n - 1] ?? 0;
    const x = [n - 1, ...o.ahead.map((_, h) => n + h)];
    const line = { type: 'scatter', mode: 'lines', hoverinfo: 'skip' };
    const known = o.before.flatMap((v, i) => (v === null ? [] : [{ x: i, y: v }]));
    return [
        ...o.names.flatMap((_, b): Trace[] => {
            const side = (k: 0 | 1): number[] => [last, ...o.ahead.map((a) => a.bands[b]?.[k] ?? a.mean)];
            return [
                { ...line, x, y: side(0), line: { width: 0 } },
                {
                    ...line,
                    x,
                    y: side(1),
                    line: { width: 0 },
                    fill: 'tonexty',
                    fillcolor: faded(colours.accent, SHADES[b] ?? 0.2),
                },
            ];
        }),
        {
            ...line,
            x: known.map((p) => p.x),
            y: known.map((p) => p.y),
            line: { color: colours.ghost, width: 1.5, dash: '5px,4px' },
        },
        { ...line, x: o.measured.map((_, i) => i), y: [...o.measured], line: { color: colours.accent, width: 2.5 } },
        {
            ...line,
            x,
            y: [last, ...o.ahead.map((a) => a.mean)],
            line: { color: colours.accent, width: 2.5, dash: '4px,3px' },
        },
    ];
}

/** Names at the right end: the bands between their upper edge and the next one's, the mean, last year. */
function ends(o: Forecast, colours: Theme, toPixel: (v: number) => number, height: number): object[] {
    const last = o.ahead[o.ahead.length - 1];
    if (last === undefined) {
        return [];
    }
    const highs = [...last.bands.map((b) => b[1]), last.mean];
    const names = [
        ...o.names.map((name, b) => ({ at: ((highs[b] ?? 0) + (highs[b + 1] ?? 0)) / 2, text: name, loud: false })),
        { at: last.mean, text: o.value(last.mean), loud: true },
    ];
    const before = [...o.before].reverse().find((v) => v !== null);
    if (before !== undefined && before !== null) {
        names.push({ at: before, text: 'last year', loud: false });
    }
    const unit = colours.size / 12;
    const placed = spread(
        names.map((name) => toPixel(name.at)),
        GAP * unit,
        height - 8,
    );
    return names.map((name, i) => ({
        xref: 'paper',
        yref: 'paper',
        x: 1,
        y: 1 - (placed[i] ?? 0) / height,
        xanchor: 'left',
        yanchor: 'middle',
        xshift: 6,
        text: name.text,
        showarrow: false,
        font: {
            family: colours.font,
            size: colours.size,
            color: name.loud ? colours.accent : colours.muted,
            weight: name.loud ? 600 : 400,
        },
    }));
}

function layout(o: Forecast, colours: Theme, width: number, height: number): Layout {
    const n = o.measured.length;
    const all = n + o.ahead.length;
    const margin = margins(colours.size, width);
    const y = range(o);
    const inner = height - margin.t - margin.b;
    const toPixel = (v: number): number => (1 - (v - y[0]) / (y[1] - y[0])) * inner;
    const unit = colours.size / 12;
    const most = Math.max(2, Math.min(8, Math.floor((width - margin.l - margin.r) / (72 * unit))));
    const step = Math.ceil(all / most);
    const xTicks = Array.from({ length: all }, (_, i) => i).filter((i) => i % step === 0);
    const yTicks = ticks(y[0], y[1], false);
    const letters = { family: colours.font, size: colours.size, color: colours.muted };
    const at = n - 0.5;
    const side = (right: boolean): object => ({
        x: at,
        y: 0,
        yref: 'paper',
        xanchor: right ? 'left' : 'right',
        yanchor: 'bottom',
        xshift: right ? 4 : -4,
        text: right ? 'expected' : 'measured',
        showarrow: false,
        font: { ...letters, color: right ? colours.accent : colours.muted },
        bgcolor: faded(colours.surface, 0.7),
    });
    const peak = o.peak;
    return {
        margin: { ...margin, pad: 0 },
        xaxis: {
            range: [-0.3, all - 0.7],
            tickvals: xTicks,
            ticktext: xTicks.map(o.when),
            tickangle: 0,
            ticks: '',
            showline: true,
        },
        yaxis: { range: y, tickvals: yTicks, ticktext: yTicks.map(o.value), ticks: '', ticklabelstandoff: 6 },
        shapes: [
            {
                type: 'line',
                yref: 'paper',
                x0: at,
                x1: at,
                y0: 0,
                y1: 1,
                line: { color: colours.muted, width: 1, dash: '3px,3px' },
            },
        ],
        annotations: [
            side(false),
            side(true),
            ...(width < NARROW ? [] : ends(o, colours, toPixel, inner)),
            ...(peak === undefined
                ? []
                : [
                      {
                          x: peak.index,
                          y: o.ahead[peak.index - n]?.mean ?? 0,
                          ax: 24 * unit,
                          ay: -Math.max(30 * unit, toPixel(o.ahead[peak.index - n]?.mean ?? 0) - 8 * unit),
                          xanchor: 'left',
                          text: peak.words,
                          font: { ...letters, color: colours.ink, weight: 600 },
                          showarrow: true,
                          arrowhead: 0,
                          arrowwidth: 1,
                          arrowcolor: colours.muted,
                      },
                  ]),
        ],
    };
}

export function forecast(o: Forecast): Drawn {
    const plot = drawFilling({
        label: o.label,
        height: o.height ?? 300,
        traces: (colours) => traces(o, colours),
        layout: (colours, width, height) => layout(o, colours, width, height),
    });
    const y = range(o);
    const all = o.measured.length + o.ahead.length;
    const node = pointing(plot.node, {
        label: o.label,
        frame: (): PlotFrame => {
            const m = margins(theme().size, plot.node.clientWidth);
            return { left: m.l, right: m.r, top: m.t, bottom: m.b, x: [-0.3, all - 0.7], y };
        },
        marks: Array.from({ length: all }, (_, i) => ({
            x: i,
            y: o.measured[i] ?? o.ahead[i - o.measured.length]?.mean ?? 0,
        })),
        tooltip: o.tooltip,
        by: 'column',
    });
    return { node, ...(plot.destroy ? { destroy: plot.destroy } : {}) };
}
