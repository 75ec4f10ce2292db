import { beforeAll, describe, expect, it } from 'vitest';

import { placeLabels } from '../src/charts/labels';
import { ticks } from '../src/charts/scatter';
import { longHex } from '../src/charts/theme';
import * as concentration from '../src/pages/products/concentration';
import { under } from '../src/pages/products/list';
import * as margin from '../src/pages/products/margin';
import * as price from '../src/pages/products/price';
import { sentence, words } from '../src/pages/products/products';
import * as seen from '../src/pages/products/seen';
import { orders, runsOutFinding } from '../src/pages/products/supply';
import { comebacks, returnsFinding, starsFinding } from '../src/pages/products/voices';
import { shortTitle } from '../src/words/names';
import { setLocale } from '../src/words/numbers';
import { docOf, figureOf } from './docs';

beforeAll(() => setLocale({ language: 'en-US', currency: 'USD' }));

describe('names of products', () => {
    it('are cut between words', () => {
        expect(shortTitle('Short')).toBe('Short');
        expect(shortTitle('Rosalba Lane lavender phone case: graceful', 33)).toBe('Rosalba Lane lavender phone…');
        expect(shortTitle('Rosalba Lane lavender phone case: graceful', 39)).toBe('Rosalba Lane lavender phone case…');
        expect(shortTitle('Unbreakablelongword of one', 5)).toBe('Unbreakablelongword…');
    });
    it('stand above the last level of the category and the brand', () => {
        expect(under({ category: 'Clothing > Jackets', brand: 'Petalune' })).toBe('Jackets · Petalune');
        expect(under({ category: null, brand: 'Petalune' })).toBe('Petalune');
    });
});

describe('the lead of products', () => {
    const rows = [
        { item: 'a', title: 'Good', revenue: 100, margin: 0.5 },
        { item: 'b', title: 'Thin', revenue: 90, margin: 0.18 },
    ];
    const doc = docOf([figureOf('products_sold', 322), figureOf('margin', 0.48)], {
        abc: [{ class: 'A', products: 170 }],
        products: rows,
    });
    it('says how many earn most and what runs out', () => {
        expect(sentence(doc, docOf([figureOf('run_out', 35)], {}))).toBe(
            '*170 of 322 products* earn four fifths of the revenue. 35 run out before a delivery can arrive.',
        );
        expect(sentence(doc, docOf([figureOf('run_out', 1)], {}))).toContain('1 runs out');
        expect(sentence(docOf([figureOf('products_sold', 2)], {}), undefined)).toBe('*2 products* sold in the period.');
        expect(sentence(doc, undefined)).toBe('*170 of 322 products* earn four fifths of the revenue.');
    });
    it('names what lies and what earns little', () => {
        const stock = docOf([figureOf('dead_value', 18400, { note: '395 products' })], {});
        expect(words(doc, stock)).toBe(
            '395 products in stock sold nothing and hold *$18,400*. Thin sells well at a margin of only *18%*.',
        );
        expect(words(docOf([figureOf('margin', 0.3)], { products: rows }), undefined)).toBe('');
    });
});

describe('concentration', () => {
    const doc = (a: number) =>
        docOf([], {
            abc: [
                { class: 'A', products: a, share: 0.8 },
                { class: 'B', products: 20, share: 0.15 },
                { class: 'C', products: 80 - a, share: 0.05 },
            ],
            concentration: [
                { products_share: 0.5, share: 0.9 },
                { products_share: 1, share: 1 },
            ],
        });
    it('is a curve from none to all', () => {
        const c = concentration.concentration(doc(27));
        expect(c?.curve).toHaveLength(21);
        expect([c?.curve[0], c?.curve[5], c?.curve[10], c?.curve[20]]).toEqual([0, 0.45, 0.9, 1]);
        expect(concentration.concentration(docOf([], {}))).toBeNull();
    });
    it('is told as a share, and as wide where it is', () => {
        const [narrow, wide] = [27, 75].map((a) => concentration.concentration(doc(a)));
        expect(narrow && concentration.finding(narrow)).toBe('27% of the products sold make 80% of revenue');
        expect(wide && concentration.finding(wide)).toContain('spread widely');
    });
});

describe('seen and bought', () => {
    const doc = (gems: number, left: number) =>
        docOf([], {
            seen_quarters: [
                { quarter: 'hidden gem', marked: gems },
                { quarter: 'looked at and left', marked: left },
            ],
        });
    it('counts only what is beyond chance', () => {
        expect(seen.finding(doc(27, 3))).toBe('27 hidden gems sell well whenever someone sees them');
        expect(seen.finding(doc(1, 0))).toBe('1 hidden gem sells well whenever someone sees it');
        expect(seen.finding(doc(0, 1))).toBe('One product is looked at often and bought seldom');
        expect(seen.finding(doc(0, 0))).toContain('beyond chance');
    });
    it('names three marks, sure ones first', () => {
        const rows = [
            { quarter: 'star', mark: null },
            { quarter: 'hidden gem', mark: null },
            { quarter: 'looked at and left', mark: 'less than others' },
            { quarter: 'star', mark: null },
        ];
        expect(seen.named(rows)).toEqual([2, 1, 0]);
    });
});

describe('margin and volume', () => {
    const rows = (thin: number) => [
        { units: 10, margin: thin, revenue: 50 },
        { units: 1, margin: 0.6, revenue: 50 },
    ];
    it('has the value in the middle', () => {
        expect(margin.middleOf([{ a: 3 }, { a: 1 }, { a: 2 }], 'a')).toBe(2);
        expect(margin.middleOf([{ a: 3 }, { a: 1 }, { a: null }], 'a')).toBe(2);
        expect(margin.middleOf([], 'a')).toBeNull();
    });
    it('says what sells much and earns little', () => {
        expect(margin.finding(rows(0.2), 5, 0.4)).toBe('1 product sells much at a thin margin: 50% of this revenue');
        expect(margin.finding(rows(0.5), 5, 0.4)).toBe('What sells most earns well on each piece too');
        expect(margin.finding(rows(-0.1), 5, 0.4)).toBe('One product is sold below cost');
    });
});

describe('what runs out', () => {
    const rows = [
        { item: 'out', stock: 0, days_of_stock: 0, order_quantity: 6 },
        { item: 'late', stock: 3, days_of_stock: 20, order_quantity: 2 },
        { item: 'soon', stock: 1, days_of_stock: 5, order_quantity: 4 },
        { item: 'enough', stock: 9, days_of_stock: 90, order_quantity: 0 },
    ];
    it('is what is to be ordered, soonest first', () => {
        const { gone, soon } = orders(docOf([], { stock: rows }));
        expect(gone.map((r) => r.item)).toEqual(['out']);
        expect(soon.map((r) => r.item)).toEqual(['soon', 'late']);
    });
    it('is said only where it does', () => {
        expect(runsOutFinding(docOf([figureOf('run_out', 2)], { stock: rows }), 14)).toBe(
            'Reorder today: 1 is sold out, 1 will be before goods arrive',
        );
        expect(runsOutFinding(docOf([figureOf('run_out', 0)], { stock: rows }), 14)).toContain('Nothing runs out');
        expect(runsOutFinding(docOf([figureOf('run_out', 1)], { stock: rows.slice(0, 1) }), 14)).toBe(
            'Reorder 1 today: it is sold out',
        );
    });
});

describe('prices', () => {
    const first = { title: 'Keyboard', price_suggested: 84, price_effect_month_low: 5 };
    it('are sure only where the interval leaves zero out', () => {
        expect(price.finding(first)).toBe('Keyboard should earn more at $84.00');
        expect(price.finding({ ...first, price_effect_month_low: -1 })).toContain('that is not sure');
    });
    it('have a place between the steps of the curve', () => {
        const curve = [{ price: 10 }, { price: 20 }, { price: 40 }];
        expect(price.placeOf(curve, 10)).toBe(0);
        expect(price.placeOf(curve, 30)).toBe(1.5);
        expect(price.placeOf(curve, 50)).toBeNull();
        expect(price.placeOf(curve, 5)).toBeNull();
    });
    it('stand as circles from two weeks on', () => {
        const rows = [
            { price: 1, weeks: 1 },
            { price: 2, weeks: 2 },
        ];
        expect(price.tried(docOf([], { tried: rows }))).toEqual([{ price: 2, weeks: 2 }]);
    });
});

describe('what comes back and what buyers say', () => {
    it('leaves out few pieces, unless they are beyond chance', () => {
        const rows = [
            { item: 'sure', units: 3, mark: 'more than its category' },
            { item: 'many', units: 8, mark: null },
            { item: 'few', units: 1, mark: null },
        ];
        const found = comebacks(docOf([], { returns: rows }));
        expect(found.rows.map((r) => r.item)).toEqual(['sure', 'many']);
        expect(found.more).toBe(1);
        expect(returnsFinding(0)).toContain('beyond chance');
        expect(returnsFinding(4)).toBe('4 products return more often than their kind');
    });
    it('tells stars in plain words where they are near', () => {
        const rows = (good: number) => [
            { stars: 5, ratings: good },
            { stars: 2, ratings: 100 - good },
        ];
        expect(starsFinding(rows(80))).toBe('Four of five give four stars or more');
        expect(starsFinding(rows(85))).toBe('85% give four stars or more');
    });
});

describe('charts', () => {
    it('have round values on their axes', () => {
        expect(ticks(0, 1, false).map((v) => Number(v.toFixed(2)))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
        expect(ticks(8, 70, true)).toEqual([10, 20, 50]);
    });
    it('read short colours', () => {
        expect(longHex('#fff')).toBe('#ffffff');
        expect(longHex('#12ab9f')).toBe('#12ab9f');
    });
    it('place names that do not touch', () => {
        const wanted = [
            { x: 100, y: 100, width: 80, height: 16 },
            { x: 104, y: 102, width: 80, height: 16 },
        ];
        const area = { width: 400, height: 300, corner: { width: 90, height: 20 } };
        const boxes = placeLabels(wanted, wanted, area).map((f, i) => {
            const w = wanted[i] ?? { x: 0, y: 0, width: 0, height: 0 };
            const left = f.anchor === 'left' ? w.x + f.dx : w.x + f.dx - w.width;
            return { left, right: left + w.width, top: w.y + f.dy - 8, bottom: w.y + f.dy + 8 };
        });
        const [a, b] = boxes;
        expect(a && b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    });
});
