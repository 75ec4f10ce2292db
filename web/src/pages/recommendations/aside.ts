// What the reader put aside or did, kept in this browser with its day: the shop itself has no place for it.
import { text, type Row } from '../../data/document';

export type State = 'later' | 'never' | 'done';

export interface Aside {
    state: State;
    /** ISO time. */
    at: string;
    /** Money a month that was expected. */
    expected: number | null;
}

const KEY = 'vitrine-actions';
export const LATER_DAYS = 7;

/** An action is the same one tomorrow while it is of the same kind and concerns the same products. */
export function keyOfAction(row: Row): string {
    return [text(row, 'kind'), text(row, 'item'), text(row, 'other'), text(row, 'item') === '' ? text(row, 'what') : '']
        .filter((part) => part !== '')
        .join('|')
        .replace(/\d[\d,.]*/g, (digits) => (text(row, 'item') === '' ? '#' : digits));
}

export function readAside(storage: Pick<Storage, 'getItem'>): Map<string, Aside> {
    try {
        const kept = JSON.parse(storage.getItem(KEY) ?? '{}') as Record<string, Aside>;
        return new Map(Object.entries(kept).filter(([, a]) => ['later', 'never', 'done'].includes(a?.state)));
    } catch {
        return new Map();
    }
}

export function writeAside(storage: Pick<Storage, 'setItem'>, all: ReadonlyMap<string, Aside>): void {
    try {
        storage.setItem(KEY, JSON.stringify(Object.fromEntries(all)));
    } catch {
        // full or forbidden: it holds until the page is left
    }
}

/** Whether an action is shown among those that wait. "Later" ends after a week. */
export function waits(aside: Aside | undefined, now: Date): boolean {
    if (aside === undefined) {
        return true;
    }
    return aside.state === 'later' && now.getTime() - Date.parse(aside.at) > LATER_DAYS * 86_400_000;
}
