import { describe, expect, it } from 'vitest';

import { parseControls, type Controls } from '../src/app/controls';
import { AnswerError } from '../src/data/source';
import type { Context } from '../src/ui/card';
import { Missing, missingOf } from '../src/ui/missing';
import { lastDay, note, noted } from '../src/pages/products/trial';

function contextOf(address: string): { context: Context; changes: Partial<Controls>[] } {
    const changes: Partial<Controls>[] = [];
    const context = {
        meta: { shop: 'demo' },
        controls: parseControls(address),
        set: (change: Partial<Controls>) => changes.push(change),
    } as unknown as Context;
    return { context, changes };
}

describe('what is missing', () => {
    it('is a filter that the shop does not know, with a way out', () => {
        const { context, changes } = contextOf('#/sales?category=Kites');
        const missing = missingOf(new AnswerError('the shop has no category "Kites"', 404, ''), context);
        expect(missing?.message).toBe('The shop has no category “Kites”');
        missing?.way?.go();
        expect(changes).toEqual([{ category: '' }]);
    });

    it('is too little data, in the words of the server', () => {
        const { context } = contextOf('#/customers');
        expect(missingOf(new AnswerError('ten orders are needed', 422, ''), context)?.advice).toBe(
            'Ten orders are needed.',
        );
        const own = new Missing('Nothing', 'Wait');
        expect(missingOf(own, context)).toBe(own);
    });

    it('is not a failure', () => {
        const { context } = contextOf('#/sales?category=Kites');
        for (const error of [
            new AnswerError('the shop has no category "Kites"', 500, ''),
            new AnswerError('there is no such route', 404, ''),
            new Error('no category "Kites"'),
        ]) {
            expect(missingOf(error, context)).toBeNull();
        }
    });
});

describe('a trial of a price', () => {
    it('is noted until it is over', () => {
        const { context } = contextOf('');
        expect(noted(context, 'P1')).toBeNull();
        note(context, 'P1', { before: 45, price: 39, until: '2026-12-15' });
        expect(noted(context, 'P1')).toEqual({ before: 45, price: 39, until: '2026-12-15' });
        expect(noted(context, 'P2')).toBeNull();
        note(context, 'P1', null);
        expect(noted(context, 'P1')).toBeNull();
    });

    it('ends fourteen days later', () => {
        expect(lastDay('2026-12-20T23:30:00Z')).toBe('2027-01-03');
    });
});
