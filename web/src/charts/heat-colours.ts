// Which colour a value of a heat map has, and the ink on it.
import { inkOn, onScale } from './theme';

/** The values at the two ends of the colours: from 0, or below where there is less, to the largest. */
export function heatEnds(
    values: readonly (readonly (number | null)[])[],
    from?: number,
    until?: number,
): [number, number] {
    const known = values.flat().filter((v): v is number => v !== null);
    const low = from ?? Math.min(0, ...known);
    const high = until ?? Math.max(low, ...known);
    return [low, high > low ? high : low + 1];
}

/** Pure black or white for the words of a cell, whichever contrasts more; `empty` where nothing is known. */
export function cellInk(
    value: number | null,
    ends: readonly [number, number],
    scale: readonly string[],
    empty: string,
): string {
    return value === null ? empty : inkOn(onScale(scale, (value - ends[0]) / (ends[1] - ends[0])));
}
