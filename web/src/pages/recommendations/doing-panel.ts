// How an action is done in its row: what will happen is said, then it is done, and can be undone for ten seconds.
import type { Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { say } from '../../ui/tooltip';
import type { State } from './aside';
import { previewWords, whyNot, type Deed, type Done } from './doing';

const UNDO_SECONDS = 10;

/** The part of a row in which it is done: what it says, then buttons; afterwards what was done, and Undo for ten seconds. */
export class Doing {
    readonly node = h('div', { class: 'doing', hidden: true, 'aria-live': 'polite' });
    private timer = 0;

    constructor(
        private readonly context: Context,
        private readonly deeds: readonly Deed[],
        private readonly ended: (state: State | null) => void,
    ) {}

    toggle(): void {
        if (this.node.hidden) {
            this.open();
        } else {
            this.close();
        }
    }

    private open(): void {
        this.node.hidden = false;
        if (this.deeds.length === 0) {
            clear(this.node, h('p', { class: 'note' }, whyNot(this.context)));
            return;
        }
        this.choose(this.deeds[0] as Deed);
    }

    private close(): void {
        window.clearTimeout(this.timer);
        this.node.hidden = true;
    }

    private choose(deed: Deed): void {
        const words = h('p', null, deed.says ?? 'Nothing in the shop changes.');
        const seen = h('p', { class: 'note' });
        clear(
            this.node,
            words,
            seen,
            h(
                'div',
                { class: 'buttons' },
                h('button', { type: 'button', class: 'button primary', onClick: () => void this.act(deed) }, deed.name),
                deed.preview !== undefined &&
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'button',
                            onClick: () => {
                                seen.textContent = 'Looking…';
                                void previewWords(this.context, deed.preview as NonNullable<Deed['preview']>)
                                    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
                                    .then((text) => (seen.textContent = text));
                            },
                        },
                        'Preview',
                    ),
                ...this.deeds
                    .filter((other) => other !== deed)
                    .map((other) =>
                        h(
                            'button',
                            {
                                type: 'button',
                                class: 'button',
                                onClick: () => (other.says === null ? void this.act(other) : this.choose(other)),
                            },
                            other.name,
                        ),
                    ),
                h('button', { type: 'button', class: 'button', onClick: () => this.close() }, 'Cancel'),
            ),
        );
    }

    private async act(deed: Deed): Promise<void> {
        this.node.setAttribute('aria-busy', 'true');
        try {
            this.done(await deed.act(this.context));
        } catch (error) {
            const words = error instanceof Error ? error.message : String(error);
            clear(this.node, h('p', { class: 'bad-text', role: 'alert' }, `It was not done. ${words}`));
            this.timer = window.setTimeout(() => this.choose(deed), 6000);
        } finally {
            this.node.removeAttribute('aria-busy');
        }
    }

    private done(done: Done): void {
        say(done.words);
        const undo = done.undo;
        const back = h('button', { type: 'button', class: 'button' }, icon('rotate-left'), `Undo (${UNDO_SECONDS})`);
        clear(
            this.node,
            h('p', null, icon('check'), ` ${done.words}`),
            h('div', { class: 'buttons' }, undo !== undefined && back),
        );
        if (undo === undefined) {
            return;
        }
        this.ended('done');
        let left = UNDO_SECONDS;
        const tick = (): void => {
            left -= 1;
            if (left === 0) {
                back.remove();
                return;
            }
            back.lastChild?.replaceWith(`Undo (${left})`);
            this.timer = window.setTimeout(tick, 1000);
        };
        this.timer = window.setTimeout(tick, 1000);
        back.addEventListener('click', () => {
            window.clearTimeout(this.timer);
            back.disabled = true;
            void undo()
                .then(() => {
                    this.ended(null);
                    clear(this.node, h('p', null, 'Undone: all is as it was.'));
                })
                .catch((error: unknown) =>
                    clear(
                        this.node,
                        h(
                            'p',
                            { class: 'bad-text', role: 'alert' },
                            `It could not be undone. ${error instanceof Error ? error.message : String(error)}`,
                        ),
                    ),
                );
        });
    }
}
