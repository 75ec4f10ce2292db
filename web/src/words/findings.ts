// Sentences that the page says of figures, by rules with thresholds. Up or down is said only where the interval of the
// change leaves zero out; where no interval is known, from twenty orders up and two percent.
import type { Figure, Row } from '../data/document';
import { num, text } from '../data/document';
import * as n from './numbers';

export const FEW_ORDERS = 20;

export type Course = 'up' | 'down' | 'same' | 'unknown';

/** Which way a figure went, beyond chance where that is known. */
export function course(f: Figure | undefined): Course {
    if (f === undefined || f.value === null || f.before === null) {
        return 'unknown';
    }
    if (f.low !== null && f.high !== null && f.unit === 'money') {
        if (f.low > f.before) {
            return 'up';
        }
        return f.high < f.before ? 'down' : 'same';
    }
    const size = f.unit === 'share' ? f.value - f.before : (f.change ?? 0);
    if (Math.abs(size) < (f.unit === 'share' ? 0.001 : 0.02)) {
        return 'same';
    }
    return size > 0 ? 'up' : 'down';
}

/** Good, bad or neither for the shop. */
export function tone(f: Figure | undefined): 'good' | 'bad' | 'none' {
    const way = course(f);
    if (f === undefined || f.good === 0 || way === 'same' || way === 'unknown') {
        return 'none';
    }
    return (way === 'up') === f.good > 0 ? 'good' : 'bad';
}

/** "+8.2%", "−0.12 pts", or null where there is nothing to compare with. */
export function changeText(f: Figure): string | null {
    if (f.value === null || f.before === null) {
        return null;
    }
    if (f.unit === 'share') {
        return n.points(f.value - f.before);
    }
    if (f.unit === 'number') {
        return n.difference(f.value - f.before);
    }
    return f.change === null ? null : n.change(f.change);
}

export const COMPARED_WITH: Record<string, string> = {
    previous: 'on the period before',
    weekdays: 'on the same weekdays',
    year: 'on last year',
    none: '',
};

/** Names joined as one says them: "Toys", "Toys and Books", "Toys, Books and Sports". */
export function listing(names: readonly string[]): string {
    if (names.length <= 1) {
        return names[0] ?? '';
    }
    return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

export interface Cause {
    name: string;
    part: number;
}

/**
 * What explains a change: "two thirds" from 60 to 75 % of it by one group, "most" from 50 % on, else the two greatest that go the
 * same way as the whole.
 */
export function cause(rows: readonly Row[], name: string, total: number): string | null {
    const same = rows
        .map((row) => ({ name: text(row, name), part: num(row, 'contribution') ?? 0 }))
        .filter((c) => c.name !== '' && Math.sign(c.part) === Math.sign(total) && c.part !== 0)
        .sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
    const first = same[0];
    if (first === undefined || total === 0) {
        return null;
    }
    const of = first.part / total;
    if (of >= 0.6 && of <= 0.75) {
        return `${first.name} makes two thirds of it`;
    }
    if (of >= 0.5) {
        return `${first.name} makes most of it`;
    }
    const second = same[1];
    return second === undefined ? `${first.name} adds most to it` : `${first.name} and ${second.name} bring most of it`;
}

/** Size of a change for a sentence: "8%", "a third"? Plain percent without decimals. */
export function sizeText(change: number): string {
    return n.share(Math.abs(change), Math.abs(change) < 0.02 ? 1 : 0);
}
