// Bars of other kinds: a distribution, parts stacked over time, a bridge from one sum to another.
import type { ChartConfiguration } from 'chart.js';

import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { axes, drawChart, type EndLabel, type Mark } from './chartjs';
import { faded, theme } from './theme';

interface Common {
    label: string;
    names(index: number): string;
    value(v: number): string;
    tooltip(index: number): TooltipText;
    open?(index: number): void;
    marks?: Mark[];
    height?: number;
}

export interface Histogram extends Common {
    values: readonly number[];
    /** Bins drawn dark: where the median lies. */
    dark?: readonly number[];
}

function withOpen(o: Common): { open?(index: number): void; marks?: Mark[] } {
    return { ...(o.open ? { open: o.open } : {}), ...(o.marks ? { marks: o.marks } : {}) };
}

export function histogram(o: Histogram): Drawn {
    const colours = theme();
    const config: ChartConfiguration<'bar'> = {
        type: 'bar',
        data: {
            labels: o.values.map((_, i) => String(i)),
            datasets: [
                {
                    data: [...o.values],
                    backgroundColor: o.values.map((_, i) =>
                        o.dark?.includes(i) ? colours.accent : faded(colours.accent, 0.3),
                    ),
                    borderColor: colours.accent,
                    borderWidth: { top: 1.5, left: 0, right: 0, bottom: 0 },
                    borderSkipped: false,
                    barPercentage: 0.98,
                    categoryPercentage: 0.96,
                },
            ],
        },
        options: axes(colours, o.value, o.names) as ChartConfiguration<'bar'>['options'] & object,
    };
    return drawChart(config, { label: o.label, height: o.height ?? 220, tooltip: o.tooltip, ...withOpen(o) });
}

export interface Columns extends Common {
    values: readonly number[];
    /** Of the compared period; empty without one. */
    before: readonly (number | null)[];
    ends?: EndLabel[];
}

/** Bars of now, with the comparison as a dashed line over them. */
export function columns(o: Columns): Drawn {
    const colours = theme();
    const config: ChartConfiguration<'bar' | 'line'> = {
        type: 'bar',
        data: {
            labels: o.values.map((_, i) => String(i)),
            datasets: [
                {
                    type: 'line',
                    data: [...o.before],
                    borderColor: colours.ghost,
                    borderWidth: 1.5,
                    borderDash: [5, 4],
                    pointRadius: 0,
                    stepped: 'middle',
                },
                {
                    type: 'bar',
                    data: [...o.values],
                    backgroundColor: faded(colours.accent, 0.3),
                    borderColor: colours.accent,
                    borderWidth: { top: 1.5, left: 0, right: 0, bottom: 0 },
                    borderSkipped: false,
                    barPercentage: 0.86,
                    categoryPercentage: 0.92,
                },
            ],
        },
        options: axes(colours, o.value, o.names) as ChartConfiguration<'bar' | 'line'>['options'] & object,
    };
    return drawChart(config, {
        label: o.label,
        height: o.height ?? 260,
        tooltip: o.tooltip,
        ...(o.ends ? { ends: o.ends } : {}),
        ...withOpen(o),
    });
}

export interface Stacked extends Common {
    /** At most four parts, from the bottom up. */
    parts: { values: readonly number[]; series: number }[];
    ends: EndLabel[];
}

const NOTHING = 0.02; /* of the highest bar: what lies below zero by less, a few goods sent back, gets no axis */

/** Whether the axis of a stack begins at zero: no bar goes farther below it than an eye would see. */
export function fromZero(parts: Stacked['parts']): boolean {
    const heights = (parts[0]?.values ?? []).map((_, i) => {
        const values = parts.map((part) => part.values[i] ?? 0);
        const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
        return { up: sum(values.filter((v) => v > 0)), down: -sum(values.filter((v) => v < 0)) };
    });
    const highest = Math.max(0, ...heights.map((height) => height.up));
    return heights.every((height) => height.down <= highest * NOTHING);
}

export function stacked(o: Stacked): Drawn {
    const colours = theme();
    const options = axes(colours, o.value, o.names);
    if (fromZero(o.parts) && options?.scales?.y) {
        (options.scales.y as { min?: number }).min = 0;
    }
    for (const scale of [options?.scales?.x, options?.scales?.y]) {
        if (scale) {
            (scale as { stacked?: boolean }).stacked = true;
        }
    }
    const config: ChartConfiguration<'bar'> = {
        type: 'bar',
        data: {
            labels: (o.parts[0]?.values ?? []).map((_, i) => String(i)),
            datasets: o.parts.map((part) => ({
                data: [...part.values],
                backgroundColor: colours.series[part.series] ?? colours.accent,
                borderColor: colours.surface,
                borderWidth: { top: 1.5, left: 0, right: 0, bottom: 0 },
                barPercentage: 0.9,
                categoryPercentage: 0.9,
            })),
        },
        options: options as ChartConfiguration<'bar'>['options'] & object,
    };
    return drawChart(config, {
        label: o.label,
        height: o.height ?? 260,
        ends: o.ends,
        tooltip: o.tooltip,
        ...withOpen(o),
    });
}

export interface Bridge extends Common {
    /** First and last are levels, drawn as short bars; those between are steps. */
    from: number;
    to: number;
    steps: readonly number[];
}

export function bridge(o: Bridge): Drawn {
    const colours = theme();
    const ends: [number, number][] = [];
    let level = o.from;
    for (const step of o.steps) {
        ends.push([level, level + step]);
        level += step;
    }
    const all = [o.from, o.to, ...ends.flat()];
    const low = Math.min(...all);
    const high = Math.max(...all);
    const pad = (high - low) * 0.15 || Math.abs(high) * 0.1 || 1;
    const thin = (high - low + 2 * pad) * 0.012;
    const data: [number, number][] = [[o.from - thin, o.from + thin], ...ends, [o.to - thin, o.to + thin]];
    const colour = (i: number): string =>
        i === 0
            ? colours.ghost
            : i === data.length - 1
              ? colours.accent
              : (o.steps[i - 1] ?? 0) >= 0
                ? colours.positive
                : colours.negativeWash;
    const options = axes(colours, o.value, o.names, true);
    const y = options?.scales?.y as
        { beginAtZero?: boolean; min?: number; max?: number; display?: boolean } | undefined;
    if (y) {
        y.beginAtZero = false;
        y.min = low - pad;
        y.max = high + pad;
        y.display = false;
    }
    const config: ChartConfiguration<'bar'> = {
        type: 'bar',
        data: {
            labels: data.map((_, i) => String(i)),
            datasets: [
                {
                    data: data as never,
                    backgroundColor: data.map((_, i) => colour(i)),
                    borderColor: data.map((_, i) =>
                        i > 0 && i < data.length - 1 && (o.steps[i - 1] ?? 0) < 0 ? colours.negative : colour(i),
                    ),
                    borderWidth: 1.5,
                    borderSkipped: false,
                    borderRadius: 2,
                    barPercentage: 0.72,
                    categoryPercentage: 0.9,
                },
            ],
        },
        options: options as ChartConfiguration<'bar'>['options'] & object,
        plugins: [
            {
                id: 'values',
                afterDatasetsDraw(chart) {
                    const { ctx, scales } = chart;
                    ctx.save();
                    ctx.textAlign = 'center';
                    ctx.font = `600 ${colours.size}px ${colours.font}`;
                    const unit = colours.size / 12;
                    let before = { right: -Infinity, y: 0 };
                    data.forEach(([a, b], i) => {
                        const step = o.steps[i - 1];
                        const level = i === 0 || i === data.length - 1;
                        ctx.fillStyle = level ? colours.ink : (step ?? 0) >= 0 ? colours.positive : colours.negative;
                        const words = level
                            ? o.value(i === 0 ? o.from : o.to)
                            : `${(step ?? 0) > 0 ? '+' : ''}${o.value(step ?? 0)}`;
                        const x = scales.x?.getPixelForValue(i) ?? 0;
                        const half = ctx.measureText(words).width / 2;
                        // A level is named below its bar, a step above: a value that would touch the one before it rises.
                        let at =
                            (scales.y?.getPixelForValue(level ? Math.min(a, b) : Math.max(a, b)) ?? 0) +
                            (level ? 18 : -8) * unit;
                        if (x - half < before.right + 4 && Math.abs(at - before.y) < 14 * unit) {
                            at = before.y - 15 * unit;
                        }
                        before = { right: x + half, y: at };
                        ctx.fillText(words, x, at);
                    });
                    ctx.restore();
                },
            },
        ],
    };
    return drawChart(config, { label: o.label, height: o.height ?? 260, tooltip: o.tooltip, ...withOpen(o) });
}
