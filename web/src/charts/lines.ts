// Courses as lines: the one that matters in the accent, comparisons as ghosts, an interval as a band.
import type { ChartConfiguration, ChartDataset, Plugin } from 'chart.js';

import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { axes, drawChart, type EndLabel, type Mark } from './chartjs';
import { DASHES, faded, POINTS, theme } from './theme';

export interface Course {
    values: readonly (number | null)[];
    /** main: loud, with a fill; ghost: the comparison; faint: last year, dotted; quiet: grey; a number: that series. */
    kind: 'main' | 'ghost' | 'faint' | 'quiet' | number;
    /** The interval around it. */
    low?: readonly (number | null)[];
    high?: readonly (number | null)[];
    /** Whether a point marks the end: not where the line does not end in the present. */
    last?: boolean;
}

export interface Lines {
    label: string;
    courses: Course[];
    names(index: number): string;
    value(v: number): string;
    tooltip(index: number): TooltipText;
    open?(index: number): void;
    ends?: EndLabel[];
    marks?: Mark[];
    fill?: boolean;
    fromZero?: boolean;
    /** The last value is of a day that is not over: the piece of the line to it is dashed. */
    unfinished?: boolean;
    height?: number;
    /** Every name stands, "" where none does; without it so many as have room. */
    all?: boolean;
    /** The upper end of the vertical axis. */
    most?: number;
    /** What is drawn besides. */
    extra?: Plugin<'line'>[];
}

function datasets(course: Course, fill: boolean, unfinished: boolean): ChartDataset<'line'>[] {
    const colours = theme();
    const kind = course.kind;
    const colour =
        kind === 'main'
            ? colours.accent
            : typeof kind === 'number'
              ? (colours.series[kind] ?? colours.ink)
              : colours.ghost;
    const n = course.values.length;
    const line: ChartDataset<'line'> = {
        data: [...course.values],
        borderColor: kind === 'quiet' ? faded(colours.ghost, 0.7) : colour,
        borderWidth: kind === 'main' || typeof kind === 'number' ? 2.5 : kind === 'quiet' ? 1 : 1.5,
        borderDash:
            kind === 'ghost'
                ? [5, 4]
                : kind === 'faint'
                  ? [2, 3]
                  : typeof kind === 'number'
                    ? [...(DASHES[kind] ?? [])]
                    : [],
        pointRadius: course.values.map((_, i) =>
            course.last !== false && i === n - 1 && (kind === 'main' || typeof kind === 'number') ? 4 : 0,
        ),
        pointStyle: typeof kind === 'number' ? (POINTS[kind] ?? 'circle') : 'circle',
        pointBackgroundColor: colour,
        tension: 0.25,
        spanGaps: false,
        ...(unfinished && kind === 'main'
            ? {
                  segment: {
                      borderDash: (piece: { p1DataIndex: number }) =>
                          piece.p1DataIndex === n - 1 ? [4, 4] : undefined,
                  },
              }
            : {}),
        ...(fill && kind === 'main'
            ? {
                  fill: 'origin',
                  backgroundColor: (context: {
                      chart: { ctx: CanvasRenderingContext2D; chartArea?: { top: number; bottom: number } };
                  }) => {
                      const area = context.chart.chartArea;
                      if (area === undefined) {
                          return faded(colours.accent, 0.2);
                      }
                      const down = context.chart.ctx.createLinearGradient(0, area.top, 0, area.bottom);
                      down.addColorStop(0, faded(colours.accent, 0.3));
                      down.addColorStop(1, faded(colours.accent, 0.02));
                      return down;
                  },
              }
            : {}),
    } as ChartDataset<'line'>;
    if (course.low === undefined || course.high === undefined) {
        return [line];
    }
    const edge = { borderWidth: 0, pointRadius: 0, tension: 0.25 };
    return [
        line,
        { ...edge, data: [...course.low] },
        { ...edge, data: [...course.high], fill: '-1', backgroundColor: faded(colour, 0.16) },
    ];
}

export function lines(o: Lines): Drawn {
    const colours = theme();
    const n = Math.max(...o.courses.map((c) => c.values.length));
    const options = axes(colours, o.value, o.names, o.all === true);
    if (o.fromZero === false && options?.scales?.y) {
        (options.scales.y as { beginAtZero: boolean }).beginAtZero = false;
    }
    if (o.most !== undefined && options?.scales?.y) {
        (options.scales.y as { max?: number }).max = o.most;
    }
    const config: ChartConfiguration<'line'> = {
        type: 'line',
        data: {
            labels: Array.from({ length: n }, (_, i) => String(i)),
            datasets: o.courses.flatMap((c) => datasets(c, o.fill !== false, o.unfinished === true)),
        },
        options: options as ChartConfiguration<'line'>['options'] & object,
        plugins: o.extra ?? [],
    };
    return drawChart(config, {
        label: o.label,
        height: o.height ?? 240,
        tooltip: o.tooltip,
        ...(o.ends ? { ends: o.ends } : {}),
        ...(o.marks ? { marks: o.marks } : {}),
        ...(o.open ? { open: o.open } : {}),
    });
}
