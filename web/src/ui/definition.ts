// What a figure is: opened by the ? beside a question, 280 wide, closed by Esc or a click elsewhere.
import type { Context } from './card';
import { h } from './dom';

let open: HTMLElement | null = null;
let opener: HTMLElement | null = null;

export function closeDefinition(): boolean {
    if (open === null) {
        return false;
    }
    open.remove();
    open = null;
    opener?.focus();
    return true;
}

export function openDefinition(at: HTMLElement, ids: readonly string[], context: Context): void {
    closeDefinition();
    const metrics = (context.meta.metrics ?? []).filter((m) => ids.includes(m.id));
    opener = at;
    open = h(
        'div',
        { class: 'definition', role: 'dialog', 'aria-label': 'Definition', tabindex: '-1' },
        ...metrics
            .flatMap((m) => [
                h('h3', null, m.name),
                h('p', null, m.formula === '' ? '' : `${m.formula}.`),
                m.note === '' ? null : h('p', { class: 'muted' }, `${m.note}.`),
            ])
            .filter((node) => node !== null),
        metrics.length === 0 && h('p', null, 'All that this card shows is defined in docs/metrics.md.'),
    );
    document.body.append(open);
    const box = at.getBoundingClientRect();
    open.style.left = `${Math.max(8, Math.min(box.left + scrollX, scrollX + innerWidth - 296))}px`;
    open.style.top = `${box.bottom + scrollY + 8}px`;
    open.focus();
}

addEventListener('click', (event) => {
    if (
        open !== null &&
        event.target instanceof Node &&
        !open.contains(event.target) &&
        !opener?.contains(event.target)
    ) {
        closeDefinition();
    }
});
