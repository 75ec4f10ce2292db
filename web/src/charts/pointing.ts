// The pointer and the arrow keys over a plot whose margins and ranges are known: the nearest mark is told in the tooltip of
// the page and, by key, to a screen reader. Plotly draws, and hears nothing.
import { h } from '../ui/dom';
import { hideTooltip, say, showTooltip, type TooltipText } from '../ui/tooltip';

/** Pixels around the plot, and the values at its edges as they are drawn (logarithms where the axis is one). */
export interface PlotFrame {
    left: number;
    right: number;
    top: number;
    bottom: number;
    x: readonly [number, number];
    y: readonly [number, number];
}

export interface Pointing {
    label: string;
    frame(): PlotFrame;
    /** Marks in the order in which arrow keys visit them; null in a gap. */
    marks: readonly ({ x: number; y: number } | null)[];
    tooltip(index: number): TooltipText;
    open?(index: number): void;
    /** Which mark is meant: the nearest one of all, or the one of the column. */
    by: 'nearest' | 'column';
}

const REACH = 28; /* pixels from a mark that still mean it */

/** Makes one stop for the Tab key of `plot`, with its marks. */
export function pointing(plot: HTMLElement, o: Pointing): HTMLElement {
    const cursor = h('div', { class: `plot-cursor ${o.by}`, hidden: true });
    const node = h(
        'div',
        {
            class: 'plot-stop',
            tabindex: '0',
            role: 'application',
            'aria-roledescription': 'chart',
            'aria-label': `${o.label}. Arrow keys move along it.`,
        },
        plot,
        cursor,
    );
    plot.removeAttribute('role');
    plot.setAttribute('aria-hidden', 'true');
    let active = -1;

    function place(index: number): { x: number; y: number } | null {
        const mark = o.marks[index];
        if (mark == null) {
            return null;
        }
        const f = o.frame();
        const width = node.clientWidth - f.left - f.right;
        const height = node.clientHeight - f.top - f.bottom;
        return {
            x: f.left + ((mark.x - f.x[0]) / (f.x[1] - f.x[0])) * width,
            y: f.top + (1 - (mark.y - f.y[0]) / (f.y[1] - f.y[0])) * height,
        };
    }

    function show(index: number, byKey: boolean): void {
        const at = place(index);
        if (at === null) {
            return;
        }
        active = index;
        cursor.style.left = `${at.x}px`;
        cursor.style.top = o.by === 'nearest' ? `${at.y}px` : `${o.frame().top}px`;
        cursor.style.bottom = o.by === 'nearest' ? '' : `${o.frame().bottom}px`;
        cursor.hidden = false;
        const box = node.getBoundingClientRect();
        const words = o.tooltip(index);
        showTooltip(words, box.left + at.x, box.top + at.y);
        if (byKey) {
            say([words.title, ...words.lines.map((l) => `${l.name} ${l.value}`), words.foot ?? ''].join(', '));
        }
    }

    function leave(): void {
        hideTooltip();
        cursor.hidden = true;
        active = -1;
    }

    function nearest(x: number, y: number): number {
        let best = -1;
        let least = o.by === 'nearest' ? REACH : Infinity;
        o.marks.forEach((_mark, i) => {
            const at = place(i);
            const far =
                at === null ? Infinity : o.by === 'nearest' ? Math.hypot(at.x - x, at.y - y) : Math.abs(at.x - x);
            if (far < least) {
                least = far;
                best = i;
            }
        });
        return best;
    }

    node.addEventListener('pointermove', (event) => {
        const box = node.getBoundingClientRect();
        const index = nearest(event.clientX - box.left, event.clientY - box.top);
        if (index >= 0) {
            show(index, false);
        } else {
            leave();
        }
    });
    node.addEventListener('pointerleave', leave);
    node.addEventListener('blur', leave);
    node.addEventListener('click', () => {
        if (active >= 0) {
            o.open?.(active);
        }
    });
    node.addEventListener('keydown', (event) => {
        const last = o.marks.length - 1;
        const step: Record<string, number> = {
            ArrowRight: 1,
            ArrowUp: 1,
            ArrowLeft: -1,
            ArrowDown: -1,
            Home: 1,
            End: -1,
        };
        const by = step[event.key];
        if (by !== undefined) {
            event.preventDefault();
            let next = event.key === 'Home' ? 0 : event.key === 'End' ? last : Math.max(0, Math.min(last, active + by));
            while (o.marks[next] === null && o.marks[next + by] !== undefined) {
                next += by;
            }
            show(next, true);
        } else if (event.key === 'Enter' && active >= 0) {
            o.open?.(active);
        }
    });
    return node;
}
