// Customer Insights: who buys, who comes back, what they will bring, and who is about to leave.
import { figure, table } from '../../data/document';
import type { Kpi } from '../../ui/kpi';
import { byUnit, count, range } from '../../words/numbers';
import type { Lead, Page } from '../page';
import { comparedWith, eyebrow, needOrders } from '../shared';
import { cohortsCard, spendersCard } from './cohorts';
import { bandsCard, segmentsCard } from './groups';
import { secondCard, weeksCard } from './who';
import { customersSentence, customersText } from './words';
import { churnCard, worthCard } from './worth';
import { writeCard } from './write';

export const customers: Page = {
    id: 'customers',
    title: 'Customer Insights',
    short: 'Customers',
    icon: 'users',
    needs: ['customers', 'cohorts', 'clv', 'rhythm'],
    lead(docs, context): Lead {
        const doc = docs.customers;
        needOrders(doc, context);
        const compared = context.controls.compare === 'none' ? '' : comparedWith(context);
        return {
            eyebrow: `${eyebrow('Customer insights', doc.period, doc.time_zone)} · ${count(context.meta.customers)} customers`,
            sentence: customersSentence(figure(doc, 'new_customers'), figure(docs.cohorts, 'second_order'), compared),
            text: customersText(table(doc, 'customers').rows, figure(docs.rhythm, 'late_customers'), compared !== ''),
        };
    },
    kpis(docs): Kpi[] {
        const doc = docs.customers;
        const courses = table(doc, 'courses').rows;
        const second = figure(docs.cohorts, 'second_order');
        const ahead = figure(docs.clv, 'future_revenue');
        return [
            { label: 'Customers who bought', figure: figure(doc, 'customers'), courses },
            { label: 'New customers', figure: figure(doc, 'new_customers'), courses },
            {
                label: 'Second order in 60 d',
                figure: second,
                ...(second?.low == null || second.high === null
                    ? {}
                    : { under: `${range(byUnit(second.low, 'share'), byUnit(second.high, 'share'))}, all history` }),
            },
            { label: 'Worth in next 12 mo', figure: ahead },
            { label: 'Slipping away', figure: figure(docs.rhythm, 'late_customers'), under: 'silent for too long' },
        ];
    },
    cards: [weeksCard, secondCard, bandsCard, segmentsCard, cohortsCard, spendersCard, worthCard, churnCard, writeCard],
};
