// Sales Analysis: how much was sold, when, in what orders, and what changed it.
import { figure, table } from '../../data/document';
import type { Kpi } from '../../ui/kpi';
import { stepsCard } from '../overview/causes';
import type { Lead, Page } from '../page';
import { eyebrow, needOrders } from '../shared';
import { aheadCard } from './ahead';
import { bridgeCard, sizesCard } from './explain';
import { groupsCard } from './groups';
import { hoursCard } from './hours';
import { profitCard } from './profit';
import { trendCard } from './trend';
import { salesSentence, salesText } from './words';

export const sales: Page = {
    id: 'sales',
    title: 'Sales Analysis',
    short: 'Sales',
    icon: 'receipt',
    needs: ['sales'],
    lead(docs, context): Lead {
        const doc = docs.sales;
        needOrders(doc, context);
        const bridge = table(doc, 'bridge').rows;
        return {
            eyebrow: eyebrow('Sales analysis', doc.period, doc.time_zone),
            sentence: salesSentence(
                figure(doc, 'revenue'),
                figure(doc, 'orders'),
                bridge,
                figure(doc, 'discount_rate'),
            ),
            text: salesText(bridge),
        };
    },
    kpis(docs): Kpi[] {
        const of = (id: string) => figure(docs.sales, id);
        const courses = table(docs.sales, 'courses').rows;
        return [
            { label: 'Revenue', figure: of('revenue'), courses },
            { label: 'Orders', figure: of('orders'), courses },
            { label: 'Items sold', figure: of('units'), courses },
            { label: 'Items an order', figure: of('items_per_order'), courses },
            { label: 'Price an item', figure: of('price_paid'), courses },
            { label: 'Given as discount', figure: of('discounts'), courses },
        ];
    },
    cards: [aheadCard, hoursCard, bridgeCard, sizesCard, trendCard, profitCard, { ...stepsCard, span: 4 }, groupsCard],
};
