// "Try for 14 days": sets the price of a product in the shop once the reader has confirmed it, with ten seconds to undo. The
// button is there only where this page may change the shop.
import type { Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { say } from '../../ui/tooltip';
import { money } from '../../words/numbers';

const UNDO_FOR = 10; /* seconds */
export const TRIAL_DAYS = 14;

export interface Trial {
    item: string;
    now: number;
    suggested: number;
}

export function mayTry(context: Context): boolean {
    return context.source.send !== null && context.meta.scopes.includes('write');
}

/** The button and what becomes of it, in one place; null where nothing can be changed. */
export function trial(context: Context, t: Trial): HTMLElement | null {
    const send = context.source.send;
    if (send === null || !mayTry(context)) {
        return null;
    }
    const box = h('div', { class: 'trial' });

    async function setPrice(price: number): Promise<boolean> {
        try {
            await send?.('PATCH', `items/${encodeURIComponent(t.item)}`, { price });
            return true;
        } catch (error) {
            const words = error instanceof Error ? error.message : String(error);
            clear(
                box,
                h('span', { role: 'alert' }, `The price did not change: ${words}`),
                button('Try again', idle, 'rotate-right'),
            );
            return false;
        }
    }

    function button(words: string, act: () => void, picture?: string, primary = false): HTMLElement {
        return h(
            'button',
            { type: 'button', class: `button${primary ? ' primary' : ''}`, onClick: act },
            picture === undefined ? null : icon(picture),
            words,
        );
    }

    function idle(): void {
        clear(box, button(`Try for ${TRIAL_DAYS} days`, confirm));
    }

    function confirm(): void {
        const yes = button(`Set ${money(t.suggested, true)}`, () => void apply(), 'check', true);
        clear(
            box,
            h('span', null, `It costs ${money(t.now, true)} now. Customers see the new price at once.`),
            yes,
            button('Cancel', idle),
        );
        yes.focus();
    }

    async function apply(): Promise<void> {
        if (!(await setPrice(t.suggested))) {
            return;
        }
        let left = UNDO_FOR;
        const count = h('span', { class: 'muted' });
        const undo = button('Undo', () => void back(), 'rotate-left');
        const timer = window.setInterval(() => {
            left -= 1;
            count.textContent = `${left} s`;
            if (left <= 0) {
                window.clearInterval(timer);
                kept();
            }
        }, 1000);
        async function back(): Promise<void> {
            window.clearInterval(timer);
            if (await setPrice(t.now)) {
                say(`The price is ${money(t.now, true)} again.`);
                idle();
            }
        }
        count.textContent = `${left} s`;
        clear(box, h('span', { role: 'status' }, `The price is ${money(t.suggested, true)}.`), undo, count);
        undo.focus();
    }

    function kept(): void {
        clear(
            box,
            h(
                'span',
                { role: 'status' },
                icon('circle-check'),
                ` The price is ${money(t.suggested, true)}. Look in ${TRIAL_DAYS} days at what it sold: nothing sets it back by itself.`,
            ),
        );
    }

    idle();
    return box;
}
