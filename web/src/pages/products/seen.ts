// Seen and bought? Products by how often they are seen and how often that ends in a sale.
import { num, table, text, type Doc, type Row } from '../../data/document';
import { scatter, type Quarter } from '../../charts/scatter';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { shortTitle } from '../../words/names';
import { count, money, share } from '../../words/numbers';
import { plainTable } from '../shared';

const QUARTERS: Record<string, Quarter> = { sleeper: 0, 'looked at and left': 1, 'hidden gem': 2, star: 3 };
const NAMES: readonly [string, string, string, string] = ['Sleepers', 'Looked at, left', 'Hidden gems', 'Stars'];
const FEW = 20; /* products with views enough, under which quarters say nothing */

function marked(doc: Doc, quarter: string): number {
    const row = table(doc, 'seen_quarters').rows.find((r) => text(r, 'quarter') === quarter);
    return num(row, 'marked') ?? 0;
}

/** Only what is beyond chance is counted; where nothing is, that is said. */
export function finding(doc: Doc): string {
    const gems = marked(doc, 'hidden gem');
    const left = marked(doc, 'looked at and left');
    if (gems > 0) {
        return `${count(gems)} hidden ${gems === 1 ? 'gem sells' : 'gems sell'} well whenever someone sees ${gems === 1 ? 'it' : 'them'}`;
    }
    if (left > 0) {
        return `${left === 1 ? 'One product is' : `${count(left)} products are`} looked at often and bought seldom`;
    }
    return 'No product sells better or worse when seen than others do, beyond chance';
}

/** The marks worth a name: beyond chance first, then the greatest of each quarter that says something. */
export function named(rows: readonly Row[]): number[] {
    const sure = rows.flatMap((r, i) => (text(r, 'mark') !== '' ? [i] : []));
    const best = ['hidden gem', 'star', 'looked at and left'].flatMap((quarter) => {
        const i = rows.findIndex((r) => text(r, 'quarter') === quarter);
        return i < 0 ? [] : [i];
    });
    return [...new Set([...sure, ...best])].slice(0, 3);
}

export const seenCard: CardSpec = {
    id: 'seen',
    span: 7,
    question: 'Seen and bought?',
    defines: ['views_that_buy', 'false_discovery'],
    needs: ['products_quarter'],
    render(docs, context) {
        const rows = table(docs.products_quarter, 'seen').rows;
        const middle = table(docs.products_quarter, 'seen_middle').rows[0];
        const all = num(middle, 'products') ?? 0;
        if (middle === undefined || all < FEW) {
            throw new Missing(
                'Too few views to tell',
                `This needs ${FEW} products with ten views each in 90 days. Views come as events from your pages.`,
                'eye',
            );
        }
        const title = (r: Row): string => text(r, 'title') || text(r, 'item');
        const gems = marked(docs.products_quarter, 'hidden gem');
        return {
            finding: finding(docs.products_quarter),
            note: `Each mark is a product with ten views or more in 90 days; size is revenue. Dotted lines are medians.`,
            table: plainTable(docs.products_quarter, 'seen', 'seen-and-bought'),
            body: () =>
                scatter({
                    label: finding(docs.products_quarter),
                    marks: rows.map((r) => ({
                        x: num(r, 'views') ?? 0,
                        y: num(r, 'views_that_buy') ?? 0,
                        size: num(r, 'revenue') ?? 0,
                        quarter: QUARTERS[text(r, 'quarter')] ?? 0,
                        name: shortTitle(title(r), 24),
                    })),
                    middle: { x: num(middle, 'views') ?? 0, y: num(middle, 'views_that_buy') ?? 0 },
                    quarters: NAMES,
                    named: named(rows),
                    x: { title: 'product views, 90 days', words: count, log: true },
                    y: { title: 'views that buy', words: (v) => share(v, 0) },
                    tooltip: (i) => {
                        const r = rows[i] ?? {};
                        const mark = text(r, 'mark');
                        return {
                            title: shortTitle(title(r), 60),
                            lines: [
                                { name: 'Views', value: count(num(r, 'views') ?? 0) },
                                { name: 'Views that buy', value: share(num(r, 'views_that_buy') ?? 0, 0) },
                                { name: 'Revenue', value: money(num(r, 'revenue') ?? 0) },
                            ],
                            foot: mark === '' ? 'Within chance. Enter opens it.' : `Bought ${mark}, beyond chance.`,
                        };
                    },
                    open: (i) => context.set({ open: `item:${text(rows[i], 'item')}` }),
                }),
            foot:
                gems > 0
                    ? 'Show the gems higher in lists and recommendations.'
                    : rows.length < all
                      ? `The ${count(rows.length)} with most revenue of ${count(all)} products.`
                      : `${count(all)} products.`,
        };
    },
};
