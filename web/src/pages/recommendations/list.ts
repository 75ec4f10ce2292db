// A list as a customer sees it, with why: a bar for each part of the score, a reason in words, the events that spoke.
import { itemPath, userPath, type List, type ListRow, type PastEvent, type Why } from '../../data/answers';
import { parts as partsBar } from '../../charts/rows';
import type { Context } from '../../ui/card';
import { h } from '../../ui/dom';
import type { TableData } from '../../ui/table';
import { photo, thing } from '../../ui/thing';
import { decimal, money, shortDay } from '../../words/numbers';
import { partScale, partsOf, spoke, thirdPerson, THEMES, type Part, type ThemeId } from './reasons';

export interface Seen {
    rows: ListRow[];
    /** In the order of the numbers by event; empty where they are not known. */
    events: PastEvent[];
    model: string | null;
}

export const SEEN_ITEMS = '6';

/** What a customer sees now. Events are those of the explanation of the first product: the same for all. */
export async function seenBy(context: Context, user: string): Promise<Seen> {
    const list = await context.source.get<List>(userPath(user, '/recommendations'), {
        explain: 'true',
        n: SEEN_ITEMS,
    });
    const first = list.items[0];
    let events: PastEvent[] = [];
    if (first !== undefined) {
        try {
            const path = userPath(user, `/recommendations/${encodeURIComponent(first.item)}/explanation`);
            events = (await context.source.get<Why>(path, {})).events ?? [];
        } catch {
            events = []; // a report holds lists alone, and the reason says the events in words
        }
    }
    return { rows: list.items, events, model: list.model ?? null };
}

export interface Picked {
    item: string;
    title: string;
}

/** What a visitor would see who had bought these, the last one just now. */
export async function seenAfter(context: Context, picked: readonly Picked[]): Promise<Seen> {
    if (context.source.send === null) {
        throw new Error('A history can be tried where a server answers.');
    }
    const at = Date.parse(context.meta.now);
    const time = (i: number): string => new Date(at - (picked.length - i) * 60_000).toISOString();
    const list = (await context.source.send('POST', `recommendations?n=${SEEN_ITEMS}&explain=true`, {
        events: picked.map((p, i) => ({ item: p.item, kind: 'purchase', time: time(i) })),
    })) as List;
    return {
        rows: list.items,
        events: picked.map((p, i) => ({ item: p.item, title: p.title, type: 'purchase', time: time(i) })),
        model: list.model ?? null,
    };
}

const DEEDS: Record<string, string> = {
    purchase: 'bought',
    view: 'looked at',
    cart: 'put into the cart',
    rating: 'rated',
    like: 'liked',
    click: 'clicked',
};

export function deed(event: PastEvent): string {
    const day = event.time == null ? '' : ` ${shortDay(event.time.slice(0, 10))} ${event.time.slice(0, 4)}`;
    return `${DEEDS[event.type] ?? event.type}${day}`;
}

/** The last events, one a product: who put it into the cart has looked at it too. */
export function latest(events: readonly PastEvent[], most: number): PastEvent[] {
    const met = new Set<string>();
    return [...events]
        .reverse()
        .filter((e) => !met.has(e.item) && met.add(e.item))
        .slice(0, most);
}

export function themeKey(rows: readonly Part[][]): HTMLElement {
    const used = (Object.keys(THEMES) as ThemeId[]).filter((id) => rows.some((r) => r.some((p) => p.theme === id)));
    const against = rows.some((r) => r.some((p) => p.value < 0));
    return h(
        'p',
        { class: 'key' },
        ...used.map((id) => h('span', null, h('i', { class: `box series-${THEMES[id].series}` }), THEMES[id].name)),
        against && h('span', null, h('i', { class: 'box against' }), 'against it'),
    );
}

function speakers(context: Context, row: ListRow, events: readonly PastEvent[]): HTMLElement | null {
    const loud = spoke(row, events);
    if (loud.length === 0) {
        return null;
    }
    return h(
        'span',
        { class: 'speakers' },
        h('span', { class: 'muted' }, 'because of'),
        ...loud.map((s) =>
            h(
                'button',
                {
                    type: 'button',
                    class: 'speaker',
                    title: `${s.event.title}, ${deed(s.event)}`,
                    'aria-label': `${s.event.title}, ${deed(s.event)}`,
                    onClick: () => context.set({ open: `item:${s.event.item}` }),
                },
                photo(context, s.event.item),
            ),
        ),
    );
}

export function seenList(context: Context, seen: Seen): HTMLElement {
    const all = seen.rows.map(partsOf);
    const [from, until] = partScale(all);
    return h(
        'ol',
        { class: 'seen' },
        ...seen.rows.map((row, i) =>
            h(
                'li',
                { class: 'seen-row' },
                h('span', { class: 'seen-place', 'aria-hidden': 'true' }, String(i + 1)),
                thing(
                    context,
                    row.item,
                    row.title ?? '',
                    [row.brand, row.price == null ? '' : money(row.price, true)].filter(Boolean).join(' · '),
                ),
                h(
                    'div',
                    { class: 'seen-why' },
                    partsBar(
                        (all[i] ?? []).map((p) => ({
                            value: p.value,
                            series: THEMES[p.theme].series,
                            name: `${THEMES[p.theme].name} ${decimal(p.value)}`,
                        })),
                        from,
                        until,
                    ),
                    h('span', { class: 'sub', dir: 'auto' }, thirdPerson(row.reason ?? '')),
                    speakers(context, row, seen.events),
                ),
                h('span', { class: 'number' }, row.score == null ? '–' : decimal(row.score)),
            ),
        ),
    );
}

/** The same as a table: parts as columns. */
export function seenTable(seen: Seen, who: string): TableData<ListRow> {
    const all = seen.rows.map(partsOf);
    const used = (Object.keys(THEMES) as ThemeId[]).filter((id) => all.some((r) => r.some((p) => p.theme === id)));
    return {
        name: 'recommendations',
        caption: `What ${who} sees`,
        columns: [
            { id: 'title', name: 'Product', unit: 'text', value: (r) => r.title ?? r.item },
            { id: 'price', name: 'Price', unit: 'money', value: (r) => r.price ?? null },
            { id: 'score', name: 'Score', unit: 'number', value: (r) => r.score ?? null },
            ...used.map((id) => ({
                id,
                name: THEMES[id].name,
                unit: 'number',
                value: (r: ListRow) => partsOf(r).find((p) => p.theme === id)?.value ?? 0,
            })),
            { id: 'reason', name: 'Why', unit: 'text', value: (r) => thirdPerson(r.reason ?? '') },
        ],
        rows: seen.rows,
    };
}

/** Products beside one, as a list of things; null where there are none or they are not carried. */
export async function beside(
    context: Context,
    heading: string,
    item: string,
    which: 'similar' | 'complements',
    under: (row: ListRow) => string,
): Promise<HTMLElement | null> {
    try {
        const found = await context.source.get<List>(itemPath(item, `/${which}`), { n: SEEN_ITEMS });
        return found.items.length === 0
            ? null
            : h(
                  'section',
                  { class: 'beside' },
                  h('h3', null, heading),
                  ...found.items.map((row) => thing(context, row.item, row.title ?? '', under(row))),
              );
    } catch {
        return null; // a report holds some of them alone
    }
}
