// Which products are alike? A map by photos or by words; near is alike.
import type { ItemMap } from '../../data/answers';
import { AnswerError } from '../../data/source';
import { cloud, type CloudPoint } from '../../charts/cloud';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { clear, h } from '../../ui/dom';
import { photo } from '../../ui/thing';
import { count } from '../../words/numbers';
import { groupsOf } from './brought';

async function read(context: Context, by: string): Promise<ItemMap> {
    try {
        return await context.source.get<ItemMap>('map', { by });
    } catch (error) {
        if (error instanceof AnswerError && error.status === 404) {
            throw new Missing(
                'No photo or text was read yet',
                'Once an encoder has read the products, they stand here as a map: what looks alike lies near.',
                'image',
            );
        }
        throw error;
    }
}

export const mapCard: CardSpec = {
    id: 'map',
    span: 8,
    question: 'Which products are alike?',
    defines: [],
    needs: [],
    async render(_docs, context) {
        let by = 'image';
        let map: ItemMap;
        try {
            map = await read(context, by);
        } catch (error) {
            if (!(error instanceof Missing)) {
                throw error;
            }
            by = 'text';
            map = await read(context, by);
        }
        const draw = (m: ItemMap): { node: HTMLElement; destroy?(): void } => {
            const groups = groupsOf(m.points);
            const points: CloudPoint[] = m.points.map((p) => {
                const series = groups.indexOf(p.category);
                return { x: p.x, y: p.y, series: series < 0 ? 7 : series, title: p.title || p.item, group: p.category };
            });
            const drawn = cloud({
                label: `Map of ${m.points.length} products: ${m.by === 'image' ? 'near where photos are alike' : 'near where descriptions are alike'}. Arrow keys go from product to product, Enter opens one.`,
                height: 420,
                points,
                picture: (i) => photo(context, m.points[i]?.item ?? '', 160),
                open: (i) => context.set({ open: `item:${m.points[i]?.item ?? ''}` }),
            });
            const others = points.some((p) => p.series === 7);
            const key = h(
                'p',
                { class: 'key' },
                ...groups.map((name, i) =>
                    h('span', null, h('i', { class: `shape shape-${i + 1} series-${i + 1}` }), name),
                ),
                others && h('span', null, h('i', { class: 'shape shape-8 series-8' }), 'others'),
            );
            return {
                node: h('div', { class: 'cloud-frame' }, key, drawn.node),
                ...(drawn.destroy ? { destroy: drawn.destroy } : {}),
            };
        };
        const place = h('div', { class: 'cloud-place' });
        let shown: { node: HTMLElement; destroy?(): void } | null = null;
        const show = (m: ItemMap): void => {
            shown?.destroy?.();
            shown = draw(m);
            clear(place, shown.node);
            drawSwitch();
        };
        const tools = h('span', { class: 'segments', role: 'group', 'aria-label': 'Alike by' });
        const drawSwitch = (): void =>
            clear(
                tools,
                ...(['image', 'text'] as const).map((kind) =>
                    h(
                        'button',
                        {
                            type: 'button',
                            class: 'segment',
                            'aria-pressed': String(kind === map.by),
                            onClick: () => {
                                place.setAttribute('aria-busy', 'true');
                                void read(context, kind)
                                    .then((m) => {
                                        map = m;
                                        show(m);
                                    })
                                    .catch((error: unknown) =>
                                        clear(
                                            place,
                                            h(
                                                'p',
                                                { class: 'note' },
                                                error instanceof Missing ? error.advice : String(error),
                                            ),
                                        ),
                                    )
                                    .finally(() => place.removeAttribute('aria-busy'));
                            },
                        },
                        kind === 'image' ? 'Photos' : 'Words',
                    ),
                ),
            );
        drawSwitch();
        return {
            finding: 'Near is alike: islands are goods that replace each other',
            note: `${map.points.length < map.items ? `${count(map.points.length)} of ${count(map.items)}` : count(map.items)} products. ${map.method === 'tsne' ? 'Neighbours tell; distances between islands do not.' : 'The two directions in which products differ most.'}`,
            tools,
            table: {
                name: 'map',
                caption: 'Products on the map',
                columns: [
                    {
                        id: 'title',
                        name: 'Product',
                        unit: 'text',
                        value: (p: ItemMap['points'][number]) => p.title || p.item,
                    },
                    {
                        id: 'category',
                        name: 'Category',
                        unit: 'text',
                        value: (p: ItemMap['points'][number]) => p.category,
                    },
                    { id: 'x', name: 'Across', unit: 'number', value: (p: ItemMap['points'][number]) => p.x },
                    { id: 'y', name: 'Up', unit: 'number', value: (p: ItemMap['points'][number]) => p.y },
                ],
                rows: map.points,
                search: true,
                onRow: (p: ItemMap['points'][number]) => context.set({ open: `item:${p.item}` }),
            },
            body: () => {
                show(map);
                return { node: place, destroy: () => shown?.destroy?.() };
            },
        };
    },
};
