import { expect, test } from 'vitest';

import { answerTime } from '../src/pages/recommendations/recommendations';
import type { Context } from '../src/ui/card';

const contextWith = (lists: unknown): Context => ({ meta: { lists } }) as unknown as Context;

test('the answer time is the mean of what the server counted, in milliseconds', () => {
    const [kpi] = answerTime(contextWith({ answered: 1204, seconds: 0.0021 }));
    expect(kpi?.figure).toMatchObject({ id: 'answer_time', value: 2.1 });
    expect(kpi?.under).toContain('1,204');
});

test('nothing is said of it where nobody counted', () => {
    expect(answerTime(contextWith(null))).toEqual([]);
    expect(answerTime(contextWith(undefined))).toEqual([]);
});
