// What should be in stock when: a ribbon a row over the weeks ahead, where more than usual is sold, darkest at the peak.
import { h } from '../ui/dom';

export interface Ribbon {
    name: Node | string;
    /** The index of each week ahead, 1 a usual one; null where too little is known. */
    weeks: readonly (number | null)[];
    /** Said beside the ribbon. */
    words: string;
    open?(): void;
}

export interface Ribbons {
    label: string;
    rows: readonly Ribbon[];
    /** Where months begin: the week, which may lie between two, and the name. */
    months: readonly { at: number; name: string }[];
}

export const ABOVE = 1.05; /* of a usual week: from here on it is a season */
const DARKEST = 1.8; /* of a usual week */

/** Runs of weeks above the usual, each with its first and last week. */
export function runsOf(weeks: readonly (number | null)[]): { from: number; until: number; peak: number }[] {
    const found: { from: number; until: number; peak: number }[] = [];
    let open: { from: number; until: number; peak: number } | null = null;
    weeks.forEach((v, i) => {
        if (v !== null && v >= ABOVE) {
            if (open === null) {
                open = { from: i, until: i, peak: i };
                found.push(open);
            }
            open.until = i;
            open.peak = v > (weeks[open.peak] ?? 0) ? i : open.peak;
        } else {
            open = null;
        }
    });
    return found;
}

export function ribbons(o: Ribbons): HTMLElement {
    const n = Math.max(1, ...o.rows.map((r) => r.weeks.length));
    const percent = (week: number): string => `${((week / n) * 100).toFixed(2)}%`;
    const lines = (): HTMLElement[] =>
        o.months.map((month) => {
            const line = h('span', { class: 'ribbon-month' });
            line.style.left = percent(month.at);
            return line;
        });
    const row = (r: Ribbon): HTMLElement => {
        const runs = runsOf(r.weeks);
        const track = h('span', { class: 'ribbon-track', 'aria-hidden': 'true' }, ...lines());
        for (const run of runs) {
            const ribbon = h('span', { class: 'ribbon' });
            ribbon.style.left = percent(run.from);
            ribbon.style.width = percent(run.until - run.from + 1);
            const stops: string[] = [];
            for (let week = run.from; week <= run.until; week++) {
                const strength = Math.min(1, ((r.weeks[week] ?? 1) - 1) / (DARKEST - 1));
                const at = run.until === run.from ? 50 : ((week - run.from) / (run.until - run.from)) * 100;
                stops.push(
                    `color-mix(in srgb, var(--accent) ${Math.round(14 + 66 * strength)}%, var(--surface)) ${at.toFixed(1)}%`,
                );
            }
            ribbon.style.background = `linear-gradient(to right, ${stops.length > 1 ? stops.join(', ') : `${stops[0]}, ${stops[0]}`})`;
            track.append(ribbon);
        }
        const end = runs.length === 0 ? 0 : (runs[runs.length - 1]?.until ?? 0) + 1;
        const start = runs[0]?.from ?? 0;
        const words = h('span', { class: 'ribbon-words' }, r.words);
        // Words stand behind the last ribbon, or before the first one where there is no room.
        if (end > n * 0.72 && start > n * 0.28) {
            words.classList.add('before');
            words.style.right = percent(n - start);
        } else if (end > n * 0.72) {
            words.classList.add('inside');
        } else {
            words.style.left = percent(end);
        }
        track.append(words);
        const cells = [
            h('span', { class: 'ribbon-name' }, r.name),
            track,
            h('span', { class: 'ribbon-below' }, r.words),
        ];
        return r.open === undefined
            ? h('div', { class: 'ribbon-row' }, ...cells)
            : h('button', { type: 'button', class: 'ribbon-row', onClick: r.open }, ...cells);
    };
    const axis = h(
        'span',
        { class: 'ribbon-axis' },
        ...o.months.map((month) => {
            const name = h('span', null, month.name);
            name.style.left = percent(month.at);
            return name;
        }),
    );
    return h(
        'div',
        { class: 'ribbons', role: 'group', 'aria-label': o.label },
        ...o.rows.map(row),
        h('div', { class: 'ribbon-row axis', 'aria-hidden': 'true' }, h('span', null), axis),
    );
}
