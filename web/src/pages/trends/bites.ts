// Where do prices bite? Elasticities of categories around -1, where revenue turns.
import { num, table, text, type Row } from '../../data/document';
import { interval } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { listing } from '../../words/findings';
import { leafOf } from '../../words/names';
import { count, decimal } from '../../words/numbers';
import { plainTable, row } from '../shared';

const SHOWN = 8;
const EVEN = -1; /* where a higher price loses as much as it brings */

const value = (r: Row): number => num(r, 'elasticity') ?? 0;
/** +1: cheaper earns more, surely; -1: dearer does; 0: not sure. */
export function sure(r: Row): number {
    const [low, high] = [num(r, 'elasticity_low'), num(r, 'elasticity_high')];
    return low === null || high === null ? 0 : high < EVEN ? 1 : low > EVEN ? -1 : 0;
}

export const leaf = (r: Row): string => leafOf(text(r, 'category'));

/** Those that are sure first, then the ends of the list: where buyers look most and least at the price. */
export function chosen(rows: readonly Row[]): Row[] {
    const order = [...rows].sort((a, b) => value(a) - value(b));
    const certain = order.filter((r) => sure(r) !== 0).slice(0, SHOWN);
    const rest = order.filter((r) => !certain.includes(r));
    const left = SHOWN - certain.length;
    const half = Math.ceil(left / 2);
    const ends = rest.length <= left ? rest : [...rest.slice(0, half), ...rest.slice(rest.length - (left - half))];
    return [...certain, ...ends].sort((a, b) => value(a) - value(b));
}

export function finding(rows: readonly Row[]): string {
    const cut = rows.filter((r) => sure(r) > 0).map(leaf);
    const raise = rows.filter((r) => sure(r) < 0).map(leaf);
    if (cut.length > 0) {
        return `${listing(cut.slice(0, 2))}${cut.length > 2 ? ' and others' : ''}: buyers look at the price`;
    }
    if (raise.length > 0) {
        return `${listing(raise.slice(0, 2))}: buyers hardly look at the price`;
    }
    return 'Nowhere is it sure that cheaper or dearer earns more';
}

/** What to do on both sides of the threshold. */
function around(at: number): HTMLElement {
    const words = h('span', { class: 'around' }, h('span', null, 'cut prices'), h('span', null, 'raise prices'));
    words.style.gridTemplateColumns = `${at.toFixed(3)}fr ${(1 - at).toFixed(3)}fr`;
    return words;
}

export const bitesCard: CardSpec = {
    id: 'bites',
    span: 5,
    question: 'Where do prices bite?',
    defines: ['elasticity'],
    needs: ['elasticity'],
    render(docs, context) {
        const all = table(docs.elasticity, 'categories').rows.filter((r) => num(r, 'elasticity') !== null);
        if (all.length === 0) {
            throw new Missing(
                'Prices have not moved enough to tell',
                'This takes goods that had several prices over some months.',
                'tag',
            );
        }
        const rows = chosen(all);
        const bounds = rows.flatMap((r) => [
            num(r, 'elasticity_low') ?? value(r),
            num(r, 'elasticity_high') ?? value(r),
        ]);
        const [from, until] = [Math.min(EVEN - 0.5, ...bounds), Math.max(EVEN + 0.5, ...bounds)];
        const columns = 'minmax(6rem, 9rem) minmax(4rem, 1fr) 3rem';
        return {
            finding: finding(all),
            note: `Change in items sold for 1% more price, 19 times in 20 within the line. Left of −1: cheaper earns more. ${rows.length < all.length ? `${rows.length} of ${count(all.length)} categories.` : ''}`,
            table: plainTable(docs.elasticity, 'categories', 'elasticities'),
            body: () =>
                h(
                    'div',
                    { class: 'rows spread' },
                    ...rows.map((r) =>
                        row(
                            columns,
                            '',
                            () =>
                                context.set({
                                    category:
                                        context.controls.category === text(r, 'category') ? '' : text(r, 'category'),
                                }),
                            h('span', { class: 'name' }, leaf(r)),
                            interval(value(r), num(r, 'elasticity_low'), num(r, 'elasticity_high'), from, until, {
                                kind: sure(r) === 0 ? 'grey' : '',
                                threshold: EVEN,
                            }),
                            h('span', { class: 'number' }, decimal(value(r), 1)),
                        ),
                    ),
                    row(
                        columns,
                        'axis-words',
                        null,
                        h('span', null),
                        around((EVEN - from) / (until - from)),
                        h('span', null),
                    ),
                ),
        };
    },
};
