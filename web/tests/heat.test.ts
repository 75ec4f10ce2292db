import { expect, test } from 'vitest';

import { cellInk, heatEnds } from '../src/charts/heat-colours';
import { onScale } from '../src/charts/theme';
import style from '../src/styles/tokens.css?raw';

test('the colours of a heat map go from zero to the largest value', () => {
    expect(
        heatEnds([
            [3, null],
            [7, 1],
        ]),
    ).toEqual([0, 7]);
    expect(heatEnds([[-2, 5]])).toEqual([-2, 5]);
    expect(heatEnds([[3, 7]], 2, 4)).toEqual([2, 4]);
    expect(heatEnds([[null], [null]])).toEqual([0, 1]);
    expect(heatEnds([[0, 0]])).toEqual([0, 1]);
});

function light(colour: string): number {
    const parts = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

test('words in a cell are black or white and contrast by 4.5 or more, in all four themes', () => {
    const scales = [...style.matchAll(/(?:--heat-\d: (#[0-9a-f]{6});\s*){5}/g)].map((block) =>
        [...block[0].matchAll(/#[0-9a-f]{6}/g)].map((m) => m[0]),
    );
    expect(scales.length).toBe(4);
    for (const scale of scales) {
        for (let value = 0; value <= 100; value++) {
            const ink = cellInk(value, [0, 100], scale, '#777777');
            expect(['#000000', '#ffffff']).toContain(ink);
            expect(contrast(ink, onScale(scale, value / 100))).toBeGreaterThan(4.5);
        }
        expect(cellInk(null, [0, 100], scale, '#777777')).toBe('#777777');
    }
});
