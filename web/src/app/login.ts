// Whoever is not known yet gives a key here; the server answers with a cookie that scripts cannot read.
import { AnswerError } from '../data/source';
import { clear, h } from '../ui/dom';
import { icon } from '../ui/icons';

async function open(secret: { key: string } | { token: string }): Promise<void> {
    const response = await fetch('v1/session', {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(secret),
    });
    if (!response.ok) {
        const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
        throw new AnswerError(problem.detail ?? problem.title ?? 'The key was not accepted.', response.status, '');
    }
}

/** A first-run token in the address is used once and taken out of it. */
export async function useToken(): Promise<void> {
    const token = /^#token=(.+)$/.exec(location.hash)?.[1];
    if (token !== undefined) {
        history.replaceState(null, '', '#/overview');
        await open({ token: decodeURIComponent(token) }).catch(() => undefined);
    }
}

export async function closeSession(): Promise<void> {
    await fetch('v1/session', { method: 'DELETE', credentials: 'same-origin' });
    location.reload();
}

/** Asks for a key until one is accepted. */
export function login(app: HTMLElement): Promise<void> {
    return new Promise((resolve) => {
        const field = h('input', {
            type: 'password',
            id: 'key',
            autocomplete: 'current-password',
            required: true,
            placeholder: 'vtr_…',
        });
        const wrong = h('p', { class: 'wrong', role: 'alert' });
        const form = h(
            'form',
            {
                class: 'card login',
                onSubmit: (event: Event) => {
                    event.preventDefault();
                    wrong.textContent = '';
                    open({ key: field.value.trim() }).then(resolve, (error: unknown) => {
                        wrong.textContent = error instanceof Error ? error.message : String(error);
                        field.select();
                    });
                },
            },
            h('span', { class: 'mark' }, icon('store')),
            h('h1', null, 'Open the shop'),
            h(
                'p',
                { class: 'note' },
                'The figures of a shop are for those who have a key. Make one with “vitrine key create --scope report --name you”.',
            ),
            h('label', { for: 'key' }, 'Key'),
            field,
            wrong,
            h('button', { type: 'submit', class: 'button primary' }, icon('key'), 'Open'),
        );
        clear(app, h('main', { class: 'login-page' }, form));
        field.focus();
    });
}
