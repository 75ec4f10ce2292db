// What would a customer find? Search by words, and by a photo that is dropped, chosen or pasted.
import type { Found } from '../../data/answers';
import type { CardSpec, Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { thing } from '../../ui/thing';
import { money } from '../../words/numbers';

const FOUND = '8';
const PHOTO_MOST = 20 * 1024 * 1024; /* bytes, as the server takes them */
const TYPES = ['image/jpeg', 'image/png', 'image/webp'];

function results(context: Context, found: Found): HTMLElement {
    return h(
        'div',
        { class: 'found' },
        ...found.items.map((row) =>
            thing(
                context,
                row.item,
                row.title ?? '',
                [row.category, row.price == null ? '' : money(row.price, true)].filter(Boolean).join(' · '),
            ),
        ),
        found.items.length === 0 && h('p', { class: 'note' }, 'Nothing is found.'),
        found.degraded != null && h('p', { class: 'note' }, `Not all of the search was at work: ${found.degraded}.`),
    );
}

function finder(context: Context): HTMLElement {
    const place = h('div', { class: 'find-results', 'aria-live': 'polite' });
    const looked = h('div', { class: 'find-photo', hidden: true });
    let round = 0;
    let timer = 0;
    let shown = '';

    async function show(ask: () => Promise<Found>): Promise<void> {
        const mine = ++round;
        place.setAttribute('aria-busy', 'true');
        try {
            const found = await ask();
            if (mine === round) {
                clear(place, results(context, found));
            }
        } catch (error) {
            if (mine === round) {
                clear(
                    place,
                    h('p', { class: 'note', role: 'alert' }, error instanceof Error ? error.message : String(error)),
                );
            }
        } finally {
            if (mine === round) {
                place.removeAttribute('aria-busy');
            }
        }
    }

    function byPhoto(file: File | null | undefined): void {
        if (!file) {
            return;
        }
        if (!TYPES.includes(file.type) || file.size > PHOTO_MOST) {
            clear(
                place,
                h('p', { class: 'note', role: 'alert' }, 'A JPEG, PNG or WebP photo of at most 20 MB is expected.'),
            );
            return;
        }
        URL.revokeObjectURL(shown);
        shown = URL.createObjectURL(file);
        clear(
            looked,
            h('span', { class: 'photo' }, h('img', { src: shown, alt: 'The photo that is searched by' })),
            h('span', { class: 'muted', dir: 'auto' }, file.name),
        );
        looked.hidden = false;
        void show(async () => (await context.source.send?.('POST', `search/photo?n=${FOUND}`, file)) as Found);
    }

    const field = h('input', {
        type: 'search',
        class: 'search',
        placeholder: 'Words, as a customer types them',
        'aria-label': 'Search by words',
        onInput: () => {
            clearTimeout(timer);
            timer = window.setTimeout(() => {
                const words = field.value.trim();
                looked.hidden = true;
                if (words === '') {
                    round += 1;
                    clear(place);
                } else {
                    void show(() => context.source.get<Found>('search', { q: words, n: FOUND }));
                }
            }, 200);
        },
    });
    const file = h('input', {
        type: 'file',
        accept: TYPES.join(','),
        class: 'visually-hidden',
        tabindex: '-1',
        'aria-label': 'A photo to search by',
        onChange: () => byPhoto(file.files?.[0]),
    });
    const drop = h(
        'button',
        { type: 'button', class: 'drop', onClick: () => file.click() },
        icon('camera'),
        h('span', null, 'Drop a photo here, or choose one'),
    );
    drop.addEventListener('dragover', (event) => {
        event.preventDefault();
        drop.classList.add('over');
    });
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => {
        event.preventDefault();
        drop.classList.remove('over');
        byPhoto(event.dataTransfer?.files[0]);
    });
    const node = h('div', { class: 'find' }, field, drop, file, looked, place);
    node.addEventListener('paste', (event) => byPhoto([...(event.clipboardData?.files ?? [])][0]));
    return node;
}

export const findCard: CardSpec = {
    id: 'find',
    span: 4,
    question: 'What would a customer find?',
    defines: [],
    needs: [],
    render(_docs, context) {
        return {
            finding: context.source.send === null ? 'Search needs the server' : 'Try it: by words, or by a photo',
            note:
                context.source.send === null
                    ? 'A report carries figures, not the search.'
                    : 'The same search that the shop’s pages can use.',
            body: () =>
                context.source.send === null
                    ? h(
                          'div',
                          { class: 'state' },
                          h('span', { class: 'tile' }, icon('magnifying-glass')),
                          h('p', null, 'Open the dashboard of the server to search by words and by photos.'),
                      )
                    : finder(context),
        };
    },
};
