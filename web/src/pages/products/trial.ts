// "Try $39": sets the price of a product in the shop once the reader has confirmed it, with ten seconds to undo. Nothing sets
// it back by itself: the words say so, and the browser notes the day to look at what it sold, with a button that sets the
// old price again. The button is there only where this page may change the shop.
import type { Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { say } from '../../ui/tooltip';
import { money, shortDay } from '../../words/numbers';

const UNDO_FOR = 10; /* seconds */
export const TRIAL_DAYS = 14;

/** A price that was set from this browser, until the reader ends the trial. */
export interface TrialNote {
    before: number;
    price: number;
    /** The day to look at what it sold. */
    until: string;
}

const placeOf = (context: Context, item: string): string => `vitrine-trial ${context.meta.shop} ${item}`;

export function noted(context: Context, item: string): TrialNote | null {
    try {
        return JSON.parse(localStorage.getItem(placeOf(context, item)) ?? 'null') as TrialNote | null;
    } catch {
        return null; // a browser that keeps nothing
    }
}

/** Notes a trial, or with null that it is over. */
export function note(context: Context, item: string, trial: TrialNote | null): void {
    try {
        if (trial === null) {
            localStorage.removeItem(placeOf(context, item));
        } else {
            localStorage.setItem(placeOf(context, item), JSON.stringify(trial));
        }
    } catch {
        // a browser that keeps nothing
    }
}

/** The day `TRIAL_DAYS` after `now` ("2026-12-01T09:00:00Z"). */
export function lastDay(now: string): string {
    return new Date(Date.parse(now) + TRIAL_DAYS * 86_400_000).toISOString().slice(0, 10);
}

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
        const running = noted(context, t.item);
        if (running === null) {
            clear(box, button(`Try ${money(t.suggested, true)}`, confirm));
            return;
        }
        const over = new Date().toISOString().slice(0, 10) > running.until;
        clear(
            box,
            h(
                'span',
                null,
                over
                    ? `${money(running.price, true)} was to be tried until ${shortDay(running.until)}. Compare what it sold.`
                    : `${money(running.price, true)} is being tried; compare what it sold on ${shortDay(running.until)}.`,
            ),
            button(`Set ${money(running.before, true)} again`, () => void end(running.before), 'rotate-left'),
            button('Keep it', () => void end(null)),
        );
    }

    /** The trial is over: the old price comes back, or null: the new one stays. */
    async function end(price: number | null): Promise<void> {
        if (price !== null && !(await setPrice(price))) {
            return;
        }
        note(context, t.item, null);
        say(price === null ? 'The price stays.' : `The price is ${money(price, true)} again.`);
        idle();
    }

    function confirm(): void {
        const yes = button(`Set ${money(t.suggested, true)}`, () => void apply(), 'check', true);
        const until = shortDay(lastDay(new Date().toISOString()));
        clear(
            box,
            h(
                'span',
                null,
                `It costs ${money(t.now, true)} now. Customers see the new price at once, and until you set another: nothing sets it back. Look again after ${TRIAL_DAYS} days, on ${until}.`,
            ),
            yes,
            button('Cancel', idle),
        );
        yes.focus();
    }

    async function apply(): Promise<void> {
        if (!(await setPrice(t.suggested))) {
            return;
        }
        note(context, t.item, { before: t.now, price: t.suggested, until: lastDay(new Date().toISOString()) });
        let left = UNDO_FOR;
        const count = h('span', { class: 'muted' });
        const undo = button('Undo', () => void back(), 'rotate-left');
        const timer = window.setInterval(() => {
            left -= 1;
            count.textContent = `${left} s`;
            if (left <= 0) {
                window.clearInterval(timer);
                idle();
            }
        }, 1000);
        async function back(): Promise<void> {
            window.clearInterval(timer);
            await end(t.now);
        }
        count.textContent = `${left} s`;
        clear(box, h('span', { role: 'status' }, `The price is ${money(t.suggested, true)}.`), undo, count);
        undo.focus();
    }

    idle();
    return box;
}
