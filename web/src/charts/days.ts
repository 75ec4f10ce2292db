// How much a day: bars are days, the line is the mean of seven days, dashed that of the compared period.
import type { ChartConfiguration } from 'chart.js';

import type { Drawn } from '../ui/card';
import type { TooltipText } from '../ui/tooltip';
import { axes, drawChart, hatch, type EndLabel, type Mark } from './chartjs';
import { faded, theme } from './theme';

export interface DayBars {
    label: string;
    values: readonly number[];
    /** Of the compared period, day by day; empty without a comparison. */
    before: readonly (number | null)[];
    names(index: number): string;
    value(v: number): string;
    tooltip(index: number): TooltipText;
    open?(index: number): void;
    ends: EndLabel[];
    marks: Mark[];
    /** The last day is not over. */
    unfinished: boolean;
    height?: number;
}

/** Mean of up to `width` values that end at each. */
export function trailingMean(values: readonly (number | null)[], width: number): (number | null)[] {
    return values.map((_, i) => {
        const part = values.slice(Math.max(0, i - width + 1), i + 1).filter((v): v is number => v !== null);
        return part.length === 0 ? null : part.reduce((a, b) => a + b, 0) / part.length;
    });
}

export function dayBars(o: DayBars): Drawn {
    const colours = theme();
    const last = o.values.length - 1;
    const fill = o.values.map((_, i) =>
        o.unfinished && i === last ? hatch(colours.accent, colours.surface) : faded(colours.accent, 0.3),
    );
    const width = Math.min(7, Math.max(1, Math.floor(o.values.length / 3)));
    const config: ChartConfiguration<'bar' | 'line'> = {
        type: 'bar',
        data: {
            labels: o.values.map((_, i) => String(i)),
            datasets: [
                {
                    type: 'line',
                    data: trailingMean(o.unfinished ? o.values.slice(0, -1) : o.values, width),
                    borderColor: colours.accent,
                    borderWidth: 2.5,
                    pointRadius: 0,
                    tension: 0.3,
                },
                {
                    type: 'line',
                    data: o.before.length === 0 ? [] : trailingMean(o.before, width),
                    borderColor: colours.ghost,
                    borderWidth: 1.5,
                    borderDash: [5, 4],
                    pointRadius: 0,
                    tension: 0.3,
                },
                {
                    type: 'bar',
                    data: [...o.values],
                    backgroundColor: fill,
                    borderColor: colours.accent,
                    borderWidth: o.values.map((_, i) =>
                        o.unfinished && i === last ? 1.5 : { top: 1.5, left: 0, right: 0, bottom: 0 },
                    ) as never,
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
        height: o.height ?? 280,
        ends: o.ends,
        marks: o.marks,
        tooltip: o.tooltip,
        ...(o.open ? { open: o.open } : {}),
    });
}
