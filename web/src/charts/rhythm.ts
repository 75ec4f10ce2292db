// The rhythm of a customer: orders as dots on a line of time, the silence since as a dashed line.
import { h } from '../ui/dom';

/** `days`: of orders, as numbers of days; all rows of a card share the span [from, until]. */
export function rhythm(days: readonly number[], from: number, until: number): HTMLElement {
    const at = (day: number): string =>
        `${(Math.max(0, Math.min(1, (day - from) / Math.max(1, until - from))) * 100).toFixed(2)}%`;
    const shown = days.filter((day) => day >= from);
    const last = days.at(-1);
    const line = h('span', { class: 'rhythm-line' });
    const silence = h('span', { class: 'rhythm-silence' });
    line.style.left = at(shown[0] ?? until);
    line.style.right = `calc(100% - ${at(last ?? until)})`;
    silence.style.left = at(last ?? from);
    return h(
        'span',
        { class: 'track rhythm', 'aria-hidden': 'true' },
        line,
        silence,
        ...shown.map((day) => {
            const dot = h('span', { class: 'dot' });
            dot.style.left = at(day);
            return dot;
        }),
    );
}
