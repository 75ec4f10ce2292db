// Why a product stands in a list: the parts of its score by what they mean to a shop, and the past events that spoke.
import type { ListRow, PastEvent, ScorePart } from '../../data/answers';
import { shortTitle } from '../../words/names';

export interface Theme {
    name: string;
    /** Colour and shape of the series, 1 to 8. */
    series: number;
}

export const THEMES = {
    taste: { name: 'Taste', series: 1 },
    together: { name: 'Bought together', series: 2 },
    looks: { name: 'Looks alike', series: 5 },
    season: { name: 'In season', series: 3 },
    words: { name: 'Described alike', series: 4 },
    kind: { name: 'Brand and category', series: 6 },
    sells: { name: 'Sells well', series: 7 },
    popular: { name: 'Wanted by many', series: 8 },
} as const satisfies Record<string, Theme>;

export type ThemeId = keyof typeof THEMES;

/** By the beginning of a part's name, as the program names parts (docs/explain.md). */
const BY_NAME: readonly [RegExp, ThemeId][] = [
    [/^(text|words)/, 'words'],
    [/^(image|looks)/, 'looks'],
    [/^(attributes|brand|category|same_brand|same_category)/, 'kind'],
    [/^(together|itemknn|ease|slim)/, 'together'],
    [/^content/, 'looks'],
    [/^popularity/, 'popular'],
];

export function themeOf(part: Pick<ScorePart, 'name' | 'kind'>): ThemeId {
    if (part.kind === 'sales' || part.name === 'sales') {
        return 'sells';
    }
    if (part.kind === 'season') {
        return 'season';
    }
    const name = part.name.replace(/^(viewed|carted|disliked)_/, '');
    return BY_NAME.find(([words]) => words.test(name))?.[1] ?? 'taste';
}

export interface Part {
    theme: ThemeId;
    value: number;
}

/** The parts of a row summed by theme, what speaks most for it first, what speaks against it last. */
export function partsOf(row: Pick<ListRow, 'parts' | 'score'>): Part[] {
    const sums = new Map<ThemeId, number>();
    for (const part of row.parts ?? []) {
        const theme = themeOf(part);
        sums.set(theme, (sums.get(theme) ?? 0) + (part.value ?? 0));
    }
    return [...sums]
        .map(([theme, value]) => ({ theme, value }))
        .filter((p) => p.value !== 0)
        .sort((a, b) => b.value - a.value);
}

/** The ends of the scale that all bars of a list share. */
export function partScale(rows: readonly Part[][]): [number, number] {
    const side = (parts: Part[], sign: number): number =>
        parts.filter((p) => p.value * sign > 0).reduce((total, p) => total + p.value, 0);
    return [Math.min(0, ...rows.map((r) => side(r, -1))), Math.max(0, ...rows.map((r) => side(r, 1)))];
}

export interface Spoke {
    event: PastEvent;
    /** Its share of what all events said for the product. */
    share: number;
}

/** The past events that spoke for a row, the loudest first; an event twice over the same product counts once. */
export function spoke(row: Pick<ListRow, 'parts' | 'item'>, events: readonly PastEvent[], most = 3): Spoke[] {
    const weights = events.map((_, i) =>
        (row.parts ?? []).reduce((total, part) => total + Math.max(0, part.by_event?.[i] ?? 0), 0),
    );
    const all = weights.reduce((total, w) => total + w, 0);
    if (all <= 0) {
        return [];
    }
    const byItem = new Map<string, Spoke>();
    events.forEach((event, i) => {
        const known = byItem.get(event.item);
        byItem.set(event.item, { event, share: (known?.share ?? 0) + (weights[i] ?? 0) / all });
    });
    return [...byItem.values()]
        .filter((s) => s.share > 0.05)
        .sort((a, b) => b.share - a.share)
        .slice(0, most);
}

/**
 * The reason is written for the customer who sees the list; here it is read by the merchant. What parts count, which it
 * says behind a semicolon, the bar beside it shows. Titles stand in quotes and are left as they are, but for their length.
 */
export function thirdPerson(reason: string): string {
    let said = '';
    for (const [i, part] of reason.split('"').entries()) {
        if (i % 2 === 1) {
            said += `“${shortTitle(part.replace(/…$/, ''), 36)}”`;
            continue;
        }
        const end = part.indexOf(';');
        said += (end < 0 ? part : part.slice(0, end))
            .replace(/\byour\b/g, 'their')
            .replace(/\bof you yet\b/g, 'of them yet')
            .replace(/\byou\b/g, 'they');
        if (end >= 0) {
            return `${said}.`;
        }
    }
    return said;
}

/** What decides a list: the theme with most of all scores, for the finding above it. */
export function decides(rows: readonly Part[][]): { theme: ThemeId; share: number }[] {
    const sums = new Map<ThemeId, number>();
    let all = 0;
    for (const { theme, value } of rows.flat()) {
        if (value > 0) {
            sums.set(theme, (sums.get(theme) ?? 0) + value);
            all += value;
        }
    }
    return [...sums].map(([theme, value]) => ({ theme, share: value / all })).sort((a, b) => b.share - a.share);
}

const DECIDES: Record<ThemeId, string> = {
    taste: 'taste',
    together: 'what is bought together',
    looks: 'looks',
    season: 'the season',
    words: 'descriptions',
    kind: 'brand and category',
    sells: 'what sells',
    popular: 'what many want',
};

/** "What is bought together decides", "Taste decides most; the season and looks help". */
export function decidesSentence(rows: readonly Part[][]): string {
    const [first, ...rest] = decides(rows);
    if (first === undefined) {
        return 'Nothing that they did leads anywhere yet';
    }
    const words = DECIDES[first.theme];
    const opening = `${words.charAt(0).toUpperCase()}${words.slice(1)} ${words === 'looks' ? 'decide' : 'decides'}`;
    const helpers = rest.filter((r) => r.share >= 0.1).slice(0, 2);
    if (helpers.length === 0) {
        return first.share > 0.995 ? opening : `${opening} almost alone`;
    }
    const names = helpers.map((r) => DECIDES[r.theme]).join(' and ');
    return `${opening} most; ${names} ${helpers.length > 1 || names === 'looks' ? 'help' : 'helps'}`;
}
