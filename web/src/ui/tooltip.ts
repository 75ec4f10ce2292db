// One tooltip for the whole page: of charts by pointer or arrow keys, and of icons whose words do not fit.
import { clear, h } from './dom';

export interface TooltipLine {
    name: string;
    value: string;
}

export interface TooltipText {
    title: string;
    lines: TooltipLine[];
    foot?: string;
}

const box = h('div', { class: 'tooltip', role: 'presentation', hidden: true });
const spoken = h('div', { class: 'visually-hidden', 'aria-live': 'polite', id: 'spoken' });

export function mountTooltip(): void {
    document.body.append(box, spoken);
}

/** Says `words` to a screen reader. */
export function say(words: string): void {
    spoken.textContent = words;
}

export function showTooltip(text: TooltipText, x: number, y: number): void {
    clear(
        box,
        h('div', { class: 'tooltip-title' }, text.title),
        ...text.lines.map((line) =>
            h('div', { class: 'tooltip-line' }, h('span', null, line.name), h('span', { class: 'number' }, line.value)),
        ),
        text.foot !== undefined && h('div', { class: 'tooltip-foot' }, text.foot),
    );
    box.hidden = false;
    const width = box.offsetWidth;
    const height = box.offsetHeight;
    const left = x + 16 + width > innerWidth ? x - 16 - width : x + 16;
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(y - height / 2, innerHeight - height - 8))}px`;
}

export function hideTooltip(): void {
    box.hidden = true;
}
