import { describe, expect, it } from 'vitest';

import { formatControls, parseControls } from '../src/app/controls';
import { keyOf, request } from '../src/data/source';

describe('controls in the address', () => {
    it('come back as they went in', () => {
        const address =
            '#/sales?period=2026-01-01..2026-01-31&compare=year&category=Home+%26+Kitchen&price=25%3A100&customers=new';
        const controls = parseControls(address);
        expect(controls.category).toBe('Home & Kitchen');
        expect(formatControls(controls)).toBe(address);
    });

    it('leave out what is usual', () => {
        expect(formatControls(parseControls(''))).toBe('#/overview');
        expect(formatControls(parseControls('#/trends'))).toBe('#/trends');
    });

    it('take nothing that is no choice', () => {
        const controls = parseControls('#/nowhere?period=5y&compare=moon&customers=rich&price=cheap');
        expect(formatControls(controls)).toBe('#/overview');
    });
});

describe('requests', () => {
    it('have the controls that they depend on, and no others', () => {
        const controls = parseControls('#/overview?category=Toys&compare=year&period=7d');
        expect(request('overview', controls).params).toMatchObject({ period: '7d', compare: 'year', category: 'Toys' });
        expect(request('actions', controls).params).not.toHaveProperty('period');
    });

    it('are named by their parameters in order', () => {
        expect(keyOf('insight/overview', { period: '30d', compare: 'none', category: 'Home & Kitchen' })).toBe(
            'insight/overview?category=Home & Kitchen&compare=none&period=30d',
        );
        expect(keyOf('items/1', {})).toBe('items/1');
    });
});
