// Product Performance: what sells, what is seen, what runs out, which price and what buyers say.
import { figure, num, table, text, type Doc } from '../../data/document';
import type { Context, Docs } from '../../ui/card';
import type { Kpi } from '../../ui/kpi';
import { shortTitle } from '../../words/names';
import { count, range, roundMoney, share } from '../../words/numbers';
import type { Lead, Page } from '../page';
import { eyebrow, needOrders } from '../shared';
import { concentrationCard } from './concentration';
import { listCard } from './list';
import { marginCard } from './margin';
import { priceCard } from './price';
import { seenCard } from './seen';
import { liesCard, runsOutCard } from './supply';
import { returnsCard, voicesCard } from './voices';

const FEW = 20; /* products sold, under which four fifths of the revenue say nothing */
const THIN = 0.5; /* of the shop's margin: under it a product that sells well earns little */
const BEST = 20; /* products among which a thin margin is worth a sentence */

/** "170 of 322 products earn four fifths of the revenue. 35 run out before a delivery can arrive." */
export function sentence(products: Doc, stock: Doc | undefined): string {
    const sold = figure(products, 'products_sold')?.value ?? 0;
    const first = num(table(products, 'abc').rows[0], 'products') ?? 0;
    const out = stock === undefined ? null : (figure(stock, 'run_out')?.value ?? null);
    const parts = [
        sold === 0
            ? 'No product was sold in the period.'
            : sold < FEW
              ? `*${count(sold)} ${sold === 1 ? 'product' : 'products'}* sold in the period.`
              : `*${count(first)} of ${count(sold)} products* earn four fifths of the revenue.`,
    ];
    if (out !== null) {
        parts.push(
            out === 0
                ? 'None runs out before a delivery can arrive.'
                : `${count(out)} ${out === 1 ? 'runs' : 'run'} out before a delivery can arrive.`,
        );
    }
    return parts.join(' ');
}

/** What lies, and what sells well and earns little. */
export function words(products: Doc, stock: Doc | undefined): string {
    const parts: string[] = [];
    const lies = stock === undefined ? undefined : figure(stock, 'dead_value');
    if (lies?.value != null && lies.value > 0) {
        parts.push(`${lies.note ?? 'Products'} in stock sold nothing and hold *${roundMoney(lies.value)}*.`);
    }
    const usual = figure(products, 'margin')?.value ?? null;
    const thin = table(products, 'products')
        .rows.slice(0, BEST)
        .filter((r) => usual !== null && (num(r, 'margin') ?? usual) < usual * THIN)
        .sort((a, b) => (num(b, 'revenue') ?? 0) - (num(a, 'revenue') ?? 0))[0];
    if (thin !== undefined) {
        parts.push(
            `${shortTitle(text(thin, 'title') || text(thin, 'item'), 48)} sells well at a margin of only *${share(num(thin, 'margin') ?? 0)}*.`,
        );
    }
    return parts.join(' ');
}

export const products: Page = {
    id: 'products',
    title: 'Product Performance',
    short: 'Products',
    icon: 'box-open',
    needs: ['products'],
    wants: ['stock'],
    lead(docs, context): Lead {
        needOrders(docs.products, context);
        return {
            eyebrow: eyebrow(
                `Product performance · ${count(context.meta.products)} products`,
                docs.products.period,
                docs.products.time_zone,
            ),
            sentence: sentence(docs.products, docs.stock),
            text: words(docs.products, docs.stock),
        };
    },
    kpis(docs: Docs, context: Context): Kpi[] {
        const of = (id: string) => figure(docs.products, id);
        const courses = table(docs.products, 'courses').rows;
        const lost = of('lost_revenue');
        const ratings = of('ratings')?.value ?? 0;
        return [
            {
                label: 'Products sold',
                figure: of('products_sold'),
                courses,
                under: `of ${count(context.meta.products)}`,
            },
            { label: 'Items sold', figure: of('units'), courses },
            { label: 'Gross margin', figure: of('margin'), courses },
            { label: 'Sold out', figure: of('sold_out'), courses },
            {
                label: 'Lost, sold out',
                figure: lost,
                courses,
                ...(lost?.low != null && lost.high !== null
                    ? { under: range(roundMoney(lost.low), roundMoney(lost.high)) }
                    : {}),
            },
            { label: 'Mean rating', figure: of('rating'), courses, under: `${count(ratings)} ratings` },
        ];
    },
    cards: [
        concentrationCard,
        seenCard,
        listCard,
        runsOutCard,
        priceCard,
        returnsCard,
        voicesCard,
        marginCard,
        liesCard,
    ],
};
