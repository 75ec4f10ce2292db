// What stands below a long table: which rows are shown, pages, the choice of columns, CSV.
import { clear, freshId, h } from './dom';
import { icon } from './icons';

export interface TableTools {
    node: HTMLElement;
    /** Says which rows of how many stand there, and whether there are pages before and after. */
    update(from: number, shown: number, all: number): void;
}

export interface ToolsFor {
    columns: readonly { id: string; name: string }[];
    chosen: ReadonlySet<string>;
    choose(id: string, on: boolean): void;
    turn(by: 1 | -1): void;
    csv(): void;
}

function columnChoice(o: ToolsFor): HTMLElement {
    const id = freshId('columns');
    const box = h(
        'div',
        { class: 'menu-box above', id, hidden: true, role: 'group', 'aria-label': 'Columns' },
        ...o.columns.map((column) => {
            const tick = h('input', {
                type: 'checkbox',
                checked: o.chosen.has(column.id),
                onChange: () => o.choose(column.id, tick.checked),
            });
            return h('label', { class: 'menu-choice' }, column.name, tick);
        }),
    );
    const button = h(
        'button',
        {
            type: 'button',
            class: 'button',
            'aria-expanded': 'false',
            'aria-controls': id,
            onClick: () => show(box.hidden),
        },
        'Columns',
    );
    const node = h('div', { class: 'menu' }, button, box);
    const outside = (event: Event): void => {
        if (event.target instanceof Node && !node.contains(event.target)) {
            show(false);
        }
    };

    function show(on: boolean): void {
        box.hidden = !on;
        button.setAttribute('aria-expanded', String(on));
        if (on) {
            document.addEventListener('click', outside);
        } else {
            document.removeEventListener('click', outside);
        }
    }

    node.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && !box.hidden) {
            event.stopPropagation();
            show(false);
            button.focus();
        }
    });
    return node;
}

export function tableTools(o: ToolsFor): TableTools {
    const where = h('span', { class: 'note', 'aria-live': 'polite' });
    const turn = (by: 1 | -1, words: string, picture: string): HTMLButtonElement =>
        h(
            'button',
            { type: 'button', class: 'button square', 'aria-label': words, title: words, onClick: () => o.turn(by) },
            icon(picture),
        );
    const back = turn(-1, 'Page before', 'arrow-left');
    const on = turn(1, 'Next page', 'arrow-right');
    const node = h(
        'div',
        { class: 'table-tools' },
        where,
        h(
            'div',
            { class: 'buttons' },
            back,
            on,
            columnChoice(o),
            h('button', { type: 'button', class: 'button', onClick: () => o.csv() }, icon('download'), 'CSV'),
        ),
    );
    return {
        node,
        update(from, shown, all) {
            clear(where, all === 0 ? 'No row matches' : `${from + 1} – ${from + shown} of ${all}`);
            back.disabled = from === 0;
            on.disabled = from + shown >= all;
        },
    };
}
