// The panel from the right: a product, a customer, help. One at a time, with a way back; Esc closes it.
import { clear, h } from './dom';
import { icon } from './icons';

const body = h('div', { class: 'panel-body' });
const heading = h('h2', { id: 'panel-heading' });
const node = h(
    'dialog',
    { class: 'panel', 'aria-labelledby': 'panel-heading' },
    h(
        'div',
        { class: 'panel-top' },
        heading,
        h(
            'button',
            { type: 'button', class: 'tool', 'aria-label': 'Close', onClick: () => closePanel() },
            icon('xmark'),
        ),
    ),
    body,
);
let onClose: (() => void) | null = null;

export function mountPanel(): void {
    document.body.append(node);
    node.addEventListener('close', () => {
        const done = onClose;
        onClose = null;
        done?.();
    });
    node.addEventListener('click', (event) => {
        if (event.target === node) {
            closePanel();
        }
    });
}

export function openPanel(title: string, content: Node, closed?: () => void): void {
    heading.textContent = title;
    clear(body, content);
    onClose = closed ?? null;
    if (!node.open) {
        node.showModal();
    }
}

export function closePanel(): boolean {
    if (!node.open) {
        return false;
    }
    node.close();
    return true;
}
