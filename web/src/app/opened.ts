// What the panel shows of a product or a customer.
import type { Context } from '../ui/card';
import { clear, h } from '../ui/dom';
import { openPanel } from '../ui/panel';
import { photo, thing } from '../ui/thing';
import { money } from '../words/numbers';

interface Item {
    id: string;
    title: string;
    description?: string;
    category?: string;
    brand?: string;
    price?: number | null;
    stock?: number | null;
}

interface Listed {
    items: { item: string; title: string; category?: string; brand?: string; reason?: string }[];
}

async function list(context: Context, heading: string, path: string): Promise<HTMLElement | null> {
    try {
        const found = await context.source.get<Listed>(path, { n: '6' });
        return found.items.length === 0
            ? null
            : h(
                  'section',
                  null,
                  h('h3', null, heading),
                  ...found.items.map((i) =>
                      thing(context, i.item, i.title, [i.category, i.brand].filter(Boolean).join(' · ')),
                  ),
              );
    } catch {
        return null; // a report holds some of them alone
    }
}

async function product(box: HTMLElement, id: string, context: Context): Promise<void> {
    const path = `items/${encodeURIComponent(id)}`;
    let item: Item | null = null;
    try {
        item = await context.source.get<Item>(path, {});
    } catch {
        item = null;
    }
    const similar = await list(context, 'Similar', `${path}/similar`);
    const complements = await list(context, 'Goes with', `${path}/complements`);
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
                item?.stock != null && h('p', { class: 'muted' }, `${item.stock} in stock`),
            ),
        ),
        item?.description ? h('p', { class: 'opened-words', dir: 'auto' }, item.description) : null,
        similar,
        complements,
    );
}

export function openThing(open: string, context: Context, closed: () => void): void {
    const at = open.indexOf(':');
    const kind = open.slice(0, at);
    const id = open.slice(at + 1);
    const box = h('div', { class: 'opened', 'aria-busy': 'true' }, h('p', { class: 'note' }, 'Loading…'));
    openPanel(kind === 'user' ? `Customer ${id}` : 'Product', box, closed);
    const done =
        kind === 'user'
            ? import('../pages/recommendations/customer').then((m) => m.customerView(box, id, context))
            : product(box, id, context);
    void done
        .catch((error: unknown) =>
            clear(box, h('p', { class: 'note' }, error instanceof Error ? error.message : String(error))),
        )
        .finally(() => box.removeAttribute('aria-busy'));
}
