// AI Recommendations: what should I do, what do customers see and why, and does it pay?
import { figure, table, type Figure } from '../../data/document';
import type { Context, Docs } from '../../ui/card';
import type { Kpi } from '../../ui/kpi';
import { listing } from '../../words/findings';
import { count, range, roundMoney, share } from '../../words/numbers';
import type { Lead, Page } from '../page';
import { eyebrow } from '../shared';
import { adviceCard } from './actions';
import { balanceCard } from './balance';
import { earnedCard, methodsCard, placesCard } from './earned';
import { findCard } from './find';
import { mapCard } from './map';
import { seenCard } from './seen';
import { togetherCard } from './together';
import { weightsCard } from './weights';

export function sentence(docs: Docs): string {
    const actions = table(docs.actions, 'actions').rows.length;
    const worth = figure(docs.actions, 'actions_effect')?.value ?? null;
    const earned = figure(docs.recommendations, 'revenue_after_click')?.value ?? 0;
    const shown = figure(docs.recommendations, 'impressions')?.value ?? 0;
    const first =
        actions === 0
            ? 'Nothing waits to be done.'
            : worth === null
              ? `*${count(actions)} ${actions === 1 ? 'action waits' : 'actions wait'}*.`
              : `*${count(actions)} ${actions === 1 ? 'action waits' : 'actions wait'}*, worth about ${roundMoney(worth)} a month.`;
    const second =
        shown === 0
            ? 'No recommendation was shown in the period.'
            : `${roundMoney(earned)} was bought after a click on a recommendation.`;
    return `${first} ${second}`;
}

export function words(docs: Docs, context: Context): string {
    const all = figure(docs.actions, 'actions_effect');
    const rate = figure(docs.recommendations, 'click_rate');
    const said: string[] = [];
    if (all?.low != null && all.high !== null) {
        said.push(`The actions may bring *${range(roundMoney(all.low), roundMoney(all.high))}* a month.`);
    }
    if (rate?.value != null) {
        const between =
            rate.low !== null && rate.high !== null ? ` (${range(share(rate.low, 0), share(rate.high, 0))})` : '';
        said.push(`*${share(rate.value, 0)}* of what is shown is clicked${between}.`);
    }
    const filters = (['category', 'price', 'customers', 'brand', 'segment'] as const).filter(
        (f) => context.controls[f] !== '',
    );
    if (filters.length > 0) {
        said.push(`The filter by ${listing(filters)} does not act here: lists and actions are of the whole shop.`);
    }
    said.push('Money after a click is not money because of it: only an experiment proves that.');
    return said.join(' ');
}

/** How long a list takes that a shop asks for; nothing in a report, or before the first list. */
export function answerTime(context: Context): Kpi[] {
    const lists = context.meta.lists;
    if (lists == null) {
        return [];
    }
    const figure: Figure = {
        id: 'answer_time',
        name: 'Answer time',
        unit: 'number',
        value: lists.seconds * 1000,
        before: null,
        change: null,
        low: null,
        high: null,
        good: -1,
        note: null,
    };
    return [{ label: 'Answer time, ms', figure, under: `mean of ${count(lists.answered)}, since the server began` }];
}

export const recommendations: Page = {
    id: 'recommendations',
    title: 'AI Recommendations',
    short: 'Advice',
    icon: 'lightbulb',
    needs: ['recommendations', 'actions'],
    lead(docs, context): Lead {
        return {
            eyebrow: eyebrow('AI recommendations', docs.recommendations.period, docs.recommendations.time_zone),
            sentence: sentence(docs),
            text: words(docs, context),
        };
    },
    kpis(docs, context): Kpi[] {
        const of = (id: string) => figure(docs.recommendations, id);
        const courses = table(docs.recommendations, 'courses').rows;
        return [
            { label: 'Bought after a click', figure: of('revenue_after_click'), courses },
            { label: 'Shown and clicked', figure: of('click_rate'), courses },
            { label: 'Clicked and bought', figure: of('bought_after_click'), courses },
            { label: 'Catalogue shown', figure: of('catalogue_shown'), courses },
            { label: 'Actions, a month', figure: figure(docs.actions, 'actions_effect') },
            ...answerTime(context),
        ];
    },
    cards: [
        adviceCard,
        seenCard,
        earnedCard,
        methodsCard,
        mapCard,
        findCard,
        weightsCard,
        balanceCard,
        placesCard,
        togetherCard,
    ],
};
