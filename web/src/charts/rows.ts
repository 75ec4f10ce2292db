// Rows that are charts: left and right of zero, a share with the compared one as a mark, a value with its interval, a
// ring (then) to a dot (now), a course as a small line. HTML and SVG: a canvas each would be slow.
import { h, s } from '../ui/dom';
import { icon } from '../ui/icons';

const percent = (value: number): string => `${Math.max(0, Math.min(100, value * 100)).toFixed(2)}%`;

function track(kind: string, ...children: HTMLElement[]): HTMLElement {
    return h('span', { class: `track ${kind}`, 'aria-hidden': 'true' }, ...children);
}

function piece(kind: string, from: number, to: number): HTMLElement {
    const element = h('span', { class: kind });
    element.style.left = percent(Math.min(from, to));
    element.style.width = percent(Math.abs(to - from));
    return element;
}

function tick(kind: string, at: number): HTMLElement {
    const element = h('span', { class: kind });
    element.style.left = percent(at);
    return element;
}

/** A bar of 0 to 1 with a dashed mark where the comparison stood. `series`: 1 to 8, or 0 for the accent. */
export function meter(value: number, before: number | null = null, kind = 'accent'): HTMLElement {
    const children = [piece(`fill ${kind}`, 0, value)];
    if (before !== null && before >= 0 && before <= 1) {
        children.push(tick('was', before));
    }
    return track('meter', ...children);
}

/** A bar to the right of zero where it is good, to the left and outlined where not. `most`: the largest size of all. */
export function diverging(value: number, most: number, left: number): HTMLElement {
    const zero = left;
    const size = most === 0 ? 0 : value / most;
    const to = size >= 0 ? zero + size * (1 - zero) : zero + size * zero;
    return track('diverging', tick('zero', zero), piece(value >= 0 ? 'plus' : 'minus', zero, to));
}

/** A value as a dot on its interval; all rows of a card share the scale [from, until]. */
export function interval(
    value: number,
    low: number | null,
    high: number | null,
    from: number,
    until: number,
    options: { threshold?: number; kind?: string } = {},
): HTMLElement {
    const at = (v: number): number => (until === from ? 0.5 : (v - from) / (until - from));
    const children: HTMLElement[] = [];
    if (options.threshold !== undefined) {
        children.push(tick('threshold', at(options.threshold)));
    }
    if (low !== null && high !== null) {
        children.push(piece(`spread ${options.kind ?? ''}`, at(low), at(high)));
    }
    children.push(tick(`dot ${options.kind ?? ''}`, at(value)));
    return track('interval', ...children);
}

/** Days that a stock lasts as a bar with its interval, beside the days of a delivery as a dashed line; `until` ends the scale. */
export function runs(
    value: number,
    low: number | null,
    high: number | null,
    until: number,
    delivery: number,
    short: boolean,
): HTMLElement {
    const at = (v: number): number => Math.min(1, v / until);
    const children = [piece(`fill ${short ? 'negative' : 'positive'}`, 0, at(value))];
    if (low !== null && value > 0) {
        children.push(piece('reach', at(low), high === null ? 1 : at(high)));
    }
    children.push(tick('threshold', at(delivery)));
    return track('runs', ...children);
}

/** From a ring (then) to a dot (now). */
export function thenNow(before: number, now: number, from: number, until: number, kind: string): HTMLElement {
    const at = (v: number): number => (until === from ? 0.5 : (v - from) / (until - from));
    return track(
        'interval',
        piece(`spread ${kind}`, at(before), at(now)),
        tick('ring', at(before)),
        tick(`dot ${kind}`, at(now)),
    );
}

/** Parts of a score laid end to end from zero; parts against it outlined, left of zero. */
export function parts(
    list: readonly { value: number; series: number; name: string }[],
    from: number,
    until: number,
): HTMLElement {
    const at = (v: number): number => (until === from ? 0 : (v - from) / (until - from));
    const children: HTMLElement[] = [tick('zero', at(0))];
    let right = 0;
    let left = 0;
    for (const part of list) {
        const start = part.value >= 0 ? right : left;
        const element = piece(
            part.value >= 0 ? `part series-${part.series}` : 'part against',
            at(start),
            at(start + part.value),
        );
        element.title = part.name;
        children.push(element);
        if (part.value >= 0) {
            right += part.value;
        } else {
            left += part.value;
        }
    }
    return track('parts', ...children);
}

/** A small line of a course, its comparison a dashed ghost, a dot at the end. */
export function sparkline(
    values: readonly (number | null)[],
    ghost: readonly (number | null)[] = [],
    height = 32,
    filled = true,
): SVGElement {
    const width = 120;
    const all = [...values, ...ghost].filter((v): v is number => v !== null);
    const root = s('svg', {
        class: 'sparkline',
        viewBox: `0 0 ${width} ${height}`,
        preserveAspectRatio: 'none',
        'aria-hidden': 'true',
    });
    if (all.length < 2) {
        return root;
    }
    const low = Math.min(...all);
    const high = Math.max(...all);
    const y = (v: number): number => height - 3 - (high === low ? 0.5 : (v - low) / (high - low)) * (height - 6);
    const draw = (course: readonly (number | null)[]): { d: string; first: number; last: [number, number] | null } => {
        let d = '';
        let first = 0;
        let last: [number, number] | null = null;
        course.forEach((v, i) => {
            if (v !== null) {
                const x = course.length === 1 ? width : (i / (course.length - 1)) * (width - 4);
                first = d === '' ? x : first;
                d += `${d === '' ? 'M' : 'L'}${x.toFixed(1)} ${y(v).toFixed(1)}`;
                last = [x, y(v)];
            }
        });
        return { d, first, last };
    };
    if (ghost.length > 1) {
        root.append(s('path', { class: 'ghost', d: draw(ghost).d }));
    }
    const main = draw(values);
    if (main.d !== '' && main.last !== null) {
        if (filled) {
            root.append(
                s('path', {
                    class: 'area',
                    d: `${main.d}L${main.last[0].toFixed(1)} ${height}L${main.first.toFixed(1)} ${height}Z`,
                }),
            );
        }
        root.append(s('path', { class: 'course', d: main.d }));
        // A line without length with round ends: a circle stays one however the drawing is stretched.
        root.append(s('path', { class: 'end', d: `M${main.last[0].toFixed(1)} ${main.last[1].toFixed(1)}h0` }));
    }
    return root;
}

/** The change of a figure: arrow, sign, colour, in this order. */
export function changeMark(
    words: string | null,
    tone: 'good' | 'bad' | 'none',
    way: 'up' | 'down' | 'same' | 'unknown',
): HTMLElement | null {
    if (words === null) {
        return null;
    }
    if (way === 'same') {
        return h('span', { class: `change ${tone}`, title: words }, 'about the same');
    }
    const arrow = way === 'up' ? 'arrow-up' : way === 'down' ? 'arrow-down' : 'minus';
    return h('span', { class: `change ${tone}` }, icon(arrow), words);
}
