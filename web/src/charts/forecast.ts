// The future: what was measured as a line, what is expected dashed, with bands of 50, 80 and 95 %, and last year beside it.
// Names stand at the right end, pushed apart. Drawn by Plotly, its words by the page.
import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { notes, tickNotes, type Margins, type Note } from './notes';
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
const LEFT = 0.3; /* columns that the axis begins before the first one */
const RIGHT = 0.7; /* and ends after the last one, from the number of all */

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

function margins(size: number, width: number): Margins {
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
function ends(o: Forecast, unit: number, fromTop: (v: number) => number, height: number): Note[] {
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
    const placed = spread(
        names.map((name) => fromTop(name.at) * height),
        GAP * unit,
        height - 8,
    );
    return names.map((name, i): Note => ({
        words: name.text,
        x: 1,
        y: (placed[i] ?? 0) / height,
        dx: 6,
        side: 'left',
        kind: name.loud ? 'accent' : 'muted',
    }));
}

/** All words of the plot, as it is drawn at this size. */
function words(o: Forecast, size: number, width: number, height: number): Note[] {
    const unit = size / 12;
    const n = o.measured.length;
    const margin = margins(size, width);
    const inner = height - margin.t - margin.b;
    const y = range(o);
    const fromTop = (v: number): number => 1 - (v - y[0]) / (y[1] - y[0]);
    const across = (index: number): number => (index + LEFT) / (n + o.ahead.length - RIGHT + LEFT);
    const side = (right: boolean): Note => ({
        words: right ? 'expected' : 'measured',
        x: across(n - 0.5),
        y: 1,
        dx: right ? 4 : -4,
        side: right ? 'left' : 'right',
        edge: 'bottom',
        kind: right ? 'accent' : 'muted',
        veil: true,
    });
    const peak = o.peak;
    const top = peak === undefined ? 0 : fromTop(o.ahead[peak.index - n]?.mean ?? 0);
    return [
        ...tickNotes(
            columns(o, width, unit).map((i) => ({ at: across(i), words: o.when(i) })),
            ticks(y[0], y[1], false).map((v) => ({ at: 1 - fromTop(v), words: o.value(v) })),
            unit,
        ),
        side(false),
        side(true),
        ...(width < NARROW ? [] : ends(o, unit, fromTop, inner)),
        ...(peak === undefined
            ? []
            : [
                  {
                      words: peak.words,
                      x: across(peak.index),
                      y: top,
                      dx: 24 * unit,
                      dy: -Math.max(30 * unit, top * inner - 8 * unit),
                      side: 'left',
                      kind: 'strong',
                      leader: true,
                  } satisfies Note,
              ]),
    ];
}

/** The columns that are named: so many as have room. */
function columns(o: Forecast, width: number, unit: number): number[] {
    const all = o.measured.length + o.ahead.length;
    const margin = margins(unit * 12, width);
    const most = Math.max(2, Math.min(8, Math.floor((width - margin.l - margin.r) / (72 * unit))));
    const step = Math.ceil(all / most);
    return Array.from({ length: all }, (_, i) => i).filter((i) => i % step === 0);
}

function layout(o: Forecast, colours: Theme, width: number): Layout {
    const n = o.measured.length;
    const y = range(o);
    const at = n - 0.5;
    return {
        margin: { ...margins(colours.size, width), pad: 0 },
        xaxis: { range: [-LEFT, n + o.ahead.length - RIGHT], tickvals: [], showline: true },
        yaxis: { range: y, tickvals: ticks(y[0], y[1], false) },
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
    };
}

export function forecast(o: Forecast): Drawn {
    const written = notes();
    const plot = drawFilling({
        label: o.label,
        height: o.height ?? 300,
        traces: (colours) => traces(o, colours),
        layout: (colours, width, height) => {
            written.write(margins(colours.size, width), words(o, colours.size, width, height));
            return layout(o, colours, width);
        },
    });
    const y = range(o);
    const all = o.measured.length + o.ahead.length;
    const node = pointing(plot.node, {
        label: o.label,
        frame: (): PlotFrame => {
            const m = margins(theme().size, plot.node.clientWidth);
            return { left: m.l, right: m.r, top: m.t, bottom: m.b, x: [-LEFT, all - RIGHT], y };
        },
        marks: Array.from({ length: all }, (_, i) => ({
            x: i,
            y: o.measured[i] ?? o.ahead[i - o.measured.length]?.mean ?? 0,
        })),
        tooltip: o.tooltip,
        by: 'column',
    });
    node.append(written.node);
    return { node, ...(plot.destroy ? { destroy: plot.destroy } : {}) };
}
