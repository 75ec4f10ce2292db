// Weeks of a table whose columns are weeks (w01, w02, ...; their names are the first days): which of them are shown, and
// which stand beside them.
import { num, type Row, type Table } from '../data/document';

const SHOWN = 26;
const YEAR = 52;

export interface Weeks {
    /** All columns that are weeks, and their first days. */
    ids: string[];
    days: string[];
    /** First days of the weeks shown. */
    now: string[];
    /** Place of the first week shown, and of the first of those beside it, -1 without. */
    from: number;
    beside: number;
    /** What stands beside, in words; "" where nothing does. */
    against: string;
}

export function shownWeeks(table: Table): Weeks {
    const columns = table.columns.filter((c) => /^w\d+$/.test(c.id));
    const ids = columns.map((c) => c.id);
    const days = columns.map((c) => c.name);
    const shown = Math.min(SHOWN, ids.length);
    const from = ids.length - shown;
    const beside = from >= YEAR ? from - YEAR : from >= shown ? from - shown : -1;
    return {
        ids,
        days,
        now: days.slice(from),
        from,
        beside,
        against: beside < 0 ? '' : from >= YEAR ? 'last year' : `the ${shown} weeks before`,
    };
}

export function courseOf(row: Row, weeks: Weeks): { now: number[]; before: number[] } {
    const values = weeks.ids.map((id) => num(row, id) ?? 0);
    const length = weeks.now.length;
    return {
        now: values.slice(weeks.from),
        before: weeks.beside < 0 ? [] : values.slice(weeks.beside, weeks.beside + length),
    };
}
