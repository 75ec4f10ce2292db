// The words of a plot, over what Plotly draws: elements of the page, whose letters the browser sets once. Plotly would
// measure each of them several times, which takes longer than all marks of the plot.
import { clear, h } from '../ui/dom';

/** Pixels around the inner part of a plot. */
export interface Margins {
    l: number;
    r: number;
    t: number;
    b: number;
}

export interface Note {
    words: string;
    /** Of the inner part, from the left and from the top, 0 to 1. */
    x: number;
    y: number;
    /** From there, in pixels. */
    dx?: number;
    dy?: number;
    /** Which edge of the words is there; the middle where left out. */
    side?: 'left' | 'right';
    edge?: 'top' | 'bottom';
    kind?: 'muted' | 'strong' | 'accent';
    /** What is below shows through less. */
    veil?: boolean;
    /** A line from the words back to the place. */
    leader?: boolean;
    /** Words that may break into lines, down from the edge. */
    wide?: boolean;
}

const SHIFT = { left: '0', right: '-100%', top: '0', bottom: '-100%', middle: '-50%' };
const GAP = 4; /* pixels between a mark and the line to its words */

const across = (m: Margins, x: number, by: number): string => `calc(${m.l + by}px + (100% - ${m.l + m.r}px) * ${x})`;
const down = (m: Margins, y: number, by: number): string => `calc(${m.t + by}px + (100% - ${m.t + m.b}px) * ${y})`;

function leader(m: Margins, note: Note): HTMLElement {
    const [dx, dy] = [note.dx ?? 0, note.dy ?? 0];
    const line = h('i', { class: 'plot-leader' });
    line.style.left = across(m, note.x, 0);
    line.style.top = down(m, note.y, 0);
    line.style.width = `${Math.max(0, Math.hypot(dx, dy) - GAP)}px`;
    line.style.transform = `rotate(${Math.atan2(dy, dx)}rad) translateX(${GAP}px)`;
    return line;
}

function words(m: Margins, note: Note): HTMLElement {
    const classes = [
        'plot-note',
        note.kind ?? 'plain',
        note.veil === true ? 'veil' : '',
        note.wide === true ? 'wide' : '',
    ];
    const node = h('span', { class: classes.filter(Boolean).join(' '), dir: 'auto' }, note.words);
    node.style.left = across(m, note.x, note.dx ?? 0);
    node.style.top = down(m, note.y, note.dy ?? 0);
    node.style.transform = `translate(${SHIFT[note.side ?? 'middle']}, ${SHIFT[note.edge ?? 'middle']})`;
    return node;
}

/** The layer that the words stand on; `write` sets them. */
export function notes(): { node: HTMLElement; write(margins: Margins, all: readonly Note[]): void } {
    const node = h('div', { class: 'plot-notes', 'aria-hidden': 'true' });
    return {
        node,
        write(margins, all) {
            clear(
                node,
                ...all.filter((n) => n.leader === true).map((n) => leader(margins, n)),
                ...all.map((n) => words(margins, n)),
            );
        },
    };
}

/** Names of the ticks below and left of a plot. */
export function tickNotes(
    x: readonly { at: number; words: string }[],
    y: readonly { at: number; words: string }[],
    unit: number,
): Note[] {
    return [
        ...x.map((t): Note => ({ words: t.words, x: t.at, y: 1, dy: 5 * unit, edge: 'top', kind: 'muted' })),
        ...y.map((t): Note => ({ words: t.words, x: 0, y: 1 - t.at, dx: -6, side: 'right', kind: 'muted' })),
    ];
}
