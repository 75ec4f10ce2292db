// Business Overview: how is business, and what is worth doing today?
import { figure, num, sum, table, text } from '../../data/document';
import type { Context, Docs } from '../../ui/card';
import type { Kpi } from '../../ui/kpi';
import { cause, COMPARED_WITH, course, FEW_ORDERS, listing, sizeText } from '../../words/findings';
import { moneyChange, roundMoney, share } from '../../words/numbers';
import type { Lead, Page } from '../page';
import { eyebrow, needOrders } from '../shared';
import { actionsCard } from './actions';
import { buyersCard, causesCard, stepsCard } from './causes';
import { daysCard } from './days';
import { moversCard } from './movers';
import { aheadCard, payCard } from './outlook';

function sentence(docs: Docs, context: Context): string {
    const revenue = figure(docs.overview, 'revenue');
    if (revenue?.value == null) {
        return 'Nothing was sold in the period.';
    }
    const with_ = COMPARED_WITH[context.controls.compare] ?? '';
    if (revenue.before === null || revenue.change === null) {
        return `*${roundMoney(revenue.value)}* came in.`;
    }
    const way = course(revenue);
    const orders = figure(docs.overview, 'orders');
    if (Math.min(orders?.value ?? 0, orders?.before ?? 0) < FEW_ORDERS) {
        return `*${roundMoney(revenue.value)}* came in, after ${roundMoney(revenue.before)}. So few orders say little.`;
    }
    if (way === 'same' || way === 'unknown') {
        return `A usual period: *${roundMoney(revenue.value)}*, about the same as ${with_.replace('on ', '')}.`;
    }
    const why = cause(table(docs.overview, 'categories').rows, 'category', revenue.value - revenue.before);
    return `Revenue is *${way} ${sizeText(revenue.change)}* ${with_}.${why === null ? '' : ` ${why}.`}`;
}

function words(docs: Docs): string {
    const revenue = figure(docs.overview, 'revenue');
    const parts: string[] = [];
    if (revenue?.value != null && revenue.before !== null) {
        const difference = revenue.value - revenue.before;
        parts.push(
            `The period brought *${roundMoney(revenue.value)}*, *${roundMoney(Math.abs(difference))} ${difference >= 0 ? 'more' : 'less'}* than the comparison.`,
        );
        const against = table(docs.overview, 'categories')
            .rows.filter((r) => Math.sign(num(r, 'contribution') ?? 0) === -Math.sign(difference))
            .sort((a, b) => Math.abs(num(b, 'contribution') ?? 0) - Math.abs(num(a, 'contribution') ?? 0))
            .slice(0, 2);
        if (against.length > 0) {
            parts.push(
                `${listing(against.map((r) => text(r, 'category')))} went the other way (${moneyChange(sum(against, 'contribution'))}).`,
            );
        }
    }
    const unknown = figure(docs.overview, 'cost_known')?.value;
    if (unknown != null && unknown < 0.995) {
        parts.push(`Profit is of the ${share(unknown)} of revenue whose cost is known.`);
    }
    return parts.join(' ');
}

export const overview: Page = {
    id: 'overview',
    title: 'Business Overview',
    short: 'Overview',
    icon: 'chart-line',
    needs: ['overview'],
    lead(docs, context): Lead {
        needOrders(docs.overview, context);
        return {
            eyebrow: eyebrow('Business overview', docs.overview.period, docs.overview.time_zone),
            sentence: sentence(docs, context),
            text: words(docs),
        };
    },
    kpis(docs): Kpi[] {
        const of = (id: string) => figure(docs.overview, id);
        const courses = table(docs.overview, 'courses').rows;
        return [
            { label: 'Revenue', figure: of('revenue'), courses },
            { label: 'Orders', figure: of('orders'), courses },
            { label: 'Average order', figure: of('average_order'), courses },
            { label: 'Visitors who buy', figure: of('conversion'), courses },
            { label: 'Gross margin', figure: of('margin'), courses },
            { label: 'Items sent back', figure: of('return_rate'), courses },
        ];
    },
    cards: [daysCard, actionsCard, causesCard, stepsCard, moversCard, aheadCard, buyersCard, payCard],
};
