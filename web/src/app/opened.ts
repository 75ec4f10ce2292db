// What the panel shows of a product or a customer.
import { table, text, type Doc } from '../data/document';
import { itemPath, type Item, type ListRow } from '../data/answers';
import { request } from '../data/source';
import { beside } from '../pages/recommendations/list';
import type { Context } from '../ui/card';
import { clear, h } from '../ui/dom';
import { openPanel } from '../ui/panel';
import { photo } from '../ui/thing';
import { byUnit, count, decimal, money } from '../words/numbers';

/** Figures of a product, as the table of products has them where it is among those shown. */
const FACTS = ['revenue', 'units', 'views', 'views_that_buy', 'margin', 'return_rate', 'rating', 'stock_cover'];

async function facts(context: Context, id: string): Promise<HTMLElement | null> {
    try {
        const { path, params } = request('products', context.controls);
        const doc = await context.source.get<Doc>(path, params);
        for (const name of ['products', 'movers']) {
            const found = table(doc, name);
            const row = found.rows.find((r) => text(r, 'item') === id);
            if (row !== undefined) {
                const shown = found.columns.filter((c) => FACTS.includes(c.id) && row[c.id] !== null);
                return h(
                    'dl',
                    { class: 'facts' },
                    ...shown.flatMap((c) => [h('dt', null, c.name), h('dd', null, byUnit(row[c.id], c.unit))]),
                );
            }
        }
    } catch {
        // the panel goes without them
    }
    return null;
}

const kind = (row: ListRow): string =>
    [row.category, row.price == null ? '' : money(row.price, true)].filter(Boolean).join(' · ');

/** "bought together 3 times, 68 times as often as by chance" where orders say so. */
function together(row: ListRow & { together?: number; lift?: number }): string {
    return row.together !== undefined && row.together > 1 && row.lift !== undefined
        ? `${count(row.together)} orders with both, ${decimal(row.lift, 1)} times chance`
        : kind(row);
}

async function product(box: HTMLElement, id: string, context: Context): Promise<void> {
    let item: Item | null = null;
    try {
        item = await context.source.get<Item>(itemPath(id), {});
    } catch {
        item = null; // a report holds no catalogue: what the page knows of it stays
    }
    const [figures, similar, complements] = await Promise.all([
        facts(context, id),
        beside(context, 'Similar', id, 'similar', kind),
        beside(context, 'Goes with', id, 'complements', together),
    ]);
    const attributes = Object.entries((item?.attributes ?? {}) as Record<string, unknown>);
    clear(
        box,
        h(
            'div',
            { class: 'opened-top' },
            photo(context, id, 160),
            h(
                'div',
                null,
                h('p', { class: 'opened-title', dir: 'auto' }, item?.title ?? id),
                h('p', { class: 'muted', dir: 'auto' }, [item?.category, item?.brand].filter(Boolean).join(' · ')),
                item?.price != null && h('p', null, money(item.price, true)),
                item?.stock != null && h('p', { class: 'muted' }, `${count(item.stock)} in stock`),
                h('p', { class: 'muted' }, id),
            ),
        ),
        figures,
        item?.description ? h('p', { class: 'opened-words', dir: 'auto' }, item.description) : null,
        attributes.length > 0 &&
            h(
                'p',
                { class: 'opened-tags' },
                ...attributes
                    .slice(0, 12)
                    .map(([name, value]) =>
                        h('span', { class: 'tag', dir: 'auto' }, `${name.replaceAll('_', ' ')}: ${String(value)}`),
                    ),
            ),
        similar,
        complements,
        item === null && similar === null && complements === null
            ? h('p', { class: 'note' }, 'More of this product needs the server.')
            : null,
    );
}

export function openThing(open: string, context: Context, closed: () => void): void {
    const at = open.indexOf(':');
    const kindOfThing = open.slice(0, at);
    const id = open.slice(at + 1);
    const box = h('div', { class: 'opened', 'aria-busy': 'true' }, h('p', { class: 'note' }, 'Loading…'));
    openPanel(kindOfThing === 'user' ? `Customer ${id}` : 'Product', box, closed);
    const done =
        kindOfThing === 'user'
            ? import('../pages/recommendations/customer').then((m) => m.customerView(box, id, context))
            : product(box, id, context);
    void done
        .catch((error: unknown) =>
            clear(box, h('p', { class: 'note' }, error instanceof Error ? error.message : String(error))),
        )
        .finally(() => box.removeAttribute('aria-busy'));
}
