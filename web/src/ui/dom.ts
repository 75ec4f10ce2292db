// Elements of the page. Text goes in as text alone: what a catalogue holds is never read as markup.

type Child = Node | string | number | null | undefined | false;
type Listeners = { [K in keyof HTMLElementEventMap as `on${Capitalize<K>}`]?: (event: HTMLElementEventMap[K]) => void };
type Props = { class?: string; dataset?: Record<string, string> } & Listeners & {
        [name: string]: unknown;
    };

/** An element with attributes (true: present, false, null, undefined: absent), listeners (onClick) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    props: Props | null = null,
    ...children: Child[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props ?? {})) {
        if (value === undefined || value === null || value === false) {
            continue;
        }
        if (name.startsWith('on') && typeof value === 'function') {
            element.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
        } else if (name === 'dataset') {
            Object.assign(element.dataset, value);
        } else {
            element.setAttribute(name, value === true ? '' : String(value));
        }
    }
    add(element, ...children);
    return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function s(tag: string, attributes: Record<string, string | number>, ...children: Child[]): SVGElement {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name, String(value));
    }
    add(element, ...children);
    return element;
}

export function add(parent: Element, ...children: Child[]): void {
    for (const child of children) {
        if (child !== null && child !== undefined && child !== false) {
            parent.append(child instanceof Node ? child : String(child));
        }
    }
}

export function clear(element: Element, ...children: Child[]): void {
    element.replaceChildren();
    add(element, ...children);
}

/** A sentence whose parts between * are strong: "Revenue is *up 8 %*". */
export function strong(sentence: string, mark: keyof HTMLElementTagNameMap = 'strong'): Node[] {
    return sentence.split('*').map((part, i) => (i % 2 === 1 ? h(mark, null, part) : document.createTextNode(part)));
}

let ids = 0;
export function freshId(prefix: string): string {
    ids += 1;
    return `${prefix}-${ids}`;
}
