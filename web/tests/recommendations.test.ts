import { describe, expect, it } from 'vitest';
import type { ListRow, PastEvent } from '../src/data/answers';
import type { Row } from '../src/data/document';
import { nearest, towards } from '../src/charts/points';
import { keyOfAction, readAside, waits, writeAside } from '../src/pages/recommendations/aside';
import { earnSteps, groupsOf, methodsFinding, placeName, sharesOf } from '../src/pages/recommendations/brought';
import { evidenceOf } from '../src/pages/recommendations/evidence';
import { decidesSentence, partScale, partsOf, spoke, themeOf, thirdPerson } from '../src/pages/recommendations/reasons';
import { shortTitle } from '../src/words/names';
import { factorOf, previewSentence, ruleOf, ruleWords } from '../src/pages/recommendations/rules';

const part = (name: string, value: number, kind = 'modality', by_event?: number[]) => ({
    name,
    kind,
    value,
    share: null,
    ...(by_event ? { by_event } : {}),
});
const listRow = (parts: ReturnType<typeof part>[]): ListRow => ({ item: 'P', score: 1, source: 'm', parts });
const event = (item: string): PastEvent => ({ item, title: `The ${item}`, type: 'purchase' });

describe('parts of a score', () => {
    it('are named by what they mean, as the program names them', () => {
        expect(themeOf({ name: 'text', kind: 'modality' })).toBe('words');
        expect(themeOf({ name: 'viewed_image', kind: 'relation' })).toBe('looks');
        expect(themeOf({ name: 'together', kind: 'relation' })).toBe('together');
        expect(themeOf({ name: 'days_30', kind: 'sales' })).toBe('sells');
        expect(themeOf({ name: 'anything', kind: 'season' })).toBe('season');
        expect(themeOf({ name: 'sasrec', kind: 'model' })).toBe('taste');
    });

    it('are summed by theme and add up to the score', () => {
        const parts = partsOf(
            listRow([part('text', 0.2), part('viewed_text', 0.1), part('image', -0.05), part('id', 0)]),
        );
        expect(parts.map((p) => p.theme)).toEqual(['words', 'looks']);
        expect(parts.reduce((sum, p) => sum + p.value, 0)).toBeCloseTo(0.25);
        expect(partScale([parts, [{ theme: 'taste', value: 0.9 }]])).toEqual([-0.05, 0.9]);
    });

    it('decide a list in words, by their share', () => {
        expect(decidesSentence([[{ theme: 'together', value: 1 }]])).toBe('What is bought together decides');
        expect(
            decidesSentence([
                [
                    { theme: 'taste', value: 6 },
                    { theme: 'season', value: 3 },
                    { theme: 'looks', value: 2 },
                ],
            ]),
        ).toBe('Taste decides most; the season and looks help');
        expect(
            decidesSentence([
                [
                    { theme: 'taste', value: 30 },
                    { theme: 'season', value: 1 },
                ],
            ]),
        ).toBe('Taste decides almost alone');
        expect(decidesSentence([])).toBe('Nothing that they did leads anywhere yet');
    });
});

describe('past events', () => {
    it('that spoke most come first, twice the same product counts once', () => {
        const row = listRow([
            part('a', 1, 'relation', [0.2, 0.5, 0.1, -0.3]),
            part('b', 1, 'relation', [0.2, 0, 0, 0]),
        ]);
        const found = spoke(row, [event('A'), event('B'), event('A'), event('C')]);
        expect(found.map((s) => s.event.item)).toEqual(['A', 'B']);
        expect(found[0]?.share).toBeCloseTo(0.5);
    });

    it('are none where no part says so', () => {
        expect(spoke(listRow([part('id', 1)]), [event('A')])).toEqual([]);
        expect(spoke(listRow([part('a', 1, 'relation', [0])]), [event('A')])).toEqual([]);
    });
});

describe('reasons', () => {
    it('are told of the customer, and titles stay as they are', () => {
        expect(thirdPerson('Because you bought "All you need" yesterday; its looks count 80 %.')).toBe(
            'Because they bought “All you need” yesterday.',
        );
        expect(thirdPerson('Nothing is known of you yet; 3 events of all users are on it.')).toBe(
            'Nothing is known of them yet.',
        );
        expect(thirdPerson('Because you bought "A; B" today.')).toBe('Because they bought “A; B” today.');
    });

    it('have titles that end behind a word', () => {
        expect(shortTitle('Short')).toBe('Short');
        expect(shortTitle('Elegant soft leatherette wireless headphones by Maison', 40)).toBe(
            'Elegant soft leatherette wireless…',
        );
        expect(shortTitle('x'.repeat(60), 40)).toBe(`${'x'.repeat(40)}…`);
    });
});

const action = (
    kind: string,
    effect: number | null,
    low: number | null,
    high: number | null,
    evidence: number,
): Row => ({
    kind,
    what: `Do ${kind}`,
    item: 'P1',
    other: null,
    action_effect: effect,
    action_effect_low: low,
    action_effect_high: high,
    evidence,
});

describe('evidence', () => {
    it('is high only with a narrow interval above zero, many cases and no assumption', () => {
        expect(evidenceOf(action('reprice', 100, 60, 140, 50)).word).toBe('high');
        expect(evidenceOf(action('reprice', 100, 10, 300, 50)).word).toBe('fair');
        expect(evidenceOf(action('win back', 100, 60, 140, 500)).word).toBe('fair');
        expect(evidenceOf(action('reorder', 100, 0, 300, 12)).word).toBe('fair');
        expect(evidenceOf(action('reorder', 100, 0, 300, 3)).word).toBe('low');
        expect(evidenceOf(action('clear', null, null, null, 99))).toEqual({ bars: 1, word: 'low' });
    });
});

describe('what was put aside', () => {
    it('is the same action tomorrow, when its numbers have changed', () => {
        const write = (n: number): Row => ({
            ...action('win back', 1, 1, 1, n),
            item: null,
            what: `Write to ${n} customers`,
        });
        expect(keyOfAction(write(508))).toBe(keyOfAction(write(1509)));
        expect(keyOfAction(action('reorder', 1, 0, 2, 3))).not.toBe(keyOfAction(action('promote', 1, 0, 2, 3)));
    });

    it('comes back after a week where it was for later, never where it was refused', () => {
        const now = new Date('2026-01-09T00:00:00Z');
        expect(waits(undefined, now)).toBe(true);
        expect(waits({ state: 'later', at: '2026-01-03T00:00:00Z', expected: null }, now)).toBe(false);
        expect(waits({ state: 'later', at: '2026-01-01T00:00:00Z', expected: null }, now)).toBe(true);
        expect(waits({ state: 'never', at: '2020-01-01T00:00:00Z', expected: null }, now)).toBe(false);
    });

    it('is read back, and what is no such thing is passed over', () => {
        let kept = '';
        const storage = { getItem: () => kept, setItem: (_: string, value: string) => (kept = value) };
        writeAside(storage, new Map([['a', { state: 'done', at: '2026-01-01', expected: 5 }]]));
        expect(readAside(storage).get('a')?.expected).toBe(5);
        kept = '{"x": {"state": "odd"}, "y": null}';
        expect(readAside(storage).size).toBe(0);
        kept = 'no json';
        expect(readAside(storage).size).toBe(0);
    });
});

describe('rules', () => {
    it('of an action end by themselves and say why', () => {
        const row = { ...action('bundle', 1, 0, 2, 9), other: 'P2' };
        expect(ruleOf(row, new Date('2026-01-01T00:00:00Z'), 'Toys')).toEqual({
            action: 'boost',
            what: 'item',
            name: 'P2',
            factor: 2,
            page: 'Toys',
            until: '2026-01-31T00:00:00Z',
            note: 'Do bundle',
        });
        expect(ruleOf(action('promote', 1, 0, 2, 9), new Date('2026-01-01T00:00:00Z'), null).name).toBe('P1');
    });

    it('of the slider boost to the right, bury to the left, do nothing in the middle', () => {
        expect(factorOf(0)).toBeNull();
        expect(factorOf(2)).toEqual({ action: 'boost', factor: 2 });
        expect(factorOf(-3)).toEqual({ action: 'bury', factor: 4 });
        expect(ruleWords({ action: 'bury', what: 'category', name: 'Toys', factor: 4, page: 'Books' }, 'Toys')).toBe(
            'Show Toys less (4×), in lists of Books',
        );
    });

    it('say what a preview shows', () => {
        const row = (item: string, category: string): ListRow => ({ item, category, score: 1, source: 'm' });
        const before = { items: [row('A', 'Toys'), row('B', 'Books')] };
        const after = { items: [row('C', 'Toys'), row('A', 'Toys')] };
        const seen = {
            moves: [
                { item: 'A', before: 1, after: 2 },
                { item: 'B', before: 2 },
                { item: 'C', after: 1 },
            ],
            before,
            after,
        };
        expect(previewSentence(seen, (r) => r.category === 'Toys')).toBe(
            '2 of the first 2 are of this kind, 1 before; 3 products change place.',
        );
        expect(previewSentence({ ...seen, moves: [] }, () => true)).toContain('Nothing changes');
        expect(previewSentence({ ...seen, idle: 'it has ended' }, () => true)).toContain('it has ended');
    });
});

describe('what recommendations brought', () => {
    it('goes step by step, each a share of the one before', () => {
        expect(earnSteps(1000, 100, 5).map((s) => s.share)).toEqual([1, 0.1, 0.05]);
        expect(earnSteps(0, 0, 0).map((s) => s.share)).toEqual([1, 0, 0]);
    });

    it('names places by their number where one list is shown', () => {
        expect(placeName('home:2', 1)).toBe('place 2');
        expect(placeName('home:2', 3)).toBe('home, 2');
        expect(placeName('footer', 1)).toBe('footer');
    });

    it('calls a method the best only beyond chance', () => {
        const row = (method: string, ndcg: number, low: number): Row => ({ method, ndcg, ndcg_low: low });
        expect(methodsFinding([row('A', 0.12, 0.11), row('B', 0.1, 0.09)])).toBe('A ranks best');
        expect(methodsFinding([row('A', 0.12, 0.09), row('B', 0.1, 0.09)])).toBe('A and B rank about the same');
    });
});

describe('the map', () => {
    it('finds the point that is meant, and the next one in a direction', () => {
        const at: [number, number][] = [
            [0, 0],
            [10, 0],
            [0, 10],
            [30, 1],
        ];
        expect(nearest(at, 8, 1, 5)).toBe(1);
        expect(nearest(at, 100, 100, 5)).toBe(-1);
        expect(towards(at, 0, 1, 0)).toBe(1);
        expect(towards(at, 1, 1, 0)).toBe(3);
        expect(towards(at, 0, 0, 1)).toBe(2);
        expect(towards(at, 0, -1, 0)).toBe(0);
    });

    it('colours the seven largest categories', () => {
        const points = [...'aabbbcdefghh'].map((category) => ({ category }));
        expect(groupsOf([...points, { category: '' }])).toEqual(['b', 'a', 'h', 'c', 'd', 'e', 'f']);
    });
});

describe('what a model weighs', () => {
    it('is told of all products first, then of the largest categories', () => {
        const row = (place: string, name: string, value: number, n: number) => ({
            topic: 'modality',
            place,
            name,
            value,
            n,
        });
        const shares = sharesOf([
            row('Toys', 'image', 0.6, 10),
            row('Toys', 'text', 0.4, 10),
            row('', 'text', 0.7, 60),
            row('', 'image', 0.3, 60),
            row('Books', 'text', 0.9, 50),
            row('Books > Novels', 'text', 0.9, 40),
            { topic: 'season', place: 'Toys', name: '12', value: 1, n: 10 },
        ]);
        expect(shares.map((s) => s.place)).toEqual(['', 'Books', 'Toys']);
        expect(shares[0]?.parts.map((p) => p.name)).toEqual(['text', 'image']);
    });
});
