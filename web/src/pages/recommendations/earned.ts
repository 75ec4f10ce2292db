// Does it earn money, which places get seen, which method ranks best.
import { figure, num, table, text } from '../../data/document';
import { interval, meter } from '../../charts/rows';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { count, decimal, range, roundMoney, share } from '../../words/numbers';
import { plainTable, row } from '../shared';
import { earnSteps, methodsFinding, placeName, placesFinding } from './brought';

const PLACES = 8;
const METHODS = 8;
const NOTHING_SHOWN =
    'What is shown and clicked comes as events “impression” and “click”; then this card counts what followed.';

export const earnedCard: CardSpec = {
    id: 'earned',
    span: 4,
    question: 'Does it earn money?',
    defines: ['impressions', 'clicks', 'click_rate', 'orders_after_click', 'revenue_after_click'],
    needs: ['recommendations'],
    render(docs) {
        const of = (id: string): number => figure(docs.recommendations, id)?.value ?? 0;
        if (of('impressions') === 0) {
            throw new Missing('No list was shown in the period', NOTHING_SHOWN);
        }
        const steps = earnSteps(of('impressions'), of('clicks'), of('orders_after_click'));
        return {
            finding: `${roundMoney(of('revenue_after_click'))} was bought after a click on a list`,
            note: 'It followed the click. Whether it came from it only an experiment proves, and there was none.',
            table: plainTable(docs.recommendations, 'models', 'models'),
            body: () =>
                h(
                    'div',
                    { class: 'steps' },
                    ...steps.map((s) =>
                        h(
                            'div',
                            { class: 'step' },
                            h(
                                'div',
                                { class: 'step-top' },
                                s.name,
                                h('span', { class: 'muted' }, s.under),
                                h('span', { class: 'value' }, count(s.value)),
                            ),
                            meter(s.share),
                        ),
                    ),
                ),
        };
    },
};

export const placesCard: CardSpec = {
    id: 'places',
    span: 3,
    question: 'Which places get seen?',
    defines: ['click_rate', 'looked_at'],
    needs: ['recommendations'],
    render(docs) {
        const rows = table(docs.recommendations, 'positions').rows;
        if (rows.length === 0) {
            throw new Missing('No list was shown in the period', NOTHING_SHOWN, 'eye');
        }
        const lists = new Set(rows.map((r) => text(r, 'place').replace(/:\d+$/, ''))).size;
        const first = rows.slice(0, PLACES);
        const most = Math.max(0.01, ...first.map((r) => num(r, 'click_rate') ?? 0));
        return {
            finding: placesFinding(rows),
            note: 'Clicked, of what was shown there. Below it how often the place is looked at, as far as clicks tell.',
            table: plainTable(docs.recommendations, 'positions', 'places'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...first.map((r) =>
                        row(
                            'minmax(4rem, 6rem) minmax(1.5rem, 1fr) 2.5rem',
                            '',
                            null,
                            h(
                                'span',
                                { class: 'name' },
                                h(
                                    'span',
                                    null,
                                    placeName(text(r, 'place'), lists),
                                    h(
                                        'span',
                                        { class: 'sub' },
                                        num(r, 'looked_at') === null
                                            ? ''
                                            : `seen ${share(num(r, 'looked_at') ?? 0, 0)}`,
                                    ),
                                ),
                            ),
                            meter((num(r, 'click_rate') ?? 0) / most),
                            h('span', { class: 'number' }, share(num(r, 'click_rate') ?? 0, 0)),
                        ),
                    ),
                ),
        };
    },
};

export const methodsCard: CardSpec = {
    id: 'methods',
    span: 4,
    question: 'Which method ranks best?',
    defines: [],
    needs: ['recommendations'],
    render(docs) {
        const found = table(docs.recommendations, 'evaluation');
        const rows = [...found.rows].sort((a, b) => (num(b, 'ndcg') ?? 0) - (num(a, 'ndcg') ?? 0)).slice(0, METHODS);
        if (rows.length === 0) {
            throw new Missing(
                'No methods were compared yet',
                'A comparison holds the newest purchases back and counts which method puts them into the first ten places. Whoever runs the server can make one; it then stands here.',
                'star',
            );
        }
        const lows = rows.map((r) => num(r, 'ndcg_low') ?? num(r, 'ndcg') ?? 0);
        const highs = rows.map((r) => num(r, 'ndcg_high') ?? num(r, 'ndcg') ?? 0);
        const [from, until] = [Math.min(0, ...lows), Math.max(...highs) || 1];
        return {
            finding: methodsFinding(rows),
            note: 'NDCG@10 on purchases held back: 1 would put each at the top. With its interval.',
            table: plainTable(docs.recommendations, 'evaluation', 'methods'),
            body: () =>
                h(
                    'div',
                    { class: 'rows' },
                    ...rows.map((r, i) =>
                        row(
                            'minmax(5rem, 8rem) minmax(4rem, 1fr) 3rem',
                            '',
                            null,
                            h(
                                'span',
                                { class: 'name' },
                                h(
                                    'span',
                                    null,
                                    text(r, 'method'),
                                    h(
                                        'span',
                                        { class: 'sub' },
                                        num(r, 'coverage') === null ? '' : `shows ${share(num(r, 'coverage') ?? 0, 0)}`,
                                    ),
                                ),
                            ),
                            interval(num(r, 'ndcg') ?? 0, num(r, 'ndcg_low'), num(r, 'ndcg_high'), from, until, {
                                kind: i === 0 ? '' : 'quiet',
                            }),
                            h('span', { class: 'number' }, decimal(num(r, 'ndcg') ?? 0, 3)),
                        ),
                    ),
                    h(
                        'p',
                        { class: 'note' },
                        `Scale ${range(decimal(from, 3), decimal(until, 3))}. “Shows”: share of the catalogue in anybody’s list. How varied lists are stands in the table.`,
                    ),
                ),
        };
    },
};
