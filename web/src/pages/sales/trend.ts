// Which categories carry the trend? The whole and its largest categories, week by week, on one scale.
import { figure, num, table, text, type Row } from '../../data/document';
import { trailingMean } from '../../charts/days';
import { small } from '../../charts/multiples';
import type { CardSpec, Context } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { categoryIcon } from '../../ui/icons';
import type { TableData } from '../../ui/table';
import { money, monthText } from '../../words/numbers';
import { changeCell, needOrders, relative } from '../shared';
import { trendFinding } from './words';
import { courseOf, shownWeeks, type Weeks } from '../weeks';

const MOST_SHOWN = 7; /* beside the whole */
const WIDTH = 4; /* weeks in a mean */

function multiple(context: Context, name: string, under: Node[], chart: HTMLElement): HTMLElement {
    const on = context.controls.category === name;
    return h(
        'button',
        {
            type: 'button',
            class: 'multiple',
            'aria-pressed': String(on),
            onClick: () => context.set({ category: on ? '' : name }),
        },
        h('span', { class: 'multiple-name' }, categoryIcon(name), h('span', { dir: 'auto' }, name)),
        h('span', { class: 'multiple-value' }, ...under),
        chart,
    );
}

function weekTable(rows: readonly Row[], weeks: Weeks): TableData<Row> {
    return {
        name: 'category-weeks',
        caption: 'Revenue by category and week',
        columns: [
            { id: 'name', name: 'Category', unit: 'text', value: (r) => text(r, 'name') },
            ...weeks.ids.map((id, i) => ({
                id,
                name: weeks.days[i] ?? id,
                unit: 'money',
                value: (r: Row) => num(r, id),
            })),
        ],
        rows,
    };
}

export const trendCard: CardSpec = {
    id: 'trend',
    span: 12,
    question: 'Which categories carry the trend?',
    defines: ['revenue', 'share'],
    needs: ['sales'],
    render(docs, context) {
        const doc = docs.sales;
        needOrders(doc, context);
        const found = table(doc, 'category_weeks');
        const weeks = shownWeeks(found);
        const rows = found.rows.slice(0, MOST_SHOWN);
        if (rows.length === 0 || weeks.now.length < 2) {
            throw new Missing(
                'No weeks to show yet',
                'After two weeks with sales this card shows each category week by week.',
            );
        }
        const courses = rows.map((r) => ({ name: text(r, 'name'), ...courseOf(r, weeks) }));
        const smooth = (values: readonly number[]): (number | null)[] => trailingMean(values, WIDTH);
        const most = Math.max(1, ...courses.flatMap((c) => [...smooth(c.now), ...smooth(c.before)]).map((v) => v ?? 0));
        const all = courseOf(sumRow(found.rows, weeks.ids), weeks);
        const whole = Math.max(1, ...[...smooth(all.now), ...smooth(all.before)].map((v) => v ?? 0));
        const scale = Math.max(1, Math.ceil(whole / most));
        const [first, last] = [monthText(weeks.now[0] ?? ''), monthText(weeks.now.at(-1) ?? '')];
        const groups = table(doc, 'categories').rows;
        const compared = context.controls.compare !== 'none';
        const revenue = figure(doc, 'revenue');
        const finding = trendFinding(
            weeks.against === '' ? courses.map(halves) : courses,
            weeks.against === '' ? 'the weeks before' : weeks.against,
        );
        return {
            finding,
            note: `Mean of ${WIDTH} weeks of revenue, ${weeks.now.length} weeks, one shared scale.${weeks.against === '' ? '' : ` Dashed: ${weeks.against}.`} Click one to filter.`,
            table: weekTable(found.rows, weeks),
            body: () =>
                h(
                    'div',
                    { class: 'multiples' },
                    h(
                        'div',
                        { class: 'multiple' },
                        h('span', { class: 'multiple-name' }, `All${scale > 1 ? `, at 1/${scale} scale` : ''}`),
                        h(
                            'span',
                            { class: 'multiple-value' },
                            money(revenue?.value ?? 0),
                            compared && revenue?.change != null ? changeCell(revenue.change) : null,
                        ),
                        small({
                            values: smooth(all.now),
                            ghost: smooth(all.before),
                            most: most * scale,
                            first,
                            last,
                            quiet: true,
                        }),
                    ),
                    ...courses.map((c) => {
                        const group = groups.find((r) => text(r, 'category') === c.name);
                        const under: Node[] = [h('span', null, money(num(group, 'revenue') ?? 0))];
                        const moved =
                            compared && group !== undefined ? relative(group, 'revenue', 'revenue_before') : null;
                        const mark = moved === null ? null : changeCell(moved);
                        if (mark instanceof Node) {
                            under.push(mark);
                        }
                        return multiple(
                            context,
                            c.name,
                            under,
                            small({ values: smooth(c.now), ghost: smooth(c.before), most, first, last }),
                        );
                    }),
                ),
        };
    },
};

function sumRow(rows: readonly Row[], ids: readonly string[]): Row {
    return Object.fromEntries(ids.map((id) => [id, rows.reduce((sum, row) => sum + (num(row, id) ?? 0), 0)]));
}

/** Without a year to compare with: the later half of the weeks beside the earlier one. */
function halves(c: { name: string; now: number[] }): { name: string; now: number[]; before: number[] } {
    const half = Math.floor(c.now.length / 2);
    return { name: c.name, now: c.now.slice(-half), before: c.now.slice(0, half) };
}
