// Market Trends: what comes next, what is in season, what rises, who takes share, where prices bite.
import { num, table, text, type Doc } from '../../data/document';
import { runsOf } from '../../charts/ribbons';
import type { Kpi } from '../../ui/kpi';
import { listing } from '../../words/findings';
import { leafOf } from '../../words/names';
import { longMonth, roundMoney, shortDay } from '../../words/numbers';
import type { Lead, Page } from '../page';
import { againstLastYear, aheadCard, outlook } from './ahead';
import { bitesCard } from './bites';
import { courseCard, risersCard } from './course';
import { aheadOf, monthDay, monthOf, seasons, seasonsCard, stockCard, weekName, type Season } from './seasons';
import { sharesCard } from './shares';
import { finding as styleFinding, kinds, stylesCard } from './styles';

const RISES = 0.1; /* of a usual month, from this month to the next: a category that starts to rise, or to fall */

/** Categories whose next month is higher, or lower, than this one by more than a little. */
export function turning(all: readonly Season[], month: number): { up: string[]; down: string[] } {
    const step = (s: Season): number => {
        const [now, next] = [s.months[month], s.months[(month + 1) % 12]];
        return now == null || next == null ? 0 : next - now;
    };
    const sorted = [...all].sort((a, b) => step(b) - step(a));
    return {
        up: sorted.filter((s) => step(s) >= RISES).map((s) => s.category),
        down: sorted
            .filter((s) => step(s) <= -RISES)
            .reverse()
            .map((s) => s.category),
    };
}

/** A peak is told where the forecast has one; else what is expected, against last year. */
export function sentence(demand: Doc): string {
    const o = outlook(demand);
    if (o.weeks === 0) {
        return demand.lead;
    }
    const rows = table(demand, 'forecast').rows;
    if (o.peak !== null) {
        const [top, last] = [
            num(rows[o.peak], 'forecast_revenue') ?? 0,
            num(rows[rows.length - 1], 'forecast_revenue') ?? 0,
        ];
        const fall = top > 0 ? 1 - last / top : 0;
        const after =
            o.peak < rows.length - 1 && fall >= 0.1
                ? `, then *fall by ${Math.round(fall * 100)}%* in ${rows.length - 1 - o.peak} weeks.`
                : '.';
        return `Sales peak in the week of ${shortDay(text(rows[o.peak], 'from'))}${after}`;
    }
    return `Expect *${roundMoney(o.sum)}* in the next ${o.weeks} weeks${againstLastYear(o)}.`;
}

export function words(trends: Doc | undefined, now: string): string {
    if (trends === undefined) {
        return '';
    }
    const { from, rows } = aheadOf(trends, now);
    const comes = rows
        .flatMap((r) => {
            const first = runsOf(r.weeks)[0];
            return first === undefined || first.from === 0 ? [] : [{ category: r.category, week: first.from }];
        })
        .sort((a, b) => a.week - b.week)[0];
    const month = monthOf(trends);
    const next = longMonth(monthDay((month + 1) % 12));
    const { up, down } = turning(seasons(trends), month);
    const fall = down.filter((name) => name !== comes?.category);
    const styles = kinds(table(trends, 'styles').rows)[0];
    const style = styles === undefined ? '' : styleFinding(styles);
    return [
        up.length > 0 &&
            `*${listing(up.slice(0, 2).map(leafOf))}* ${up.length === 1 ? 'sells' : 'sell'} more in ${next}.`,
        fall.length > 0 &&
            `${listing(fall.slice(0, 2).map(leafOf))} ${fall.length === 1 ? 'sells' : 'sell'} less in ${next}.`,
        comes !== undefined &&
            `*${leafOf(comes.category)}* starts to sell above average around *${weekName(from, comes.week)}*: have it in stock before.`,
        style !== '' && !style.startsWith('No ') && `${style}.`,
    ]
        .filter(Boolean)
        .join(' ');
}

export const trends: Page = {
    id: 'trends',
    title: 'Market Trends',
    short: 'Trends',
    icon: 'arrow-trend-up',
    needs: ['demand_8'],
    wants: ['trends_quarter'],
    lead(docs, context): Lead {
        return {
            eyebrow: `Market trends · ${table(docs.demand_8, 'history').rows.length} weeks of sales, ${table(docs.demand_8, 'forecast').rows.length} weeks ahead`,
            sentence: sentence(docs.demand_8),
            text: words(docs.trends_quarter, context.meta.now),
        };
    },
    noStrip: true,
    kpis(): Kpi[] {
        return [];
    },
    cards: [aheadCard, seasonsCard, stylesCard, sharesCard, bitesCard, courseCard, risersCard, stockCard],
};
