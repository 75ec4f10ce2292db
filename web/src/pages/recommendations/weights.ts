// What does the model go by? How much room each kind of knowledge has, by category; of models that tell.
import type { Weights } from '../../data/answers';
import { meter } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { share } from '../../words/numbers';
import { row } from '../shared';
import { sharesOf, type Shares } from './brought';

const NAMES: Record<string, string> = {
    id: 'who buys it',
    text: 'words',
    image: 'photos',
    attributes: 'brand, category',
    sales: 'how it sells',
};
const CATEGORIES = 6;

export const weightsCard: CardSpec = {
    id: 'weights',
    span: 4,
    question: 'What does the model go by?',
    defines: [],
    needs: [],
    async render(_docs, context) {
        const model = context.meta.model;
        const missing = new Missing(
            'The model that answers weighs nothing by category',
            'A model of the kind “fusion” learns how much photos, words and buyers count for each category; then it is told here.',
            'layer-group',
        );
        if (model === null || model === '') {
            throw missing;
        }
        if (!context.source.live) {
            throw new Missing(
                'What the model weighs needs the server',
                'A report carries the figures alone.',
                'layer-group',
            );
        }
        const { weights } = await context.source.get<Weights>(`models/${encodeURIComponent(model)}/weights`, {});
        const shares = sharesOf(weights);
        const all = shares.find((s) => s.place === '') ?? shares[0];
        const first = all?.parts[0];
        if (all === undefined || first === undefined) {
            throw missing;
        }
        return {
            finding: `It goes by ${NAMES[first.name] ?? first.name} most: ${share(first.value, 0)}`,
            note: 'How much room each kind of knowledge has in the picture that the model has of a product.',
            table: {
                name: 'weights',
                caption: 'What the model goes by',
                columns: [
                    { id: 'place', name: 'Category', unit: 'text', value: (s: Shares) => s.place || 'all products' },
                    ...all.parts.map((p) => ({
                        id: p.name,
                        name: NAMES[p.name] ?? p.name,
                        unit: 'share',
                        value: (s: Shares) => s.parts.find((q) => q.name === p.name)?.value ?? null,
                    })),
                    { id: 'n', name: 'Products', unit: 'count', value: (s: Shares) => s.n },
                ],
                rows: shares,
            },
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...all.parts.map((p) =>
                        row(
                            'minmax(5rem, 8rem) minmax(4rem, 1fr) 2.75rem',
                            '',
                            null,
                            h('span', { class: 'name' }, NAMES[p.name] ?? p.name),
                            meter(p.value),
                            h('span', { class: 'number' }, share(p.value, 0)),
                        ),
                    ),
                    ...shares
                        .filter((s) => s.place !== '')
                        .slice(0, CATEGORIES)
                        .map((s) =>
                            row(
                                'minmax(5rem, 1fr) auto',
                                'ruled',
                                null,
                                h('span', { class: 'name', title: s.place }, s.place.split(' > ').pop() ?? s.place),
                                h(
                                    'span',
                                    { class: 'sub' },
                                    s.parts
                                        .slice(0, 2)
                                        .map((p) => `${NAMES[p.name] ?? p.name} ${share(p.value, 0)}`)
                                        .join(', '),
                                ),
                            ),
                        ),
                ),
        };
    },
};
