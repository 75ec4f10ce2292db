// What comes next? Revenue of the weeks ahead, beside last year, and how well the past would have been foreseen.
import { figure, num, table, text, type Doc } from '../../data/document';
import { forecast, type Forecast } from '../../charts/forecast';
import type { CardContent, CardSpec, CardView } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { axisMoney, dayText, money, range, roundMoney, share, shortDay } from '../../words/numbers';
import { sizeText } from '../../words/findings';
import { plainTable } from '../shared';

const YEAR = 52; /* weeks */
const PEAK = 0.1; /* above the mean of the weeks ahead, to be worth a name */
const BANDS = ['19 times in 20', '8 times in 10', 'half of the time'];
const FIRST = 1; /* of the views: eight weeks */
const SHOWN = 28; /* weeks measured beside the weeks ahead */

export interface Outlook {
    weeks: number;
    sum: number;
    low: number | null;
    high: number | null;
    /** Revenue of the same weeks a year before; null where the shop was not there. */
    before: number | null;
    /** The week of the highest forecast, where it stands out. */
    peak: number | null;
}

export function outlook(doc: Doc): Outlook {
    const ahead = table(doc, 'forecast').rows;
    const history = table(doc, 'history').rows;
    const total = figure(doc, 'forecast_revenue');
    const values = ahead.map((r) => num(r, 'forecast_revenue') ?? 0);
    const mean = values.reduce((s, v) => s + v, 0) / Math.max(1, values.length);
    const first = history.length - YEAR;
    const same = history.slice(first, first + ahead.length);
    const top = values.indexOf(Math.max(...values));
    return {
        weeks: ahead.length,
        sum: total?.value ?? mean * values.length,
        low: total?.low ?? null,
        high: total?.high ?? null,
        before:
            first >= 0 && same.length === ahead.length ? same.reduce((s, r) => s + (num(r, 'revenue') ?? 0), 0) : null,
        peak: (values[top] ?? 0) > mean * (1 + PEAK) ? top : null,
    };
}

/** "7% more than last year" only where last year lies outside of what is expected. */
export function againstLastYear(o: Outlook): string {
    if (o.before === null || o.before <= 0) {
        return '';
    }
    const change = o.sum / o.before - 1;
    if (o.low !== null && o.high !== null && o.before >= o.low && o.before <= o.high) {
        return ', about as much as last year';
    }
    return `, ${sizeText(change)} ${change > 0 ? 'more' : 'less'} than last year`;
}

export function finding(o: Outlook): string {
    return `Expect ${roundMoney(o.sum)} in ${o.weeks} weeks${againstLastYear(o)}`;
}

/** How well past weeks would have been foreseen, in a sentence; "" where that is not known. */
export function checked(doc: Doc | undefined): string {
    const error = doc === undefined ? undefined : figure(doc, 'smape');
    const inside = doc === undefined ? undefined : figure(doc, 'covered');
    if (doc === undefined || error?.value == null || inside?.value == null) {
        return 'Too short a history to check forecasts on.';
    }
    const what = figure(doc, 'mase')?.note ?? '';
    return `Checked on past weeks${what === '' ? '' : ` (items ${what})`}: off by ${share(error.value, 0)} a week on average; ${share(inside.value, 0)} fell inside the 8-in-10 band.`;
}

function drawing(doc: Doc, o: Outlook): Forecast {
    const ahead = table(doc, 'forecast').rows;
    const history = table(doc, 'history').rows;
    const shown = Math.min(history.length, Math.max(SHOWN, ahead.length));
    const first = history.length - shown;
    const weeks = [...history.slice(first), ...ahead];
    const before = weeks.map((_, i) => num(history[first + i - YEAR], 'revenue'));
    const bounds = (row: number, name: string): [number, number] => [
        num(ahead[row], `forecast_revenue_low${name}`) ?? num(ahead[row], 'forecast_revenue') ?? 0,
        num(ahead[row], `forecast_revenue_high${name}`) ?? num(ahead[row], 'forecast_revenue') ?? 0,
    ];
    const when = (i: number): string => shortDay(text(weeks[i], 'from'));
    return {
        label: finding(o),
        measured: history.slice(first).map((r) => num(r, 'revenue') ?? 0),
        ahead: ahead.map((r, i) => ({
            mean: num(r, 'forecast_revenue') ?? 0,
            bands: [bounds(i, '_95'), bounds(i, ''), bounds(i, '_50')],
        })),
        before,
        names: BANDS,
        when,
        value: axisMoney,
        ...(o.peak === null
            ? {}
            : {
                  peak: {
                      index: shown + o.peak,
                      words: `${roundMoney(num(ahead[o.peak], 'forecast_revenue') ?? 0)} week of ${when(shown + o.peak)}`,
                  },
              }),
        tooltip: (i) => {
            const row = i - shown;
            const last = before[i];
            return {
                title: `Week from ${dayText(text(weeks[i], 'from'))}`,
                lines: [
                    row < 0
                        ? { name: 'Revenue', value: money(num(weeks[i], 'revenue') ?? 0) }
                        : { name: 'Expected', value: money(num(weeks[i], 'forecast_revenue') ?? 0) },
                    ...(row < 0
                        ? []
                        : ['_50', '', '_95'].map((name, k) => ({
                              name: BANDS[2 - k] ?? '',
                              value: range(...(bounds(row, name).map(roundMoney) as [string, string])),
                          }))),
                    ...(last == null ? [] : [{ name: 'Last year', value: money(last) }]),
                ],
            };
        },
    };
}

function view(doc: Doc, name: string): CardView {
    const o = outlook(doc);
    return {
        name,
        finding: finding(o),
        note:
            o.low !== null && o.high !== null
                ? `Between ${roundMoney(o.low)} and ${roundMoney(o.high)}, 19 times in 20. Revenue a week. Bands: half of the time, 8 times in 10, 19 times in 20. Dashed grey: last year.`
                : 'Revenue a week. Bands: half of the time, 8 times in 10, 19 times in 20.',
        table: plainTable(doc, 'forecast', 'forecast'),
        body: () => forecast(drawing(doc, o)),
    };
}

export const aheadCard: CardSpec = {
    id: 'ahead',
    span: 12,
    question: 'What comes next?',
    defines: ['forecast_revenue', 'smape', 'covered'],
    needs: ['demand_8', 'demand_4', 'demand'],
    wants: ['backtest'],
    render(docs): CardContent {
        if (table(docs.demand_8, 'forecast').rows.length === 0) {
            throw new Missing('Forecasts start after a few weeks', docs.demand_8.lead);
        }
        const views = [view(docs.demand_4, '4 weeks'), view(docs.demand_8, '8 weeks'), view(docs.demand, '26 weeks')];
        const first = views[FIRST];
        return {
            finding: first?.finding ?? '',
            body: first?.body ?? (() => document.createElement('div')),
            views,
            firstView: FIRST,
            foot: checked(docs.backtest),
        };
    },
};
