// A button with a list of choices below it, by pointer and by arrow keys.
import { clear, freshId, h } from './dom';
import { icon } from './icons';

export interface Choice {
    value: string;
    name: string;
}

export interface Menu {
    node: HTMLElement;
    button: HTMLButtonElement;
    /** Shows which choice is taken; `set` marks the button as a filter that is on. */
    update(label: string, value: string, set: boolean, choices?: readonly Choice[]): void;
}

export function menu(
    id: string,
    name: string,
    choices: readonly Choice[],
    take: (value: string) => void,
    extra?: HTMLElement,
): Menu {
    let list = choices;
    let taken = '';
    const listId = freshId('menu');
    const label = h('span', { class: 'menu-label' }, name);
    const button = h(
        'button',
        {
            type: 'button',
            id,
            class: 'menu-button',
            'aria-haspopup': 'true',
            'aria-expanded': 'false',
            'aria-controls': listId,
            onClick: () => (open() ? close() : show()),
        },
        label,
        icon('chevron-down'),
    );
    const box = h('div', { class: 'menu-box', id: listId, hidden: true });
    const node = h('div', { class: 'menu' }, button, box);

    function open(): boolean {
        return !box.hidden;
    }

    function close(): void {
        box.hidden = true;
        button.setAttribute('aria-expanded', 'false');
    }

    function show(): void {
        clear(
            box,
            h(
                'div',
                { role: 'group', 'aria-label': name },
                ...list.map((choice) =>
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'menu-choice',
                            'aria-pressed': String(choice.value === taken),
                            onClick: () => {
                                close();
                                button.focus();
                                take(choice.value);
                            },
                        },
                        h('span', null, choice.name),
                        choice.value === taken ? icon('check') : null,
                    ),
                ),
            ),
            extra ?? null,
        );
        box.hidden = false;
        button.setAttribute('aria-expanded', 'true');
        (box.querySelector('[aria-pressed="true"]') as HTMLElement | null)?.focus();
    }

    node.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && open()) {
            event.stopPropagation();
            close();
            button.focus();
            return;
        }
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') {
            return;
        }
        if (event.target instanceof HTMLInputElement) {
            return;
        }
        event.preventDefault();
        if (!open()) {
            show();
        }
        const all = [...box.querySelectorAll<HTMLElement>('.menu-choice')];
        const at = all.indexOf(document.activeElement as HTMLElement);
        const next = at + (event.key === 'ArrowDown' ? 1 : -1);
        all[(next + all.length) % all.length]?.focus();
    });
    addEventListener('click', (event) => {
        if (event.target instanceof Node && !node.contains(event.target)) {
            close();
        }
    });

    return {
        node,
        button,
        update(words, value, set, next) {
            label.textContent = words;
            taken = value;
            list = next ?? list;
            button.classList.toggle('set', set);
            close();
        },
    };
}
