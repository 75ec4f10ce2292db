import { expect, test } from 'vitest';

import { fromZero } from '../src/charts/bars';
import { notes, tickNotes } from '../src/charts/notes';

test('a stack begins at zero unless something goes well below it', () => {
    const stack = (...parts: number[][]) => parts.map((values, series) => ({ values, series }));
    expect(fromZero(stack([100, 90], [10, -1]))).toBe(true);
    expect(fromZero(stack([100, 90], [10, -20]))).toBe(false);
    expect(fromZero(stack([0, 0]))).toBe(true);
    expect(fromZero([])).toBe(true);
});

test('words over a plot stand where their values are, as text alone', () => {
    const written = notes();
    const margins = { l: 40, r: 10, t: 8, b: 44 };
    written.write(margins, [
        ...tickNotes([{ at: 0.5, words: '20' }], [{ at: 0, words: '$0' }], 1),
        { words: '<b>x</b>', x: 0.25, y: 0.5, dx: 30, dy: -40, side: 'left', leader: true },
    ]);
    const [below, left, named] = written.node.querySelectorAll<HTMLElement>('.plot-note');
    expect(below?.style.left).toBe('calc(40px + (100% - 50px) * 0.5)');
    expect(below?.style.top).toBe('calc(13px + (100% - 52px) * 1)');
    expect(left?.textContent).toBe('$0');
    expect(left?.style.transform).toBe('translate(-100%, -50%)');
    expect(named?.textContent).toBe('<b>x</b>');
    expect(written.node.querySelector('b')).toBeNull();
    const line = written.node.querySelector<HTMLElement>('.plot-leader');
    expect(line?.style.width).toBe('46px'); // 50 to the words, less the gap to the mark
    written.write(margins, []);
    expect(written.node.childElementCount).toBe(0);
});
