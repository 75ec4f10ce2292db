// Search of a product or a customer, by words; a product opens in the panel, so does a customer.
import type { Context } from '../ui/card';
import { clear, h } from '../ui/dom';
import { openPanel } from '../ui/panel';
import { thing } from '../ui/thing';

interface Found {
    items: { item: string; title: string; category?: string; brand?: string }[];
}

export function search(context: Context): void {
    const results = h('div', { class: 'search-results', 'aria-live': 'polite' });
    let timer = 0;
    let round = 0;

    async function look(words: string): Promise<void> {
        const mine = ++round;
        if (words === '') {
            clear(results);
            return;
        }
        try {
            const found = await context.source.get<Found>('search', { q: words, n: '12' });
            if (mine === round) {
                clear(
                    results,
                    ...found.items.map((item) =>
                        thing(context, item.item, item.title, [item.category, item.brand].filter(Boolean).join(' · ')),
                    ),
                    context.meta.names &&
                        h(
                            'button',
                            { type: 'button', class: 'link', onClick: () => context.set({ open: `user:${words}` }) },
                            `Open customer ${words}`,
                        ),
                );
            }
        } catch (error) {
            if (mine === round) {
                clear(results, h('p', { class: 'note' }, error instanceof Error ? error.message : String(error)));
            }
        }
    }

    const field = h('input', {
        type: 'search',
        class: 'search',
        placeholder: 'Words, a product, a customer',
        'aria-label': 'Search a product or customer',
        onInput: () => {
            clearTimeout(timer);
            timer = window.setTimeout(() => void look(field.value.trim()), 200);
        },
    });
    openPanel('Search', h('div', null, field, results));
    field.focus();
}
