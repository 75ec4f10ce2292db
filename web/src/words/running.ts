// Two periods beside each other day by day: which is ahead, and since when.
import { num, type Row } from '../data/document';

/** The day from which on the sum of the period stays ahead of (or behind) the comparison, if that is a part of the way in. */
export function leadOpened(rows: readonly Row[]): { index: number; ahead: boolean } | null {
    let total = 0;
    const differences = rows.map((row) => (total += (num(row, 'revenue') ?? 0) - (num(row, 'revenue_before') ?? 0)));
    const last = differences.at(-1) ?? 0;
    if (last === 0 || rows.length < 5) {
        return null;
    }
    let from = differences.length - 1;
    while (from > 0 && Math.sign(differences[from - 1] ?? 0) === Math.sign(last)) {
        from -= 1;
    }
    return { index: from, ahead: last > 0 };
}

/** Running totals of a column. */
export function running(rows: readonly Row[], column: string): number[] {
    let total = 0;
    return rows.map((row) => (total += num(row, column) ?? 0));
}

export interface Week {
    from: number;
    until: number;
    value: number;
    before: number;
}

/** Sums of seven days each, counted back from the last; days before the first whole week are left out. */
export function wholeWeeks(rows: readonly Row[], column: string): Week[] {
    const weeks: Week[] = [];
    for (let until = rows.length - 1; until >= 6; until -= 7) {
        const days = rows.slice(until - 6, until + 1);
        const total = (id: string): number => days.reduce((sum, row) => sum + (num(row, id) ?? 0), 0);
        weeks.unshift({ from: until - 6, until, value: total(column), before: total(`${column}_before`) });
    }
    return weeks;
}

/** Difference of the means of two sets of values, and its standard error. */
export function difference(now: readonly number[], before: readonly number[]): { mean: number; error: number } {
    const of = (values: readonly number[]): { mean: number; variance: number } => {
        const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
        const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
        return { mean, variance: squares / Math.max(1, values.length - 1) / Math.max(1, values.length) };
    };
    const [a, b] = [of(now), of(before)];
    return { mean: a.mean - b.mean, error: Math.sqrt(a.variance + b.variance) };
}
