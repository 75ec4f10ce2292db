// What the page says of customers: rules over the figures, without a part of the page, so that tests can ask them.
import type { Figure, Row } from '../../data/document';
import { num, text } from '../../data/document';
import { listing } from '../../words/findings';
import { count, money, roundMoney, share } from '../../words/numbers';
import { difference } from '../../words/running';

const ENOUGH = 20; /* people or orders, under which nothing is said of a group */

export const KIND_NAMES: Record<string, string> = {
    new: 'New customers',
    returning: 'Returning ones',
    premium: 'Premium ones',
    guests: 'Guests',
};

const MOST = 0.4; /* from this share on "1 in 2" or "1 in 1" would say less than is known */

/** "1 in 8"; "8 in 10" of a share that is not small */
export function oneIn(part: number): string {
    if (part >= MOST) {
        return `${Math.round(part * 10)} in 10`;
    }
    return `1 in ${count(Math.max(1, Math.round(1 / part)))}`;
}

/** "fewer than", "more than", "about as many as": beyond chance as counts of events go. */
function against(now: number, before: number): string {
    return Math.abs(now - before) <= 1.96 * Math.sqrt(now + before)
        ? 'about as many as'
        : now > before
          ? 'more than'
          : 'fewer than';
}

export function customersSentence(fresh: Figure | undefined, second: Figure | undefined, compared: string): string {
    const parts: string[] = [];
    if (fresh?.value != null) {
        const came = `*${fresh.value === 0 ? 'No' : count(fresh.value)} new ${fresh.value === 1 ? 'customer' : 'customers'}* came`;
        parts.push(
            fresh.before === null || compared === '' || fresh.value + fresh.before === 0
                ? `${came}.`
                : `${came}, ${against(fresh.value, fresh.before)} the ${count(fresh.before)} ${compared}.`,
        );
    }
    if (second?.value != null && second.value > 0) {
        parts.push(`${oneIn(second.value)} ${second.value >= MOST ? 'order' : 'orders'} again within 60 days.`);
    }
    return parts.length === 0 ? 'No customers are known yet.' : parts.join(' ');
}

/** What kinds of customers did, and who is silent. */
export function customersText(kinds: readonly Row[], late: Figure | undefined, compared: boolean): string {
    const parts: string[] = [];
    const moved = kinds
        .map((row) => {
            const [now, before] = [num(row, 'revenue') ?? 0, num(row, 'revenue_before') ?? 0];
            return {
                name: text(row, 'customers'),
                by: before > 0 ? now / before - 1 : 0,
                lines: num(row, 'lines') ?? 0,
            };
        })
        .filter((m) => compared && m.lines >= ENOUGH && Math.abs(m.by) >= 0.1)
        .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
        .slice(0, 2);
    for (const m of moved) {
        parts.push(
            `${KIND_NAMES[m.name] ?? m.name} spent *${share(Math.abs(m.by), 0)} ${m.by > 0 ? 'more' : 'less'}*.`,
        );
    }
    if (late?.value != null && late.value > 0) {
        parts.push(
            `*${count(late.value)} ${late.value === 1 ? 'person has' : 'people have'}* been silent for longer than their rhythm explains.`,
        );
    }
    return parts.join(' ');
}

export interface KindWeeks {
    kind: string;
    values: readonly number[];
}

/** Who brings most over all weeks, and who rose or fell from the first half to the second beyond how weeks vary. */
export function weeksFinding(kinds: readonly KindWeeks[]): string {
    const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const all = total(kinds.map((k) => total(k.values)));
    const first = [...kinds].sort((a, b) => total(b.values) - total(a.values))[0];
    if (first === undefined || all <= 0) {
        return 'Nothing was sold in these weeks';
    }
    const words = `${KIND_NAMES[first.kind] ?? first.kind} bring most, ${share(total(first.values) / all, 0)}`;
    const moved = kinds
        .map((k) => {
            const half = Math.floor(k.values.length / 2);
            return { kind: k.kind, ...difference(k.values.slice(-half), k.values.slice(0, half)) };
        })
        .filter((m) => m.error > 0 && Math.abs(m.mean) > 1.96 * m.error)
        .sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean))[0];
    if (moved === undefined) {
        return words;
    }
    const way = moved.mean > 0 ? 'rise' : 'fall';
    return moved.kind === first.kind
        ? `${words}, and ${way}`
        : `${words}; ${(KIND_NAMES[moved.kind] ?? moved.kind).toLowerCase()} ${way}`;
}

/** "1 in 8 by day 60, 1 in 4 by day 180" */
export function secondFinding(rows: readonly Row[]): string {
    const parts = [60, 180]
        .map((day) => rows.find((row) => num(row, 'days') === day))
        .filter(
            (row): row is Row =>
                row !== undefined && (num(row, 'share') ?? 0) > 0 && (num(row, 'at_risk') ?? 0) >= ENOUGH,
        )
        .map((row) => `${oneIn(num(row, 'share') ?? 1)} by day ${num(row, 'days') ?? 0}`);
    return parts.length === 0 ? 'Too few second orders to tell when they come' : `A second order: ${listing(parts)}`;
}

/** The curve at every `step` days, between the days that are told on a straight line; null where too few were watched. */
export function curveAt(rows: readonly Row[], column: string, step: number): (number | null)[] {
    const known = rows.filter((row) => (num(row, 'at_risk') ?? 0) >= ENOUGH && num(row, column) !== null);
    const last = num(known.at(-1), 'days') ?? 0;
    const values: (number | null)[] = [];
    for (let day = 0; day <= last; day += step) {
        const after = known.findIndex((row) => (num(row, 'days') ?? 0) >= day);
        const [a, b] = [known[Math.max(0, after - 1)], known[after]];
        const [from, until] = [num(a, 'days') ?? 0, num(b, 'days') ?? 0];
        const [low, high] = [num(a, column) ?? 0, num(b, column) ?? 0];
        values.push(until === from ? high : low + ((high - low) * (day - from)) / (until - from));
    }
    return values;
}

/** Who orders often and lately beside those who ordered once, lately. */
export function bandsFinding(rows: readonly Row[]): string {
    const all = rows.reduce((sum, row) => sum + (num(row, 'customers') ?? 0), 0);
    const lately = rows.filter((row) => num(row, 'silent_from') === 0);
    const best = lately.filter((row) => (num(row, 'orders_from') ?? 0) >= 4);
    const once = lately.find((row) => num(row, 'orders_from') === 1);
    const people = best.reduce((sum, row) => sum + (num(row, 'customers') ?? 0), 0);
    const brought = best.reduce((sum, row) => sum + (num(row, 'customers') ?? 0) * (num(row, 'revenue_each') ?? 0), 0);
    const each = num(once, 'revenue_each') ?? 0;
    if (people < ENOUGH || (num(once, 'customers') ?? 0) < ENOUGH || each <= 0) {
        return `${count(people)} of ${count(all)} order often and lately`;
    }
    const times = brought / people / each;
    return `${count(people)} of ${count(all)} order often and lately; each brought ${times < 2 ? share(times - 1, 0) + ' more than' : `${count(times)} times as much as`} a newcomer`;
}

export function segmentName(id: string): string {
    const words = id.replace('-', ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The group whose share of revenue is furthest above its share of people. */
export function segmentsFinding(rows: readonly Row[]): string {
    const gap = (row: Row): number => (num(row, 'share_of_revenue') ?? 0) - (num(row, 'share_of_customers') ?? 0);
    const best = [...rows].filter((row) => (num(row, 'customers') ?? 0) >= ENOUGH).sort((a, b) => gap(b) - gap(a))[0];
    if (best === undefined) {
        return 'Too few customers to tell groups apart';
    }
    return `${segmentName(text(best, 'segment'))} are ${share(num(best, 'share_of_customers') ?? 0, 0)} of people and ${share(num(best, 'share_of_revenue') ?? 0, 0)} of revenue`;
}

/** Of all groups together, the share that ordered in each month after the first. */
export function pooled(rows: readonly Row[], months: number): { share: number; people: number }[] {
    return Array.from({ length: months }, (_, i) => {
        let [again, people] = [0, 0];
        for (const row of rows) {
            const part = num(row, `m${i + 1}`);
            if (part !== null) {
                again += part * (num(row, 'size') ?? 0);
                people += num(row, 'size') ?? 0;
            }
        }
        return { share: people === 0 ? 0 : again / people, people };
    });
}

/** "Every month brings back 5 to 7% of each group; most in the second" */
export function cohortsFinding(rows: readonly Row[], months: number): string {
    const all = pooled(rows, months).filter((p) => p.people >= 5 * ENOUGH);
    if (all.length < 2) {
        return 'Too few groups to tell whether newcomers come back';
    }
    const shares = all.map((p) => p.share);
    const [low, high] = [Math.round(Math.min(...shares) * 100), Math.round(Math.max(...shares) * 100)];
    const words =
        low === high
            ? `Every month brings back ${share(high / 100, 0)} of each group`
            : `Every month brings back ${low} to ${share(high / 100, 0)} of each group`;
    const best = shares.indexOf(Math.max(...shares));
    const people = all.reduce((sum, p) => sum + p.people, 0) - (all[best]?.people ?? 0);
    const rest = all.reduce((sum, p, i) => (i === best ? sum : sum + p.share * p.people), 0) / Math.max(1, people);
    const n = all[best]?.people ?? 1;
    // The largest of several: as many looks as months.
    const error = Math.sqrt((rest * (1 - rest)) / n);
    return (shares[best] ?? 0) - rest > 2.7 * error
        ? `${words}; most in month ${best + 1}`
        : `${words}; no month stands out`;
}

export interface Spender {
    name: string;
    customers: number;
    each: number;
    low: number;
    high: number;
}

const MANY_LOOKS = 1.5; /* times as wide an interval: one group of a dozen by chance in 20 shops */

/** Groups whose spend a customer leaves that of all by more than chance among so many groups. */
export function spendersFinding(groups: readonly Spender[], mean: number): string {
    const apart = groups
        .filter((g) => g.customers >= ENOUGH)
        .filter((g) => Math.abs(g.each - mean) > (MANY_LOOKS * (g.high - g.low)) / 2)
        .sort((a, b) => Math.abs(b.each - mean) - Math.abs(a.each - mean));
    const best = apart[0];
    if (best === undefined) {
        return 'Regions and ages differ no more than chance would';
    }
    const name = best.name.charAt(0).toUpperCase() + best.name.slice(1);
    return `${name} spends ${best.each > mean ? 'more' : 'less'}: ${money(best.each)} a customer, ${money(mean)} of all`;
}

export function tenthsFinding(rows: readonly Row[]): string {
    const first = num(rows[0], 'share') ?? 0;
    const half = rows.slice(Math.floor(rows.length / 2)).reduce((sum, row) => sum + (num(row, 'share') ?? 0), 0);
    return `The best tenth will bring ${share(first, 0)}, the lower half ${share(half, 0)}`;
}

export function churnFinding(risk: Figure | undefined, worth: Figure | undefined): string {
    const people = risk?.value ?? 0;
    if (people === 0) {
        return 'Nobody is more likely to leave than to stay';
    }
    return `${count(people)} will more likely leave than order${worth?.value == null ? '' : `; winning back is worth ${roundMoney(worth.value)}`}`;
}

export function writeFinding(late: Figure | undefined): string {
    const people = late?.value ?? 0;
    return people === 0
        ? 'Nobody broke their rhythm'
        : `${count(people)} ${people === 1 ? 'customer' : 'customers'} broke their own rhythm`;
}

/** A draft of a mail without an address: none is known. */
export function draft(customer: string, shop: string, next: string): string {
    const body = [
        'Hello,',
        '',
        `it has been a while since your last order at ${shop}. We would like to see you again.`,
        ...(next === '' ? [] : ['', `You may like: ${next}`]),
        '',
        `Your team of ${shop}`,
    ].join('\r\n');
    const subject = `We have not heard from you for a while (customer ${customer})`;
    return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
