// A customer as lists show one: a button that opens the panel; masked ids, which name nobody, are words alone.
import type { Context } from '../../ui/card';
import { h } from '../../ui/dom';

export function person(context: Context, id: string): HTMLElement {
    if (!context.meta.names) {
        return h('span', { class: 'person' }, id);
    }
    return h(
        'button',
        {
            type: 'button',
            class: 'person',
            dir: 'auto',
            onClick: (event: Event) => {
                event.stopPropagation();
                context.set({ open: `user:${id}` });
            },
        },
        id,
    );
}
