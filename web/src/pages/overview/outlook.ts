// What comes next, and do recommendations pay?
import { figure, num, sum, table, text } from '../../data/document';
import { lines } from '../../charts/lines';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { axisMoney, count, dayText, money, range, roundMoney, share, shortDay } from '../../words/numbers';
import { interval } from '../../charts/rows';
import { plainTable, row } from '../shared';

const WEEKS = 8;
const PEAK = 0.1; /* above the mean, to be worth a name */

export const aheadCard: CardSpec = {
    id: 'ahead',
    span: 4,
    question: 'What comes next?',
    defines: ['forecast_revenue'],
    needs: ['demand'],
    render(docs, context) {
        const ahead = table(docs.demand, 'forecast').rows.slice(0, WEEKS);
        if (ahead.length === 0) {
            throw new Missing('Forecasts start after a few weeks', docs.demand.lead);
        }
        const first = ahead[0];
        const peak = ahead.reduce(
            (best, r, i) =>
                (num(r, 'forecast_revenue') ?? 0) > (num(ahead[best], 'forecast_revenue') ?? 0) ? i : best,
            0,
        );
        const mean = sum(ahead, 'forecast_revenue') / ahead.length;
        const peaks = (num(ahead[peak], 'forecast_revenue') ?? 0) > (1 + PEAK) * mean;
        return {
            finding: `Expect ${roundMoney(num(first, 'forecast_revenue') ?? 0)} in the next week`,
            note: `${range(roundMoney(num(first, 'forecast_revenue_low') ?? 0), roundMoney(num(first, 'forecast_revenue_high') ?? 0))}, 8 times in 10. Revenue a week, ${WEEKS} weeks ahead.`,
            table: plainTable(docs.demand, 'forecast', 'forecast'),
            body: () =>
                lines({
                    label: 'Revenue a week ahead',
                    height: 200,
                    fill: false,
                    courses: [
                        {
                            kind: 'main',
                            values: ahead.map((r) => num(r, 'forecast_revenue')),
                            low: ahead.map((r) => num(r, 'forecast_revenue_low')),
                            high: ahead.map((r) => num(r, 'forecast_revenue_high')),
                        },
                    ],
                    names: (i) => shortDay(text(ahead[i], 'from')),
                    value: axisMoney,
                    marks: peaks
                        ? [
                              {
                                  at: peak,
                                  y: num(ahead[peak], 'forecast_revenue_high') ?? 0,
                                  first: `peak ${shortDay(text(ahead[peak], 'from'))}`,
                              },
                          ]
                        : [],
                    tooltip: (i) => ({
                        title: `Week from ${dayText(text(ahead[i], 'from'))}`,
                        lines: [
                            { name: 'Expected', value: money(num(ahead[i], 'forecast_revenue') ?? 0) },
                            {
                                name: '8 times in 10',
                                value: range(
                                    roundMoney(num(ahead[i], 'forecast_revenue_low') ?? 0),
                                    roundMoney(num(ahead[i], 'forecast_revenue_high') ?? 0),
                                ),
                            },
                        ],
                    }),
                }),
            link: { words: 'Open Trends', go: () => context.set({ page: 'trends' }) },
        };
    },
};

export const payCard: CardSpec = {
    id: 'pay',
    span: 4,
    question: 'Do recommendations pay?',
    defines: ['revenue_after_click', 'clicks', 'impressions'],
    needs: ['recommendations', 'overview'],
    render(docs, context) {
        const doc = docs.recommendations;
        const earned = figure(doc, 'revenue_after_click')?.value ?? 0;
        const shown = figure(doc, 'impressions')?.value ?? 0;
        if (shown === 0) {
            throw new Missing(
                'No list was shown yet',
                'What is shown and clicked comes as events “impression” and “click”; then this card counts what followed.',
            );
        }
        const revenue = figure(docs.overview, 'revenue')?.value ?? 0;
        const models = table(doc, 'models').rows.slice(0, 4);
        const rates = models.map((r) => num(r, 'click_rate') ?? 0);
        const top = Math.max(0.01, ...rates) * 1.3;
        const whole =
            Object.keys(context.controls).length > 0 &&
            revenue > 0 &&
            context.controls.category === '' &&
            context.controls.price === '' &&
            context.controls.customers === '';
        return {
            finding: `${roundMoney(earned)} followed a click on a list${whole ? `, ${share(earned / revenue)} of revenue` : ''}`,
            note: 'Bought within 7 days of a click. It followed the click; only an experiment proves that it came from it.',
            table: plainTable(doc, 'models', 'models'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...models.map((r) =>
                        row(
                            'minmax(5rem, 8rem) minmax(4rem, 1fr) 4rem',
                            '',
                            null,
                            h('span', { class: 'name' }, text(r, 'name') || 'no model'),
                            interval(num(r, 'click_rate') ?? 0, null, null, 0, top),
                            h('span', { class: 'number' }, share(num(r, 'click_rate') ?? 0)),
                        ),
                    ),
                    h('p', { class: 'note' }, `Clicks of ${count(shown)} shown, by model.`),
                ),
            link: { words: 'Open Recommendations', go: () => context.set({ page: 'recommendations' }) },
        };
    },
};
