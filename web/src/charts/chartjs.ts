// Chart.js with what all charts of the page share: the tooltip of the page, arrow keys that move along the marks and say
// their values, names at the ends of lines, lines that mark a value, hatches.
import {
    BarController,
    BarElement,
    CategoryScale,
    Chart,
    Filler,
    LinearScale,
    LineController,
    LineElement,
    PointElement,
    type ChartConfiguration,
    type ChartType,
    type Plugin,
} from 'chart.js';

import type { Drawn } from '../ui/card';
import { h } from '../ui/dom';
import { isInSight, turn } from '../ui/turns';
import { hideTooltip, say, showTooltip, type TooltipText } from '../ui/tooltip';
import { theme, type Theme } from './theme';

Chart.register(
    BarController,
    BarElement,
    CategoryScale,
    Filler,
    LinearScale,
    LineController,
    LineElement,
    PointElement,
);

export interface EndLabel {
    /** Value of the vertical axis at which the label wants to stand. */
    at: number;
    first: string;
    second?: string;
    colour?: string;
    /** A name of a line in the background. */
    quiet?: boolean;
}

export interface Mark {
    /** Index on the horizontal axis. */
    at: number;
    first: string;
    second?: string;
    /** A dashed line from top to bottom; without it the words stand above the value `y`. */
    rule?: boolean;
    y?: number;
}

export interface ChartOptions {
    /** What a screen reader says of the whole: the finding. */
    label: string;
    height: number;
    ends?: EndLabel[];
    marks?: Mark[];
    tooltip(index: number): TooltipText;
    /** Enter or a click on the mark `index`. */
    open?(index: number): void;
}

/* pixels at letters of 12 pixels; they grow with the letters */
const END_WIDTH = 118;
const MOST_FOR_ENDS = 0.3; /* of the chart, where names are long */
const LABEL_GAP = 30;
const LINE = 15;

function endLabels(ends: readonly EndLabel[], colours: Theme): Plugin {
    return {
        id: 'ends',
        afterDatasetsDraw(chart) {
            const { ctx, chartArea, scales } = chart;
            const y = scales.y;
            if (y === undefined || chart.width < 480) {
                return;
            }
            const unit = colours.size / 12;
            const gap = LABEL_GAP * unit;
            const placed = ends.map((end) => ({ end, at: y.getPixelForValue(end.at) })).sort((a, b) => a.at - b.at);
            // Names are pushed apart from the top down, then back from the lower edge up.
            for (let i = 1; i < placed.length; i++) {
                const [above, below] = [placed[i - 1], placed[i]];
                if (above && below && below.at - above.at < gap) {
                    below.at = above.at + gap;
                }
            }
            let limit = chartArea.bottom - 8;
            for (let i = placed.length - 1; i >= 0; i--) {
                const p = placed[i];
                if (p && p.at > limit) {
                    p.at = limit;
                }
                limit = (p?.at ?? limit) - gap;
            }
            ctx.save();
            ctx.textBaseline = 'middle';
            for (const { end, at } of placed) {
                ctx.font = `${end.quiet === true ? 400 : 600} ${colours.size}px ${colours.font}`;
                ctx.fillStyle = end.colour ?? (end.quiet === true ? colours.muted : colours.ink);
                ctx.fillText(end.first, chartArea.right + 10, end.second === undefined ? at : at - 7 * unit);
                if (end.second !== undefined) {
                    ctx.font = `400 ${colours.size}px ${colours.font}`;
                    ctx.fillStyle = colours.muted;
                    ctx.fillText(end.second, chartArea.right + 10, at + 8 * unit);
                }
            }
            ctx.restore();
        },
    };
}

function marks(list: readonly Mark[], colours: Theme): Plugin {
    return {
        id: 'marks',
        afterDatasetsDraw(chart) {
            const { ctx, chartArea, scales } = chart;
            const { x, y } = scales;
            if (x === undefined || y === undefined) {
                return;
            }
            const unit = colours.size / 12;
            ctx.save();
            const shown = chart.width < 480 ? list.slice(0, 1) : list;
            const taken: { left: number; right: number; top: number; bottom: number }[] = [];
            for (const mark of shown) {
                const at = x.getPixelForValue(mark.at);
                const lines = mark.second === undefined ? 1 : 2;
                let top = chartArea.top + 4;
                if (mark.rule) {
                    ctx.strokeStyle = colours.muted;
                    ctx.lineWidth = 1;
                    ctx.setLineDash([3, 3]);
                    ctx.beginPath();
                    ctx.moveTo(at, chartArea.top);
                    ctx.lineTo(at, chartArea.bottom);
                    ctx.stroke();
                    ctx.setLineDash([]);
                } else if (mark.y !== undefined) {
                    top = Math.max(4, y.getPixelForValue(mark.y) - 8 - lines * LINE * unit);
                }
                ctx.font = `600 ${colours.size}px ${colours.font}`;
                const width = Math.max(ctx.measureText(mark.first).width, ctx.measureText(mark.second ?? '').width);
                const left =
                    at + 6 + width > chartArea.right
                        ? at - width - 6
                        : mark.rule
                          ? at + 6
                          : Math.max(chartArea.left, at - width / 2);
                // Words that would stand on those of an earlier mark go below them.
                const height = lines * LINE * unit;
                for (const box of taken) {
                    if (left < box.right && left + width > box.left && top < box.bottom && top + height > box.top) {
                        top = box.bottom + 2;
                    }
                }
                taken.push({ left, right: left + width, top, bottom: top + height });
                ctx.textBaseline = 'top';
                ctx.lineWidth = 4;
                ctx.strokeStyle = colours.surface;
                ctx.lineJoin = 'round';
                ctx.strokeText(mark.first, left, top);
                ctx.fillStyle = colours.ink;
                ctx.fillText(mark.first, left, top);
                if (mark.second !== undefined) {
                    ctx.font = `400 ${colours.size}px ${colours.font}`;
                    ctx.strokeText(mark.second, left, top + LINE * unit);
                    ctx.fillStyle = colours.muted;
                    ctx.fillText(mark.second, left, top + LINE * unit);
                }
            }
            ctx.restore();
        },
    };
}

/** The axes of the page: a quiet grid, no ticks, no frame. `all`: every label stands, however narrow the chart. */
export function axes(
    colours: Theme,
    value: (v: number) => string,
    labels: (index: number) => string,
    all = false,
): ChartConfiguration['options'] {
    const font = { family: colours.font, size: colours.size };
    return {
        scales: {
            x: {
                grid: { display: false },
                border: { color: colours.control },
                ticks: {
                    font,
                    color: colours.muted,
                    maxRotation: 0,
                    autoSkip: false,
                    callback(_v, index) {
                        const n = this.chart.data.labels?.length ?? 0;
                        const stands = all || index % labelStep(n, this.chart.width - 60) === 0;
                        return stands ? labels(index).split('\n') : '';
                    },
                },
            },
            y: {
                beginAtZero: true,
                grid: { color: colours.line, drawTicks: false },
                border: { display: false },
                ticks: { font, color: colours.muted, padding: 8, maxTicksLimit: 6, callback: (v) => value(Number(v)) },
            },
        },
    };
}

const LABEL_WIDTH = 64; /* pixels that a date or a name takes */
const MOST_LABELS = 8;

/** Every so many of `n` labels stand, so that they do not touch: the others are empty. */
function labelStep(n: number, width: number): number {
    return Math.max(1, Math.ceil(n / Math.max(2, Math.min(MOST_LABELS, Math.floor(width / LABEL_WIDTH)))));
}

export function hatch(colour: string, surface: string): CanvasPattern | string {
    const tile = document.createElement('canvas');
    tile.width = 8;
    tile.height = 8;
    const ctx = tile.getContext('2d');
    if (ctx === null) {
        return colour;
    }
    ctx.fillStyle = surface;
    ctx.fillRect(0, 0, 8, 8);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(-2, 10);
    ctx.lineTo(10, -2);
    ctx.moveTo(-2, 2);
    ctx.lineTo(2, -2);
    ctx.moveTo(6, 10);
    ctx.lineTo(10, 6);
    ctx.stroke();
    return ctx.createPattern(tile, 'repeat') ?? colour;
}

/** Draws a chart: one stop for the Tab key, arrow keys move along its marks. */
export function drawChart<T extends ChartType>(config: ChartConfiguration<T>, options: ChartOptions): Drawn {
    const colours = theme();
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    const node = h(
        'div',
        {
            class: 'chart',
            tabindex: '0',
            role: 'application',
            'aria-roledescription': 'chart',
            'aria-label': `${options.label}. Arrow keys move along it.`,
        },
        canvas,
    );
    node.style.minHeight = `${options.height / 16}rem`;
    let active = -1;
    let chart: Chart<T> | null = null;

    function point(index: number, byKey: boolean): void {
        const n = chart?.data.labels?.length ?? 0;
        if (chart === null || n === 0) {
            return;
        }
        active = Math.max(0, Math.min(n - 1, index));
        const x = chart.scales.x?.getPixelForValue(active) ?? 0;
        const box = canvas.getBoundingClientRect();
        const text = options.tooltip(active);
        showTooltip(text, box.left + x, box.top + box.height / 3);
        if (byKey) {
            say([text.title, ...text.lines.map((l) => `${l.name} ${l.value}`), text.foot ?? ''].join(', '));
        }
        cursor.style.transform = `translateX(${x}px)`;
        cursor.hidden = false;
    }

    function leave(): void {
        hideTooltip();
        cursor.hidden = true;
    }

    const cursor = h('div', { class: 'chart-cursor', hidden: true });
    node.append(cursor);
    node.addEventListener('pointermove', (event) => {
        const x = event.clientX - canvas.getBoundingClientRect().left;
        const index = chart?.scales.x?.getValueForPixel(x);
        if (index !== undefined) {
            point(Math.round(index), false);
        }
    });
    node.addEventListener('pointerleave', leave);
    node.addEventListener('blur', leave);
    node.addEventListener('click', () => {
        if (active >= 0) {
            options.open?.(active);
        }
    });
    node.addEventListener('keydown', (event) => {
        const n = chart?.data.labels?.length ?? 0;
        const to: Record<string, number> = { ArrowRight: active + 1, ArrowLeft: active - 1, Home: 0, End: n - 1 };
        const next = to[event.key];
        if (next !== undefined) {
            event.preventDefault();
            point(next, true);
        } else if (event.key === 'Enter' && active >= 0) {
            options.open?.(active);
        }
    });

    const full = {
        ...config,
        options: {
            ...config.options,
            responsive: true,
            maintainAspectRatio: false,
            animation: false,
            events: [],
            layout: {
                padding: {
                    top: 28,
                    right: options.ends === undefined ? 8 : 8,
                    ...(config.options as { layout?: { padding?: object } })?.layout?.padding,
                },
            },
        },
        plugins: [
            ...(options.ends === undefined ? [] : [endSpace(options.ends, colours), endLabels(options.ends, colours)]),
            ...(options.marks === undefined ? [] : [marks(options.marks, colours)]),
            ...(config.plugins ?? []),
        ],
    } as ChartConfiguration<T>;
    // The canvas has a size only once it stands in the page.
    let gone = false;
    node.setAttribute('aria-busy', 'true');
    void turn(() => isInSight(node)).then(() => {
        node.removeAttribute('aria-busy');
        if (!gone) {
            chart = new Chart(canvas, full);
        }
    });
    return {
        node,
        destroy() {
            gone = true;
            hideTooltip();
            chart?.destroy();
        },
        png: () => new Promise((resolve) => canvas.toBlob(resolve)),
    };
}

/** Space at the right for names at the ends of lines, on pages wide enough to have it. */
function endSpace(ends: readonly EndLabel[], colours: Theme): Plugin {
    return {
        id: 'end-space',
        beforeLayout(chart) {
            const padding = chart.options.layout?.padding as { right?: number } | undefined;
            if (padding !== undefined) {
                const { ctx } = chart;
                ctx.save();
                ctx.font = `600 ${colours.size}px ${colours.font}`;
                const words = ends.flatMap((end) => [end.first, end.second ?? '']);
                const longest = Math.max(...words.map((w) => ctx.measureText(w).width)) + 14;
                ctx.restore();
                const most = Math.max((END_WIDTH * colours.size) / 12, chart.width * MOST_FOR_ENDS);
                padding.right = chart.width < 480 ? 8 : Math.min(longest, most);
            }
        },
    };
}
