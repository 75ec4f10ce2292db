// A product as it stands in lists: photo on white, name, a line below; a click opens it.
import type { Context } from './card';
import { h } from './dom';
import { icon } from './icons';

export function photo(context: Context, item: string, size: 64 | 160 = 64): HTMLElement {
    const place = h('span', { class: `photo photo-${size}` });
    const source = context.source.photo(item, size);
    if (source === null) {
        place.append(icon('image'));
        return place;
    }
    const picture = h('img', {
        src: source,
        alt: '',
        loading: 'lazy',
        width: size === 64 ? 32 : 120,
        height: size === 64 ? 32 : 120,
    });
    picture.addEventListener('error', () => picture.replaceWith(icon('image')), { once: true });
    place.append(picture);
    return place;
}

export function thing(context: Context, item: string, title: string, under: string): HTMLElement {
    return h(
        'button',
        {
            type: 'button',
            class: 'thing',
            title: title || item,
            onClick: (event: Event) => {
                event.stopPropagation();
                context.set({ open: `item:${item}` });
            },
        },
        photo(context, item),
        h(
            'span',
            { class: 'thing-words' },
            h('span', { class: 'thing-title', dir: 'auto' }, title || item),
            under === '' ? null : h('span', { class: 'muted', dir: 'auto' }, under),
        ),
    );
}
