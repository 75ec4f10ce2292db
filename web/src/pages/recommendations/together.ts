// What is bought together? Pairs beyond chance, with both photos.
import { num, table, text, type Row } from '../../data/document';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { photo } from '../../ui/thing';
import { shortTitle } from '../../words/names';
import { count, decimal } from '../../words/numbers';
import { plainTable } from '../shared';

const PAIRS = 6;

function pairRow(context: Context, row: Row): HTMLElement {
    const open = (which: 'item' | 'other'): HTMLElement => {
        const id = text(row, `${which}_id`);
        return h(
            'button',
            {
                type: 'button',
                class: 'speaker',
                'aria-label': text(row, which),
                onClick: () => context.set({ open: `item:${id}` }),
            },
            photo(context, id),
        );
    };
    return h(
        'div',
        { class: 'pair' },
        open('item'),
        open('other'),
        h(
            'div',
            { class: 'pair-words' },
            h('span', { dir: 'auto' }, text(row, 'item')),
            h('span', { class: 'muted', dir: 'auto' }, `+ ${text(row, 'other')}`),
        ),
        h(
            'div',
            { class: 'number' },
            `${decimal(num(row, 'lift') ?? 0, 0)}×`,
            h('span', { class: 'sub' }, `${count(num(row, 'rule_baskets') ?? 0)} orders`),
        ),
    );
}

export const togetherCard: CardSpec = {
    id: 'together',
    span: 5,
    question: 'What is bought together?',
    defines: ['lift', 'rule_baskets', 'confidence'],
    needs: ['pairs'],
    render(docs, context) {
        const rows = table(docs.pairs, 'pairs').rows;
        const first = rows[0];
        if (first === undefined) {
            throw new Missing(
                'No two products go together beyond chance',
                'It takes more orders with two products and more.',
                'layer-group',
            );
        }
        return {
            finding: `Offer “${shortTitle(text(first, 'item'))}” beside “${shortTitle(text(first, 'other'))}”`,
            note: 'Times more often together than by chance, in orders of a year.',
            table: plainTable(docs.pairs, 'pairs', 'bought-together'),
            body: () => h('div', { class: 'pairs' }, ...rows.slice(0, PAIRS).map((row) => pairRow(context, row))),
            foot:
                rows.length > PAIRS
                    ? `${PAIRS} of ${rows.length} pairs; the table has all.`
                    : 'All pairs clear the line that chance draws.',
        };
    },
};
