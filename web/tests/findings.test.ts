import { describe, expect, it } from 'vitest';

import type { Figure } from '../src/data/document';
import { cause, changeText, course, listing, tone } from '../src/words/findings';

function figure(part: Partial<Figure>): Figure {
    return {
        id: 'x',
        name: 'X',
        unit: 'money',
        value: 110,
        before: 100,
        change: 0.1,
        low: null,
        high: null,
        good: 1,
        note: null,
        ...part,
    };
}

describe('course', () => {
    it('says up or down only where the interval leaves the comparison out', () => {
        expect(course(figure({ low: 101, high: 119 }))).toBe('up');
        expect(course(figure({ low: 99, high: 121 }))).toBe('same');
        expect(course(figure({ value: 80, change: -0.2, low: 70, high: 90 }))).toBe('down');
    });

    it('goes by two percent where no interval is known', () => {
        expect(course(figure({ unit: 'count', value: 101, change: 0.01 }))).toBe('same');
        expect(course(figure({ unit: 'count', change: 0.1 }))).toBe('up');
    });

    it('is unknown without a comparison', () => {
        expect(course(figure({ before: null, change: null }))).toBe('unknown');
        expect(course(undefined)).toBe('unknown');
    });
});

describe('tone', () => {
    it('turns with what is good', () => {
        expect(tone(figure({ low: 101, high: 119 }))).toBe('good');
        expect(tone(figure({ low: 101, high: 119, good: -1 }))).toBe('bad');
        expect(tone(figure({ low: 101, high: 119, good: 0 }))).toBe('none');
        expect(tone(figure({ low: 99, high: 121 }))).toBe('none');
    });
});

describe('changeText', () => {
    it('is in points for a share', () => {
        expect(changeText(figure({ unit: 'share', value: 0.48, before: 0.475, change: 0.005 }))).toBe('+0.50 pts');
        expect(changeText(figure({}))).toBe('+10.0%');
        expect(changeText(figure({ before: null }))).toBeNull();
    });
});

describe('cause', () => {
    const rows = (...parts: [string, number][]) =>
        parts.map(([category, contribution]) => ({ category, contribution }));

    it('says two thirds from 60 percent, most from 50, else names two', () => {
        expect(cause(rows(['Toys', 65], ['Books', 35]), 'category', 100)).toBe('Toys makes two thirds of it');
        expect(cause(rows(['Toys', 52], ['Books', 48]), 'category', 100)).toBe('Toys makes most of it');
        expect(cause(rows(['Toys', 40], ['Books', 35], ['Home', 25]), 'category', 100)).toBe(
            'Toys and Books bring most of it',
        );
    });

    it('does not name what went the other way', () => {
        expect(cause(rows(['Toys', 40], ['Books', -90], ['Home', -10]), 'category', -60)).toBe(
            'Books makes most of it',
        );
        expect(cause([], 'category', 5)).toBeNull();
        expect(cause(rows(['Toys', 0]), 'category', 0)).toBeNull();
    });
});

describe('listing', () => {
    it('joins names as one says them', () => {
        expect(listing([])).toBe('');
        expect(listing(['a'])).toBe('a');
        expect(listing(['a', 'b'])).toBe('a and b');
        expect(listing(['a', 'b', 'c'])).toBe('a, b and c');
    });
});
