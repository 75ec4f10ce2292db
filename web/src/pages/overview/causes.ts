// Where did the change come from, where do visitors stop, who buys?
import { figure, num, sum, table, text, type Figure } from '../../data/document';
import { changeMark, diverging, meter } from '../../charts/rows';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { categoryIcon } from '../../ui/icons';
import { changeText, course, listing, tone } from '../../words/findings';
import { change, count, money, moneyChange, share } from '../../words/numbers';
import { changeCell, needOrders, plainTable, relative, row } from '../shared';

export const causesCard: CardSpec = {
    id: 'causes',
    span: 6,
    question: 'Where did the change come from?',
    defines: ['contribution', 'revenue'],
    needs: ['overview'],
    render(docs, context) {
        needOrders(docs.overview, context);
        const compared = context.controls.compare !== 'none' && docs.overview.compared !== null;
        const rows = [...table(docs.overview, 'categories').rows].sort(
            (a, b) =>
                (num(b, 'contribution') ?? num(b, 'revenue') ?? 0) - (num(a, 'contribution') ?? num(a, 'revenue') ?? 0),
        );
        const data = plainTable(docs.overview, 'categories', 'categories');
        const open = (name: string) => () => context.set({ category: context.controls.category === name ? '' : name });
        if (!compared) {
            const most = Math.max(...rows.map((r) => num(r, 'share') ?? 0));
            return {
                finding: `${text(rows[0], 'category')} brings most`,
                note: 'Share of revenue. Click a row to filter.',
                table: data,
                body: () =>
                    h(
                        'div',
                        { class: 'rows' },
                        ...rows
                            .slice(0, 8)
                            .map((r) =>
                                row(
                                    'minmax(6rem, 10rem) minmax(4rem, 1fr) 5rem 3.5rem',
                                    '',
                                    open(text(r, 'category')),
                                    h(
                                        'span',
                                        { class: 'name' },
                                        categoryIcon(text(r, 'category')),
                                        text(r, 'category'),
                                    ),
                                    meter((num(r, 'share') ?? 0) / most),
                                    h('span', { class: 'number' }, money(num(r, 'revenue') ?? 0)),
                                    h('span', { class: 'number muted' }, share(num(r, 'share') ?? 0)),
                                ),
                            ),
                    ),
            };
        }
        const parts = rows.map((r) => num(r, 'contribution') ?? 0);
        const most = Math.max(...parts.map(Math.abs), 1);
        const least = Math.min(0, ...parts);
        const left = least === 0 ? 0.02 : Math.max(0.12, Math.min(0.88, -least / (Math.max(0, ...parts) - least || 1)));
        const up = rows.filter((r) => (num(r, 'contribution') ?? 0) > 0);
        const down = rows.filter((r) => (num(r, 'contribution') ?? 0) < 0).reverse();
        const gained = up.slice(0, 3);
        const lost = down.slice(0, 2);
        const words = [
            gained.length > 0 &&
                `${listing(gained.map((r) => text(r, 'category')))} added ${moneyChange(sum(gained, 'contribution')).replace('+', '')}`,
            lost.length > 0 &&
                `${listing(lost.map((r) => text(r, 'category')))} ${gained.length > 0 ? 'gave back' : 'lost'} ${moneyChange(-sum(lost, 'contribution')).replace('+', '')}`,
        ].filter(Boolean);
        const total = sum(rows, 'contribution');
        const before = sum(rows, 'revenue_before');
        const columns = 'minmax(5rem, 9rem) minmax(3rem, 1fr) 5rem 3.5rem';
        return {
            finding: words.length === 0 ? 'Nothing changed' : words.join('; '),
            note: 'Change in revenue against the comparison. Click a row to filter.',
            table: data,
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...rows.slice(0, 9).map((r) => {
                        const part = num(r, 'contribution') ?? 0;
                        const rel = relative(r, 'revenue', 'revenue_before');
                        return row(
                            columns,
                            '',
                            open(text(r, 'category')),
                            h('span', { class: 'name brief' }, categoryIcon(text(r, 'category')), text(r, 'category')),
                            diverging(part, part >= 0 ? Math.max(...parts, 1) : most, left),
                            h('span', { class: `number ${part >= 0 ? 'good-text' : 'bad-text'}` }, moneyChange(part)),
                            h('span', { class: 'number muted' }, rel === null ? 'new' : change(rel)),
                        );
                    }),
                    row(
                        columns,
                        'ruled',
                        null,
                        h('span', { class: 'name' }, 'All categories'),
                        h('span', null),
                        h('span', { class: 'number' }, moneyChange(total)),
                        h('span', { class: 'number muted' }, before === 0 ? '' : change(total / before)),
                    ),
                ),
        };
    },
};

function step(name: string, f: Figure | undefined, quiet: boolean): HTMLElement {
    return h(
        'div',
        { class: 'step' },
        h(
            'div',
            { class: 'step-top' },
            name,
            f === undefined ? null : changeMark(changeText(f), tone(f), course(f)),
            h('span', { class: 'value' }, f?.value == null ? '–' : share(f.value)),
        ),
        meter(f?.value ?? 0, f?.before ?? null, quiet ? 'quiet' : ''),
    );
}

function stepsFinding(cart: Figure | undefined, paid: Figure | undefined): string {
    const [a, b] = [course(cart), course(paid)];
    if (a === 'up' && b === 'down') {
        return 'More people fill a cart, but fewer carts get paid';
    }
    if (a === 'down' && b === 'up') {
        return 'Fewer people fill a cart, but more carts get paid';
    }
    if (a === b && (a === 'up' || a === 'down')) {
        return a === 'up'
            ? 'More visitors fill a cart, and more carts get paid'
            : 'Fewer visitors fill a cart, and fewer carts get paid';
    }
    const lost = cart?.value != null && paid?.value != null && 1 - cart.value > 1 - paid.value;
    return lost ? 'Most who stop do so before the cart' : 'Most who stop do so with a full cart';
}

export const stepsCard: CardSpec = {
    id: 'steps',
    span: 6,
    question: 'Where do visitors stop?',
    defines: ['visits', 'visit_to_cart', 'cart_to_order', 'conversion'],
    needs: ['overview'],
    render(docs, context) {
        const of = (id: string) => figure(docs.overview, id);
        const visits = of('visits');
        if (visits?.value == null || visits.value === 0) {
            throw new Missing('No visits were told', 'Views and carts sent as events show here where visitors stop.');
        }
        const cart = of('visit_to_cart');
        const paid = of('cart_to_order');
        return {
            finding: stepsFinding(cart, paid),
            note: `Each bar is a share of the step before, of ${count(visits.value)} visits with a view.${context.controls.compare === 'none' ? '' : ' Dashed mark: comparison.'}`,
            table: {
                name: 'visits',
                caption: 'Steps of visitors',
                columns: [
                    { id: 'step', name: 'Step', unit: 'text', value: (f: Figure) => f.name },
                    { id: 'value', name: 'Now', unit: 'share', value: (f: Figure) => f.value },
                    { id: 'before', name: 'Before', unit: 'share', value: (f: Figure) => f.before },
                ],
                rows: [cart, paid, of('conversion')].filter((f) => f !== undefined),
            },
            body: () =>
                h(
                    'div',
                    { class: 'steps' },
                    step('Visitors who fill a cart', cart, true),
                    step('… who then pay', paid, false),
                    step('All visitors who buy', of('conversion'), false),
                ),
        };
    },
};

const SERIES: Record<string, number> = { returning: 1, premium: 2, new: 3, guests: 8 };
const NAMES: Record<string, string> = {
    new: 'New customers',
    returning: 'Returning',
    premium: 'Premium',
    guests: 'Guests',
};

export function buyersFinding(context: Context, rows: ReturnType<typeof table>['rows']): string {
    if (context.controls.compare === 'none') {
        const first = [...rows].sort((a, b) => (num(b, 'share') ?? 0) - (num(a, 'share') ?? 0))[0];
        return first === undefined
            ? 'Nobody bought'
            : `${NAMES[text(first, 'customers')] ?? text(first, 'customers')} bring most`;
    }
    const total = sum(rows, 'contribution');
    const first = [...rows].sort(
        (a, b) => Math.abs(num(b, 'contribution') ?? 0) - Math.abs(num(a, 'contribution') ?? 0),
    )[0];
    const part = num(first, 'contribution') ?? 0;
    const name = NAMES[text(first, 'customers')] ?? text(first, 'customers');
    if (Math.abs(part) < 0.02 * sum(rows, 'revenue_before') || Math.sign(part) !== Math.sign(total)) {
        return 'No kind of customer stands out';
    }
    return part > 0 ? `${name} carry the rise` : `${name} explain the fall`;
}

export const buyersCard: CardSpec = {
    id: 'buyers',
    span: 4,
    question: 'Who buys?',
    defines: ['customers', 'new_customers', 'returning_customers'],
    needs: ['overview'],
    render(docs, context) {
        needOrders(docs.overview, context);
        const rows = table(docs.overview, 'customers').rows.filter(
            (r) => (num(r, 'revenue') ?? 0) !== 0 || (num(r, 'revenue_before') ?? 0) !== 0,
        );
        const most = Math.max(...rows.flatMap((r) => [num(r, 'revenue') ?? 0, num(r, 'revenue_before') ?? 0]), 1);
        const compared = context.controls.compare !== 'none';
        return {
            finding: buyersFinding(context, rows),
            note: `Revenue by kind of customer.${compared ? ' Dashed mark: comparison.' : ''}`,
            table: plainTable(docs.overview, 'customers', 'kinds-of-customer'),
            body: () =>
                h(
                    'div',
                    { class: 'steps' },
                    ...rows.map((r) => {
                        const kind = text(r, 'customers');
                        const bar = meter(
                            (num(r, 'revenue') ?? 0) / most,
                            compared ? (num(r, 'revenue_before') ?? 0) / most : null,
                            `series-${SERIES[kind] ?? 8}`,
                        );
                        const content = [
                            h(
                                'div',
                                { class: 'step-top' },
                                h('span', { class: `swatch series-${SERIES[kind] ?? 8}` }),
                                NAMES[kind] ?? kind,
                                h('span', { class: 'value' }, money(num(r, 'revenue') ?? 0)),
                                compared ? changeCell(relative(r, 'revenue', 'revenue_before')) : null,
                            ),
                            bar,
                        ];
                        const filter = ['new', 'returning', 'premium'].includes(kind);
                        return filter
                            ? h(
                                  'button',
                                  {
                                      type: 'button',
                                      class: 'step',
                                      onClick: () =>
                                          context.set({ customers: context.controls.customers === kind ? '' : kind }),
                                  },
                                  ...content,
                              )
                            : h('div', { class: 'step' }, ...content);
                    }),
                ),
        };
    },
};
