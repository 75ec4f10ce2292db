// A customer as the panel shows one.
import type { Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { thing } from '../../ui/thing';

interface Recommended {
    items: { item: string; title: string; category?: string; brand?: string; reason?: string }[];
}

export async function customerView(box: HTMLElement, user: string, context: Context): Promise<void> {
    const found = await context.source.get<Recommended>(`users/${encodeURIComponent(user)}/recommendations`, {
        explain: 'true',
        n: '6',
    });
    clear(
        box,
        h('h3', null, 'What this customer would see'),
        ...found.items.map((i) => h('div', null, thing(context, i.item, i.title, i.reason ?? ''))),
    );
}
