// Small multiples: the same course of several groups on one scale, so that sizes and ways can be compared at a glance.
import { h, s } from '../ui/dom';

export interface Small {
    values: readonly (number | null)[];
    /** The compared course; empty without one. */
    ghost: readonly (number | null)[];
    /** The value at the upper edge. */
    most: number;
    /** Names of the first and the last value. */
    first: string;
    last: string;
    /** In ink in place of the accent: the whole beside its parts. */
    quiet?: boolean;
}

const WIDTH = 160;
const HEIGHT = 64;

function path(
    values: readonly (number | null)[],
    most: number,
): { d: string; first: number; last: [number, number] | null } {
    let d = '';
    let first = 0;
    let last: [number, number] | null = null;
    values.forEach((value, i) => {
        if (value === null) {
            return;
        }
        const x = values.length < 2 ? WIDTH : (i / (values.length - 1)) * (WIDTH - 3);
        const y = HEIGHT - 1 - Math.max(0, Math.min(1, value / most)) * (HEIGHT - 6);
        first = d === '' ? x : first;
        d += `${d === '' ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
        last = [x, y];
    });
    return { d, first, last };
}

export function small(o: Small): HTMLElement {
    const root = s('svg', {
        class: `small-chart${o.quiet === true ? ' quiet' : ''}`,
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: 'none',
        'aria-hidden': 'true',
    });
    const main = path(o.values, o.most);
    if (main.last !== null) {
        const down = `L${main.last[0].toFixed(1)} ${HEIGHT - 1}L${main.first.toFixed(1)} ${HEIGHT - 1}Z`;
        root.append(s('path', { class: 'area', d: main.d + down }));
    }
    root.append(s('path', { class: 'base', d: `M0 ${HEIGHT - 0.5}L${WIDTH} ${HEIGHT - 0.5}` }));
    if (o.ghost.length > 1) {
        root.append(s('path', { class: 'ghost', d: path(o.ghost, o.most).d }));
    }
    root.append(s('path', { class: 'course', d: main.d }));
    const dot = h('i', { class: 'small-dot' });
    if (main.last !== null) {
        dot.style.left = `${((main.last[0] / WIDTH) * 100).toFixed(1)}%`;
        dot.style.top = `${((main.last[1] / HEIGHT) * 100).toFixed(1)}%`;
    }
    return h(
        'span',
        { class: 'small-box' },
        h('span', { class: `small-plot${o.quiet === true ? ' quiet' : ''}` }, root as unknown as Node, dot),
        h('span', { class: 'small-names' }, h('span', null, o.first), h('span', null, o.last)),
    );
}
