// When do people buy? Weekdays by hours, of the last 90 days whatever the period: fewer would leave most cells by chance.
import { table, text } from '../../data/document';
import { heat, heatKey } from '../../charts/heat';
import type { CardSpec } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { count, share } from '../../words/numbers';
import { needOrders, plainTable } from '../shared';
import { byHour, hourName, HOURS, hoursFinding, total } from './hours-words';

const MERGED = 3; /* hours in a cell of a phone */
const ENOUGH = 100; /* orders, under which hours and weekdays are chance */
const PHONE = '(max-width: 719px)';

/** Sums of `width` hours each, from the hour `first` on. */
function merged(cells: readonly (readonly number[])[], first: number, until: number, width: number): number[][] {
    return cells.map((day) =>
        Array.from({ length: Math.ceil((until - first) / width) }, (_, i) =>
            total(day.slice(first + i * width, first + (i + 1) * width)),
        ),
    );
}

export const hoursCard: CardSpec = {
    id: 'hours',
    span: 4,
    question: 'When do people buy?',
    defines: ['orders'],
    needs: ['sales_quarter'],
    render(docs, context) {
        const doc = docs.sales_quarter;
        needOrders(doc, context);
        const rows = table(doc, 'hours').rows;
        const cells = byHour(rows);
        const orders = total(cells.flat());
        if (orders < ENOUGH) {
            throw new Missing(
                'Too few orders to tell the hours',
                `${count(orders)} in the last 90 days; from ${ENOUGH} on this card shows when they come.`,
                'clock',
            );
        }
        const finding = hoursFinding(rows);
        return {
            finding,
            note: 'Orders by weekday and hour, last 90 days whatever the period',
            table: plainTable(doc, 'hours', 'orders-by-hour'),
            body: () => {
                const phone = matchMedia(PHONE).matches;
                const width = phone ? MERGED : 1;
                const sold = Array.from({ length: HOURS }, (_, hour) => cells.some((day) => (day[hour] ?? 0) > 0));
                const first = phone ? 0 : Math.min(6, sold.indexOf(true));
                const until = phone ? HOURS : Math.max(22, sold.lastIndexOf(true) + 1);
                const values = merged(cells, first, until, width);
                const hour = (column: number): number => first + column * width;
                return heat({
                    label: finding,
                    rows: rows.map((row) => text(row, 'weekday').slice(0, 3)),
                    columns: values[0]?.map((_, i) => String(hour(i))) ?? [],
                    values,
                    below: true,
                    every: phone ? 1 : 4,
                    ...(phone ? {} : { width: 8 }),
                    tooltip: (row, column) => ({
                        title: `${text(rows[row], 'weekday')}, ${hourName(hour(column))} to ${hourName(hour(column) + width)}`,
                        lines: [
                            { name: 'Orders', value: count(values[row]?.[column] ?? 0) },
                            { name: 'Of all orders', value: share((values[row]?.[column] ?? 0) / orders) },
                        ],
                    }),
                });
            },
            foot: heatKey('0', `${count(Math.max(...cells.flat()))} orders an hour`),
        };
    },
};
