// Single keys: 1 to 6 pages, f filters, p period, c comparison, / search, t table, ? help. Off inside fields, and where
// the reader switched them off.
export interface KeyActions {
    page(index: number): void;
    filters(): void;
    period(): void;
    compare(): void;
    search(): void;
    table(): void;
    help(): void;
    escape(): void;
}

export const KEY_HELP: readonly [string, string][] = [
    ['Open a page', '1 – 6'],
    ['Go to the filters', 'f'],
    ['Change the period', 'p'],
    ['Change the comparison', 'c'],
    ['Search a product or customer', '/'],
    ['Show the chart as a table', 't'],
    ['Move along a chart', '← →'],
    ['Close, or clear the last filter', 'Esc'],
    ['This help', '?'],
];

let on = true;

export function keysOn(): boolean {
    return on;
}

export function switchKeys(next: boolean): void {
    on = next;
}

export function startKeys(actions: KeyActions): void {
    const known: Record<string, () => void> = {
        f: actions.filters,
        p: actions.period,
        c: actions.compare,
        '/': actions.search,
        t: actions.table,
        '?': actions.help,
    };
    addEventListener('keydown', (event) => {
        if (event.key === 'Escape') {
            actions.escape();
            return;
        }
        const target = event.target;
        const inField =
            target instanceof HTMLInputElement ||
            target instanceof HTMLTextAreaElement ||
            target instanceof HTMLSelectElement;
        if (!on || inField || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const page = Number.parseInt(event.key, 10);
        if (page >= 1 && page <= 6) {
            actions.page(page - 1);
            return;
        }
        const act = known[event.key];
        if (act !== undefined) {
            event.preventDefault();
            act();
        }
    });
}
