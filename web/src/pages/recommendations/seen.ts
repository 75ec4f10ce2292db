// What does a customer see, and why? A customer by id, or a history that is put together by clicking photos.
import { table, text } from '../../data/document';
import { userPath, type List, type User } from '../../data/answers';
import type { CardSpec, Context, Docs } from '../../ui/card';
import { clear, freshId, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { downloadCsv } from '../../ui/table';
import { photo } from '../../ui/thing';
import { count } from '../../words/numbers';
import { deed, latest, seenAfter, seenBy, seenList, seenTable, themeKey, type Picked, type Seen } from './list';
import { decidesSentence, partsOf } from './reasons';

const SHELF = '18';
const HISTORY_MOST = 8;
const BOUGHT = 8;

/** What is tried: kept while the page is drawn anew. */
const tried: { user: string; picked: Picked[]; shelf: Picked[]; building: boolean } = {
    user: '',
    picked: [],
    shelf: [],
    building: false,
};

/** Customers that a reader may begin with: those that a report carries, else those that are worth writing to. */
function suggestions(docs: Docs, context: Context): string[] {
    if (!context.source.live) {
        return context.meta.sample ?? [];
    }
    const known = context.meta.names ? table(docs.actions, 'write_to').rows.map((r) => text(r, 'customer')) : [];
    return [...new Set(known)].filter((id) => id !== '');
}

function boughtLine(context: Context, seen: Seen): HTMLElement | null {
    const bought = seen.events.filter((e) => e.type === 'purchase');
    if (bought.length === 0) {
        return null;
    }
    const last = latest(bought, BOUGHT);
    return h(
        'div',
        { class: 'bought' },
        h('span', { class: 'muted' }, 'bought'),
        ...last.map((e) =>
            h(
                'button',
                {
                    type: 'button',
                    class: 'speaker',
                    title: `${e.title}, ${deed(e)}`,
                    'aria-label': `${e.title}, ${deed(e)}`,
                    onClick: () => context.set({ open: `item:${e.item}` }),
                },
                photo(context, e.item),
            ),
        ),
        bought.length > last.length && h('span', { class: 'muted' }, `and ${bought.length - last.length} more`),
    );
}

async function describe(context: Context, user: string): Promise<User | null> {
    try {
        return await context.source.get<User>(userPath(user), {});
    } catch {
        return null;
    }
}

function userLine(context: Context, id: string, user: User | null, seen: Seen): HTMLElement {
    const said = [
        seen.events.length > 0 ? `${count(seen.events.length)} events that speak` : '',
        user?.region ?? '',
        user?.age_band ?? '',
    ].filter(Boolean);
    return h(
        'p',
        { class: 'seen-user' },
        h('button', { type: 'button', class: 'link', onClick: () => context.set({ open: `user:${id}` }) }, id),
        user?.tier === 'premium' && h('span', { class: 'tag premium' }, icon('gem'), 'premium'),
        h('span', { class: 'muted' }, said.join(' · ')),
    );
}

class SeenCard {
    readonly node = h('div', { class: 'seen-card' });
    private readonly top = h('div', { class: 'seen-top' });
    private readonly shelf = h('div', { class: 'shelf', hidden: true });
    private readonly result = h('div', { class: 'seen-result', 'aria-live': 'polite' });
    private round = 0;

    constructor(
        private readonly context: Context,
        private readonly known: readonly string[],
        private readonly found: (sentence: string) => void,
    ) {
        this.node.append(this.top, this.shelf, this.result);
        this.drawTop();
        if (tried.building || this.known.length === 0) {
            void this.build();
        } else {
            void this.look(tried.user || (this.known[0] ?? ''));
        }
    }

    private drawTop(): void {
        const list = freshId('customers');
        const field = h('input', {
            type: 'search',
            class: 'search',
            list,
            placeholder: 'A customer’s number',
            'aria-label': 'Customer',
            value: tried.building ? '' : tried.user || this.known[0],
            onChange: () => {
                if (field.value.trim() !== '') {
                    void this.look(field.value.trim());
                }
            },
        });
        clear(
            this.top,
            (this.context.meta.names || this.known.length > 0) && field,
            h('datalist', { id: list }, ...this.known.map((id) => h('option', { value: id }))),
            h(
                'button',
                {
                    type: 'button',
                    class: 'button',
                    'aria-pressed': String(tried.building),
                    onClick: () =>
                        tried.building && this.known.length > 0
                            ? void this.look(tried.user || (this.known[0] ?? ''))
                            : void this.build(),
                },
                icon('image'),
                'Build a history',
            ),
        );
    }

    private async look(user: string): Promise<void> {
        tried.user = user;
        tried.building = false;
        this.shelf.hidden = true;
        this.drawTop();
        await this.show(async () => {
            const [seen, person] = await Promise.all([seenBy(this.context, user), describe(this.context, user)]);
            return { seen, above: [userLine(this.context, user, person, seen), boughtLine(this.context, seen)] };
        }, user);
    }

    private async build(): Promise<void> {
        tried.building = true;
        this.drawTop();
        this.shelf.hidden = false;
        if (this.context.source.send === null) {
            clear(
                this.shelf,
                h(
                    'p',
                    { class: 'note' },
                    'A history can be tried where a server answers; a report holds some customers alone.',
                ),
            );
            clear(this.result);
            return;
        }
        if (tried.shelf.length === 0) {
            try {
                const list = await this.context.source.get<List>('trending', { n: SHELF });
                tried.shelf = list.items.map((row) => ({ item: row.item, title: row.title ?? row.item }));
            } catch (error) {
                clear(this.shelf, h('p', { class: 'note' }, error instanceof Error ? error.message : String(error)));
                return;
            }
        }
        this.drawShelf();
        await this.showPicked();
    }

    private drawShelf(): void {
        const toggle = (p: Picked): void => {
            const at = tried.picked.findIndex((q) => q.item === p.item);
            if (at >= 0) {
                tried.picked.splice(at, 1);
            } else if (tried.picked.length < HISTORY_MOST) {
                tried.picked.push(p);
            }
            this.drawShelf();
            void this.showPicked();
        };
        const more = tried.picked.filter((p) => !tried.shelf.some((q) => q.item === p.item));
        clear(
            this.shelf,
            h('p', { class: 'note' }, 'Click what a visitor has bought; the list below follows.'),
            h(
                'div',
                { class: 'shelf-photos' },
                ...[...more, ...tried.shelf].map((p) =>
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'pick',
                            'aria-pressed': String(tried.picked.some((q) => q.item === p.item)),
                            title: p.title,
                            'aria-label': p.title,
                            onClick: () => toggle(p),
                        },
                        photo(this.context, p.item),
                    ),
                ),
            ),
        );
    }

    private async showPicked(): Promise<void> {
        const picked = [...tried.picked];
        await this.show(
            async () => ({
                seen: await seenAfter(this.context, picked),
                above: [
                    h(
                        'p',
                        { class: 'seen-user muted' },
                        picked.length === 0
                            ? 'Nothing is known of this visitor: what many want.'
                            : `A visitor who bought ${picked.length === 1 ? 'this' : `these ${picked.length}`}`,
                    ),
                ],
            }),
            'a visitor',
        );
    }

    private async show(ask: () => Promise<{ seen: Seen; above: (HTMLElement | null)[] }>, who: string): Promise<void> {
        const mine = ++this.round;
        this.result.setAttribute('aria-busy', 'true');
        try {
            const { seen, above } = await ask();
            if (mine !== this.round) {
                return;
            }
            const parts = seen.rows.map(partsOf);
            this.found(decidesSentence(parts));
            clear(
                this.result,
                ...above,
                seen.rows.length === 0
                    ? h('p', { class: 'note' }, 'Nothing is left to show: all that fits was bought.')
                    : h('div', null, themeKey(parts), seenList(this.context, seen)),
                h(
                    'div',
                    { class: 'card-foot' },
                    h(
                        'span',
                        null,
                        seen.model === null
                            ? 'No model answers: what sells stands here.'
                            : `The model ${seen.model} answers.`,
                    ),
                    h(
                        'button',
                        { type: 'button', class: 'link', onClick: () => downloadCsv(seenTable(seen, who)) },
                        'Save as CSV',
                        icon('download'),
                    ),
                ),
            );
        } catch (error) {
            if (mine === this.round) {
                clear(
                    this.result,
                    h('p', { class: 'note', role: 'alert' }, error instanceof Error ? error.message : String(error)),
                );
            }
        } finally {
            if (mine === this.round) {
                this.result.removeAttribute('aria-busy');
            }
        }
    }
}

export const seenCard: CardSpec = {
    id: 'seen',
    span: 8,
    question: 'What does a customer see, and why?',
    defines: [],
    needs: ['actions'],
    render(docs, context) {
        const known = suggestions(docs, context);
        return {
            finding: 'What they did decides what they see',
            note: 'Parts add up to the score. An outlined part left of zero counts against.',
            body: () => {
                const card = new SeenCard(context, known, (sentence) => {
                    const heading = card.node.closest('.card')?.querySelector('.finding');
                    if (heading) {
                        heading.textContent = sentence;
                    }
                });
                return card.node;
            },
        };
    },
};
