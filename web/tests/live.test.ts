import { afterEach, expect, test, vi } from 'vitest';

import { LiveSource } from '../src/data/live';

interface Call {
    url: string;
    signal: AbortSignal;
    answer(body: unknown): void;
}

/** In place of the browser's fetch: calls wait until the test answers them. */
function slowServer(): Call[] {
    const calls: Call[] = [];
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
        const signal = init.signal as AbortSignal;
        return new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
            calls.push({ url, signal, answer: (body) => resolve(new Response(JSON.stringify(body))) });
        });
    });
    return calls;
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

afterEach(() => vi.unstubAllGlobals());

test('cards that need the same answer make one call of it, and later ones none', async () => {
    const calls = slowServer();
    const source = new LiveSource();
    const all = [1, 2, 3].map(() => source.get('insight/overview', { period: '30d' }));
    expect(calls.map((c) => c.url)).toEqual(['v1/insight/overview?period=30d']);
    calls[0]?.answer({ lead: 'x' });
    expect(await Promise.all(all)).toEqual([{ lead: 'x' }, { lead: 'x' }, { lead: 'x' }]);
    await source.get('insight/overview', { period: '30d' });
    expect(calls).toHaveLength(1);
});

test('a call that the next round wants too goes on; one that nobody wants is given up', async () => {
    const calls = slowServer();
    const source = new LiveSource();
    const round = new AbortController();
    const first = ['actions', 'overview'].map((kind) => source.get(kind, {}, round.signal).catch(() => 'given up'));
    round.abort();
    const again = source.get('actions', {}, new AbortController().signal);
    await soon();
    expect(await Promise.all(first)).toEqual(['given up', 'given up']);
    expect(calls.map((c) => c.signal.aborted)).toEqual([false, true]);
    calls[0]?.answer(7);
    expect(await again).toBe(7);
    expect(calls).toHaveLength(2);
});

test('what was under way when the shop changed is not kept', async () => {
    const calls = slowServer();
    const source = new LiveSource();
    const old = source.get('actions', {});
    source.renew();
    const now = source.get('actions', {});
    calls[0]?.answer('old');
    calls[1]?.answer('new');
    expect([await old, await now, await source.get('actions', {})]).toEqual(['old', 'new', 'new']);
});

test('a call that failed is made anew', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"title":"Busy"}', { status: 503 })));
    const source = new LiveSource();
    await expect(source.get('actions', {})).rejects.toThrow('Busy');
    const calls = slowServer();
    const second = source.get('actions', {});
    await soon();
    calls[0]?.answer(1);
    expect(await second).toBe(1);
});
