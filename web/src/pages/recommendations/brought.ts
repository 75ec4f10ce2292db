// What answers say of lists and models, in the form that cards show: steps, places, methods, groups, shares.
import { num, text, type Row } from '../../data/document';
import type { Weights } from '../../data/answers';
import { share } from '../../words/numbers';

const NAMED = 7; /* categories with a colour of their own */

export interface Step {
    name: string;
    value: number;
    under: string;
    share: number;
}

/** From shown to bought: each step as a share of the one before. */
export function earnSteps(shown: number, clicks: number, lines: number): Step[] {
    const of = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
    return [
        { name: 'shown', value: shown, under: 'places in lists', share: 1 },
        {
            name: 'clicked',
            value: clicks,
            under: `${share(of(clicks, shown))} of what was shown`,
            share: of(clicks, shown),
        },
        {
            name: 'bought within 7 days',
            value: lines,
            under: `${share(of(lines, clicks))} of the clicks`,
            share: of(lines, clicks),
        },
    ];
}

/** "bestsellers:2" as one says it, where one list alone is shown: "place 2". */
export function placeName(place: string, lists: number): string {
    const at = place.lastIndexOf(':');
    const number = at < 0 ? '' : place.slice(at + 1);
    if (!/^\d+$/.test(number)) {
        return place;
    }
    return lists === 1 ? `place ${number}` : `${place.slice(0, at)}, ${number}`;
}

/** Whether the best is beyond chance: its interval ends above the second's value. */
export function methodsFinding(rows: readonly Row[]): string {
    const [first, second] = rows;
    if (first === undefined) {
        return '';
    }
    if (second === undefined) {
        return `${text(first, 'method')} was measured alone`;
    }
    return (num(first, 'ndcg_low') ?? 0) > (num(second, 'ndcg') ?? 0)
        ? `${text(first, 'method')} ranks best`
        : `${text(first, 'method')} and ${text(second, 'method')} rank about the same`;
}

export function placesFinding(rows: readonly Row[]): string {
    const clicks = rows.map((r) => (num(r, 'click_rate') ?? 0) * (num(r, 'impressions') ?? 0));
    const all = clicks.reduce((total, c) => total + c, 0);
    const first = [...clicks]
        .sort((a, b) => b - a)
        .slice(0, 2)
        .reduce((total, c) => total + c, 0);
    return all === 0 || rows.length < 3
        ? 'How often each place is clicked'
        : first / all >= 0.6
          ? 'Two places take two thirds of all clicks'
          : first / all >= 0.45
            ? 'Two places take half of all clicks'
            : 'Clicks spread over the places';
}

/** The largest categories have colours of their own; the rest are one. */
export function groupsOf(points: readonly { category: string }[]): string[] {
    const sizes = new Map<string, number>();
    for (const p of points) {
        sizes.set(p.category, (sizes.get(p.category) ?? 0) + 1);
    }
    return [...sizes]
        .filter(([name]) => name !== '')
        .sort((a, b) => b[1] - a[1])
        .slice(0, NAMED)
        .map(([name]) => name);
}

export interface Shares {
    place: string;
    n: number;
    parts: { name: string; value: number }[];
}

/** The shares of the modalities by place, all products first, then the categories with most products. */
export function sharesOf(weights: Weights['weights']): Shares[] {
    const places = new Map<string, Shares>();
    for (const w of weights) {
        if (w.topic === 'modality' && w.value !== null) {
            const known = places.get(w.place) ?? { place: w.place, n: w.n, parts: [] };
            known.parts.push({ name: w.name, value: w.value });
            places.set(w.place, known);
        }
    }
    const top = (s: Shares): boolean => s.place !== '' && !s.place.includes(' > ');
    const all = [...places.values()];
    const categories = all.some(top) ? all.filter(top) : all.filter((s) => s.place !== '');
    return [...all.filter((s) => s.place === ''), ...categories.sort((a, b) => b.n - a.n)].map((s) => ({
        ...s,
        parts: s.parts.sort((a, b) => b.value - a.value),
    }));
}
