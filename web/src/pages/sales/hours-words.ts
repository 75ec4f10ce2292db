// When people buy, in a sentence: the busiest hours, and a weekday only where it stands out beyond chance.
import { num, text, type Row } from '../../data/document';

export const HOURS = 24;
const STANDS_OUT = 2.7; /* deviations of a Poisson number: one weekday of seven by chance in 20 shops */
const LONG = 10; /* hours, above which no part of the day stands out */

export const hourName = (hour: number): string => `${hour}:00`;

export function byHour(rows: readonly Row[]): number[][] {
    return rows.map((row) =>
        Array.from({ length: HOURS }, (_, hour) => num(row, `h${String(hour).padStart(2, '0')}`) ?? 0),
    );
}

export const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The shortest run of hours with half of all orders, over midnight too: its first hour and how many. */
export function busyHours(cells: readonly (readonly number[])[]): { from: number; hours: number } {
    const hours = Array.from({ length: HOURS }, (_, hour) => total(cells.map((day) => day[hour] ?? 0)));
    const half = total(hours) / 2;
    for (let length = 1; length < HOURS; length++) {
        let best = -1;
        let most = 0;
        for (let from = 0; from < HOURS; from++) {
            const sum = total(Array.from({ length }, (_, i) => hours[(from + i) % HOURS] ?? 0));
            if (sum >= half && sum > most) {
                [best, most] = [from, sum];
            }
        }
        if (best >= 0) {
            return { from: best, hours: length };
        }
    }
    return { from: 0, hours: HOURS };
}

/** The weekday with more orders than chance makes, by its index, or -1. */
export function strongDay(cells: readonly (readonly number[])[]): number {
    const days = cells.map(total);
    const mean = total(days) / Math.max(1, days.length);
    const best = days.indexOf(Math.max(...days));
    return (days[best] ?? 0) > mean + STANDS_OUT * Math.sqrt(mean) ? best : -1;
}

export function hoursFinding(rows: readonly Row[]): string {
    const cells = byHour(rows);
    const { from, hours } = busyHours(cells);
    const day = strongDay(cells);
    const when =
        hours > LONG
            ? 'Orders come at all hours of the day'
            : `Half of the orders come from ${hourName(from)} to ${hourName((from + hours) % HOURS)}`;
    return day < 0 ? `${when}; no weekday stands out` : `${when}, most on ${text(rows[day], 'weekday')}`;
}
